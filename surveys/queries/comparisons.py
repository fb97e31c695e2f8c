"""Groups beside each other: each against the rest, tested as one family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxportal.core import charts
from surveys.calc.change import Change, compare
from surveys.calc.families import ALPHA, benjamini_hochberg, holm
from surveys.calc.histogram import Histogram
from surveys.calc.metrics import Score
from surveys.models import Metric
from surveys.queries.scores import (
    ShownChange,
    ShownScore,
    definition_of,
    on_scale,
    score_of_histogram,
    shown,
)


@dataclass(frozen=True)
class GroupLine:
    """One group: its score, and how it differs from everybody else.

    `key` is the group as it is stored, `label` as people read it. `p` is corrected over the
    family of the table; `verdict` is real, none or early.
    """

    key: str
    label: str
    score: Score
    shown: ShownScore
    bar: charts.Bar | None
    change: Change
    p: float | None
    verdict: str


@dataclass(frozen=True)
class Comparison:
    """A table of groups for one metric; `family` tests were corrected together by Holm."""

    metric: Metric
    lines: list[GroupLine]
    family: int


def group_comparison(
    metric: Metric, whole: Histogram, groups: Mapping[str, Histogram], labels: Mapping[str, str]
) -> Comparison:
    """Each group against the rest of `whole`. Groups may overlap; the rest is who is not in it."""
    whole = on_scale(metric, whole)
    pairs = [(key, on_scale(metric, sums)) for key, sums in groups.items() if sums.n]
    changes = [compare(definition_of(metric), whole - sums, sums) for _key, sums in pairs]
    corrected = corrected_p(changes)
    lines = [
        _line(metric, (key, labels.get(key, key)), sums, change, p)
        for (key, sums), change, p in zip(pairs, changes, corrected, strict=True)
    ]
    lines.sort(key=lambda line: (line.score.value is None, -(line.score.value or 0)))
    return Comparison(metric, lines, sum(p is not None for p in corrected))


def corrected_p(changes: Sequence[Change], *, by: str = "holm") -> list[float | None]:
    """p values of the comparisons that could be tested, corrected together; None for others."""
    tested = [place for place, change in enumerate(changes) if change.p is not None]
    raw = [changes[place].p or 0.0 for place in tested]
    values = holm(raw) if by == "holm" else benjamini_hochberg(raw)
    found: list[float | None] = [None] * len(changes)
    for place, value in zip(tested, values, strict=True):
        found[place] = value
    return found


def verdict_of(p: float | None) -> str:
    """real, none or early, as the score component names them."""
    if p is None:
        return "early"
    return "real" if p < ALPHA else "none"


def _line(
    metric: Metric, group: tuple[str, str], sums: Histogram, change: Change, p: float | None
) -> GroupLine:
    definition = definition_of(metric)
    score = score_of_histogram(metric, sums)
    bar = charts.bar(
        score.value,
        scale=(definition.lowest, definition.highest),
        low=score.low,
        high=score.high,
        target=None if metric.target is None else float(metric.target),
    )
    verdict = verdict_of(p)
    figures = shown(metric, score)
    told = ShownScore(
        **{**figures.__dict__, "change": ShownChange(change.difference or 0.0, verdict)}
    )
    return GroupLine(*group, score, told, bar, change, p, verdict)
