"""Boards and improvement actions."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import (
    Customer,
    I18nTextField,
    Membership,
    Team,
    TenantModel,
    VersionedModel,
    text_in,
)
from journeys.models.journeys import Stage, Touchpoint
from surveys.models import Response

IMPACT_WORDS = [
    (3.0, _("3 (massive)")),
    (2.0, _("2 (high)")),
    (1.0, _("1 (medium)")),
    (0.5, _("0.5 (low)")),
    (0.25, _("0.25 (minimal)")),
]
CONFIDENCE_WORDS = [(100, _("100 % (high)")), (80, _("80 % (medium)")), (50, _("50 % (low)"))]
ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class State(models.TextChoices):
    """What a column means, whatever its name."""

    IDEA = "idea", _("Idea")
    READY = "ready", _("Ready")
    DOING = "doing", _("In progress")
    WATCHING = "watching", _("Watching the effect")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined")


#: Work is still to be done; only these can be overdue.
OPEN_STATES = (State.IDEA, State.READY, State.DOING)
#: The work is done: the effect is measured around the day the first of these was entered.
CLOSED_STATES = (State.WATCHING, State.DONE)


class Board(VersionedModel):
    """Where improvement actions move from idea to proven effect, or relationships grow."""

    class Kind(models.TextChoices):
        IMPROVEMENT = "improvement", _("Improvement actions")
        RELATIONSHIP = "relationship", _("Customer relationships")

    name = I18nTextField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.IMPROVEMENT)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Where actions go that name no board; one in a program.
    is_default = models.BooleanField(default=False)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program"],
                condition=models.Q(is_default=True),
                name="board_default_unique",
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class Column(TenantModel):
    """A free name on a semantic state."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="columns")
    name = I18nTextField()
    state = models.CharField(max_length=10, choices=State.choices)
    limit = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class Relationship(models.TextChoices):
    """The five relationship activities."""

    FIND = "find", pgettext_lazy("relationship", "Find")
    WIN = "win", pgettext_lazy("relationship", "Win")
    GROW = "grow", pgettext_lazy("relationship", "Grow")
    KEEP = "keep", pgettext_lazy("relationship", "Keep")
    EXTEND = "extend", pgettext_lazy("relationship", "Extend")


class Action(VersionedModel):
    """An improvement action: what, who, by when, at which touchpoint, and whether it worked."""

    class Horizon(models.TextChoices):
        SHORT = "short", _("Short term")
        MID = "mid", _("Mid term")
        LONG = "long", _("Long term")

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="actions")
    column = models.ForeignKey(Column, on_delete=models.PROTECT, related_name="actions")
    # Order within the column, first on top: fractional index, compared byte by byte.
    rank = models.CharField(max_length=200, db_collation="C")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    owner = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    due = models.DateField(null=True, blank=True)
    horizon = models.CharField(max_length=5, choices=Horizon.choices, default=Horizon.SHORT)
    importance = models.PositiveSmallIntegerField(default=3, validators=ONE_TO_FIVE)
    urgency = models.PositiveSmallIntegerField(default=3, validators=ONE_TO_FIVE)
    effect = models.PositiveSmallIntegerField(default=3, validators=ONE_TO_FIVE)
    cost = models.PositiveSmallIntegerField(default=3, validators=ONE_TO_FIVE)
    # RICE and ICE, where a team ranks by them: people a quarter, how much each gains, how sure
    # one is (per cent), person-months.
    reach = models.PositiveIntegerField(null=True, blank=True)
    impact = models.FloatField(null=True, blank=True, choices=IMPACT_WORDS)
    confidence = models.PositiveSmallIntegerField(null=True, blank=True, choices=CONFIDENCE_WORDS)
    effort = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0.1), MaxValueValidator(999)]
    )
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    # Ids of dimensions (stores, segments): where it was tried, and with whom that is compared
    # (empty: with everybody else). Without a pilot everybody is compared before and after.
    pilot = ArrayField(models.BigIntegerField(), default=list, blank=True)
    comparison = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # The touchpoint's scores when the work started; never changed afterwards.
    baseline = models.JSONField(default=dict, blank=True)
    watchers = models.ManyToManyField(Membership, blank=True, related_name="+")
    # What must be done before this one.
    blocked_by = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="blocks"
    )
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    # Relationship activities are about one customer.
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    relationship = models.CharField(max_length=8, choices=Relationship.choices, blank=True)
    # Whatever logs an action by itself does it once.
    once_key = models.CharField(max_length=160, null=True, blank=True)
    # First time in progress; never cleared.
    started_at = models.DateTimeField(null=True, blank=True)
    # Work done: first of CLOSED_STATES entered. The effect is measured around the days from
    # `started_at` to here. Moving on from watching to done keeps it, re-opening clears it.
    closed_at = models.DateTimeField(null=True, blank=True)
    entered_column_at = models.DateTimeField()
    # Deleted, and restored as long as the row is there.
    deleted_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"], name="action_external_id_unique"
            ),
            models.UniqueConstraint(fields=["program", "once_key"], name="action_once_unique"),
            # At commit, so that a crowded column can be numbered anew in one statement.
            models.UniqueConstraint(
                fields=["column", "rank"],
                name="action_rank_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        indexes = [
            models.Index(fields=["column", "rank", "id"], name="action_order"),
            models.Index(fields=["program", "owner", "due"], name="action_mine"),
            models.Index(fields=["touchpoint", "-closed_at"], name="action_touchpoint"),
        ]

    def __str__(self) -> str:
        return self.title


class ActionMove(TenantModel):
    """One change of column: entered what, when, by whom."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="moves")
    from_state = models.CharField(max_length=10, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=State.choices)
    to_column = models.ForeignKey(Column, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.action_id}: {self.from_state} → {self.to_state}"
