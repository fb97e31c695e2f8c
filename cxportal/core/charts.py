"""Where the marks of a chart stand. Pure geometry; templates/components/charts/ draw the result.

Across, positions are per cent of the plot's width, so that a chart fits a phone without shrinking
its words; paths use a box PATH_WIDTH wide that is stretched. Down, everything is in pixels.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import get_language

from cxportal.core.calc.numbers import axis_number

PATH_WIDTH = 1000
SPARK_WIDTH, SPARK_HEIGHT = 96, 24
_SPARK_EDGE = 3
# A share's own label needs about this much of the bar.
_LABEL_FITS_FROM = 0.08
_MOST_LABELS = 8
_TICKS = 5
Range = tuple[float, float]


def percent(share: float) -> str:
    """A share between 0 and 1 as an SVG length."""
    return f"{share * 100:.2f}%"


def pixels(value: float) -> str:
    """A length in pixels, short."""
    return f"{value:.1f}".removesuffix(".0")


# ---- distribution -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One piece of a distribution bar; `share` is between 0 and 1."""

    label: str
    count: int
    tone: str
    share: float
    x: str
    width: str
    middle: str
    fits: bool


def distribution(parts: Iterable[tuple[str, int, str]]) -> list[Part]:
    """Lay (label, count, tone) side by side; empty where nobody answered."""
    rows = list(parts)
    total = sum(count for _label, count, _tone in rows)
    laid, before = [], 0.0
    for label, count, tone in rows if total else ():
        share = count / total
        laid.append(
            Part(
                label=label,
                count=count,
                tone=tone,
                share=share,
                x=percent(before),
                width=percent(share),
                middle=percent(before + share / 2),
                fits=share >= _LABEL_FITS_FROM,
            )
        )
        before += share
    return laid


@dataclass(frozen=True)
class Column:
    """One column of a histogram, `y` and `height` in pixels."""

    label: str
    count: int
    tone: str
    x: str
    width: str
    middle: str
    y: str
    height: str


def columns(rows: Sequence[tuple[str, int, str]], height: int = 120) -> list[Column]:
    """A histogram of (label, count, tone), the highest column as high as the plot."""
    highest = max((count for _label, count, _tone in rows), default=0) or 1
    slot = 1 / len(rows) if rows else 0
    return [
        Column(
            label=label,
            count=count,
            tone=tone,
            x=percent(slot * (index + 0.1)),
            width=percent(slot * 0.8),
            middle=percent(slot * (index + 0.5)),
            y=pixels(height - height * count / highest),
            height=pixels(height * count / highest),
        )
        for index, (label, count, tone) in enumerate(rows)
    ]


# ---- sparkline --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sparkline:
    """A small line without axes; `last` is where its newest point stands."""

    path: str
    last: tuple[str, str] | None


def sparkline(values: Sequence[float | None]) -> Sparkline:
    """Draw values oldest first; None leaves a gap. A single value is a point."""
    known = [value for value in values if value is not None]
    if not known:
        return Sparkline("", None)
    low, high = min(known), max(known)
    step = (SPARK_WIDTH - 2 * _SPARK_EDGE) / max(len(values) - 1, 1)
    spots = [
        None
        if value is None
        else (_SPARK_EDGE + index * step, _down(value, (low, high), SPARK_HEIGHT, _SPARK_EDGE))
        for index, value in enumerate(values)
    ]
    newest = [spot for spot in spots if spot is not None][-1]
    return Sparkline(_path(spots), (pixels(newest[0]), pixels(newest[1])))


# ---- trend ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrendPoint:
    """One period: `value` None where too few answered; `low` and `high` bound the interval.

    `limits` are what the usual noise allows (a control chart's), `signal` says in words why the
    point is more than that.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    note: str = ""
    limits: Range | None = None
    signal: str = ""


@dataclass(frozen=True)
class Mark:
    """A point, a label or an event of a trend; `minor` ones give way on a phone."""

    x: str
    text: str = ""
    y: str = ""
    anchor: str = "middle"
    minor: bool = False
    last: bool = False
    signal: str = ""


@dataclass(frozen=True)
class Tick:
    y: str
    text: str
    zero: bool = False


@dataclass(frozen=True)
class Trend:
    """What components/charts/trend.html draws; `part_of_scale` is set when the axis is cut."""

    points: list[TrendPoint]
    height: int
    ticks: list[Tick]
    lines: list[str]
    bands: list[str]
    dots: list[Mark]
    labels: list[Mark]
    events: list[Mark] = field(default_factory=list)
    target_y: str = ""
    target: float | None = None
    part_of_scale: Range | None = None
    # The usual noise: its limits as lines, stepped where they differ from point to point.
    limit_lines: list[str] = field(default_factory=list)


def trend(
    points: Sequence[TrendPoint],
    *,
    scale: Range,
    target: float | None = None,
    height: int = 200,
    zoom: bool = False,
    events: Iterable[tuple[int, str]] = (),
) -> Trend:
    """Lay out a score over time, oldest first.

    `scale` is the metric's whole scale, e.g. (-100, 100). With `zoom` the axis shows the part in
    use and `part_of_scale` says so. `events` are (index of the point, text).
    """
    shown = _zoomed(points, target, scale) if zoom else scale
    spots = _spots(points, shown, height)
    count = len(points)
    return Trend(
        points=list(points),
        height=height,
        ticks=_ticks(shown, height),
        lines=[path for path in (_path(spots),) if path],
        bands=_bands(points, shown, height),
        dots=_dots(points, spots),
        labels=_labels(points),
        events=[Mark(x=percent(_across(i, count)), text=text) for i, text in events],
        target_y="" if target is None else pixels(_down(target, shown, height)),
        target=target,
        part_of_scale=shown if shown != scale else None,
        limit_lines=_limit_lines(points, shown, height),
    )


Spot = tuple[float, float]


def _across(index: int, count: int) -> float:
    return 0.5 if count == 1 else index / (count - 1)


def _down(value: float, scale: Range, height: float, edge: float = 0) -> float:
    low, high = scale
    share = 0.5 if high == low else (min(max(value, low), high) - low) / (high - low)
    return height - edge - share * (height - 2 * edge)


def _spots(points: Sequence[TrendPoint], scale: Range, height: int) -> list[Spot | None]:
    count = len(points)
    return [
        None
        if point.value is None
        else (_across(index, count) * PATH_WIDTH, _down(point.value, scale, height))
        for index, point in enumerate(points)
    ]


def _runs(spots: Sequence[Spot | None]) -> list[list[Spot]]:
    return [
        [spot for spot in run if spot is not None]
        for known, run in groupby(spots, key=lambda spot: spot is not None)
        if known
    ]


def _path(spots: Sequence[Spot | None]) -> str:
    drawn = (
        "M" + "L".join(f"{pixels(x)} {pixels(y)}" for x, y in run)
        for run in _runs(spots)
        if len(run) > 1
    )
    return "".join(drawn)


def _bands(points: Sequence[TrendPoint], scale: Range, height: int) -> list[str]:
    """The interval as one closed shape per run of periods that have one."""
    count = len(points)
    tops: list[Spot | None] = []
    floors: list[Spot | None] = []
    for index, point in enumerate(points):
        x = _across(index, count) * PATH_WIDTH
        has = point.low is not None and point.high is not None and point.value is not None
        tops.append((x, _down(point.high or 0, scale, height)) if has else None)
        floors.append((x, _down(point.low or 0, scale, height)) if has else None)
    shapes = []
    for top, floor in zip(_runs(tops), _runs(floors), strict=True):
        if len(top) > 1:
            ring = [*top, *reversed(floor)]
            shapes.append("M" + "L".join(f"{pixels(x)} {pixels(y)}" for x, y in ring) + "Z")
    return shapes


def _limit_lines(points: Sequence[TrendPoint], scale: Range, height: int) -> list[str]:
    """Lower and upper limit, each as steps around the points that have them."""
    count = len(points)
    lines = []
    for end in (0, 1):
        steps: list[str] = []
        for index, point in enumerate(points):
            if point.limits is None:
                continue
            half = 0.5 / max(count - 1, 1)
            y = pixels(_down(point.limits[end], scale, height))
            here = _across(index, count)
            for x in (max(here - half, 0.0), min(here + half, 1.0)):
                steps.append(f"{pixels(x * PATH_WIDTH)} {y}")
        if steps:
            lines.append("M" + "L".join(steps))
    return lines


def _dots(points: Sequence[TrendPoint], spots: Sequence[Spot | None]) -> list[Mark]:
    known = [index for index, spot in enumerate(spots) if spot is not None]
    return [
        Mark(
            x=percent(spot[0] / PATH_WIDTH),
            y=pixels(spot[1]),
            text=points[index].label,
            last=index == known[-1],
            signal=points[index].signal,
        )
        for index, spot in enumerate(spots)
        if spot is not None
    ]


def _labels(points: Sequence[TrendPoint]) -> list[Mark]:
    """At most eight labels, the newest always among them; every second one is minor."""
    count = len(points)
    every = max(1, math.ceil(count / _MOST_LABELS))
    picked = [index for index in range(count) if (count - 1 - index) % every == 0]
    return [
        Mark(
            x=percent(_across(index, count)),
            text=points[index].label,
            anchor=_anchor(index, count),
            minor=(len(picked) - 1 - order) % 2 == 1,
        )
        for order, index in enumerate(picked)
    ]


def _anchor(index: int, count: int) -> str:
    if count == 1:
        return "middle"
    return {0: "start", count - 1: "end"}.get(index, "middle")


def nice_step(span: float, about: int = _TICKS) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts the span into about that many pieces."""
    rough = span / max(about, 1)
    power = 10 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    return next((m * power for m in (1, 2, 5) if m * power >= rough), 10 * power)


def _ticks(scale: Range, height: int) -> list[Tick]:
    low, high = scale
    step = nice_step(high - low, _TICKS - 1)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [
        Tick(
            y=pixels(_down(index * step, scale, height)),
            text=axis_number(index * step, get_language() or "en"),
            zero=index == 0 and low < 0,
        )
        for index in range(first, last + 1)
    ]


def _zoomed(points: Sequence[TrendPoint], target: float | None, scale: Range) -> Range:
    seen = [v for p in points for v in (p.value, p.low, p.high, *(p.limits or ())) if v is not None]
    seen += [] if target is None else [target]
    if not seen:
        return scale
    step = nice_step(max(max(seen) - min(seen), (scale[1] - scale[0]) / 20))
    low = max(scale[0], math.floor(min(seen) / step) * step)
    high = min(scale[1], math.ceil(max(seen) / step) * step)
    return (low, high) if high > low else scale


# ---- bars and scatter -------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """One row of a comparison; the bar runs from the scale's zero (or its lower end)."""

    x: str
    width: str
    end: str
    low: str = ""
    high: str = ""
    target: str = ""


def bar(
    value: float | None,
    *,
    scale: Range,
    low: float | None = None,
    high: float | None = None,
    target: float | None = None,
) -> Bar | None:
    """Place one value and its interval on a scale; None where there is no value."""
    if value is None:
        return None
    zero = _share(min(max(0.0, scale[0]), scale[1]), scale)
    end = _share(value, scale)
    whisker = low is not None and high is not None
    return Bar(
        x=percent(min(zero, end)),
        width=percent(abs(end - zero)),
        end=percent(end),
        low=percent(_share(low or 0, scale)) if whisker else "",
        high=percent(_share(high or 0, scale)) if whisker else "",
        target="" if target is None else percent(_share(target, scale)),
    )


def _share(value: float, scale: Range) -> float:
    return (min(max(value, scale[0]), scale[1]) - scale[0]) / (scale[1] - scale[0])


@dataclass(frozen=True)
class Dot:
    """One numbered point of a scatter; the companion table explains the number."""

    number: int
    label: str
    x: str
    y: str
    quadrant: str


def scatter(
    points: Sequence[tuple[str, float, float]],
    *,
    x_scale: Range,
    y_scale: Range,
    cross: tuple[float, float],
    height: int = 320,
) -> list[Dot]:
    """Place (label, x, y); `quadrant` is "high-low" for y at or above the cross, x below it."""
    return [
        Dot(
            number=index,
            label=label,
            x=percent(_share(x, x_scale)),
            y=pixels(_down(y, y_scale, height)),
            quadrant=("high" if y >= cross[1] else "low") + ("-high" if x >= cross[0] else "-low"),
        )
        for index, (label, x, y) in enumerate(points, start=1)
    ]
