"""What the law has told to people about their consent to advertising, one row per message."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import Consent, TenantModel, VersionedModel
from surveys.models.campaigns import Delivery, SenderIdentity


class NoticeSkip(models.TextChoices):
    """Why a notice that was owed is not sent after all."""

    ERASED = "erased", _("Erased at their own wish")
    SUPERSEDED = "superseded", _("The person has decided anew since")
    NO_ADDRESS = "no_address", _("No address or number")
    SUPPRESSED = "suppressed", _("On the suppression list")


class NoticeRules(VersionedModel):
    """Which notices a program sends; one row per program, none: it sends none."""

    tells_result = models.BooleanField(default=False)
    # Decisions from this moment on are told; older ones were somebody else's duty.
    tells_since = models.DateTimeField(null=True, blank=True)
    reconfirms = models.BooleanField(default=False)
    # Whether a consent nobody confirmed ends; the law leaves it as it is.
    lapses = models.BooleanField(default=False)
    # None: the program's own name and address.
    sender = models.ForeignKey(
        SenderIdentity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(VersionedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program"], name="notice_rules_unique")]

    def __str__(self) -> str:
        return f"notices of {self.program_id}"


class ConsentNotice(TenantModel):
    """One message about one decision; its states are those of a delivery."""

    class Kind(models.TextChoices):
        RESULT = "result", pgettext_lazy("consent notice", "Result of the decision")
        RECONFIRM = "reconfirm", pgettext_lazy("consent notice", "Confirmation every two years")

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # The last day the law allows.
    due_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=Delivery.State.choices, default=Delivery.State.QUEUED
    )
    attempt = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    # The link to the preference page is derived from it.
    nonce = models.CharField(max_length=44)
    reason = models.CharField(max_length=200, blank=True)
    # As a delivery's: what came back after it was sent, and when.
    came_back = models.CharField(max_length=12, blank=True, db_default="")
    came_back_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["consent", "kind", "due_on"], name="consent_notice_unique"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="consent_notice_due",
                condition=models.Q(state__in=["queued", "soft", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consent_id} {self.kind} {self.state}"

    @property
    def reason_words(self) -> str:
        """Why it was not sent, in words; a server's answer as it came."""
        known = {str(code): str(words) for code, words in NoticeSkip.choices}
        return known.get(self.reason, self.reason)
