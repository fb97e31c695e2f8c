"""What a metric is: its scale, its cut-offs, the way it is summed up and which end is good."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from surveys.calc.histogram import BINS

#: Fewest answers a score is shown for, unless the program sets another number.
MIN_N = 10


class Kind(StrEnum):
    """Kinds of metric made from one question."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    CES1 = "ces1"
    RATING = "rating"
    ENPS = "enps"


class Statistic(StrEnum):
    """How the answers are summed up: promoters less detractors, a share, or a mean."""

    NPS = "nps"
    SHARE = "share"
    MEAN = "mean"


class Direction(StrEnum):
    """Which end of the scale is good for the customer."""

    HIGH = "high"
    LOW = "low"


class Unit(StrEnum):
    """What a score is counted in: NPS points, per cent, or steps of the scale."""

    POINTS = "points"
    PERCENT = "percent"
    MEAN = "mean"


_UNITS = {
    Statistic.NPS: Unit.POINTS,
    Statistic.SHARE: Unit.PERCENT,
    Statistic.MEAN: Unit.MEAN,
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric over whole-number answers `minimum`..`maximum`, both within 0..10.

    `promoter_from` and `detractor_to` cut the scale for NPS; `top_from` is where the favourable
    answers of a share begin: it and everything above when high is good, it and everything below
    when low is good. Raises ValueError when the cut-offs do not fit the scale.
    """

    kind: Kind
    minimum: int
    maximum: int
    statistic: Statistic
    promoter_from: int = 9
    detractor_to: int = 6
    top_from: int = 0
    direction: Direction = Direction.HIGH
    min_n: int = MIN_N

    def __post_init__(self) -> None:
        if not 0 <= self.minimum < self.maximum < BINS:
            raise ValueError(f"a scale lies within 0..{BINS - 1}")
        if self.statistic is Statistic.NPS:
            self._check_nps()
        if self.statistic is Statistic.SHARE and not self.minimum <= self.top_from <= self.maximum:
            raise ValueError("the favourable answers begin outside the scale")
        if self.min_n < 1:
            raise ValueError("at least one answer is needed for a score")

    def _check_nps(self) -> None:
        if not self.minimum <= self.detractor_to < self.promoter_from <= self.maximum:
            raise ValueError("detractors must end below promoters, both within the scale")
        if self.direction is Direction.LOW:
            raise ValueError("a net promoter score needs a scale where high is good")

    @property
    def unit(self) -> Unit:
        """What the score is counted in."""
        return _UNITS[self.statistic]

    @property
    def high_is_good(self) -> bool:
        """True when a higher *score* is better; a share counts favourable answers, so it is."""
        return self.statistic is not Statistic.MEAN or self.direction is Direction.HIGH

    @property
    def lowest(self) -> float:
        """Least possible score, in its unit."""
        if self.statistic is Statistic.MEAN:
            return float(self.minimum)
        return -100.0 if self.statistic is Statistic.NPS else 0.0

    @property
    def highest(self) -> float:
        """Greatest possible score, in its unit."""
        return float(self.maximum) if self.statistic is Statistic.MEAN else 100.0

    def favourable(self, value: int) -> bool:
        """True when an answer counts into the share."""
        if self.direction is Direction.LOW:
            return value <= self.top_from
        return value >= self.top_from


_STANDARD = {
    Kind.NPS: Definition(Kind.NPS, 0, 10, Statistic.NPS),
    Kind.ENPS: Definition(Kind.ENPS, 0, 10, Statistic.NPS),
    Kind.CSAT: Definition(Kind.CSAT, 1, 5, Statistic.SHARE, top_from=4),
    Kind.CES: Definition(Kind.CES, 1, 7, Statistic.MEAN, top_from=5),
    Kind.CES1: Definition(Kind.CES1, 1, 5, Statistic.MEAN, top_from=2, direction=Direction.LOW),
    Kind.RATING: Definition(Kind.RATING, 1, 5, Statistic.MEAN, top_from=4),
}


def standard_definition(kind: Kind | str, **changes: Any) -> Definition:
    """The field's usual definition of a kind, with any of its fields replaced.

    A rating or CSAT given another scale keeps its two best answers as the favourable ones unless
    `top_from` is given too. Raises ValueError for an unknown kind or a cut-off off the scale.
    """
    base = _STANDARD[Kind(kind)]
    given = {name: value for name, value in changes.items() if value is not None}
    if "top_from" not in given and base.kind in (Kind.CSAT, Kind.RATING):
        given["top_from"] = _two_best(base, given)
    return replace(base, **_as_enums(given))


def _two_best(base: Definition, given: Mapping[str, Any]) -> int:
    low, high = given.get("minimum", base.minimum), given.get("maximum", base.maximum)
    if given.get("direction", base.direction) == Direction.LOW:
        return int(min(low + 1, high))
    return int(max(high - 1, low))


def _as_enums(given: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(given)
    for name, enum in (("statistic", Statistic), ("direction", Direction)):
        if name in made:
            made[name] = enum(made[name])
    return made
