"""What a manager reviews: stages with scores, targets, importance and the work under way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Segment, text_in
from cxportal.core.registry import place_notes
from journeys.calc.importance import Quadrant, mean_crosshair, quadrant
from journeys.models import Journey
from journeys.queries.actions import actions_open, today_of
from journeys.queries.drivers import Drivers, drivers_of_reviews
from journeys.queries.stage_scores import (
    JourneyScores,
    Span,
    StageRow,
    TouchpointRow,
    journeys_scores,
)
from surveys.models import Campaign, Dimension
from surveys.queries.scores import EVERYONE, Period, last_days
from surveys.queries.selections import HIDDEN_KINDS

DEFAULT = "30"
#: Days of the periods that end today.
ROLLING = {"30": 30, "90": 90}
THIS_MONTH, LAST_MONTH, CUSTOM = "month", "last-month", "custom"
#: A score is compared with as many days before; five years are more than anyone reviews.
LONGEST = 1830
MOST_DIMENSIONS = 500


@dataclass(frozen=True)
class Choice:
    """What an address asks for: a period and a group of customers."""

    key: str
    period: Period
    dimension: int = EVERYONE


def period_of(actor: Actor, values: Mapping[str, str]) -> tuple[str, Period]:
    """The period that `period`, `first` and `last` name; the last 30 days without any.

    Raises DomainError "bad_period" for days that are no period.
    """
    key = values.get("period", "") or (CUSTOM if values.get("first") else DEFAULT)
    if key in ROLLING:
        return key, last_days(actor, ROLLING[key])
    today = today_of(actor)
    if key == THIS_MONTH:
        return key, Period(today.replace(day=1), today)
    if key == LAST_MONTH:
        end = today.replace(day=1) - timedelta(days=1)
        return key, Period(end.replace(day=1), end)
    if key == CUSTOM:
        return key, _custom(values)
    return DEFAULT, last_days(actor, ROLLING[DEFAULT])


def _custom(values: Mapping[str, str]) -> Period:
    try:
        first = date.fromisoformat(values.get("first", ""))
        last = date.fromisoformat(values.get("last", ""))
        sound = first <= last and (last - first).days < LONGEST
        # The days before must exist as well.
        sound = sound and first.toordinal() > LONGEST
    except ValueError:
        sound = False
    if not sound:
        message = _("Give a first and a last day, the first not after the last, at most 5 years.")
        raise DomainError("bad_period", message, details={"first": message})
    return Period(first, last)


@dataclass(frozen=True)
class DimensionGroup:
    """Groups of one kind one may look at: (id, label)."""

    label: str
    options: list[tuple[int, str]] = field(default_factory=list)


def dimension_groups(actor: Actor) -> list[DimensionGroup]:
    """Segments, channels and whatever else the program reports by; two queries."""
    known = Dimension.objects.for_actor(actor).exclude(kind__in=HIDDEN_KINDS)
    rows = known.order_by("kind", "key")[:MOST_DIMENSIONS]
    segments = dict(Segment.objects.for_actor(actor).values_list("code", "name"))
    words = {"segment": _("Segment"), "channel": _("Channel"), "language": _("Language")}
    groups: dict[str, DimensionGroup] = {}
    for row in rows:
        group = groups.setdefault(row.kind, DimensionGroup(words.get(row.kind, row.kind)))
        group.options.append((row.pk, _dimension_label(row, segments)))
    return list(groups.values())


def _dimension_label(row: Any, segments: Mapping[str, Any]) -> str:
    known: dict[str, str] = {
        **{f"channel:{code}": str(words) for code, words in Campaign.Channel.choices},
        "channel:api": _("API"),
        "channel:visit": _("Mystery visit"),
        "language:en": _("English"),
        "language:ko": _("Korean"),
    }
    if row.kind == "segment":
        return text_in(segments.get(row.key)) or str(row.key)
    return known.get(f"{row.kind}:{row.key}", str(row.key))


@dataclass(frozen=True)
class Work:
    """Actions under way at a place."""

    open: int = 0
    overdue: int = 0

    def plus(self, other: "Work") -> "Work":
        """Both together."""
        return Work(self.open + other.open, self.overdue + other.overdue)


#: (stage or None, touchpoint or None) an action names → how many.
Places = dict[tuple[int | None, int | None], Work]


def work_by_place(actor: Actor) -> Places:
    """Open and overdue actions by the stage and touchpoint they name; one query."""
    late = Q(due__lt=today_of(actor))
    rows = (
        actions_open(actor)
        .exclude(stage=None, touchpoint=None)
        .order_by()
        .values_list("stage_id", "touchpoint_id")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=late))
    )
    return {(stage, touchpoint): Work(n, late_n) for stage, touchpoint, n, late_n in rows}


def _at_touchpoint(places: Places, stage: int, touchpoint: int) -> Work:
    return places.get((stage, touchpoint), Work()).plus(places.get((None, touchpoint), Work()))


def _at_stage(places: Places, stage: int, touchpoints: Iterable[int]) -> Work:
    """Actions of the stage itself, and those of its touchpoints that name no other stage."""
    own = [work for (place, _touchpoint), work in places.items() if place == stage]
    below = [places.get((None, pk), Work()) for pk in touchpoints]
    total = Work()
    for work in (*own, *below):
        total = total.plus(work)
    return total


def quadrant_words() -> dict[Quadrant, str]:
    """What the quadrants are called (Martilla & James)."""
    return {
        Quadrant.CONCENTRATE_HERE: _("Concentrate here"),
        Quadrant.KEEP_UP: _("Keep up the good work"),
        Quadrant.LOW_PRIORITY: _("Low priority"),
        Quadrant.POSSIBLE_OVERKILL: _("Possible overkill"),
    }


@dataclass(frozen=True)
class ReviewTouchpoint:
    """A touchpoint in the review; `quadrant` None without a shown score."""

    row: TouchpointRow
    work: Work
    is_worst: bool
    quadrant: Quadrant | None
    number: int | None
    place: int
    #: 0–10 as stated, or the share of what is explained of the outcome in per cent.
    importance: float | None
    note: str = ""

    @property
    def above(self) -> int:
        """The place one up."""
        return self.place - 1

    @property
    def below(self) -> int:
        """The place one down."""
        return self.place + 1

    @property
    def quadrant_words(self) -> str:
        """What the quadrant is called."""
        return quadrant_words()[self.quadrant] if self.quadrant else ""


@dataclass(frozen=True)
class ReviewStage:
    """A stage in the review; `importance` is the mean of its touchpoints' (0–10), or the sum of
    what they explain (per cent).
    """

    row: StageRow
    number: int
    work: Work
    importance: float | None
    touchpoints: list[ReviewTouchpoint]
    note: str = ""


@dataclass(frozen=True)
class Review:
    """A journey in the review; `crosshair` (importance, score) parts the quadrants."""

    scores: JourneyScores
    stages: list[ReviewStage]
    crosshair: tuple[float, float] | None
    derived: Drivers | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether importance is the derived one."""
        return self.derived is not None and bool(self.derived.rows)

    @property
    def dots(self) -> list[tuple[ReviewStage, ReviewTouchpoint]]:
        """Touchpoints with a shown score, in the order of their numbers."""
        return [
            (stage, point)
            for stage in self.stages
            for point in stage.touchpoints
            if point.number is not None
        ]


def reviews_of(
    *,
    actor: Actor,
    journeys: Sequence[Journey],
    period: Period,
    dimension: int = EVERYONE,
    against: Span | None = None,
    derived: bool = False,
) -> list[Review]:
    """Everything the review page says; as many queries for one stage as for many.

    `against` is another period or group to compare with; with `derived` importance is what the
    touchpoints explain of the outcome, where that can be told.
    """
    places = work_by_place(actor)
    scores = journeys_scores(
        actor=actor, journeys=journeys, period=period, dimension=dimension, against=against
    )
    drivers: dict[int, Drivers] = {}
    if derived:
        stages = {entry.journey.pk: [row.stage for row in entry.rows] for entry in scores}
        drivers = drivers_of_reviews(actor, stages)
    reviews = [_review(entry, places, drivers.get(entry.journey.pk)) for entry in scores]
    notes = _notes(actor, reviews)
    return [_noted(review, notes) for review in reviews]


def _notes(actor: Actor, reviews: Sequence[Review]) -> dict[str, str]:
    """What upper floors say of stages ("s1") and touchpoints ("t1")."""
    asked: dict[str, list[int]] = {}
    for review in reviews:
        for stage in review.stages:
            pks = [point.row.touchpoint.pk for point in stage.touchpoints]
            asked[f"s{stage.row.stage.pk}"] = pks
            asked |= {f"t{pk}": [pk] for pk in pks}
    found: dict[str, list[str]] = {}
    for source in place_notes:
        for place, words in source(actor, asked).items():
            found.setdefault(place, []).append(words)
    return {place: " · ".join(words) for place, words in found.items()}


def _noted(review: Review, notes: Mapping[str, str]) -> Review:
    stages = [
        replace(
            stage,
            note=notes.get(f"s{stage.row.stage.pk}", ""),
            touchpoints=[
                replace(point, note=notes.get(f"t{point.row.touchpoint.pk}", ""))
                for point in stage.touchpoints
            ],
        )
        for stage in review.stages
    ]
    return replace(review, stages=stages)


def _review(scores: JourneyScores, places: Places, derived: Drivers | None) -> Review:
    shares = derived.shares if derived else {}
    shown = [
        (importance, point.roll_up.value)
        for row in scores.rows
        for point in row.touchpoints
        if point.roll_up.value is not None
        and (importance := _importance(point, shares)) is not None
    ]
    crosshair = mean_crosshair(shown) if shown else None
    stages, number = [], 0
    for place, row in enumerate(scores.rows, start=1):
        points = []
        for standing, point in enumerate(row.touchpoints):
            made = _point(row, point, places, crosshair, _importance(point, shares))
            number += made.quadrant is not None
            points.append(replace(made, place=standing, number=number if made.quadrant else None))
        work = _at_stage(places, row.stage.pk, [p.touchpoint.pk for p in row.touchpoints])
        weights = [point.importance for point in points if point.importance is not None]
        whole = None
        if weights:
            whole = sum(weights) if shares else sum(weights) / len(weights)
        stages.append(ReviewStage(row, place, work, whole, points))
    return Review(scores, stages, crosshair, derived)


def _importance(point: TouchpointRow, shares: Mapping[int, float]) -> float | None:
    if not shares:
        return float(point.touchpoint.importance)
    share = shares.get(point.touchpoint.pk)
    return None if share is None else 100 * share


def _point(
    row: StageRow,
    point: TouchpointRow,
    places: Places,
    crosshair: tuple[float, float] | None,
    importance: float | None,
) -> ReviewTouchpoint:
    value = point.roll_up.value
    stands = None
    if value is not None and crosshair is not None and importance is not None:
        stands = quadrant(importance, value, crosshair=crosshair)
    worst = row.roll_up.worst
    compared = sum(other.roll_up.value is not None for other in row.touchpoints)
    return ReviewTouchpoint(
        row=point,
        work=_at_touchpoint(places, row.stage.pk, point.touchpoint.pk),
        is_worst=compared > 1 and bool(worst and worst.key == point.touchpoint.pk),
        quadrant=stands,
        number=None,
        place=0,
        importance=importance,
    )
