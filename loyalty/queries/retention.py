"""Who stays: cohorts by first purchase, survival by channel, who is slipping away."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from cxportal.core.actors import Actor
from loyalty.calc.retention import SurvivalPoint, kaplan_meier, log_rank
from loyalty.queries.value import values_ranked

#: Without a purchase for so many days a customer counts as gone.
SILENT_DAYS = 180
QUARTERS = 8
LEAST = 10
MOST_GROUPS = 4
#: Below this probability a customer is slipping away.
SLIPPING = 0.5
_COHORTS = """
WITH bought AS (
  SELECT DISTINCT t.customer_id, date_trunc('quarter', t.occurred_at AT TIME ZONE %(zone)s) AS q
  FROM loyalty_transaction t JOIN core_customer c ON c.id = t.customer_id AND NOT c.is_test
  WHERE t.program_id = %(program)s AND t.kind = 'purchase'),
first AS (SELECT customer_id, min(q) AS q FROM bought GROUP BY customer_id)
SELECT first.q::date,
  ((extract(year FROM bought.q) - extract(year FROM first.q)) * 4
   + extract(quarter FROM bought.q) - extract(quarter FROM first.q))::int, count(*)
FROM bought JOIN first USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2
"""
_LIVES = """
SELECT coalesce(nullif(f.channel, ''), '–'), v.last_on - v.first_on,
  (SELECT max(last_on) FROM loyalty_customervalue WHERE program_id = %(program)s) - v.last_on
FROM loyalty_customervalue v JOIN core_customer c ON c.id = v.customer_id AND NOT c.is_test
JOIN LATERAL (SELECT channel FROM loyalty_transaction t WHERE t.customer_id = v.customer_id
  AND t.kind = 'purchase' ORDER BY occurred_at LIMIT 1) f ON true
WHERE v.program_id = %(program)s AND v.first_on IS NOT NULL
"""


@dataclass(frozen=True)
class Cohort:
    """Customers whose first purchase fell into a quarter; the share that bought in each later."""

    name: str
    customers: int
    shares: list[float | None]


def cohorts(actor: Actor) -> list[Cohort]:
    """Cohorts, oldest first; a quarter not yet come is None."""
    named: dict[str, Any] = {"program": actor.program_id, "zone": actor.program.timezone}
    with connection.cursor() as cursor:
        cursor.execute(_COHORTS, named)
        rows = cursor.fetchall()
    found: dict[Any, dict[int, int]] = {}
    for quarter, later, count in rows:
        found.setdefault(quarter, {})[later] = count
    newest = max((_quarters(q) + max(later) for q, later in found.items()), default=0)
    return [
        Cohort(
            f"{q.year} Q{(q.month + 2) // 3}", later[0],
            [
                later.get(n, 0) / later[0] if n <= newest - _quarters(q) else None
                for n in range(QUARTERS + 1)
            ],
        )
        for q, later in sorted(found.items())
    ]  # fmt: skip


def _quarters(day: Any) -> int:
    return int(day.year * 4 + (day.month - 1) // 3)


@dataclass(frozen=True)
class Survival:
    """How long customers of one first channel stay."""

    name: str
    customers: int
    gone: int
    points: list[SurvivalPoint]

    def share_after(self, days: int) -> SurvivalPoint | None:
        """The curve at a number of days; None before anybody left."""
        before = [point for point in self.points if point.time <= days]
        return before[-1] if before else None

    @property
    def after_a_year(self) -> SurvivalPoint | None:
        return self.share_after(365)


@dataclass(frozen=True)
class Survivals:
    """Curves by first channel, and whether they differ: log-rank χ² and p."""

    groups: list[Survival]
    statistic: float | None
    p: float | None


def survivals(actor: Actor) -> Survivals:
    """Kaplan-Meier: a life ends with the last purchase when 180 silent days followed it."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVES, {"program": actor.program_id})
        rows = cursor.fetchall()
    lives: dict[str, list[tuple[int, int]]] = {}
    for channel, life, silent in rows:
        gone = silent > SILENT_DAYS
        lives.setdefault(channel, []).append((life if gone else life + silent, int(gone)))
    names = sorted(lives, key=lambda name: -len(lives[name]))[:MOST_GROUPS]
    columns = {name: np.array(lives[name], dtype=float).T for name in names}
    enough = {name: c for name, c in columns.items() if len(c[0]) >= LEAST}
    groups = [
        Survival(name, len(c[0]), int(c[1].sum()), kaplan_meier(c[0], c[1]))
        for name, c in enough.items()
    ]
    if len(enough) < 2:
        return Survivals(groups, None, None)
    statistic, p = log_rank([(c[0], c[1]) for c in enough.values()])
    return Survivals(groups, statistic, p)


def slipping_away(actor: Actor) -> QuerySet[Any]:
    """Worth most in the past among those who are more likely gone than not."""
    return values_ranked(actor).filter(alive__lt=SLIPPING, past_value__gt=0)
