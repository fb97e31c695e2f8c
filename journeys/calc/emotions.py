"""Geometry of the emotion curve: places of points and the line through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Ends of the scale of feelings, and the middle line.
LOWEST, HIGHEST, NEUTRAL = -5, 5, 0
#: Units of the drawing across one column; the path is stretched to the columns' width.
COLUMN = 100
#: Units kept free above and below, so that markers are not cut off.
EDGE = 12.0


@dataclass(frozen=True, slots=True)
class Point:
    """A feeling at a step: column from 0, `x` in per cent of the width, `y` in units from top."""

    column: int
    value: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Curve:
    """One persona's points and the path through them, across gaps as well."""

    points: tuple[Point, ...]
    path: str


def height_at(value: float, height: float) -> float:
    """Units from the top for a feeling, in a drawing of this height."""
    share = (HIGHEST - value) / (HIGHEST - LOWEST)
    return round(EDGE + share * (height - 2 * EDGE), 1)


def curve(values: Sequence[int | None], height: float) -> Curve:
    """Place the known values of the columns, in their order; None = nothing said there."""
    count = max(len(values), 1)
    points = tuple(
        Point(
            column=column,
            value=value,
            x=round(100 * (column + 0.5) / count, 3),
            y=height_at(value, height),
        )
        for column, value in enumerate(values)
        if value is not None
    )
    return Curve(points, smooth([((p.column + 0.5) * COLUMN, p.y) for p in points]))


def smooth(spots: Sequence[tuple[float, float]]) -> str:
    """A path of cubic pieces with level tangents: it never shoots beyond its points."""
    if len(spots) < 2:
        return ""
    parts = [f"M{spots[0][0]:g} {spots[0][1]:g}"]
    for (x1, y1), (x2, y2) in pairwise(spots):
        middle = (x1 + x2) / 2
        parts.append(f"C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}")
    return "".join(parts)
