"""Who is asked what, when and how; one row per person and per message."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import (
    Customer,
    CustomerEvent,
    I18nTextField,
    Segment,
    TenantModel,
    VersionedModel,
)
from surveys.models.surveys import Survey


class SkipReason(models.TextChoices):
    """Why a person of the audience gets no message."""

    ERASED = "erased", _("Erased at their own wish")
    TEST = "test", _("Test customer")
    EXCLUDED = "excluded", _("In the segment that is left out")
    HOLDOUT = "holdout", _("In the control group that is not asked")
    NO_ADDRESS = "no_address", _("No address or number")
    SUPPRESSED = "suppressed", _("On the suppression list")
    REFUSED = "refused", _("Does not agree to survey mails")
    NO_CONSENT = "no_consent", _("Has not agreed to advertising")
    CONTACT_GAP = "contact_gap", _("Asked not long ago")
    CONTACT_POLICY = "contact_policy", _("Asked as often as the contact policy allows")
    NOT_SAMPLED = "not_sampled", _("Not drawn for the sample")
    OUTRANKED = "outranked", _("A campaign with priority asks instead")
    STOPPED = "stopped", _("The campaign was stopped before")
    ANSWERED = "answered", _("Has answered already")
    TOO_LATE = "too_late", _("The moment for asking had passed")
    ENDED = "ended", _("The campaign had ended")


class SenderIdentity(VersionedModel):
    """Whom messages come from: a name, an address one may answer to, a number for texts."""

    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="sender_name_unique")
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Campaign(VersionedModel):
    """A survey on its way to people: to a segment by name, or to whoever comes by."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        LIST = "list", _("Personal links")
        LINK = "link", _("Open link")
        EMBED = "embed", _("On a website")
        KIOSK = "kiosk", _("Kiosk")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped")

    class Timing(models.TextChoices):
        NOW = "now", _("Once, when it is started")
        AT = "at", _("Once, at a set time")
        RECURRING = "recurring", _("Again and again")
        EVENT = "event", _("After an event, for example a delivery")

    class Unit(models.TextChoices):
        DAY = "day", _("Days")
        WEEK = "week", _("Weeks")
        MONTH = "month", _("Months")

    class Priority(models.IntegerChoices):
        """Who asks when two campaigns want the same person and only one may."""

        HIGH = 1, pgettext_lazy("priority", "High")
        NORMAL = 5, pgettext_lazy("priority", "Normal")
        LOW = 9, pgettext_lazy("priority", "Low")

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=200)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    # Empty for e-mail means every customer of the program.
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    excluded_segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # So many of those who may be asked, drawn by lot each time; None: all of them.
    sample_size = models.PositiveIntegerField(null=True, blank=True)
    # This share of the audience is never asked, to compare with: always the same people.
    holdout_percent = models.PositiveSmallIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    subject = I18nTextField(blank=True)
    body = I18nTextField(blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    sender = models.ForeignKey(
        "surveys.SenderIdentity", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Advertising needs a consent of its own, its mark and its foot (docs/campaigns.md).
    is_advertising = models.BooleanField(default=False)
    # On a website: how and to whom the survey appears (calc/embedding.py).
    embed = models.JSONField(default=dict, blank=True)
    # None: the program's contact_gap_days.
    contact_gap_days = models.PositiveSmallIntegerField(null=True, blank=True)
    timing = models.CharField(max_length=10, choices=Timing.choices, default=Timing.NOW)
    # At a set time, and the first time of a recurring one: as the clock says it, in the program's
    # zone or in each recipient's own (calc/schedules.py).
    send_on = models.DateField(null=True, blank=True)
    send_time = models.TimeField(null=True, blank=True)
    in_recipient_zone = models.BooleanField(default=False)
    every = models.PositiveSmallIntegerField(default=1)
    unit = models.CharField(max_length=5, choices=Unit.choices, default=Unit.MONTH)
    # A recurring campaign asks one of so many equal parts of its audience each time, in turn.
    parts = models.PositiveSmallIntegerField(default=1)
    # After an event: its kind, what must hold of it (calc/triggers.py), and how long to wait.
    event_kind = models.CharField(max_length=60, blank=True)
    event_conditions = models.JSONField(default=list, blank=True)
    delay_minutes = models.PositiveIntegerField(default=0)
    # The last day, in the program's zone, on which anybody is asked.
    ends_on = models.DateField(null=True, blank=True)
    # Days after the first message on which those who have not answered are reminded.
    reminder_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    reminder_subject = I18nTextField(blank=True)
    reminder_body = I18nTextField(blank=True)
    # Open link: the token's nonce and hash, made when the campaign starts.
    link_nonce = models.CharField(max_length=44, blank=True)
    link_hash = models.CharField(max_length=64, null=True, unique=True)
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    external_id = models.CharField(max_length=120, null=True, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"], name="campaign_external_id_unique"
            )
        ]
        indexes = [models.Index(fields=["program", "-id"], name="campaign_recent")]

    def __str__(self) -> str:
        return self.name

    @property
    def invites(self) -> bool:
        """Whether it asks people by name, rather than whoever comes by."""
        return self.channel in (self.Channel.EMAIL, self.Channel.SMS, self.Channel.LIST)

    @property
    def writes(self) -> bool:
        """Whether the portal itself sends its messages."""
        return self.channel in (self.Channel.EMAIL, self.Channel.SMS)

    @property
    def recurrence_words(self) -> str:
        """How often a recurring campaign goes out."""
        sentences = {
            self.Unit.DAY: ngettext("every day", "every %(number)d days", self.every),
            self.Unit.WEEK: ngettext("every week", "every %(number)d weeks", self.every),
            self.Unit.MONTH: ngettext("every month", "every %(number)d months", self.every),
        }
        return sentences[self.Unit(self.unit)] % {"number": self.every}

    @property
    def condition_words(self) -> list[str]:
        """What must hold of the event, one condition each."""
        forms = {
            "is": "%(field)s = %(value)s",
            "is_not": "%(field)s ≠ %(value)s",
            "contains": gettext("%(field)s contains “%(value)s”"),
            "at_least": "%(field)s ≥ %(value)s",
            "at_most": "%(field)s ≤ %(value)s",
        }
        return [
            forms[one["operator"]]
            % {"field": one["field"].removeprefix("data."), "value": one["value"]}
            for one in self.event_conditions
        ]

    @property
    def delay_words(self) -> str:
        """How long after its event a message goes out."""
        for minutes, words in _WHILES:
            if self.delay_minutes and self.delay_minutes % minutes == 0:
                number = self.delay_minutes // minutes
                return words(number) % {"number": number}
        return gettext("at once")


def _minutes(number: int) -> str:
    return ngettext("%(number)d minute", "%(number)d minutes", number)


def _hours(number: int) -> str:
    return ngettext("%(number)d hour", "%(number)d hours", number)


def _days(number: int) -> str:
    return ngettext("%(number)d day", "%(number)d days", number)


_WHILES = ((24 * 60, _days), (60, _hours), (1, _minutes))


class Occurrence(TenantModel):
    """One time the campaign goes out; `key` makes a doubled tick harmless.

    `key` is "once", "events", or the wall-clock moment "2026-03-08T10:00".
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="occurrences")
    key = models.CharField(max_length=40, default="once")
    number = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    filled_at = models.DateTimeField(null=True, blank=True)
    # The lot below which people are in the sample, drawn when filling begins (calc/chances.py).
    sample_below = models.CharField(max_length=32, blank=True)
    # Its time came while nothing ran; it was passed over rather than sent late.
    passed_over = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="occurrence_unique")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}:{self.key}"

    @property
    def local(self) -> datetime | None:
        """The wall-clock moment it is for, None where it has none."""
        return datetime.fromisoformat(self.key) if self.key[:1].isdigit() else None


class Invitation(TenantModel):
    """One person asked once. The link's token is derived from `nonce`; only its hash is stored."""

    # Where a wider index begins with the column, it needs none of its own: the rows are many, and
    # each is written several times.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="invitations", db_index=False
    )
    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="invitations")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="invitations", db_index=False
    )
    # What the person is asked about; each event asks at most once in a campaign. The number stays
    # when the event is erased: without it two invitations would look like one asked twice.
    event = models.ForeignKey(
        CustomerEvent,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    nonce = models.CharField(max_length=44)
    token_hash = models.CharField(max_length=64)
    skip_reason = models.CharField(max_length=30, blank=True, choices=SkipReason.choices)
    # The day the person is (to be) asked, by which the contact policy counts.
    contact_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="invitation_token"),
            models.UniqueConstraint(
                fields=["occurrence", "customer"],
                name="invitation_unique",
                condition=models.Q(event=None),
            ),
            models.UniqueConstraint(
                fields=["campaign", "event"],
                name="invitation_event_unique",
                condition=models.Q(event__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-contact_on"], name="invitation_contact"),
            models.Index(fields=["campaign", "skip_reason"], name="invitation_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}→{self.customer_id}"


class Delivery(TenantModel):
    """One message of an invitation: first message, reminder 1 …; the state machine of sending."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        SOFT = "soft", _("Will be retried")
        HARD = "hard", _("Refused")
        SKIPPED = "skipped", _("Left out")
        UNKNOWN = "unknown", _("Unknown")

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    step = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    # A temporary refusal is retried for as long as calc/delivery.py says, counted from here.
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    # What came back after it was sent: "bounced" or "complained", and when.
    came_back = models.CharField(max_length=12, blank=True, db_default="")
    came_back_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["invitation", "step"], name="delivery_unique")
        ]
        indexes = [
            models.Index(
                fields=["campaign", "due_at"],
                name="delivery_due",
                condition=models.Q(state__in=["queued", "soft", "sending"]),
            ),
            models.Index(fields=["campaign", "state"], name="delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id}/{self.step} {self.state}"


class ContactPolicy(VersionedModel):
    """How often anybody may be asked, over all surveys, and when messages keep still.

    `rules`: [{"channel": "" or "email"/"sms", "most": 2, "days": 30}]; the program's own
    `contact_gap_days` holds beside them. One row per program; none: only the gap.
    """

    rules = models.JSONField(default=list, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program"], name="contact_policy_unique")]

    def __str__(self) -> str:
        return f"contact policy of {self.program_id}"
