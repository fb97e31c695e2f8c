"""What leaves the portal's frame: links anybody may open, and reports mailed on a schedule."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models.base import TenantModel


class Shared(TenantModel):
    """Something registered under `kind` (core/registry.py: shareables), as somebody chose it.

    `params` are the page's own settings (filters of its address), `content` the keys of the
    optional parts that were chosen.
    """

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    params = models.JSONField(default=dict, blank=True)
    content = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    language = models.CharField(max_length=8, default="en")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title


class ShareLink(Shared):
    """A page anybody may open who has the link, until it ends or is taken back."""

    nonce = models.CharField(max_length=44)
    token_hash = models.CharField(max_length=64, unique=True)
    password = models.CharField(max_length=128, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(Shared.Meta):
        indexes = [models.Index(fields=["program", "-id"], name="share_recent")]


class ScheduledReport(Shared):
    """A report mailed as PDF every week or month; `due_at` is the next time (UTC)."""

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    cadence = models.CharField(max_length=10, choices=Cadence.choices, default=Cadence.WEEKLY)
    # Weekly: 0 = Monday … 6; monthly: day of the month, the last one where it is shorter.
    day = models.PositiveSmallIntegerField(default=0)
    hour = models.PositiveSmallIntegerField(default=8)
    recipients = ArrayField(models.EmailField(), default=list)
    due_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    class Meta(Shared.Meta):
        indexes = [models.Index(fields=["due_at"], name="scheduled_report_due")]


class ReportMail(TenantModel):
    """One mail of one occurrence of a scheduled report to one address."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    report = models.ForeignKey(ScheduledReport, on_delete=models.CASCADE, related_name="mails")
    occurrence = models.DateTimeField()
    address = models.EmailField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["report", "occurrence", "address"], name="report_mail_unique"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="report_mail_due", condition=models.Q(state="queued")
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.occurrence:%Y-%m-%d} {self.state}"


class SavedView(TenantModel):
    """A page with its filters, kept under a name by a member for themselves or for everybody.

    `page` says which page ("survey-report:12"), `query` is the query string of its address.
    """

    page = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=4000, blank=True)
    is_shared = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["program", "page"], name="saved_view_page")]
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
