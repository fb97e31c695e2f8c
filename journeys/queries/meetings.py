"""What a meeting is about: the agenda the portal finds, and the minutes in the end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from journeys.models import (
    OPEN_STATES,
    Action,
    AgendaItem,
    Decision,
    Meeting,
    Stage,
    State,
)
from journeys.queries.actions import actions_live
from journeys.queries.case_overview import case_patterns
from journeys.queries.effects import effects_of
from journeys.queries.journeys import journeys_live
from journeys.queries.outer_loop import topic_signals
from journeys.queries.review import reviews_of
from journeys.queries.review_signals import reviews_shown
from surveys.queries.scores import last_days

#: Actions due so long after the meeting are talked about in it.
AHEAD = timedelta(days=7)
MOST_OF_A_KIND, MOST_JOURNEYS = 15, 10
Kind = AgendaItem.Kind


@dataclass(frozen=True)
class Point:
    """Something to talk about, as the agenda takes it over."""

    kind: str
    key: str
    text: str
    action: Action | None = None
    stage: Stage | None = None


def points_of(actor: Actor, meeting: Meeting) -> Iterator[Point]:
    """What calls for a word: due, blocked and watched actions, signals, causes that come back."""
    rows = actions_live(actor)
    if meeting.board_id:
        rows = rows.filter(board=meeting.board_id)
    open_rows = rows.filter(column__state__in=OPEN_STATES)
    due = open_rows.filter(due__lte=meeting.held_on + AHEAD).order_by("due", "pk")
    yield from _of(Kind.DUE, due[:MOST_OF_A_KIND])
    waits = open_rows.filter(
        blocked_by__column__state__in=OPEN_STATES, blocked_by__deleted_at=None
    ).distinct()
    yield from _of(Kind.BLOCKED, waits.order_by("pk")[:MOST_OF_A_KIND])
    watched = rows.filter(column__state=State.WATCHING).order_by("closed_at", "pk")
    yield from _of(Kind.WATCHING, watched[:MOST_OF_A_KIND])
    yield from _signals(actor)
    if may(actor, "journeys.view_cases"):
        yield from _patterns(actor)
    if may(actor, "surveys.view_comments"):
        yield from _topics(actor)


def _of(kind: str, actions: Iterable[Action]) -> Iterator[Point]:
    for action in actions:
        yield Point(kind, f"{kind}:{action.pk}", action.title, action=action)


def _signals(actor: Actor) -> Iterator[Point]:
    """Stages whose control chart says that something got worse."""
    period = last_days(actor)
    journeys = list(journeys_live(actor)[:MOST_JOURNEYS])
    if not journeys:
        return
    reviews = reviews_of(actor=actor, journeys=journeys, period=period)
    for shown in reviews_shown(actor, reviews, period=period):
        for stage in shown.stages:
            if stage.beside.signal_words and stage.beside.signal_tone == "bad":
                found = stage.entry.row.stage
                text = f"{found.journey} – {found}: {stage.beside.signal_words}"
                key = f"signal:{found.pk}:{period.last:%Y-%m}"
                yield Point(Kind.SIGNAL, key, text[:300], stage=found)


def _patterns(actor: Actor) -> Iterator[Point]:
    for pattern in case_patterns(actor):
        if pattern.without_action:
            place = f" – {pattern.touchpoint}" if pattern.touchpoint else ""
            words = ngettext("%(n)d case", "%(n)d cases", pattern.count) % {"n": pattern.count}
            yield Point(
                Kind.PATTERN, f"pattern:{pattern.key}", f"{pattern.cause}{place}: {words}"[:300]
            )


def _topics(actor: Actor) -> Iterator[Point]:
    for signal in topic_signals(actor):
        if signal.action is None:
            place = f" – {signal.touchpoint}" if signal.touchpoint else ""
            why = [_("grows")] * signal.grows + [_("hurts")] * signal.hurts
            text = f"{signal.line.topic}{place}: {', '.join(why)}"
            yield Point(Kind.PATTERN, f"topic:{signal.line.topic.pk}", text[:300])


def meetings_listed(actor: Actor) -> QuerySet[Any]:
    """Meetings with their board."""
    rows: QuerySet[Any] = Meeting.objects.for_actor(actor)
    return rows.select_related("board").prefetch_related("members__user")


@dataclass(frozen=True)
class ShownItem:
    """A point of the agenda with the verdict on its action and what was decided."""

    item: AgendaItem
    verdict: str = ""
    tone: str = "neutral"
    decisions: list[Action] = field(default_factory=list)


@dataclass(frozen=True)
class Agenda:
    """Points by kind in their order, and decisions that belong to no point."""

    groups: list[tuple[str, list[ShownItem]]]
    decided: list[Action]
    beside: list[Action]


def agenda_of(actor: Actor, meeting: Meeting) -> Agenda:
    """The agenda with all that a page or the minutes say; a constant few queries."""
    decisions: QuerySet[Any] = Decision.objects.for_actor(actor)
    told = decisions.select_related("action__column", "action__owner__user")
    items = list(
        meeting.items.select_related(
            "action__column", "action__owner__user", "action__touchpoint", "stage"
        ).prefetch_related(Prefetch("decisions", queryset=told))
    )
    effects = effects_of(actor, [item.action for item in items if item.action is not None])
    shown = [_item(item, effects) for item in items]
    groups = [
        (str(kind.label), [entry for entry in shown if entry.item.kind == kind]) for kind in Kind
    ]
    mine = list(told.filter(meeting=meeting))
    return Agenda(
        [(label, entries) for label, entries in groups if entries],
        [d.action for d in mine],
        [d.action for d in mine if d.item_id is None],
    )


def _item(item: AgendaItem, effects: Any) -> ShownItem:
    effect = effects.get(item.action_id)
    decided = [d.action for d in item.decisions.all()]
    if effect is None:
        return ShownItem(item, decisions=decided)
    return ShownItem(item, str(effect.word), effect.tone, decided)


def minutes_lines(meeting: Meeting, agenda: Agenda) -> Iterator[tuple[str, str]]:
    """The minutes as (kind of line, words): "head", "point", "note", "decision"."""
    names = ", ".join(str(member.user) for member in meeting.members.all()) or "–"
    yield "point", _("Took part: %(names)s") % {"names": names}
    for label, entries in agenda.groups:
        yield "head", label
        for entry in entries:
            yield "point", _point(entry)
            if entry.item.note:
                yield "note", entry.item.note
            for action in entry.decisions:
                yield "decision", decision_words(action)
    if agenda.beside:
        yield "head", _("Further decisions")
        for action in agenda.beside:
            yield "decision", decision_words(action)
    if meeting.notes:
        yield "head", _("Notes")
        yield "note", meeting.notes


def _point(entry: ShownItem) -> str:
    action = entry.item.action
    parts = [entry.item.text]
    if action is not None:
        owner = str(action.owner.user) if action.owner else ""
        due = action.due.isoformat() if action.due else ""
        parts += [str(action.column), owner, due, entry.verdict]
    return " · ".join(part for part in parts if part)


def decision_words(action: Action) -> str:
    """ "Decided: new signs (Kim, until 2026-12-01)"."""
    who = str(action.owner.user) if action.owner else _("nobody yet")
    if action.due is None:
        return _("Decided: %(title)s (%(who)s)") % {"title": action.title, "who": who}
    words = {"title": action.title, "who": who, "due": action.due.isoformat()}
    return _("Decided: %(title)s (%(who)s, until %(due)s)") % words
