"""Figures counted from purchases, points and competitors, for counted metrics to be fed by."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.registry import FedFigure, FigureFeed
from loyalty.models import Benchmark
from surveys.calc.definitions import Unit
from surveys.models import Metric
from surveys.queries.figure_feeds import metric_named, metric_settings, rows_of, whole_months
from surveys.queries.scores import definition_of, metric_score

#: Days without a purchase after which a customer counts as gone.
LAPSES = (90, 180, 365)
#: Days of answers a score is taken from when it is held against competitors.
SCORED_DAYS = 90

_BOUGHT = """
bought AS (
  SELECT t.id, t.customer_id, (t.occurred_at AT TIME ZONE %(zone)s)::date AS day, t.occurred_at
  FROM loyalty_transaction t JOIN core_customer c ON c.id = t.customer_id AND NOT c.is_test
  WHERE t.program_id = %(program)s AND t.kind = 'purchase')
"""
_REPEAT = f"""
WITH {_BOUGHT}, told AS (
  SELECT day, day - lag(day) OVER (PARTITION BY customer_id ORDER BY occurred_at, id) AS gap
  FROM bought)
SELECT day, count(*), count(*) FILTER (WHERE gap <= %(within)s)
FROM told WHERE day BETWEEN %(first)s AND %(last)s GROUP BY 1 ORDER BY 1
"""  # noqa: S608  # a part of our own
# Active at a month's start: the last purchase before it is at most `lapse` days old. Gone: at the
# month's end it is older and nothing was bought in between.
_CHURN = f"""
WITH {_BOUGHT}, told AS (
  SELECT day, lead(day) OVER (PARTITION BY customer_id ORDER BY occurred_at, id) AS next
  FROM bought),
months AS (SELECT * FROM unnest(%(starts)s::date[], %(afters)s::date[]) AS m(start, after))
SELECT m.after - 1, count(*),
  count(*) FILTER (WHERE b.day < m.after - %(lapse)s AND (b.next IS NULL OR b.next >= m.after))
FROM months m JOIN told b ON b.day < m.start AND b.day >= m.start - %(lapse)s
  AND (b.next IS NULL OR b.next >= m.start)
WHERE m.start - %(lapse)s >= (SELECT min(day) FROM bought)
GROUP BY 1 ORDER BY 1
"""  # noqa: S608  # a part of our own
_BUYERS = f"""
WITH {_BOUGHT},
months AS (SELECT * FROM unnest(%(starts)s::date[], %(afters)s::date[]) AS m(start, after)),
who AS (SELECT DISTINCT m.after, b.customer_id
        FROM months m JOIN bought b ON b.day >= m.start AND b.day < m.after)
SELECT w.after - 1, count(*),
  count(*) FILTER (WHERE (a.enrolled_at AT TIME ZONE %(zone)s)::date < w.after)
FROM who w LEFT JOIN loyalty_pointsaccount a ON a.customer_id = w.customer_id
GROUP BY 1 ORDER BY 1
"""  # noqa: S608  # a part of our own


def _shares(rows: list[tuple[Any, ...]]) -> Iterator[FedFigure]:
    for day, n, above in rows:
        yield FedFigure(day, 100 * above / n, n)


def _months(first: date, last: date) -> dict[str, list[date]]:
    months = whole_months(first, last)
    return {
        "starts": [month.first for month in months],
        "afters": [month.last + timedelta(1) for month in months],
    }


def repeat_settings(actor: Actor) -> list[tuple[str, str]]:
    """How long ago the earlier order may be."""
    return [
        ("any", _("After any earlier order")),
        ("365", _("After an order within a year before")),
        ("90", _("After an order within 90 days before")),
    ]


def repeat_figures(actor: Actor, setting: str, first: date, last: date) -> Iterator[FedFigure]:
    """Orders of a day by customers who had ordered before."""
    within = 1_000_000 if setting == "any" else int(setting)
    return _shares(rows_of(actor, _REPEAT, first=first, last=last, within=within))


def churn_settings(actor: Actor) -> list[tuple[str, str]]:
    """After how many days without a purchase somebody is gone."""
    return [(str(d), _("%(days)d days without a purchase") % {"days": d}) for d in LAPSES]


def churn_figures(actor: Actor, setting: str, first: date, last: date) -> Iterator[FedFigure]:
    """Customers active at a month's start who are gone at its end, of all active ones."""
    return _shares(rows_of(actor, _CHURN, lapse=int(setting), **_months(first, last)))


def member_figures(actor: Actor, setting: str, first: date, last: date) -> Iterator[FedFigure]:
    """Members among the customers who bought in a month."""
    return _shares(rows_of(actor, _BUYERS, **_months(first, last)))


def rival_settings(actor: Actor) -> list[tuple[str, str]]:
    """Metrics for which values of competitors are known."""
    known = Benchmark.objects.for_actor(actor).filter(
        competitor__isnull=False, metric__isnull=False
    )
    metrics = Metric.objects.for_actor(actor).filter(pk__in=known.values("metric_id"))
    codes = set(metrics.values_list("code", flat=True))
    return [(code, name) for code, name in metric_settings(actor) if code in codes]


def rival_figures(actor: Actor, setting: str, first: date, last: date) -> Iterator[FedFigure]:
    """Our score at each month's end less the best newest value of a competitor known by then."""
    metric = metric_named(actor, setting)
    if metric is None:
        return
    rows = (
        Benchmark.objects.for_actor(actor)
        .filter(metric=metric, competitor__isnull=False)
        .order_by("measured_on", "pk")
        .values_list("measured_on", "competitor_id", "value")
    )
    known = list(rows)
    for month in whole_months(first, last):
        newest = {rival: float(value) for day, rival, value in known if day <= month.last}
        start = month.last - timedelta(SCORED_DAYS - 1)
        score = metric_score(actor=actor, metric=metric, first_day=start, last_day=month.last)
        if newest and score.value is not None:
            best = max(newest.values())
            yield FedFigure(month.last, on_benchmark_scale(metric, score.value) - best, score.n)


def on_benchmark_scale(metric: Metric, value: float) -> float:
    """A score as competitors' values are written: NPS and shares as they are, means 0 to 100."""
    definition = definition_of(metric)
    if definition.unit is not Unit.MEAN:
        return value
    span = definition.highest - definition.lowest
    share = 100 * (value - definition.lowest) / span
    return share if definition.high_is_good else 100 - share


REPEAT = FigureFeed(
    label=gettext_lazy("Repeat orders"),
    how=gettext_lazy("Orders by day, those of customers who ordered before; n counts orders."),
    subject="repeat_orders",
    count=repeat_figures,
    settings=repeat_settings,
)
CHURN = FigureFeed(
    label=gettext_lazy("Churn a month"),
    how=gettext_lazy(
        "Of the customers active at a month's start, those gone at its end; n counts active ones."
    ),
    subject="churn",
    count=churn_figures,
    settings=churn_settings,
    high_is_good=False,
)
PARTICIPATION = FigureFeed(
    label=gettext_lazy("Members among the buyers of a month"),
    how=gettext_lazy("Customers who bought in a month, those with points; n counts buyers."),
    subject="participation",
    count=member_figures,
)
RIVALS = FigureFeed(
    label=gettext_lazy("Ahead of the best competitor"),
    how=gettext_lazy(
        "Our score over 90 days at each month's end less the best competitor's newest value; "
        "n counts our answers."
    ),
    subject="benchmark",
    count=rival_figures,
    settings=rival_settings,
    unit="nps",
)
