"""Weighted means of several metrics and their variance, clustered by customer.

variance = C/(C-1) · Σ_c u_c² with u_c = Σ_m W_m·(sum_cm - n_cm·mean_m)/n_m. To it comes what each
metric's own interval adds for few or unanimous answers (surveys.calc.intervals): the ¾ of an NPS,
two successes and failures of a share (one of each in a difference), one step of a mean.
"""

from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias

from journeys.calc.evidence import Evidence, Key
from surveys.calc.change import SHARE_ADDED, Estimate
from surveys.calc.definitions import Definition, Statistic
from surveys.calc.intervals import NPS_ADDED

Weights: TypeAlias = dict[Key, float]

#: Upper end of the common scale.
TOP = 100.0


class Adding(Enum):
    """What the answers added to a sample are for: its interval, or a difference of two."""

    INTERVAL = 4
    DIFFERENCE = 2 * SHARE_ADDED


def clustered_variance(
    weights: Mapping[Key, float], means: Mapping[Key, float], evidence: Evidence
) -> float:
    """C/(C-1) · Σ_c u_c² of Σ W_m·mean_m, in squared points; needs two clusters or more."""
    clusters = evidence.cluster_count(weights)
    squares = sum(
        weights[a]
        * weights[b]
        * evidence.product(a, b).around(means[a], means[b])
        / (evidence.sums[a].n * evidence.sums[b].n)
        for a in weights
        for b in weights
    )
    # Exactly agreeing answers leave rounding dust, which must not become a negative variance.
    return max(squares, 0.0) * clusters / (clusters - 1)


def weighted_mean(weights: Mapping[Key, float], evidence: Evidence) -> float:
    """Σ W_m·mean_m on 0..100."""
    return sum(weight * evidence.sums[key].mean for key, weight in weights.items())


def weighted_estimate(
    weights: Weights, definitions: Mapping[Key, Definition], evidence: Evidence, adding: Adding
) -> Estimate:
    """A weighted score with its standard error, adjusted for the interval or for a difference.

    `weights` add up to 1 and each of their metrics has an answer.
    """
    added = {key: _added(definitions[key], adding) for key in weights}
    sums = {key: evidence.sums[key] for key in weights}
    sizes = {key: sums[key].n + added[key][0] for key in weights}
    means = {key: (sums[key].total + added[key][1]) / sizes[key] for key in weights}
    # Added answers enlarge each metric's n, so its weight per real answer falls with it.
    scaled = {key: weights[key] * sums[key].n / sizes[key] for key in weights}
    variance = clustered_variance(scaled, means, evidence) + sum(
        (weights[key] / sizes[key]) ** 2 * _added_squares(added[key], means[key]) for key in weights
    )
    has_mean = any(definitions[key].statistic is Statistic.MEAN for key in weights)
    return Estimate(
        shown=weighted_mean(weights, evidence),
        point=sum(weights[key] * means[key] for key in weights),
        variance=max(variance, _least_variance(weights, definitions, evidence)),
        n=evidence.response_count(weights),
        df=evidence.cluster_count(weights) - 1 if has_mean else None,
    )


def _added(definition: Definition, adding: Adding) -> tuple[float, float, float]:
    """Number, sum and sum of squares of the answers added to a sample, on the common scale."""
    if definition.statistic is Statistic.NPS:
        passives = 2 * NPS_ADDED
        n = 2 * NPS_ADDED + passives
        return n, n * TOP / 2, NPS_ADDED * TOP**2 + passives * (TOP / 2) ** 2
    if definition.statistic is Statistic.SHARE:
        return adding.value, adding.value * TOP / 2, adding.value / 2 * TOP**2
    return 0.0, 0.0, 0.0


def _added_squares(added: tuple[float, float, float], mean: float) -> float:
    n, total, squares = added
    return squares - 2 * mean * total + n * mean**2


def _least_variance(
    weights: Weights, definitions: Mapping[Key, Definition], evidence: Evidence
) -> float:
    """Of means, what one answer of n a step off would give: agreement is not certainty."""
    return sum(
        (weight * TOP / (definitions[key].highest - definitions[key].lowest) / evidence.sums[key].n)
        ** 2
        for key, weight in weights.items()
        if definitions[key].statistic is Statistic.MEAN
    )
