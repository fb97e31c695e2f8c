"""A cumulative flow diagram as paths: how much stood in which state, week by week, stacked.

Read it down for work in progress and across for how long work takes (Anderson, Kanban, 2010):
finished work lies at the bottom, what is only an idea on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

#: The box of the paths; it is stretched to the page's width.
WIDTH, HEIGHT = 1000, 220
_TICKS = 4


@dataclass(frozen=True)
class Layer:
    """One state: its area, the line on top, and how much stands in it now; `series` is 1 to 6."""

    name: str
    series: int
    area: str
    line: str
    now: int


@dataclass(frozen=True)
class Flow:
    """The drawing: layers from the bottom, ticks as (y, text), labels as (x in per cent, text)."""

    layers: list[Layer]
    ticks: list[tuple[str, str]]
    labels: list[tuple[str, str, str]]
    height: int = HEIGHT


def flow_drawing(weeks: Sequence[tuple[str, Sequence[int]]], states: Sequence[str]) -> Flow | None:
    """Draw weekly counts by state, oldest week first; None where nothing ever stood.

    `weeks` are (label, counts in the order of `states`); the last state lies at the bottom.
    """
    tallest = max((sum(counts) for _label, counts in weeks), default=0)
    if not tallest or len(weeks) < 2:
        return None
    top = _round_up(tallest)
    floors = [0.0] * len(weeks)
    layers = []
    for place in range(len(states) - 1, -1, -1):
        heads = [
            floor + counts[place] for floor, (_label, counts) in zip(floors, weeks, strict=True)
        ]
        upper, lower = _points(heads, top), _points(floors, top)
        layers.append(
            Layer(
                name=states[place],
                series=place % 6 + 1,
                area=f"M{'L'.join([*upper, *reversed(lower)])}Z",
                line=f"M{'L'.join(upper)}",
                now=weeks[-1][1][place],
            )
        )
        floors = heads
    return Flow(layers, _marks(top), _labels([label for label, _counts in weeks]))


def _points(values: Sequence[float], top: float) -> list[str]:
    step = WIDTH / (len(values) - 1)
    return [
        f"{index * step:.1f} {HEIGHT - HEIGHT * value / top:.1f}"
        for index, value in enumerate(values)
    ]


def _round_up(tallest: int) -> int:
    """The next number that the ticks divide."""
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000):
        if step * _TICKS >= tallest:
            return step * _TICKS
    return ceil(tallest / _TICKS) * _TICKS


def _marks(top: int) -> list[tuple[str, str]]:
    return [
        (f"{HEIGHT - HEIGHT * place / _TICKS:.1f}", str(top * place // _TICKS))
        for place in range(_TICKS + 1)
    ]


def _labels(weeks: Sequence[str]) -> list[tuple[str, str, str]]:
    """The first, the middle and the last week: (x, anchor, text)."""
    last = len(weeks) - 1
    middle = last // 2
    return [
        ("0%", "start", weeks[0]),
        (f"{100 * middle / last:.1f}%", "middle", weeks[middle]),
        ("100%", "end", weeks[last]),
    ]
