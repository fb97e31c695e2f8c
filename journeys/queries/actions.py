"""Reads of improvement actions: those on the boards, mine, of a customer, and one's history."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.actors import Actor
from cxportal.core.calc.korean import settle_particles
from cxportal.core.models import AuditEntry, Customer
from cxportal.core.registry import audit_words
from journeys.models import (
    OPEN_STATES,
    Action,
    ActionMove,
    Relationship,
    Stage,
    State,
    Step,
    Touchpoint,
)
from surveys.models import Response

#: Entries of one action's history that a page shows.
HISTORY = 100
_ICONS = {"action.move": "arrow-right", "action.create": "plus-lg", "action.delete": "trash"}
# Said otherwise: moves from their own rows, comments above the history.
_TOLD_ELSEWHERE = ("action.create", "action.move", "action.comment")


@dataclass(frozen=True)
class HistoryEntry:
    """One line of an action's history, for components/timeline.html."""

    at: datetime
    text: str
    who: str
    detail: str = ""
    icon: str = "dot"
    tone: str = "neutral"


@dataclass(frozen=True)
class ActionTie:
    """What an upper floor ties an action to, as one of the facts beside it; `url` may be ""."""

    label: str
    text: str
    url: str


#: Filled by upper floors at start-up.
action_ties: "list[Callable[[Actor, Action], Iterable[ActionTie]]]" = []


def ties_of(actor: Actor, action: Action) -> list[ActionTie]:
    """Everything that upper floors say of an action."""
    return [tie for find in action_ties for tie in find(actor, action)]


def today_of(actor: Actor) -> date:
    """Today in the program's time zone."""
    return timezone.now().astimezone(actor.program.zone).date()


def actions_live(actor: Actor) -> QuerySet[Any]:
    """Actions that are not deleted, with all that a card or row says, in one query."""
    rows: QuerySet[Any] = Action.objects.for_actor(actor).filter(deleted_at=None)
    return rows.select_related("column", "owner__user", "team", "stage", "touchpoint")


def actions_mine(actor: Actor) -> QuerySet[Any]:
    """Open actions the actor owns, soonest due first; none for who is not a member."""
    rows = actions_live(actor).filter(column__state__in=OPEN_STATES)
    if actor.membership is None:
        return rows.none()
    return rows.filter(owner=actor.membership).order_by("due", "pk")


def actions_open(actor: Actor) -> QuerySet[Any]:
    """Actions whose work is still to be done."""
    return actions_live(actor).filter(column__state__in=OPEN_STATES)


def actions_overdue(actor: Actor) -> QuerySet[Any]:
    """Open actions whose due day has passed, longest overdue first."""
    return actions_open(actor).filter(due__lt=today_of(actor)).order_by("due", "pk")


def actions_of_customer(actor: Actor, customer: Customer) -> QuerySet[Any]:
    """Actions that an answer of this customer led to, newest first."""
    return actions_live(actor).filter(response__customer=customer).order_by("-created_at")


def action_places(actor: Actor, response: Response) -> tuple[Touchpoint | None, Stage | None]:
    """Touchpoint and stage that a response is about, by the metrics it feeds.

    Of several touchpoints the most important one; the stage is the first it stands in.
    """
    steps: QuerySet[Any] = Step.objects.for_actor(actor)
    found = (
        steps.filter(touchpoint__metrics__scores__response=response)
        .select_related("touchpoint", "stage")
        .order_by("-touchpoint__importance", "touchpoint_id", "stage__position", "stage_id")
        .first()
    )
    if found is not None:
        return found.touchpoint, found.stage
    touchpoints: QuerySet[Any] = Touchpoint.objects.for_actor(actor)
    alone = touchpoints.filter(metrics__scores__response=response).order_by("-importance", "pk")
    return alone.first(), None


def action_history(actor: Actor, action: Action) -> list[HistoryEntry]:
    """Moves with the time spent in each state, and every other change, newest first."""
    entries = [*_moves(action), *_changes(actor, action)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:HISTORY]


def _moves(action: Action) -> Iterable[HistoryEntry]:
    moves = list(action.moves.select_related("to_column"))
    ends = [move.at for move in moves[1:]]
    for move, end in zip(moves, [*ends, None], strict=True):
        yield _move(move, end)


def _move(move: ActionMove, end: datetime | None) -> HistoryEntry:
    column = str(move.to_column) if move.to_column else State(move.to_state).label
    text = _("moved to %(column)s") if move.from_state else _("logged in %(column)s")
    if end is None:
        detail = _("there for %(days)s so far") % {"days": _days(timezone.now() - move.at)}
    else:
        detail = _("stayed there for %(days)s") % {"days": _days(end - move.at)}
    kind = "action.move" if move.from_state else "action.create"
    closed = move.to_state in (State.WATCHING, State.DONE)
    return HistoryEntry(
        at=move.at,
        text=settle_particles(text % {"column": column}),
        who=move.by,
        detail=detail,
        icon=_ICONS[kind],
        tone="good" if closed else "neutral",
    )


def _days(passed: timedelta) -> str:
    if passed.days < 1:
        return _("less than a day")
    return ngettext("%(n)d day", "%(n)d days", passed.days) % {"n": passed.days}


def _changes(actor: Actor, action: Action) -> Iterable[HistoryEntry]:
    rows: QuerySet[Any] = AuditEntry.objects.for_actor(actor)
    entries = rows.filter(object_type="journeys.action", object_id=action.pk)
    for entry in entries.exclude(action__in=_TOLD_ELSEWHERE).order_by("-at")[:HISTORY]:
        yield HistoryEntry(
            at=entry.at,
            text=_verb(entry.action),
            who=entry.actor_label,
            detail=_said(entry.changes),
            icon=_ICONS.get(entry.action, "pencil"),
        )


def _verb(action: str) -> str:
    """ "action.update" as a history says it."""
    return str(audit_words.get(action) or audit_words.get(action.rpartition(".")[2], action))


def _said(changes: dict[str, Any]) -> str:
    """Changed fields in a line: due: – → 2026-05-01."""
    names = field_names()
    parts = [
        f"{names[name]}: {_shown(_word(name, before))} → {_shown(_word(name, after))}"
        for name, (before, after) in changes.items()
        if name in names
    ]
    return "; ".join(parts)


def _word(name: str, value: Any) -> Any:
    """A choice as its page calls it; anything else as it is."""
    choices: dict[str, Any] = {"horizon": Action.Horizon, "relationship": Relationship}
    known = choices.get(name)
    return known(value).label if known is not None and value in known.values else value


def _shown(value: Any) -> str:
    text = "–" if value in (None, "") else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def field_names() -> dict[str, str]:
    """What the fields of an action are called."""
    return {
        "title": _("Title"),
        "description": _("Description"),
        "owner": _("Owner"),
        "team": _("Team"),
        "due": _("Due"),
        "horizon": _("Horizon"),
        "importance": _("Importance"),
        "urgency": _("Urgency"),
        "effect": _("Expected effect"),
        "cost": _("Cost"),
        "relationship": _("Relationship activity"),
        "stage": _("Stage"),
        "touchpoint": _("Touchpoint"),
        "response": _("Answer"),
        "external_id": _("External id"),
        "column": _("Column"),
    }


def actions_matching(actor: Actor, text: str) -> QuerySet[Any]:
    """Actions whose title or description holds the text."""
    holds = Q(title__icontains=text) | Q(description__icontains=text)
    return actions_live(actor).filter(holds).order_by("-pk")
