"""A journey's map as the pages draw it: a fixed number of queries, however large it is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import signed_number
from cxportal.core.figures import shown_score
from cxportal.core.models import text_in
from journeys.calc.emotions import COLUMN, Curve, curve
from journeys.models import (
    COMPUTED,
    LINES,
    Card,
    EmotionPoint,
    Journey,
    JourneyVersion,
    Lane,
    Persona,
    Stage,
    Step,
)
from journeys.queries.review import Review, ReviewStage, ReviewTouchpoint, reviews_of
from surveys.queries.scores import last_days

#: A map nobody has looked over for so long says so.
STALE_DAYS = 90
CURVE_HEIGHT = 132
EVERYONE = 0


@dataclass(frozen=True)
class Column:
    """A step of the map; without one (a stage with no steps yet) `pk` is 0."""

    pk: int
    label: str
    stage_pk: int
    step: Step | None = None
    point: ReviewTouchpoint | None = None
    is_first: bool = False

    @property
    def is_moment_of_truth(self) -> bool:
        """Whether its touchpoint decides the relation."""
        return bool(self.step and self.step.touchpoint and self.step.touchpoint.is_moment_of_truth)


@dataclass(frozen=True)
class Band:
    """A stage above its steps, with its score."""

    stage: Stage
    number: int
    review: ReviewStage
    span: int


@dataclass(frozen=True)
class ShownCard:
    """A card as a cell prints it."""

    pk: int
    title: str
    emotion: str
    mood: str
    is_moment_of_truth: bool
    persona: str
    severity: str
    evidence: int
    image: int | None


@dataclass(frozen=True)
class Cell:
    """One lane at one step: cards, or what the portal says there."""

    key: str
    cards: Sequence[ShownCard] = ()
    text: str = ""
    note: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class PersonaLine:
    """A persona's feelings step by step, and the curve through them; `pk` 0 is every customer."""

    pk: int
    name: str
    number: int
    values: tuple[tuple[Column, int | None], ...]
    drawn: Curve


@dataclass(frozen=True)
class LaneRow:
    """A row of the map."""

    lane: Lane
    label: str
    is_line: bool
    is_emotion: bool
    is_computed: bool
    cells: Sequence[Cell] = ()


@dataclass(frozen=True)
class JourneyMap:
    """The whole map."""

    journey: Journey
    columns: Sequence[Column]
    bands: Sequence[Band]
    rows: Sequence[LaneRow]
    lines: Sequence[PersonaLine]
    personas: Sequence[Persona]
    review: Review
    height: int = CURVE_HEIGHT

    @property
    def width(self) -> int:
        """Units across the emotion drawing."""
        return COLUMN * max(len(self.columns), 1)

    @property
    def worst(self) -> Band | None:
        """The stage with the lowest score."""
        return next((band for band in self.bands if band.review.row.is_worst), None)


def map_of(actor: Actor, journey: Journey) -> JourneyMap:
    """The map with the scores of the last 30 days."""
    review = reviews_of(actor=actor, journeys=[journey], period=last_days(actor))[0]
    steps = steps_of(actor, journey)
    columns, bands = _columns(review, steps)
    lanes = list(Lane.objects.for_actor(actor).filter(journey=journey).order_by("position", "pk"))
    personas, lines = _lines(actor, journey, columns)
    cells = cards_by_cell(cards_of(actor, journey))
    rows = [_row(actor, lane, columns, cells) for lane in lanes]
    return JourneyMap(journey, columns, bands, rows, lines, personas, review)


def steps_of(actor: Actor, journey: Journey) -> list[Step]:
    """Steps of a journey in the order of the map."""
    rows: QuerySet[Any] = Step.objects.for_actor(actor)
    return list(
        rows.filter(stage__journey=journey)
        .select_related("touchpoint", "stage")
        .order_by("stage__position", "stage_id", "position", "pk")
    )


def _columns(review: Review, steps: Iterable[Step]) -> tuple[list[Column], list[Band]]:
    by_stage: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        by_stage[step.stage_id].append(step)
    columns: list[Column] = []
    bands = []
    for entry in review.stages:
        stage = entry.row.stage
        points = {point.row.step.pk: point for point in entry.touchpoints}
        own = [
            Column(s.pk, str(s), stage.pk, s, points.get(s.pk), is_first=place == 0)
            for place, s in enumerate(by_stage[stage.pk])
        ] or [Column(0, "", stage.pk, is_first=True)]
        columns += own
        bands.append(Band(stage, entry.number, entry, len(own)))
    return columns, bands


def cards_of(actor: Actor, journey: Journey) -> QuerySet[Any]:
    """Cards of a journey with the number of their pieces of evidence."""
    rows: QuerySet[Any] = Card.objects.for_actor(actor)
    counted = rows.filter(lane__journey=journey).annotate(evidence_count=Count("evidence"))
    listed: QuerySet[Any] = counted.select_related("persona").order_by("position", "pk")
    return listed


def cards_by_cell(cards: Iterable[Card]) -> dict[tuple[int, int], list[ShownCard]]:
    """Cards by (lane, step)."""
    found: dict[tuple[int, int], list[ShownCard]] = defaultdict(list)
    severities = dict(Card.Severity.choices)
    for card in cards:
        found[card.lane_id, card.step_id].append(shown_card(card, severities))
    return found


def shown_card(card: Any, severities: Any) -> ShownCard:
    """A card in the reader's language."""
    return ShownCard(
        pk=card.pk,
        title=text_in(card.title),
        emotion="" if card.emotion is None else signed_number(card.emotion),
        mood=mood_of(card.emotion),
        is_moment_of_truth=card.is_moment_of_truth,
        persona=text_in(card.persona.name) if card.persona else "",
        severity=str(severities.get(card.severity, "")),
        evidence=card.evidence_count,
        image=card.image_id,
    )


def mood_of(value: int | None) -> str:
    """Tone of a feeling: good, bad or nothing."""
    if not value:
        return ""
    return "good" if value > 0 else "bad"


def cell_of(actor: Actor, lane: Lane, step: Step) -> Cell:
    """One cell with its cards."""
    rows = cards_of(actor, lane.journey).filter(lane=lane, step=step)
    found = cards_by_cell(rows)
    return Cell(cell_key(lane.pk, step.pk), found[lane.pk, step.pk])


def cell_key(lane: int, step: int) -> str:
    """How addresses and ids name a cell."""
    return f"{lane}-{step}"


def _lines(
    actor: Actor, journey: Journey, columns: Sequence[Column]
) -> tuple[list[Persona], list[PersonaLine]]:
    personas = list(journey.personas.all())
    if journey.persona and journey.persona not in personas:
        personas.insert(0, journey.persona)
    points: dict[tuple[int, int], int] = {
        (point.persona_id or EVERYONE, point.step_id): point.value
        for point in EmotionPoint.objects.for_actor(actor).filter(step__stage__journey=journey)
    }
    named = [(persona.pk, str(persona)) for persona in personas]
    if not named or any(owner == EVERYONE for owner, _step in points):
        named.insert(0, (EVERYONE, _("Every customer")))
    lines = []
    for number, (pk, name) in enumerate(named, start=1):
        values = tuple((column, points.get((pk, column.pk))) for column in columns)
        drawn = curve([value for _column, value in values], CURVE_HEIGHT)
        lines.append(PersonaLine(pk, name, number, values, drawn))
    return personas, lines


def _row(
    actor: Actor,
    lane: Lane,
    columns: Sequence[Column],
    cells: dict[tuple[int, int], list[ShownCard]],
) -> LaneRow:
    kind = lane.kind
    computed = {
        Lane.Kind.TOUCHPOINT: _touchpoint_cell,
        Lane.Kind.METRIC: _metric_cell,
        Lane.Kind.WORK: _work_cell,
    }.get(kind)  # type: ignore[call-overload]
    shown: list[Cell] = []
    if computed is not None:
        shown = [computed(actor, lane, column) for column in columns]
    elif kind not in COMPUTED and kind not in LINES:
        shown = [
            Cell(cell_key(lane.pk, column.pk), cells.get((lane.pk, column.pk), ()))
            for column in columns
        ]
    return LaneRow(
        lane=lane,
        label=str(lane),
        is_line=kind in LINES,
        is_emotion=kind == Lane.Kind.EMOTION,
        is_computed=kind in COMPUTED,
        cells=shown,
    )


def _touchpoint_cell(actor: Actor, lane: Lane, column: Column) -> Cell:
    key = cell_key(lane.pk, column.pk)
    touchpoint = column.step.touchpoint if column.step else None
    if touchpoint is None:
        return Cell(key)
    return Cell(
        key,
        text=str(touchpoint),
        note=touchpoint.channel,
        url=actor.url("journeys:touchpoint-detail", touchpoint.pk),
    )


def _metric_cell(actor: Actor, lane: Lane, column: Column) -> Cell:
    key, point = cell_key(lane.pk, column.pk), column.point
    if point is None or not point.row.metrics:
        return Cell(key)
    words = shown_score(point.row.plain)
    text = note = ""
    if words is not None:
        text = words.few or words.value
        note = " · ".join(
            part
            for part in (
                words.margin and f"± {words.margin}",
                words.n and f"n {words.n}",
                _("worst here") if point.is_worst else "",
            )
            if part
        )
    query = f"?touchpoint={point.row.touchpoint.pk}"
    return Cell(
        key,
        text=text or "–",
        note=note,
        url=actor.url("journeys:stage-detail", column.stage_pk) + query,
        tone="attention" if point.is_worst else "",
    )


def _work_cell(actor: Actor, lane: Lane, column: Column) -> Cell:
    key, point = cell_key(lane.pk, column.pk), column.point
    if point is None or not point.work.open:
        return Cell(key)
    late = point.work.overdue
    return Cell(
        key,
        text=_("%(n)d open") % {"n": point.work.open},
        note=_("%(n)d overdue") % {"n": late} if late else "",
        url=f"{actor.url('journeys:action-list')}?touchpoint={point.row.touchpoint.pk}",
        tone="bad" if late else "",
    )


@dataclass(frozen=True)
class Care:
    """Whether somebody looks after a map."""

    days: int
    is_stale: bool
    is_due: bool
    versions: int = 0


def care_of(actor: Actor, journey: Journey) -> Care:
    """How long ago the map was last changed or looked over, and whether that is due again."""
    seen = max(moment for moment in (journey.updated_at, journey.reviewed_at) if moment)
    now = timezone.now()
    days = (now - seen).days
    today = now.astimezone(actor.program.zone).date()
    return Care(
        days=days,
        is_stale=now - seen > timedelta(days=STALE_DAYS),
        is_due=journey.review_due is not None and journey.review_due <= today,
        versions=JourneyVersion.objects.for_actor(actor).filter(journey=journey).count(),
    )


def cards_listed(actor: Actor, journey: Journey) -> QuerySet[Any]:
    """Cards as rows of a table, in the order of the map."""
    rows: QuerySet[Any] = Card.objects.for_actor(actor)
    return rows.filter(lane__journey=journey).select_related(
        "lane", "persona", "step__stage", "step__touchpoint"
    )
