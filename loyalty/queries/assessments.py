"""Assessments as their pages read them: results, opinions that differ, earlier rounds."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from journeys.models import Action
from journeys.queries.actions import actions_live
from loyalty.calc.assessment import (
    ItemResult,
    item_result,
    on_hundred,
    radar_points,
    weighted_level,
)
from loyalty.calc.frameworks import items_of, weights_of
from loyalty.models import Assessment, AssessmentAnswer

RADAR_RADIUS = 100.0
#: A radar needs three corners.
LEAST_CORNERS = 3


@dataclass(frozen=True)
class ItemRow:
    """One statement with its result; levels on 0–100 where they are compared."""

    item: dict[str, Any]
    result: ItemResult
    level: float | None
    before: float | None
    notes: list[str]

    @property
    def change(self) -> float | None:
        if self.level is None or self.before is None:
            return None
        return self.level - self.before


@dataclass(frozen=True)
class SectionRow:
    """A section: its weighted level (0–100), the one of the round before, its statements."""

    section: dict[str, Any]
    level: float | None
    before: float | None
    rows: list[ItemRow]


@dataclass(frozen=True)
class Result:
    """A round summed up; `people` answered at least one statement."""

    assessment: Assessment
    earlier: Assessment | None
    people: int
    level: float | None
    before: float | None
    sections: list[SectionRow]

    @cached_property
    def gaps(self) -> list[ItemRow]:
        """Statements from the lowest level up, those nobody answered left out."""
        rows = [row for section in self.sections for row in section.rows if row.level is not None]
        return sorted(rows, key=lambda row: row.level or 0.0)

    @cached_property
    def differing(self) -> list[ItemRow]:
        """Statements on which opinions lie far apart."""
        return [row for section in self.sections for row in section.rows if row.result.apart]

    @property
    def radar(self) -> "Radar | None":
        return Radar.of(self.sections) if len(self.sections) >= LEAST_CORNERS else None


@dataclass(frozen=True)
class Radar:
    """The drawing: a polygon of now, one of before, spokes and rings, around (0, 0)."""

    now: str
    before: str
    spokes: list[tuple[str, str]]
    labels: list[tuple[str, str, str, int]]
    rings: list[str]

    @classmethod
    def of(cls, sections: list[SectionRow]) -> "Radar":
        whole = [100.0] * len(sections)
        corners = radar_points(whole, RADAR_RADIUS)
        outside = radar_points(whole, RADAR_RADIUS + 14)
        past = [section.before for section in sections]
        return cls(
            now=_polygon(radar_points([s.level for s in sections], RADAR_RADIUS)),
            before=""
            if all(level is None for level in past)
            else _polygon(radar_points(past, RADAR_RADIUS)),
            spokes=[(f"{x:.1f}", f"{y:.1f}") for x, y in corners],
            labels=[
                (f"{x:.1f}", f"{y + 4:.1f}", _anchor(x), number)
                for number, (x, y) in enumerate(outside, 1)
            ],
            rings=[
                _polygon(radar_points([share] * len(sections), RADAR_RADIUS))
                for share in (25.0, 50.0, 75.0, 100.0)
            ],
        )


def _polygon(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _anchor(x: float) -> str:
    if abs(x) < 1:
        return "middle"
    return "start" if x > 0 else "end"


def result_of(actor: Actor, assessment: Assessment) -> Result:
    """Sum a round up, beside the closed round of the same framework before it. Three queries."""
    past: Any = Assessment.objects.for_actor(actor).filter(
        framework_id=assessment.framework_id, state=Assessment.State.CLOSED, pk__lt=assessment.pk
    )
    earlier: Assessment | None = past.order_by("-pk").first()
    rounds = [assessment.pk, *([earlier.pk] if earlier else [])]
    answers = list(AssessmentAnswer.objects.for_actor(actor).filter(assessment__in=rounds))
    now = [answer for answer in answers if answer.assessment_id == assessment.pk]
    results = _results(now)
    old = _results([answer for answer in answers if answer.assessment_id != assessment.pk])
    notes: dict[str, list[str]] = defaultdict(list)
    for answer in now:
        if answer.note:
            notes[answer.item].append(answer.note)
    document = assessment.document
    count, weights = len(document["levels"]), weights_of(document)
    sections = [
        SectionRow(
            section=section,
            level=_level(section, results, weights, count),
            before=_level(section, old, weights, count),
            rows=[_row(item, results, old, notes, count) for item in section["items"]],
        )
        for section in document["sections"]
    ]
    return Result(
        assessment=assessment,
        earlier=earlier,
        people=len({answer.user_id for answer in now if answer.level is not None}),
        level=weighted_level(results, weights, count),
        before=weighted_level(old, weights, count),
        sections=sections,
    )


def _results(answers: list[AssessmentAnswer]) -> dict[str, ItemResult]:
    levels: dict[str, list[int | None]] = defaultdict(list)
    for answer in answers:
        levels[answer.item].append(answer.level)
    return {code: item_result(given) for code, given in levels.items()}


def _level(
    section: dict[str, Any], results: dict[str, ItemResult], weights: dict[str, float], count: int
) -> float | None:
    own = {item["code"]: weights[item["code"]] for item in section["items"]}
    return weighted_level(results, own, count)


def _row(
    item: dict[str, Any],
    results: dict[str, ItemResult],
    old: dict[str, ItemResult],
    notes: dict[str, list[str]],
    count: int,
) -> ItemRow:
    none = ItemResult(0, None, None, None)
    result, past = results.get(item["code"], none), old.get(item["code"], none)
    return ItemRow(
        item=item,
        result=result,
        level=None if result.mean is None else on_hundred(result.mean, count),
        before=None if past.mean is None else on_hundred(past.mean, count),
        notes=notes.get(item["code"], []),
    )


def own_answers(actor: Actor, assessment: Assessment) -> dict[str, AssessmentAnswer]:
    """What the actor said so far, by statement."""
    rows = AssessmentAnswer.objects.for_actor(actor).filter(assessment=assessment, user=actor.user)
    return {row.item: row for row in rows}


def levels_over_time(actor: Actor, framework_id: int) -> list[Assessment]:
    """Closed rounds of a framework with their level, oldest first."""
    rows: Any = Assessment.objects.for_actor(actor).filter(
        framework_id=framework_id, state=Assessment.State.CLOSED, level__isnull=False
    )
    return list(rows.order_by("closed_at"))


def gap_key(assessment: Assessment, item: str) -> str:
    """What an action is known by that was made of a statement's gap."""
    return f"gap:{assessment.pk}:{item}"


def actions_of_gaps(actor: Actor, assessment: Assessment) -> dict[str, Action]:
    """Actions on the board that gaps of this round became, by statement. One query."""
    if not may(actor, "journeys.view_boards"):
        return {}
    start = gap_key(assessment, "")
    rows = actions_live(actor).filter(once_key__startswith=start).select_related("column")
    return {str(row.once_key).removeprefix(start): row for row in rows}


def item_of(assessment: Assessment, code: str) -> dict[str, Any] | None:
    """A statement of the round by its code."""
    return next((i for i in items_of(assessment.document) if i["code"] == code), None)
