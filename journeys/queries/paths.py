"""Where customers were seen, from events, answers and transactions, against the map."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import CustomerEvent
from journeys.calc.paths import Flows, StepFlow, flows
from journeys.models import Journey, Step, TouchpointMetric
from journeys.queries.maps import steps_of
from surveys.models import Score
from surveys.queries.scores import Period

#: Most sightings that are read; the page says when there were more.
MOST = 200_000
MOST_JUMPS = 8
#: (actor, first, last) → (customer id, moment, kind of event): what upper floors have seen, such
#: as transactions. Kinds are named on the touchpoint like those of customer events.
sighting_sources: list[
    Callable[[Actor, datetime, datetime], Iterable[tuple[int, datetime, str]]]
] = []


@dataclass(frozen=True)
class ShownFlow:
    """A planned step with its figures."""

    step: Step
    flow: StepFlow[int]
    number: int
    is_seen: bool
    elsewhere: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Deviation:
    """A way against the plan, and how often it was gone."""

    start: str
    end: str
    count: int


@dataclass(frozen=True)
class ActualJourney:
    """The planned steps with who was seen there, and the ways against the plan."""

    flows: Flows[int]
    rows: Sequence[ShownFlow]
    deviations: Sequence[Deviation]
    is_sample: bool


def actual_journey(actor: Actor, journey: Journey, period: Period) -> ActualJourney:
    """What customers did in the period, step by step; five queries and the sources' own."""
    steps = [step for step in steps_of(actor, journey) if step.touchpoint_id]
    first = datetime.combine(period.first, time(), actor.program.zone)
    last = datetime.combine(period.last + timedelta(days=1), time(), actor.program.zone)
    seen = _sightings(actor, steps, first, last)
    # Answers of one moment stand in the order of the plan.
    places = {step.touchpoint_id: place for place, step in enumerate(steps)}
    ways: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for customer, moment, touchpoint in seen[:MOST]:
        ways[customer].append((moment, places[touchpoint]))
    plan = [step.pk for step in steps]
    found = flows(plan, ([plan[at] for _moment, at in sorted(way)] for way in ways.values()))
    names = {step.pk: str(step) for step in steps}
    kinds = _measured(actor, steps)
    rows = [
        ShownFlow(
            step,
            flow,
            number,
            is_seen=step.touchpoint_id in kinds or bool(step.place.event_kinds),
            elsewhere=[
                (names[pk], count)
                for pk, count in flow.to.most_common(3)
                if number >= len(plan) or pk != plan[number]
            ],
        )
        for number, (step, flow) in enumerate(zip(steps, found.steps, strict=True), start=1)
    ]
    deviations = [
        Deviation(names[start], names[end], count)
        for (start, end), count in found.jumps.most_common(MOST_JUMPS)
    ]
    return ActualJourney(found, rows, deviations, len(seen) > MOST)


def _measured(actor: Actor, steps: Iterable[Step]) -> set[int]:
    ids = [step.place.pk for step in steps]
    return set(_links(actor).filter(touchpoint_id__in=ids).values_list("touchpoint_id", flat=True))


def _links(actor: Actor) -> QuerySet[Any]:
    """Metrics whose answers show a visit to us, not to a competitor."""
    links: QuerySet[Any] = TouchpointMetric.objects.for_actor(actor)
    return links.exclude(aspect=TouchpointMetric.Aspect.COMPETITOR)


def _sightings(
    actor: Actor, steps: Sequence[Step], first: datetime, last: datetime
) -> list[tuple[int, datetime, int]]:
    """(customer, moment, touchpoint) of everything that shows a visit."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for step in steps:
        for kind in step.place.event_kinds:
            by_kind[kind].append(step.place.pk)
    events: QuerySet[Any] = CustomerEvent.objects.for_actor(actor)
    rows = events.filter(kind__in=list(by_kind), occurred_at__gte=first, occurred_at__lt=last)
    found = [
        (customer, moment, touchpoint)
        for customer, moment, kind in rows.values_list("customer_id", "occurred_at", "kind")[
            : MOST + 1
        ]
        for touchpoint in by_kind[kind]
    ]
    for source in sighting_sources:
        found += [
            (customer, moment, touchpoint)
            for customer, moment, kind in source(actor, first, last)
            for touchpoint in by_kind.get(kind, ())
        ]
    return found + _answers(actor, steps, first, last)


def _answers(
    actor: Actor, steps: Sequence[Step], first: datetime, last: datetime
) -> list[tuple[int, datetime, int]]:
    ids = [step.place.pk for step in steps]
    places: dict[int, list[int]] = defaultdict(list)
    for metric, touchpoint in (
        _links(actor).filter(touchpoint_id__in=ids).values_list("metric_id", "touchpoint_id")
    ):
        places[metric].append(touchpoint)
    scores: QuerySet[Any] = Score.objects.for_actor(actor)
    rows = scores.filter(
        metric_id__in=list(places),
        customer__isnull=False,
        response__completed_at__gte=first,
        response__completed_at__lt=last,
    )
    answered = rows.values_list("customer_id", "response__completed_at", "metric_id")
    return [
        (customer, moment, touchpoint)
        for customer, moment, metric in answered[: MOST + 1]
        for touchpoint in places[metric]
    ]
