"""Simulated verdicts on actions: how often they cry wolf, find an effect, hold a planted one.

The power they are held against is the normal approximation for two independent groups, computed
from the true shapes; the planted effect is that of one group beyond a trend which both share.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean

from journeys.calc.effect import Effect, Outcome, difference_in_differences, effect
from surveys.calc.change import compare, estimate
from surveys.calc.definitions import Definition
from surveys.calc.histogram import Histogram
from tests.surveys.calc.simulation import Shape, samples, true_score

_Z = NormalDist().inv_cdf(0.975)


def changed_share(
    definition: Definition, before: Shape, after: Shape, n: int, *, runs: int, seed: int
) -> float:
    """Share of simulated actions whose verdict is "changed"."""
    first, second = samples(before, n, runs, seed), samples(after, n, runs, seed + 1)
    verdicts = (effect(compare(definition, *p)) for p in zip(first, second, strict=True))
    return sum(found.outcome is Outcome.CHANGED for found in verdicts) / runs


def computed_power(definition: Definition, before: Shape, after: Shape, n: int) -> float:
    """The chance to find the true difference of two shapes with `n` answers each."""
    error = sqrt(sum(_variance(definition, shape) / n for shape in (before, after)))
    reach = abs(true_score(definition, after) - true_score(definition, before)) / error
    normal = NormalDist()
    return normal.cdf(reach - _Z) + normal.cdf(-reach - _Z)


def _variance(definition: Definition, shape: Shape) -> float:
    """Variance of one answer, each scored as the definition does."""
    points = {value: true_score(definition, {value: 1.0}) for value in shape}
    mean = sum(points[value] * share for value, share in shape.items())
    return sum(share * (points[value] - mean) ** 2 for value, share in shape.items())


@dataclass(frozen=True)
class Planted:
    """What differences in differences say: shares of "changed" and of held truth, the mean."""

    changed: float
    held: float
    mean: float


def planted(
    definition: Definition,
    treated: tuple[Shape, Shape],
    comparison: tuple[Shape, Shape],
    n: int,
    *,
    runs: int,
    seed: int,
) -> Planted:
    """Simulate a pilot and its comparison; the truth is read from the shapes."""
    shapes = (*treated, *comparison)
    truth = _beyond([true_score(definition, shape) for shape in shapes])
    drawn = [samples(shape, n, runs, seed + place) for place, shape in enumerate(shapes)]
    changed, held, seen = 0, 0, []
    for row in zip(*drawn, strict=True):
        found = _judged(definition, row)
        assert found.low is not None
        assert found.high is not None
        assert found.difference is not None
        changed += found.outcome is Outcome.CHANGED
        held += found.low <= truth <= found.high
        seen.append(found.difference)
    return Planted(changed / runs, held / runs, fmean(seen))


def _judged(definition: Definition, row: tuple[Histogram, ...]) -> Effect:
    one, two, three, four = (estimate(definition, histogram) for histogram in row)
    return difference_in_differences((one, two), (three, four))


def _beyond(scores: list[float]) -> float:
    return (scores[1] - scores[0]) - (scores[3] - scores[2])
