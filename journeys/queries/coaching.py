"""For the branch manager: how relationships move step by step, and where somebody stops."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.korean import settle_particles
from cxportal.core.models import Membership, Team
from cxportal.core.registry import segment_conditions
from journeys.calc.flow import days_between, percentile
from journeys.calc.steps import StepRate, Way, stays, step_rates
from journeys.models import (
    CLOSED_STATES,
    OPEN_STATES,
    Action,
    ActionMove,
    Board,
    Column,
    Relationship,
    State,
)
from journeys.queries.actions import today_of
from surveys.calc.intervals import share_interval

#: Work logged in so many days is looked at, and so many finished pieces make a rate.
DAYS, ENOUGH = 180, 10
#: Longer than twice the usual time in a step, but never less than this.
STILL_DAYS, STILL_TIMES = 14, 2.0
_MOST_PEOPLE = 100


@dataclass(frozen=True)
class Step:
    """One step of all: what stands in it, how many go on, how long they stay."""

    column: Column
    standing: int
    rate: StepRate | None
    days: float | None

    @property
    def is_known(self) -> bool:
        """True when enough have left it to show a rate."""
        return self.rate is not None and self.rate.left >= ENOUGH


@dataclass(frozen=True)
class Coached:
    """One person's work in the steps."""

    name: str
    pk: int
    standing: list[int]
    won: int
    lost: int
    overdue: int
    still: int
    hints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """Relationship activities with customers of one value segment: open and done, by activity."""

    segment: str
    counts: list[tuple[int, int]]


@dataclass(frozen=True)
class Coaching:
    """What the page shows."""

    steps: list[Step]
    people: list[Coached]
    activities: list[str]
    plans: list[Plan]


def relationship_boards(actor: Actor) -> list[Board]:
    """Boards of customer relationships."""
    rows: QuerySet[Any] = Board.objects.for_actor(actor)
    return list(rows.filter(kind=Board.Kind.RELATIONSHIP))


def coaching_of(actor: Actor, board: Board | None, team: Team | None = None) -> Coaching:
    """Figures over one board; a constant few queries."""
    activities = [str(label) for _key, label in Relationship.choices]
    if board is None:
        return Coaching([], [], activities, _plans(actor))
    columns = [c for c in board.columns.all() if c.state != State.DECLINED]
    rows: QuerySet[Any] = Action.objects.for_actor(actor).filter(board=board, deleted_at=None)
    if team is not None:
        rows = rows.filter(Q(team=team) | Q(owner__teams=team)).distinct()
    actions = list(rows.filter(_in_sight()).select_related("column", "owner__user"))
    place = {column.pk: number for number, column in enumerate(columns)}
    entered = _entered(actor, actions, place)
    ways = {a.pk: _way(a, entered[a.pk]) for a in actions}
    rates = step_rates(ways.values(), len(columns))
    usual = _usual(entered.values(), len(columns))
    steps = [
        Step(
            column,
            sum(a.column_id == column.pk for a in actions),
            rates[number] if number < len(rates) else None,
            usual[number],
        )
        for number, column in enumerate(columns)
    ]
    people = _people(actor, actions, ways, steps)
    return Coaching(steps, people, activities, _plans(actor))


def _in_sight() -> Q:
    """What stands open, and what was logged lately."""
    since = timezone.now() - timedelta(days=DAYS)
    return Q(column__state__in=OPEN_STATES) | Q(created_at__gte=since)


def _entered(
    actor: Actor, actions: Iterable[Action], place: dict[int, int]
) -> dict[int, list[tuple[float, int]]]:
    """By action: (days since the epoch, step) of each step entered."""
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    moves: QuerySet[Any] = ActionMove.objects.for_actor(actor)
    rows = moves.filter(action__in=[a.pk for a in actions]).order_by("at", "pk")
    for pk, at, column in rows.values_list("action_id", "at", "to_column_id"):
        if column in place:
            found[pk].append((at.timestamp() / 86_400, place[column]))
        elif found[pk]:
            # Lost or elsewhere: its stay in the last step ends here.
            found[pk].append((at.timestamp() / 86_400, found[pk][-1][1]))
    return found


def _way(action: Action, entered: list[tuple[float, int]]) -> Way:
    furthest = max((step for _at, step in entered), default=0)
    return Way(furthest, lost=action.column.state == State.DECLINED)


def _usual(entered: Iterable[list[tuple[float, int]]], steps: int) -> list[float | None]:
    """The median days of finished stays in each step, of at least ENOUGH."""
    days: list[list[float]] = [[] for _step in range(steps)]
    for moves in entered:
        for step, passed in stays(moves):
            days[step].append(passed)
    return [percentile(found, 0.5) if len(found) >= ENOUGH else None for found in days]


def _people(
    actor: Actor, actions: Iterable[Action], ways: dict[int, Way], steps: list[Step]
) -> list[Coached]:
    by_owner: dict[Membership, list[Action]] = defaultdict(list)
    for action in actions:
        if action.owner is not None:
            by_owner[action.owner].append(action)
    owners = sorted(by_owner, key=lambda member: str(member.user))[:_MOST_PEOPLE]
    return [_person(actor, owner, by_owner[owner], ways, steps) for owner in owners]


def _person(
    actor: Actor, owner: Membership, mine: list[Action], ways: dict[int, Way], steps: list[Step]
) -> Coached:
    today, now = today_of(actor), timezone.now()
    usual = {step.column.pk: step.days for step in steps}
    opened = [a for a in mine if a.column.state in OPEN_STATES]
    still = sum(
        days_between(a.entered_column_at, now)
        > max(STILL_DAYS, STILL_TIMES * (usual.get(a.column_id) or 0))
        for a in opened
    )
    own = step_rates([ways[a.pk] for a in mine], len(steps))
    return Coached(
        name=str(owner.user),
        pk=owner.pk,
        standing=[sum(a.column_id == step.column.pk for a in mine) for step in steps],
        won=sum(a.column.state in CLOSED_STATES for a in mine),
        lost=sum(a.column.state == State.DECLINED for a in mine),
        overdue=sum(a.due is not None and a.due < today for a in opened),
        still=still,
        hints=_hints(own, steps),
    )


def _hints(own: list[StepRate], steps: list[Step]) -> list[str]:
    """Where this person stops surely more often than all, and where less: 95 % intervals."""
    hints = []
    for rate, step in zip(own, steps, strict=False):
        if rate.left < ENOUGH or step.rate is None or step.rate.share is None:
            continue
        interval = share_interval(rate.onward, rate.left)
        words = {
            "step": str(step.column),
            "own": f"{rate.onward / rate.left:.0%}",
            "all": f"{step.rate.share:.0%}",
        }
        if interval.high < step.rate.share:
            text = _("Fewer go on from “%(step)s” than with others: %(own)s, all %(all)s.")
            hints.append(settle_particles(text % words))
        elif interval.low > step.rate.share:
            text = _("More go on from “%(step)s” than with others: %(own)s, all %(all)s.")
            hints.append(settle_particles(text % words))
    return hints


def _plans(actor: Actor) -> list[Plan]:
    """Activities of all boards by the customer's value segment; one query."""
    since = timezone.now() - timedelta(days=DAYS)
    rows: QuerySet[Any] = Action.objects.for_actor(actor)
    found = (
        rows.filter(deleted_at=None, customer__isnull=False)
        .exclude(relationship="")
        .order_by()
        .values("customer__value_segment", "relationship")
        .annotate(
            open=Count("pk", filter=Q(column__state__in=OPEN_STATES)),
            done=Count("pk", filter=Q(column__state__in=CLOSED_STATES, closed_at__gte=since)),
        )
    )
    table: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in found:
        counts = (row["open"], row["done"])
        table[row["customer__value_segment"] or ""][row["relationship"]] = counts
    names = [str(key) for key in Relationship.values]
    condition = segment_conditions.get("value_segment")
    words = {key: str(label) for key, label in condition.choices} if condition else {}
    return [
        Plan(words.get(segment, segment), [table[segment].get(name, (0, 0)) for name in names])
        for segment in sorted(table, key=lambda segment: (segment == "", segment))
    ]
