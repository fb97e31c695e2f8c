"""Scores with their intervals, from a histogram: NPS, shares and means.

Sources: Reichheld, HBR 2003 (NPS); Rocks 2016 (its interval); Newcombe 1998 (shares);
Student's t (means). A score of fewer answers than the minimum is not computed at all.
"""

from dataclasses import dataclass
from enum import StrEnum

from surveys.calc.definitions import (
    MIN_N,
    Definition,
    Direction,
    Kind,
    Statistic,
    Unit,
    standard_definition,
)
from surveys.calc.histogram import BINS, Histogram
from surveys.calc.intervals import Interval, mean_interval, nps_interval, share_interval
from surveys.calc.quantiles import LEVEL

__all__ = [
    "MIN_N",
    "Bar",
    "Definition",
    "Direction",
    "Groups",
    "Hidden",
    "Kind",
    "Normalised",
    "Score",
    "Statistic",
    "Unit",
    "distribution",
    "evaluate",
    "favourable",
    "groups",
    "mean",
    "normal_points",
    "normalise",
    "normalised_sums",
    "nps",
    "standard_definition",
    "top_box",
]


class Hidden(StrEnum):
    """Why a score is not shown."""

    NO_ANSWERS = "no_answers"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Groups:
    """How many promoters, passives and detractors there are."""

    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        """All three together."""
        return self.promoters + self.passives + self.detractors

    @property
    def shares(self) -> tuple[float, float, float]:
        """Promoters, passives, detractors as per cent of n ≥ 1."""
        part = 100 / self.n
        return part * self.promoters, part * self.passives, part * self.detractors


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of the scale in a distribution; `share` is in per cent."""

    value: int
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Score:
    """A score as it may be shown.

    `value`, `low`, `high`, `margin` and `se` are in `unit`, and None when `hidden` says why the
    score is not shown; then `distribution` is empty and `groups` None as well. `low` and `high`
    are cut at the ends of what is possible, `margin` is half the interval before the cut.
    """

    unit: Unit
    n: int
    min_n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    margin: float | None = None
    se: float | None = None
    hidden: Hidden | None = None
    distribution: tuple[Bar, ...] = ()
    groups: Groups | None = None

    @property
    def shown(self) -> bool:
        """True when there is a value."""
        return self.hidden is None


@dataclass(frozen=True, slots=True)
class Normalised:
    """A score on the common scale 0..100 where high is good, with its interval."""

    value: float
    se: float
    low: float
    high: float


def groups(definition: Definition, histogram: Histogram) -> Groups:
    """Count promoters, passives and detractors by the definition's cut-offs."""
    promoters = histogram.between(definition.promoter_from, BINS - 1)
    detractors = histogram.between(0, definition.detractor_to)
    return Groups(promoters, histogram.n - promoters - detractors, detractors)


def favourable(definition: Definition, histogram: Histogram) -> int:
    """Count the answers that go into the share."""
    return sum(count for value, count in histogram.items() if definition.favourable(value))


def nps(histogram: Histogram, definition: Definition | None = None) -> float:
    """Net promoter score, -100..100. Passives count into n. Raises ZeroDivisionError if empty."""
    counted = groups(definition or standard_definition(Kind.NPS), histogram)
    return 100 * (counted.promoters - counted.detractors) / counted.n


def top_box(histogram: Histogram, definition: Definition | None = None) -> float:
    """Per cent of favourable answers, by default 4 and 5. Raises ZeroDivisionError if empty."""
    meant = definition or standard_definition(Kind.CSAT)
    return 100 * favourable(meant, histogram) / histogram.n


def mean(histogram: Histogram) -> float:
    """Mean answer in steps of the scale. Raises ZeroDivisionError if empty."""
    return histogram.mean


def distribution(definition: Definition, histogram: Histogram) -> tuple[Bar, ...]:
    """One bar per value of the scale, lowest first; shares are 0 when there is no answer."""
    size = histogram.n or 1
    return tuple(
        Bar(value, histogram.counts[value], 100 * histogram.counts[value] / size)
        for value in range(definition.minimum, definition.maximum + 1)
    )


def evaluate(
    definition: Definition,
    histogram: Histogram,
    min_n: int | None = None,
    level: float = LEVEL,
) -> Score:
    """The score of a sample, or the reason why it is not shown.

    `min_n` overrides the definition's. Raises ValueError when the histogram is not a sample or
    holds answers off the definition's scale.
    """
    needed = _needed(definition, min_n)
    _check_scale(definition, histogram)
    if histogram.n < needed:
        hidden = Hidden.TOO_FEW if histogram.n else Hidden.NO_ANSWERS
        return Score(definition.unit, histogram.n, needed, hidden=hidden)
    value, interval = _estimate(definition, histogram, level)
    is_nps = definition.statistic is Statistic.NPS
    return Score(
        unit=definition.unit,
        n=histogram.n,
        min_n=needed,
        value=value,
        low=max(min(interval.low, value), definition.lowest),
        high=min(max(interval.high, value), definition.highest),
        margin=interval.margin,
        se=interval.se,
        distribution=distribution(definition, histogram),
        groups=groups(definition, histogram) if is_nps else None,
    )


def _needed(definition: Definition, min_n: int | None) -> int:
    # A spread needs two answers, whatever the program allows.
    least = 2 if definition.statistic is Statistic.MEAN else 1
    return max(definition.min_n if min_n is None else min_n, least)


def _check_scale(definition: Definition, histogram: Histogram) -> None:
    on_scale = histogram.check().between(definition.minimum, definition.maximum)
    if on_scale != histogram.n:
        raise ValueError(f"answers outside {definition.minimum}..{definition.maximum}")


def _estimate(definition: Definition, histogram: Histogram, level: float) -> tuple[float, Interval]:
    if definition.statistic is Statistic.NPS:
        counted = groups(definition, histogram)
        interval = nps_interval(counted.promoters, counted.detractors, counted.n, level)
        return nps(histogram, definition), interval
    if definition.statistic is Statistic.SHARE:
        share = share_interval(favourable(definition, histogram), histogram.n, level)
        in_percent = Interval(100 * share.low, 100 * share.high, 100 * share.se)
        return top_box(histogram, definition), in_percent
    ends = (definition.minimum, definition.maximum)
    sums = (histogram.mean, histogram.squares, histogram.n)
    return histogram.mean, mean_interval(*sums, level, ends=ends)


def normal_points(definition: Definition) -> tuple[float, ...]:
    """What an answer of 0, 1, … 10 is worth on the common scale; off the scale, nearest end.

    The mean of these points over the answers is the normalised score, so stages can be summed
    from answers: promoter 100, passive 50, detractor 0; favourable 100 or else 0; a mean linear
    from worst to best.
    """
    ends = (definition.minimum, definition.maximum)
    return tuple(_points(definition, min(max(v, ends[0]), ends[1])) for v in range(BINS))


def _points(definition: Definition, value: int) -> float:
    if definition.statistic is Statistic.NPS:
        promoter, detractor = value >= definition.promoter_from, value <= definition.detractor_to
        return 50.0 * (1 + promoter - detractor)
    if definition.statistic is Statistic.SHARE:
        return 100.0 * definition.favourable(value)
    return _to_common(definition, float(value))


def _to_common(definition: Definition, value: float) -> float:
    turned = value if definition.high_is_good else definition.lowest + definition.highest - value
    return 100 * (turned - definition.lowest) / (definition.highest - definition.lowest)


def normalise(definition: Definition, score: Score) -> Normalised | None:
    """A score on the common scale 0..100 with its standard error; None when it is hidden.

    NPS → (N + 100)/2; share → itself; CES and ratings → 100·(mean - min)/(max - min), turned so
    that high is good.
    """
    if score.value is None or score.se is None or score.low is None or score.high is None:
        return None
    scale = 100 / (definition.highest - definition.lowest)
    ends = sorted((_to_common(definition, score.low), _to_common(definition, score.high)))
    return Normalised(_to_common(definition, score.value), score.se * scale, *ends)


def normalised_sums(definition: Definition, histogram: Histogram) -> tuple[int, float, float]:
    """Number, sum and sum of squares of the normalised values of a histogram's answers."""
    points = normal_points(definition)
    total = sum(points[v] * c for v, c in histogram.items())
    squares = sum(points[v] ** 2 * c for v, c in histogram.items())
    return histogram.n, total, squares
