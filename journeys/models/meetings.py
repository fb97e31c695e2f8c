"""Meetings of the committee: who, when, about what, what was decided."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from cxportal.core.models import Membership, TenantModel, VersionedModel
from journeys.models.boards import Action, Board
from journeys.models.journeys import Stage


class Meeting(VersionedModel):
    """One meeting with its agenda, its decisions and, in the end, its minutes."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("meeting", "Planned")
        HELD = "held", pgettext_lazy("meeting", "Held")

    title = models.CharField(max_length=200)
    held_on = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    # Whose actions are talked about; None: those of every board.
    board = models.ForeignKey(
        Board, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    members = models.ManyToManyField(Membership, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    # What was said beside the agenda.
    notes = models.TextField(blank=True, max_length=20_000)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    minutes_sent_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"], name="meeting_external_id_unique"
            )
        ]
        indexes = [models.Index(fields=["program", "-held_on", "-id"], name="meeting_recent")]

    def __str__(self) -> str:
        return self.title


class AgendaItem(TenantModel):
    """One thing to talk about; `key` keeps what the portal found from coming twice."""

    class Kind(models.TextChoices):
        DUE = "due", pgettext_lazy("agenda", "Due or overdue")
        BLOCKED = "blocked", pgettext_lazy("agenda", "Waits for another action")
        WATCHING = "watching", pgettext_lazy("agenda", "Did it work?")
        SIGNAL = "signal", pgettext_lazy("agenda", "Signals of the stage review")
        PATTERN = "pattern", pgettext_lazy("agenda", "What keeps coming back")
        OWN = "own", pgettext_lazy("agenda", "Further points")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OWN)
    key = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What was said about it.
    note = models.TextField(blank=True, max_length=4_000)
    position = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["meeting", "key"], name="agenda_item_once")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class Decision(TenantModel):
    """What was decided, as the action that carries it out."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    item = models.ForeignKey(
        AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="decisions")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["meeting", "action"], name="decision_once")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.action_id}"
