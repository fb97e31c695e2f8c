"""Where the portal computes a KPI itself: one query per source for all its months."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from loyalty.models import Kpi

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: month → (value in the source's unit, number of people, purchases or actions behind it).
Months = dict[date, tuple[float | None, int | None]]


@dataclass(frozen=True)
class Source:
    """A figure the portal knows by itself; `read` takes the months from `first` to `last`."""

    name: str
    label: "_StrPromise"
    view: str
    unit: str
    read: Callable[[Actor, date, date], Months]


def _by_month(sql: str) -> Callable[[Actor, date, date], Months]:
    """Read (month, value, n) rows of the months from `first` to `last`."""

    def read(actor: Actor, first: date, last: date) -> Months:
        params: dict[str, Any] = {
            "program": actor.program_id,
            "zone": actor.program.timezone,
            "first": first,
            "last": last,
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return {
                month: (None if value is None else float(value), n)
                for month, value, n in cursor.fetchall()
            }

    return read


_PURCHASES = """
WITH bought AS (
  SELECT date_trunc('month', t.occurred_at AT TIME ZONE %(zone)s)::date AS month,
         t.customer_id, t.amount, t.kind
  FROM loyalty_transaction t JOIN core_customer c ON c.id = t.customer_id
  WHERE t.program_id = %(program)s AND NOT c.is_test
    AND t.occurred_at < (%(last)s::date + interval '1 month') AT TIME ZONE %(zone)s
), firsts AS (
  SELECT customer_id, min(month) AS month FROM bought WHERE kind = 'purchase' GROUP BY 1
)
"""
_REVENUE = """
SELECT month, sum(amount), count(*) FROM bought
WHERE month BETWEEN %(first)s AND %(last)s GROUP BY 1"""
_BUYERS = """
SELECT month, count(DISTINCT customer_id), count(*) FROM bought
WHERE kind = 'purchase' AND month BETWEEN %(first)s AND %(last)s GROUP BY 1"""
_NEW = """
SELECT month, count(*), count(*) FROM firsts
WHERE month BETWEEN %(first)s AND %(last)s GROUP BY 1"""
_REPEAT = """
SELECT b.month, 100.0 * count(DISTINCT b.customer_id) FILTER (WHERE f.month < b.month)
       / count(DISTINCT b.customer_id), count(DISTINCT b.customer_id)
FROM bought b JOIN firsts f USING (customer_id)
WHERE b.kind = 'purchase' AND b.month BETWEEN %(first)s AND %(last)s GROUP BY 1"""
_ACTIONS_ON_TIME = """
SELECT date_trunc('month', closed_at AT TIME ZONE %(zone)s)::date,
       100.0 * avg(((closed_at AT TIME ZONE %(zone)s)::date <= due)::int), count(*)
FROM journeys_action
WHERE program_id = %(program)s AND closed_at IS NOT NULL AND due IS NOT NULL
  AND closed_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
  AND closed_at < (%(last)s::date + interval '1 month') AT TIME ZONE %(zone)s
GROUP BY 1"""
_RESPONSE_RATE = """
SELECT date_trunc('month', i.created_at AT TIME ZONE %(zone)s)::date,
       100.0 * count(i.answered_at) / count(*), count(*)
FROM surveys_invitation i JOIN surveys_delivery d ON d.invitation_id = i.id AND d.step = 0
WHERE i.program_id = %(program)s AND d.state = 'sent'
  AND i.created_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
  AND i.created_at < (%(last)s::date + interval '1 month') AT TIME ZONE %(zone)s
GROUP BY 1"""
_ASSESSED = """
SELECT date_trunc('month', closed_at AT TIME ZONE %(zone)s)::date, avg(level), count(*)
FROM loyalty_assessment
WHERE program_id = %(program)s AND level IS NOT NULL
  AND closed_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
  AND closed_at < (%(last)s::date + interval '1 month') AT TIME ZONE %(zone)s
GROUP BY 1"""
_LIFETIME = """
SELECT date_trunc('month', s."on")::date, avg(s.lifetime_value), count(*)
FROM loyalty_valuesnapshot s JOIN core_customer c ON c.id = s.customer_id AND NOT c.is_test
WHERE s.program_id = %(program)s
  AND s."on" >= %(first)s AND s."on" < %(last)s::date + interval '1 month'
GROUP BY 1"""
_EQUITY, _CAPABILITY = Kpi.View.EQUITY, Kpi.View.CAPABILITY
SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("revenue", _("Revenue"), _EQUITY, "money", _by_month(_PURCHASES + _REVENUE)),
        Source("buyers", _("Buying customers"), _EQUITY, "", _by_month(_PURCHASES + _BUYERS)),
        Source("new_buyers", _("First-time buyers"), _EQUITY, "", _by_month(_PURCHASES + _NEW)),
        Source(
            "repeat_share",
            _("Share of buyers who bought before"),
            _EQUITY,
            "percent",
            _by_month(_PURCHASES + _REPEAT),
        ),
        Source(
            "actions_on_time",
            _("Actions closed by their due date"),
            _CAPABILITY,
            "percent",
            _by_month(_ACTIONS_ON_TIME),
        ),
        Source(
            "response_rate",
            _("Answers per mail sent"),
            _CAPABILITY,
            "percent",
            _by_month(_RESPONSE_RATE),
        ),
        Source(
            "lifetime_value",
            _("Lifetime value, mean of customers"),
            _EQUITY,
            "money",
            _by_month(_LIFETIME),
        ),
        Source(
            "assessed", _("Level of assessments (0–100)"), _CAPABILITY, "", _by_month(_ASSESSED)
        ),
    )
}
