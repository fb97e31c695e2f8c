"""Reads of insights and opportunities: lists, scores, and the matrix."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.actors import Actor
from journeys.calc.importance import opportunity as ulwick
from journeys.calc.priority import rice
from journeys.models import Insight, Opportunity

HEIGHT = 340
#: Most dots that can still be told apart.
MOST_DOTS = 60


def insights_listed(actor: Actor) -> QuerySet[Any]:
    """Insights with what a list says about each."""
    rows: QuerySet[Any] = Insight.objects.for_actor(actor)
    listed: QuerySet[Any] = rows.select_related("persona", "stage", "touchpoint").annotate(
        card_count=Count("cards", distinct=True),
        evidence_count=Count("evidence", distinct=True),
        opportunity_count=Count("opportunities", distinct=True),
    )
    return listed


def opportunities_listed(actor: Actor) -> QuerySet[Any]:
    """Opportunities with what a list says about each."""
    rows: QuerySet[Any] = Opportunity.objects.for_actor(actor)
    listed: QuerySet[Any] = rows.select_related("stage", "touchpoint", "owner").annotate(
        insight_count=Count("insights", distinct=True),
        action_count=Count("actions", distinct=True),
    )
    return listed


def opportunity_score(row: Opportunity) -> float | None:
    """Ulwick's score 0–20 from importance and satisfaction, None while one is open."""
    if row.importance is None or row.satisfaction is None:
        return None
    return ulwick(float(row.importance) * 10, float(row.satisfaction) * 10)


def rice_score(row: Opportunity) -> float | None:
    """RICE, None while a part is open."""
    if row.reach is None or not row.impact or not row.confidence or not row.effort:
        return None
    return rice(
        reach=row.reach,
        impact=float(row.impact),
        confidence=row.confidence,
        effort=float(row.effort),
    )


@dataclass(frozen=True)
class Scored:
    """An opportunity with its scores; `number` is its dot in the matrix, if it has one."""

    row: Any
    score: float | None
    rice: float | None
    number: int | None = None


def scored(rows: Iterable[Any]) -> list[Scored]:
    """Opportunities with their scores, the best first."""
    found = [Scored(row, opportunity_score(row), rice_score(row)) for row in rows]

    def rank(entry: Scored) -> tuple[float, int]:
        return (-(entry.score or 0.0), -int(entry.row.value) * int(entry.row.ease))

    return sorted(found, key=rank)


def axes() -> dict[str, tuple[str, float, float]]:
    """What the matrix may show: name, and the ends of its scale."""
    return {
        "value": (_("Value for customers"), 1.0, 5.0),
        "ease": (_("Ease"), 1.0, 5.0),
        "urgency": (_("Urgency"), 1.0, 5.0),
        "importance": (_("Importance"), 0.0, 10.0),
        "satisfaction": (_("Satisfaction"), 0.0, 10.0),
        "score": (_("Opportunity score"), 0.0, 20.0),
    }


def value_on(entry: Scored, axis: str) -> float | None:
    """Where an opportunity stands on an axis."""
    value = entry.score if axis == "score" else getattr(entry.row, axis)
    return None if value is None else float(value)


@dataclass(frozen=True)
class Matrix:
    """Opportunities on two axes, with their lines at the middle of each scale."""

    x: str
    y: str
    dots: Sequence[charts.Dot]
    rows: Sequence[Scored]
    cross_x: str = "50%"
    cross_y: str = charts.pixels(HEIGHT / 2)
    height: int = HEIGHT


def matrix_of(entries: Sequence[Scored], x: str, y: str) -> Matrix:
    """Place opportunities that have a value on both axes; the others stay in the table."""
    known = axes()
    placed: list[tuple[str, float, float]] = []
    rows: list[Scored] = []
    for entry in entries:
        spot = (value_on(entry, x), value_on(entry, y))
        if spot[0] is None or spot[1] is None or len(placed) >= MOST_DOTS:
            rows.append(entry)
            continue
        placed.append((str(entry.row), spot[0], spot[1]))
        rows.append(Scored(entry.row, entry.score, entry.rice, len(placed)))
    _x, x_low, x_high = known[x]
    _y, y_low, y_high = known[y]
    dots = charts.scatter(
        placed,
        x_scale=(x_low, x_high),
        y_scale=(y_low, y_high),
        cross=((x_low + x_high) / 2, (y_low + y_high) / 2),
        height=HEIGHT,
    )
    return Matrix(known[x][0], known[y][0], dots, rows)
