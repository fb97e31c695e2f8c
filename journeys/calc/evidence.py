"""What the answers of one period say about a set of metrics, small enough to sum in SQL.

Answers are taken on the common scale 0..100 (`surveys.calc.metrics.normal_points`). A cluster is
a customer, or the response itself where nobody is known. With s = sum of a cluster's values of a
metric and n = their number, four products per pair of metrics, summed over clusters, are enough
for the variance of any weighted roll-up of these metrics:

    WITH c AS (SELECT cluster, metric, sum(points) AS s, count(*) AS n FROM … GROUP BY 1, 2)
    SELECT a.metric, b.metric,
           sum(a.s * b.s), sum(a.s * b.n), sum(a.n * b.s), sum(a.n * b.n)
    FROM c a JOIN c b USING (cluster) WHERE a.metric <= b.metric GROUP BY 1, 2

Numbers of distinct responses and clusters for any subset come from the few sets of metrics that
were answered together:

    SELECT metrics, count(*)
    FROM (SELECT response, array_agg(DISTINCT metric) AS metrics FROM … GROUP BY 1) r GROUP BY 1
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import NamedTuple, TypeAlias

Key: TypeAlias = Hashable


class Sums(NamedTuple):
    """Number of answers of one metric and the sum of their values on the common scale."""

    n: int
    total: float

    @property
    def mean(self) -> float:
        """Normalised score, 0..100. Raises ZeroDivisionError when there is no answer."""
        return self.total / self.n


class Products(NamedTuple):
    """Products of two metrics a and b summed over clusters: Σ sₐs_b, Σ sₐn_b, Σ nₐs_b, Σ nₐn_b."""

    ss: float
    sn: float
    ns: float
    nn: float

    def around(self, mean_a: float, mean_b: float) -> float:
        """Σ over clusters of (sₐ - nₐ·mean_a)(s_b - n_b·mean_b)."""
        return self.ss - mean_b * self.sn - mean_a * self.ns + mean_a * mean_b * self.nn

    def swapped(self) -> "Products":
        """The same with a and b exchanged."""
        return Products(self.ss, self.ns, self.sn, self.nn)


class Row(NamedTuple):
    """One answer: whose, in which response, to which metric, its value on the common scale."""

    cluster: Key
    response: Key
    metric: Key
    value: float


_NOTHING = Products(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sums by metric, products by pair of metrics, and counts by the metrics answered together.

    `products` needs each pair once, in either order; a pair never answered by one cluster may be
    missing. `responses` and `clusters` map a set of metrics to the number of those who answered
    exactly that set.
    """

    sums: Mapping[Key, Sums] = field(default_factory=dict)
    products: Mapping[tuple[Key, Key], Products] = field(default_factory=dict)
    responses: Mapping[frozenset[Key], int] = field(default_factory=dict)
    clusters: Mapping[frozenset[Key], int] = field(default_factory=dict)

    @classmethod
    def from_rows(cls, rows: Iterable[Row]) -> "Evidence":
        """Sum up single answers, as the queries in this module's description do."""
        known = tuple(rows)
        per_metric: dict[Key, list[float]] = defaultdict(list)
        per_cluster: dict[Key, dict[Key, list[float]]] = defaultdict(lambda: defaultdict(list))
        for row in known:
            per_metric[row.metric].append(row.value)
            per_cluster[row.cluster][row.metric].append(row.value)
        return cls(
            sums={metric: Sums(len(v), sum(v)) for metric, v in per_metric.items()},
            products=_products(per_cluster.values()),
            responses=_together((row.response, row.metric) for row in known),
            clusters=_together((row.cluster, row.metric) for row in known),
        )

    def response_count(self, metrics: Collection[Key]) -> int:
        """Number of distinct responses with an answer to any of the metrics."""
        return _count_any(self.responses, metrics)

    def cluster_count(self, metrics: Collection[Key]) -> int:
        """Number of distinct clusters with an answer to any of the metrics."""
        return _count_any(self.clusters, metrics)

    def product(self, a: Key, b: Key) -> Products:
        """Products of a pair in this order, zeros when no cluster answered both."""
        if (a, b) in self.products:
            return self.products[a, b]
        return self.products.get((b, a), _NOTHING).swapped()


def _products(clusters: Iterable[Mapping[Key, list[float]]]) -> dict[tuple[Key, Key], Products]:
    made: dict[tuple[Key, Key], Products] = {}
    for answered in clusters:
        sums = [(metric, sum(values), len(values)) for metric, values in answered.items()]
        for (a, s_a, n_a), (b, s_b, n_b) in combinations_with_replacement(sums, 2):
            own = Products(s_a * s_b, s_a * n_b, n_a * s_b, n_a * n_b)
            # Clusters answer in any order: one pair, one place.
            place, own = ((b, a), own.swapped()) if (b, a) in made else ((a, b), own)
            before = made.get(place, _NOTHING)
            made[place] = Products(*(x + y for x, y in zip(before, own, strict=True)))
    return made


def _together(pairs: Iterable[tuple[Key, Key]]) -> Counter[frozenset[Key]]:
    metrics: dict[Key, set[Key]] = defaultdict(set)
    for owner, metric in pairs:
        metrics[owner].add(metric)
    return Counter(frozenset(answered) for answered in metrics.values())


def _count_any(counts: Mapping[frozenset[Key], int], metrics: Collection[Key]) -> int:
    wanted = frozenset(metrics)
    return sum(count for answered, count in counts.items() if answered & wanted)
