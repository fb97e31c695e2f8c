"""What competitors reach at our touchpoints: asked in surveys, or seen by mystery shoppers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from cxportal.core.registry import OutsideSource, OutsideValue
from journeys.calc.outside import share_of_points
from journeys.models import Touchpoint, TouchpointMetric
from surveys.calc.checklists import Item, visit_points
from surveys.calc.metrics import normalise
from surveys.models import ChecklistItem, ChecklistStore, Metric, Response
from surveys.queries.checklists import MOST_VISITS, STORE
from surveys.queries.scores import definition_of, metric_histograms, score_of_histogram

#: Mystery visits of so many days count: they are few, and standards change slowly.
VISIT_DAYS = 365
Places = Mapping[str, Sequence[int]]


def _links(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = TouchpointMetric.objects.for_actor(actor)
    return rows.filter(aspect=TouchpointMetric.Aspect.COMPETITOR)


def rival_metrics(actor: Actor) -> QuerySet[Any]:
    """Numbers of the metrics that are a competitor's score at some touchpoint, for a filter.

    What they say is no news of ours: no case opens on a low one.
    """
    return _links(actor).values("metric")


def asked_parties(actor: Actor) -> Iterable[str]:
    """Competitors that metrics attached to touchpoints ask about."""
    if not may(actor, "journeys.view_journeys"):
        return []
    return _links(actor).order_by("competitor").values_list("competitor", flat=True).distinct()


def asked_values(
    actor: Actor, party: str, places: Places, first: date, last: date
) -> Iterator[OutsideValue]:
    """Scores of a competitor from answers of the period; two queries.

    Several metrics at one touchpoint are weighted like ours; as the same people answer them,
    their errors are added rather than their squares.
    """
    ids = [int(place[1:]) for place in places if place.startswith("t")]
    links = list(
        _links(actor).filter(competitor=party, touchpoint__in=ids).select_related("metric__program")
    )
    metrics: dict[int, Metric] = {link.metric_id: link.metric for link in links}
    sums = metric_histograms(actor=actor, metrics=metrics.values(), first_day=first, last_day=last)
    found: dict[int, list[tuple[float, float, float, int]]] = defaultdict(list)
    few: dict[int, int] = {}
    for link in links:
        score = score_of_histogram(link.metric, sums[link.metric_id])
        common = normalise(definition_of(link.metric), score)
        if common is None:
            few[link.touchpoint_id] = max(score.n, few.get(link.touchpoint_id, 0))
        else:
            weight = float(link.weight)
            found[link.touchpoint_id].append((weight, common.value, common.se, score.n))
    for pk, n in few.items():
        if pk not in found and n:
            yield OutsideValue(f"t{pk}", None, n, None, _("survey"))
    for pk, parts in found.items():
        whole = sum(part[0] for part in parts)
        if whole:
            value = sum(weight * value for weight, value, _se, _n in parts) / whole
            se = sum(weight * se for weight, _value, se, _n in parts) / whole
            yield OutsideValue(f"t{pk}", value, min(p[3] for p in parts), se, _("survey"))


def visited_parties(actor: Actor) -> Iterable[str]:
    """Competitors whose stores mystery shoppers visit."""
    if not may(actor, "surveys.view_reports"):
        return []
    rows = ChecklistStore.objects.for_actor(actor).exclude(competitor="")
    return rows.order_by("competitor").values_list("competitor", flat=True).distinct()


def visited_values(
    actor: Actor, party: str, places: Places, first: date, last: date
) -> Iterator[OutsideValue]:
    """Shares of points of a competitor's stores beside ours, of a year up to `last`; four queries.

    Items belong to a touchpoint by its name, in any language.
    """
    stores = list(ChecklistStore.objects.for_actor(actor))
    surveys = {store.survey_id for store in stores if store.competitor == party}
    if not surveys:
        return
    owners = {(s.survey_id, s.code): s.competitor for s in stores}
    items = _items(actor, places, surveys)
    points: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
    latest: date | None = None
    for survey, answers, at in _visits(actor, surveys, last):
        owner = owners.get((survey, str(answers.get(STORE, ""))), "")
        if owner not in ("", party):
            continue
        for pk, of in items[survey].items():
            points[pk, owner].append(visit_points(of, answers))
        if owner == party:
            latest = max(latest or at.date(), at.astimezone(actor.program.zone).date())
    for pk in {pk for of in items.values() for pk in of}:
        theirs = share_of_points(points[pk, party])
        if theirs is not None:
            value, se, n = theirs
            ours = share_of_points(points[pk, ""])
            source = _("mystery shopping")
            yield OutsideValue(f"t{pk}", value, n, se, source, latest, ours=ours)


def own_visits(
    actor: Actor, touchpoints: Iterable[int], last: date
) -> dict[int, tuple[float, float, int]]:
    """touchpoint → share of points 0–100 our own stores reached in a year of mystery visits, its
    standard error, visits; four queries. Nothing for who may not read reports.
    """
    if not may(actor, "surveys.view_reports"):
        return {}
    stores = list(ChecklistStore.objects.for_actor(actor))
    surveys = {store.survey_id for store in stores}
    own = {(store.survey_id, store.code) for store in stores if not store.competitor}
    items = _items(actor, {f"t{pk}": [pk] for pk in touchpoints}, surveys)
    points: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for survey, answers, _at in _visits(actor, items, last):
        if (survey, str(answers.get(STORE, ""))) in own:
            for pk, of in items[survey].items():
                points[pk].append(visit_points(of, answers))
    shares = {pk: share_of_points(visits) for pk, visits in points.items()}
    return {pk: share for pk, share in shares.items() if share is not None}


def _items(
    actor: Actor, places: Places, surveys: Iterable[int]
) -> dict[int, dict[int, list[Item]]]:
    """survey → touchpoint → its items."""
    ids = [int(place[1:]) for place in places if place.startswith("t")]
    touchpoints: QuerySet[Any] = Touchpoint.objects.for_actor(actor).filter(pk__in=ids)
    names = {
        text.strip().casefold(): touchpoint.pk
        for touchpoint in touchpoints
        for text in touchpoint.name.values()
        if text
    }
    found: dict[int, dict[int, list[Item]]] = defaultdict(lambda: defaultdict(list))
    rows = ChecklistItem.objects.for_actor(actor).filter(survey__in=surveys, weight__gt=0)
    for row in rows:
        pk = names.get(row.touchpoint.strip().casefold())
        if pk is not None:
            item = Item(row.question_code, float(row.weight), row.touchpoint)
            found[row.survey_id][pk].append(item)
    return found


def _visits(
    actor: Actor, surveys: Iterable[int], last: date
) -> Iterator[tuple[int, Mapping[str, Any], datetime]]:
    zone = actor.program.zone
    until = datetime.combine(last + timedelta(days=1), time(), zone)
    rows = Response.objects.for_actor(actor).filter(
        survey__in=surveys,
        status=Response.Status.COMPLETE,
        is_test=False,
        completed_at__gte=until - timedelta(days=VISIT_DAYS),
        completed_at__lt=until,
    )
    listed = rows.order_by("-completed_at", "-pk").values_list("survey", "answers", "completed_at")
    for survey, answers, at in listed[:MOST_VISITS]:
        if isinstance(answers, Mapping) and at is not None:
            yield survey, answers, at


ASKED = OutsideSource(asked_parties, asked_values)
VISITED = OutsideSource(visited_parties, visited_values)
