"""Other looks at the same actions: a month, the roadmap, what worked."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from journeys.models import (
    CLOSED_STATES,
    OPEN_CASES,
    OPEN_STATES,
    Action,
    Case,
    RootCause,
)
from journeys.queries.actions import actions_live, today_of
from journeys.queries.board_lanes import MOST_CARDS, Lane, stage_label
from journeys.queries.boards import Card, cards_of


@dataclass(frozen=True)
class CalendarDay:
    """One day of the month's sheet with what is due on it."""

    on: date
    inside: bool
    today: bool
    actions: list[Action] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


def calendar_weeks(
    actor: Actor, year: int, month: int, filtered: QuerySet[Any]
) -> list[list[CalendarDay]]:
    """The month's weeks, Monday first, with open actions and the actor's cases by due day."""
    weeks = Calendar().monthdatescalendar(year, month)
    first, last = weeks[0][0], weeks[-1][-1]
    actions: dict[date, list[Action]] = defaultdict(list)
    due = filtered.filter(due__gte=first, due__lte=last, column__state__in=OPEN_STATES)
    for action in due.order_by("due", "pk")[:1000]:
        actions[action.due].append(action)
    cases = _cases_by_day(actor, first, last)
    today = today_of(actor)
    return [
        [
            CalendarDay(day, day.month == month, day == today, actions[day], cases[day])
            for day in week
        ]
        for week in weeks
    ]


def _cases_by_day(actor: Actor, first: date, last: date) -> dict[date, list[Case]]:
    by_day: dict[date, list[Case]] = defaultdict(list)
    if actor.membership is None:
        return by_day
    zone = actor.program.zone
    rows: QuerySet[Any] = Case.objects.for_actor(actor)
    mine = rows.filter(owner=actor.membership, state__in=OPEN_CASES)
    around = mine.filter(
        due_at__date__gte=first - timedelta(days=1), due_at__date__lte=last + timedelta(days=1)
    )
    for case in around.order_by("due_at")[:1000]:
        by_day[case.due_at.astimezone(zone).date()].append(case)
    return by_day


def roadmap(actor: Actor, filtered: QuerySet[Any]) -> tuple[list[tuple[str, str]], list[Lane]]:
    """Open and watched actions by stage (rows) and horizon (columns)."""
    horizons = [(str(code), str(label)) for code, label in Action.Horizon.choices]
    rows = filtered.exclude(column__state="declined").exclude(column__state="done")
    found = rows.select_related("stage__journey").order_by("due", "pk")[:MOST_CARDS]
    lanes: dict[str, list[list[Card]]] = defaultdict(lambda: [[] for _horizon in horizons])
    places = {code: place for place, (code, _label) in enumerate(horizons)}
    for card in cards_of(actor, found):
        lanes[stage_label(card.action)][places[card.action.horizon]].append(card)
    last = _("Not chosen")
    names = sorted(lanes, key=lambda name: (name == last, name))
    return horizons, [Lane("", name, lanes[name]) for name in names]


@dataclass(frozen=True)
class Learned:
    """A finished action with its verdict and the causes of the cases it was to prevent."""

    card: Card
    causes: list[str]


def library(actor: Actor, filtered: QuerySet[Any], cause: RootCause | None = None) -> QuerySet[Any]:
    """Finished actions with something measured, newest first, perhaps those against a cause."""
    rows = filtered.filter(
        column__state__in=CLOSED_STATES, touchpoint__metric_links__isnull=False
    ).distinct()
    return rows.filter(cases__root_cause=cause) if cause else rows


def learned(actor: Actor, actions: Iterable[Action]) -> list[Learned]:
    """What was learned from actions; verdicts and causes in a constant few queries."""
    cards = cards_of(actor, actions)
    cases: QuerySet[Any] = Case.objects.for_actor(actor)
    linked = cases.filter(Q(action__in=[card.action.pk for card in cards]))
    causes: dict[int, dict[str, None]] = defaultdict(dict)
    for case in linked.exclude(root_cause=None).select_related("root_cause"):
        causes[case.action_id][str(case.root_cause)] = None
    return [Learned(card, list(causes[card.action.pk])) for card in cards]


def library_rows(actor: Actor) -> QuerySet[Any]:
    """Where the library's filters begin."""
    return actions_live(actor)
