"""How work flows over the boards of a program."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from journeys.calc.flow import UPPER, age_bands, days_between, percentile, stacked, standing
from journeys.calc.flow_drawing import Flow as Drawing
from journeys.calc.flow_drawing import flow_drawing
from journeys.models import OPEN_STATES, Action, ActionMove, Board, State
from journeys.queries.actions import actions_live, today_of

WEEKS = 26
#: Finished work of so many days counts for cycle times.
RECENT = 180
OLDEST = 10
_ORDER = (State.IDEA, State.READY, State.DOING, State.WATCHING, State.DONE)


@dataclass(frozen=True)
class Flow:
    """Cycle times in days (work begun to work done), the oldest open work, and weekly stands."""

    finished: int
    cycle_median: float | None
    cycle_upper: float | None
    wait_median: float | None
    oldest: list[tuple[Action, int]]
    weeks: list[tuple[date, list[int]]]
    states: list[str]
    drawing: Drawing | None
    ages: list[tuple[str, list[int]]]


def flow_of(actor: Actor, board: Board | None = None) -> Flow:
    """Figures over one board or all; four queries."""
    rows = actions_live(actor)
    rows = rows.filter(board=board) if board else rows
    since = timezone.now() - timedelta(days=RECENT)
    closed = rows.filter(closed_at__gte=since)
    done = list(closed.values_list("created_at", "started_at", "closed_at"))
    cycles = [days_between(began, ended) for _made, began, ended in done if began]
    waits = [days_between(made, began) for made, began, _ended in done if began]
    weeks, states = _weeks(actor, rows), [str(State(state).label) for state in _ORDER]
    return Flow(
        finished=len(done),
        cycle_median=percentile(cycles, 0.5),
        cycle_upper=percentile(cycles, UPPER),
        wait_median=percentile(waits, 0.5),
        oldest=_oldest(rows),
        weeks=weeks,
        states=states,
        drawing=flow_drawing([(day.isoformat(), row) for day, row in weeks], states),
        ages=_ages(rows),
    )


def _ages(rows: QuerySet[Any]) -> list[tuple[str, list[int]]]:
    """Open work by state and by how long it has stood there; states without any are left out."""
    now = timezone.now()
    ages: dict[str, list[int]] = defaultdict(list)
    found = rows.filter(column__state__in=OPEN_STATES).order_by()
    for state, entered in found.values_list("column__state", "entered_column_at"):
        ages[state].append((now - entered).days)
    return [(str(State(s).label), age_bands(ages[s])) for s in OPEN_STATES if ages[s]]


def _oldest(rows: QuerySet[Any]) -> list[tuple[Action, int]]:
    now = timezone.now()
    found = rows.filter(column__state__in=OPEN_STATES).order_by("entered_column_at")[:OLDEST]
    return [(action, (now - action.entered_column_at).days) for action in found]


def _weeks(actor: Actor, rows: QuerySet[Any]) -> list[tuple[date, list[int]]]:
    moves: QuerySet[Any] = ActionMove.objects.for_actor(actor)
    entered: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    found = moves.filter(action__in=rows.order_by().values("pk")).order_by("at", "pk")
    for action, at, state in found.values_list("action_id", "at", "to_state"):
        entered[action].append((at, state))
    ends = _week_ends(actor)
    counts = stacked(standing(entered, ends), [str(state) for state in _ORDER])
    return [(day, row) for (day, _end), row in zip(ends, counts, strict=True)]


def _week_ends(actor: Actor) -> Sequence[tuple[date, datetime]]:
    today, zone = today_of(actor), actor.program.zone
    days = [today - timedelta(weeks=n) for n in range(WEEKS - 1, -1, -1)]
    return [(day, datetime.combine(day, time.max, zone)) for day in days]


TRANSITION_COLUMNS = (
    "action",
    "external_id",
    "title",
    "board",
    "from_state",
    "to_state",
    "column",
    "at",
    "by",
)


def transitions(actor: Actor) -> Iterator[list[Any]]:
    """Every move of every action, oldest first, for an export; read in chunks."""
    moves: QuerySet[Any] = ActionMove.objects.for_actor(actor)
    rows = moves.filter(action__deleted_at=None).select_related("action__board", "to_column")
    for move in rows.order_by("at", "pk").iterator(chunk_size=2000):
        yield [
            move.action_id,
            move.action.external_id,
            move.action.title,
            str(move.action.board),
            move.from_state,
            move.to_state,
            str(move.to_column or ""),
            move.at,
            move.by,
        ]
