"""Simulated answers: how often tests cry wolf, how often intervals hold the truth."""

from collections.abc import Mapping
from itertools import combinations_with_replacement

import numpy as np
from scipy import stats

from surveys.calc.change import Verdict, compare
from surveys.calc.definitions import Definition, Statistic
from surveys.calc.histogram import BINS, Histogram
from surveys.calc.metrics import evaluate

Shape = Mapping[int, float]


def samples(shape: Shape, size: int, runs: int, seed: int) -> list[Histogram]:
    """`runs` histograms of `size` answers each."""
    chances = [shape.get(value, 0.0) for value in range(BINS)]
    drawn = np.random.default_rng(seed).multinomial(size, chances, runs)
    return [Histogram.from_counts([int(c) for c in row]) for row in drawn]


def false_alarms(
    definition: Definition, shape: Shape, sizes: tuple[int, int], *, runs: int, seed: int
) -> float:
    """Share of runs in which two groups from the same shape are said to differ."""
    before = samples(shape, sizes[0], runs, seed)
    after = samples(shape, sizes[1], runs, seed + 1)
    known: dict[tuple[Histogram, Histogram], bool] = {}
    alarms = 0
    for pair in zip(before, after, strict=True):
        if pair not in known:
            known[pair] = compare(definition, *pair).verdict is Verdict.REAL
        alarms += known[pair]
    return alarms / runs


def true_score(definition: Definition, shape: Shape) -> float:
    """The score of the shape itself."""
    if definition.statistic is Statistic.NPS:
        promoters = sum(p for v, p in shape.items() if v >= definition.promoter_from)
        detractors = sum(p for v, p in shape.items() if v <= definition.detractor_to)
        return 100 * (promoters - detractors)
    if definition.statistic is Statistic.SHARE:
        return 100 * sum(p for v, p in shape.items() if definition.favourable(v))
    return sum(v * p for v, p in shape.items())


def coverage(definition: Definition, shape: Shape, size: int, *, runs: int, seed: int) -> float:
    """Share of runs whose interval holds the true score."""
    truth, held = true_score(definition, shape), 0
    known: dict[Histogram, bool] = {}
    for histogram in samples(shape, size, runs, seed):
        if histogram not in known:
            known[histogram] = _holds(definition, histogram, truth)
        held += known[histogram]
    return held / runs


def exact_coverage(definition: Definition, shape: Shape, size: int) -> float:
    """Chance that the interval of `size` answers holds the true score: every sample, weighted."""
    truth, values = true_score(definition, shape), sorted(shape)
    cuts = np.array(list(combinations_with_replacement(range(size + 1), len(values) - 1)))
    ends = np.zeros((len(cuts), 1), dtype=int), np.full((len(cuts), 1), size)
    drawn = np.diff(np.hstack((ends[0], cuts, ends[1])))
    chances = stats.multinomial.pmf(drawn, size, [shape[v] for v in values])
    counts = np.zeros((len(cuts), BINS), dtype=int)
    counts[:, values] = drawn
    held = [
        _holds(definition, Histogram.from_counts([int(c) for c in row]), truth) for row in counts
    ]
    return float(chances @ held)


def _holds(definition: Definition, histogram: Histogram, truth: float) -> bool:
    score = evaluate(definition, histogram, min_n=2)
    return (score.low or 0.0) - 1e-9 <= truth <= (score.high or 0.0) + 1e-9
