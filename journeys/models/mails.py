"""Mails of this floor to single people: rows that wait, are sent once, or failed for good."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import Customer, TenantModel
from journeys.models.cases import CaseContact


class PlainMail(TenantModel):
    """One mail to one address; the words go when it is sent, who got it stands where it is told."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    address = models.EmailField(blank=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    reply_to = models.EmailField(blank=True)
    # Whom it is written to, where that is a customer: erased with them while it waits.
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The attempt to reach a customer that this mail is.
    contact = models.OneToOneField(
        CaseContact, null=True, blank=True, on_delete=models.CASCADE, related_name="mail"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=100, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="plain_mail_due",
                condition=models.Q(state="queued"),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"
