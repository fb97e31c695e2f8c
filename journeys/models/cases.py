"""Cases: the follow-up of one customer, from the first call to what was learned."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import (
    Customer,
    CustomerEvent,
    I18nTextField,
    Membership,
    Team,
    TenantModel,
    VersionedModel,
    text_in,
)
from journeys.models.boards import Action
from journeys.models.journeys import Stage, Touchpoint
from surveys.models import Campaign, Comment, Response


class CaseState(models.TextChoices):
    """Where the follow-up stands; what came of it is its resolution."""

    NEW = "new", pgettext_lazy("case", "New")
    WORKING = "working", pgettext_lazy("case", "Being worked on")
    WAITING = "waiting", pgettext_lazy("case", "Waiting for the customer")
    CLOSED = "closed", pgettext_lazy("case", "Closed")


OPEN_CASES = (CaseState.NEW, CaseState.WORKING, CaseState.WAITING)


class Severity(models.TextChoices):
    """How soon somebody must answer."""

    LOW = "low", pgettext_lazy("severity", "Low")
    NORMAL = "normal", pgettext_lazy("severity", "Normal")
    HIGH = "high", pgettext_lazy("severity", "High")
    CRITICAL = "critical", pgettext_lazy("severity", "Critical")


class RootCause(TenantModel):
    """Why it happened: an entry of the program's own catalogue."""

    code = models.CharField(max_length=40)
    name = I18nTextField()
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="root_cause_code_unique")
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.name) or self.code


class CannedReply(VersionedModel):
    """A mail to customers as the program words it, per language; who sends it edits it first."""

    code = models.CharField(max_length=40)
    name = I18nTextField()
    # Both may hold {{name}}, {{company}} and {{sender}}.
    subject = I18nTextField()
    body = I18nTextField()
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="canned_reply_code_unique")
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.name) or self.code


class CaseRules(VersionedModel):
    """How a program follows up: working time, due hours, who gets a case, when it escalates."""

    class Assignment(models.TextChoices):
        MANAGER = "manager", _("The customer's account manager, else the team in turn")
        TURN = "turn", _("The team's people in turn")
        NOBODY = "nobody", _("Nobody: the team takes them from the list")

    opens_on_low_score = models.BooleanField(default=False)
    assignment = models.CharField(
        max_length=10, choices=Assignment.choices, default=Assignment.MANAGER
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Told when a case is overdue; nobody named: the team's managers, else all managers.
    escalate_to = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    working_days = ArrayField(models.PositiveSmallIntegerField(), default=list)
    opens_at = models.TimeField(default=time(9))
    closes_at = models.TimeField(default=time(18))
    country = models.CharField(max_length=2, blank=True, default="KR")
    # Working hours by severity until the first contact and until the case is closed.
    contact_hours = models.JSONField(default=dict)
    close_hours = models.JSONField(default=dict)
    # How it went is asked so many days after a case is closed, by a campaign like any other.
    follow_up_campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    follow_up_days = models.PositiveSmallIntegerField(default=3)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program"], name="case_rules_one_in_a_program")
        ]

    def __str__(self) -> str:
        return gettext("Rules of cases")


class Case(VersionedModel):
    """One customer who is to be called back, and everything until that is done."""

    class Reason(models.TextChoices):
        LOW_SCORE = "low_score", _("Low score")
        COMPLAINT = "complaint", _("Complaint")
        CONTACT = "contact_requested", _("Asked to be contacted")
        EVENT = "event", _("Something happened")
        MANUAL = "manual", _("Opened by hand")

    class Resolution(models.TextChoices):
        SOLVED = "solved", pgettext_lazy("resolution", "Solved")
        PARTLY = "partly", pgettext_lazy("resolution", "Partly solved")
        UNSOLVED = "unsolved", pgettext_lazy("resolution", "Not solved")
        UNREACHED = "unreached", pgettext_lazy("resolution", "Customer not reached")
        NO_NEED = "no_need", pgettext_lazy("resolution", "Nothing to do")

    class Recovery(models.TextChoices):
        NONE = "none", pgettext_lazy("recovery", "Nothing")
        APOLOGY = "apology", pgettext_lazy("recovery", "Apology and explanation")
        REPAIR = "repair", pgettext_lazy("recovery", "Mended or delivered again")
        REFUND = "refund", pgettext_lazy("recovery", "Money back or exchange")
        GIFT = "gift", pgettext_lazy("recovery", "Compensation")

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    reason = models.CharField(max_length=20, choices=Reason.choices, default=Reason.MANUAL)
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.NORMAL)
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.NEW)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    event = models.ForeignKey(
        CustomerEvent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    owner = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)
    contact_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    entered_state_at = models.DateTimeField()
    # First attempt at all, and first time the customer was reached.
    contacted_at = models.DateTimeField(null=True, blank=True)
    reached_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    # What was learned and done; filled in when the case is closed.
    resolution = models.CharField(max_length=10, choices=Resolution.choices, blank=True)
    root_cause = models.ForeignKey(
        RootCause, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    recovery = models.CharField(max_length=10, choices=Recovery.choices, blank=True)
    outcome = models.TextField(blank=True, max_length=10_000)
    customer_told = models.BooleanField(default=False)
    # The improvement action that is to keep it from happening again.
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    # The follow-up survey: when it is due, the event that asked, and what came back.
    follow_up_due_at = models.DateTimeField(null=True, blank=True)
    follow_up_event = models.ForeignKey(
        CustomerEvent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    follow_up_response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_cases"
    )
    # Whatever opens a case by itself does it once.
    once_key = models.CharField(max_length=120, null=True, blank=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "once_key"], name="case_once_unique"),
            models.UniqueConstraint(
                fields=["program", "external_id"], name="case_external_id_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["program", "-opened_at", "-id"], name="case_recent"),
            models.Index(fields=["program", "due_at", "id"], name="case_due"),
            models.Index(fields=["program", "state", "due_at", "id"], name="case_state"),
            models.Index(fields=["owner", "due_at", "id"], name="case_mine"),
            models.Index(
                fields=["due_at"],
                name="case_to_escalate",
                condition=models.Q(escalated_at=None) & ~models.Q(state="closed"),
            ),
            models.Index(
                fields=["follow_up_due_at"],
                name="case_to_follow_up",
                condition=models.Q(follow_up_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """True until it is closed."""
        return self.state != CaseState.CLOSED


class CaseMove(TenantModel):
    """One change of state: into what, when, by whom."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="moves")
    from_state = models.CharField(max_length=10, choices=CaseState.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=CaseState.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.from_state} → {self.to_state}"


class CaseContact(TenantModel):
    """One attempt to reach the customer."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")
        VISIT = "visit", pgettext_lazy("contact", "In person")
        OTHER = "other", pgettext_lazy("contact", "Otherwise")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    reached = models.BooleanField(default=False)
    note = models.TextField(blank=True, max_length=4_000)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.channel} {self.at:%Y-%m-%d}"
