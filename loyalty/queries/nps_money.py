"""What promoters, passives and detractors bring: revenue, retention, cost, products, intervals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import money_text
from cxportal.core.policies import may
from loyalty.calc.mean_differences import Group, mean_difference
from surveys.calc.intervals import wilson
from surveys.models import Metric
from surveys.queries.scores import definition_of

GROUPS = ("promoter", "passive", "detractor")
LEAST = 10
_NORMAL = 1.96  # standard errors on each side of a mean, 95 %
# The latest answer of each customer, and what they did in the year around today.
_ROWS = """
WITH latest AS (
  SELECT DISTINCT ON (customer_id) customer_id, value FROM surveys_score
  WHERE program_id = %(program)s AND metric_id = %(metric)s AND customer_id IS NOT NULL
  ORDER BY customer_id, day DESC, id DESC)
SELECT l.value, coalesce(t.revenue, 0)::float8, coalesce(t.profit, 0)::float8,
  coalesce(t.cost, 0)::float8, coalesce(t.products, 0)::int, coalesce(t.again, false),
  coalesce(v.lifetime_value, 0)::float8, coalesce(t.bought_before, false)
FROM latest l JOIN core_customer c ON c.id = l.customer_id AND NOT c.is_test
LEFT JOIN loyalty_customervalue v ON v.customer_id = l.customer_id
LEFT JOIN LATERAL (
  SELECT sum(amount) FILTER (WHERE kind <> 'cost' AND recent) AS revenue,
    sum(coalesce(margin, amount)) FILTER (WHERE recent) AS profit,
    sum(-amount) FILTER (WHERE kind = 'cost' AND recent) AS cost,
    count(DISTINCT product) FILTER (WHERE kind = 'purchase' AND recent) AS products,
    bool_or(recent AND kind = 'purchase') AS again,
    bool_or(NOT recent AND kind = 'purchase') AS bought_before
  FROM (SELECT *, occurred_at >= now() - interval '365 days' AS recent FROM loyalty_transaction x
    WHERE x.customer_id = l.customer_id) t) t ON true
"""

#: Published factors (a bank's study in the owner's articles): defaults, never our own data.
PUBLISHED = (
    ("new_accounts", 1.8),
    ("mortgage", 1.6),
    ("leaving", 1.2),
)


@dataclass(frozen=True)
class Mean:
    """A mean with its 95 % margin; None where too few."""

    value: float | None
    margin: float | None
    n: int


@dataclass(frozen=True)
class GroupMoney:
    """One group of customers by their latest answer."""

    code: str
    n: int
    revenue: Mean
    profit: Mean
    cost: Mean
    products: Mean
    lifetime: Mean
    retained: float | None
    retained_low: float | None
    retained_high: float | None
    retained_n: int


@dataclass(frozen=True)
class PointWorth:
    """What one point of NPS is worth a year: one customer in a hundred moves up.

    `mean` is half of each step; `intervals` are the 95 % ends of those that are known.
    """

    customers: int
    detractor_to_passive: float | None
    passive_to_promoter: float | None
    mean: float | None
    intervals: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class NpsMoney:
    """The groups and the worth of a point."""

    metric: Metric
    groups: list[GroupMoney]
    worth: PointWorth

    @property
    def n(self) -> int:
        return sum(group.n for group in self.groups)


def nps_money(actor: Actor, metric: Metric) -> NpsMoney:
    """Money per group of the latest answers; one query."""
    table = money_by_answer(actor, metric)
    definition = definition_of(metric)
    values = table[:, 0]
    masks = {
        "promoter": values >= definition.promoter_from,
        "detractor": values <= definition.detractor_to,
    }
    masks["passive"] = ~(masks["promoter"] | masks["detractor"])
    groups = [_group(code, table[masks[code]]) for code in GROUPS]
    return NpsMoney(metric, groups, _worth(groups))


def money_by_answer(actor: Actor, metric: Metric) -> NDArray[np.float64]:
    """A row per customer: latest answer, revenue, profit, cost, products, whether they bought
    again, lifetime value, whether they had bought before; of the last 365 days. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"program": actor.program_id, "metric": metric.pk})
        rows = cursor.fetchall()
    return np.array(rows, dtype=float).reshape(-1, 8)


def _group(code: str, rows: NDArray[np.float64]) -> GroupMoney:
    before = rows[rows[:, 7] > 0]
    stayed = int((before[:, 5] > 0).sum())
    interval = wilson(stayed, len(before)) if len(before) >= LEAST else None
    return GroupMoney(
        code, len(rows),
        revenue=_mean(rows[:, 1]), profit=_mean(rows[:, 2]), cost=_mean(rows[:, 3]),
        products=_mean(rows[:, 4]), lifetime=_mean(rows[:, 6]),
        retained=stayed / len(before) if interval else None,
        retained_low=interval.low if interval else None,
        retained_high=interval.high if interval else None,
        retained_n=len(before),
    )  # fmt: skip


def _mean(values: NDArray[np.float64]) -> Mean:
    n = len(values)
    if n < LEAST:
        return Mean(None, None, n)
    return Mean(float(values.mean()), float(_NORMAL * values.std(ddof=1) / np.sqrt(n)), n)


#: A way up, from which group to which, and how many customers in 100 one point takes. One from
#: detractor to promoter is two points.
_STEPS = (
    ("detractor_to_passive", "passive", "detractor", 1.0),
    ("passive_to_promoter", "promoter", "passive", 1.0),
    ("mean", "promoter", "detractor", 0.5),
)


def _worth(groups: Iterable[GroupMoney]) -> PointWorth:
    """Σ group change × (value of the group − value of the one it came from)."""
    by = {group.code: group for group in groups}
    customers = sum(group.n for group in by.values())
    known = {code: _spread(group.profit) for code, group in by.items()}
    values: dict[str, float | None] = {}
    intervals: dict[str, tuple[float, float]] = {}
    for name, upper, lower, share in _STEPS:
        high, low, middle = known[upper], known[lower], known["passive"]
        if high is None or low is None or (middle is None and name == "mean"):
            values[name] = None
            continue
        found = mean_difference(high, low, share * customers / 100)
        values[name], intervals[name] = found.value, (found.low, found.high)
    return PointWorth(customers, intervals=intervals, **values)


def _spread(mean: Mean) -> Group | None:
    if mean.value is None or mean.margin is None:
        return None
    return Group(mean.value, mean.margin / _NORMAL, mean.n)


_AT_STAKE = """
WITH places AS (
  SELECT * FROM unnest(%(groups)s::text[], %(touchpoints)s::bigint[]) AS p(place, touchpoint)),
low AS (
  SELECT * FROM unnest(%(metrics)s::bigint[], %(limits)s::int[], %(turned)s::bool[])
    AS m(metric, upto, turned)),
latest AS (
  SELECT DISTINCT ON (x.metric_id, x.customer_id) x.metric_id, x.customer_id, x.value
  FROM surveys_score x
  WHERE x.metric_id IN (SELECT tm.metric_id FROM journeys_touchpointmetric tm
      WHERE tm.program_id = %(program)s AND tm.touchpoint_id IN (SELECT touchpoint FROM places))
    AND x.customer_id IS NOT NULL AND x.day >= current_date - 365
  ORDER BY x.metric_id, x.customer_id, x.day DESC, x.id DESC),
unhappy AS (
  SELECT DISTINCT p.place, l.customer_id FROM places p
  JOIN journeys_touchpointmetric tm ON tm.touchpoint_id = p.touchpoint
    AND tm.program_id = %(program)s
  JOIN latest l ON l.metric_id = tm.metric_id
  JOIN low ON low.metric = l.metric_id
    AND CASE WHEN low.turned THEN l.value >= low.upto ELSE l.value <= low.upto END)
SELECT u.place, count(*), coalesce(sum(v.lifetime_value), 0)::float8
FROM unhappy u JOIN core_customer c ON c.id = u.customer_id AND NOT c.is_test
LEFT JOIN loyalty_customervalue v ON v.customer_id = u.customer_id
GROUP BY u.place
"""


def value_at_stake(
    actor: Actor, places: Mapping[str, Sequence[int]]
) -> dict[str, tuple[int, float]]:
    """{place: (unhappy customers, their lifetime value)}; a place is some touchpoints together.

    Unhappy: a detractor, or in the lower half of the scale, by the latest answer of a year. Each
    customer counts once per place. A place without any is left out.
    """
    metrics = list(Metric.objects.for_actor(actor).select_related("program"))
    low = [_unhappy(metric) for metric in metrics]
    pairs = [(place, pk) for place, touchpoints in places.items() for pk in touchpoints]
    named: dict[str, Any] = {
        "program": actor.program_id, "groups": [p for p, _pk in pairs],
        "touchpoints": [pk for _p, pk in pairs], "metrics": [m.pk for m in metrics],
        "limits": [limit for limit, _turned in low], "turned": [turned for _l, turned in low],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_AT_STAKE, named)
        return {place: (people, money) for place, people, money in cursor.fetchall()}


def _unhappy(metric: Metric) -> tuple[int, bool]:
    """(where unhappy answers end, whether they are the high ones)."""
    definition = definition_of(metric)
    if metric.kind in ("nps", "enps"):
        return definition.detractor_to, False
    is_low_good = definition.direction == "low"
    middle = (definition.minimum + definition.maximum) // 2
    return (middle + 1, True) if is_low_good else (middle - 1, False)


def stakes_in_words(actor: Actor, places: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """What the stage review says of each place; nothing for who may not see money."""
    if not may(actor, "loyalty.view_value"):
        return {}
    language, currency = get_language() or "en", actor.program.currency
    return {
        place: _("%(money)s at stake") % {"money": money_text(money, currency, language, True)}
        for place, (_people, money) in value_at_stake(actor, places).items()
        if money > 0
    }


def nps_metrics(actor: Actor) -> list[Metric]:
    """The program's NPS metrics, the headline first."""
    metrics = Metric.objects.for_actor(actor).filter(kind="nps").select_related("program")
    return sorted(metrics, key=lambda m: (not m.is_headline, m.pk))


def chosen_metric(metrics: list[Metric], asked: str) -> Metric | None:
    """The metric of the address, or the first."""
    return next((m for m in metrics if str(m.pk) == asked), metrics[0] if metrics else None)
