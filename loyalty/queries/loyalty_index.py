"""The loyalty index of one survey's customers, and their satisfaction beside what they did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from cxportal.core.actors import Actor
from loyalty.calc import loyalty_index as calc
from loyalty.queries.value import rules_for, segment_name
from surveys.models import Metric, MetricSource
from surveys.queries.scores import definition_of, today_of

#: What the three questions of the index ask.
PARTS = ("satisfaction", "recommend", "repeat")
#: After how many days it is looked at whether somebody bought again.
PERIODS = (30, 90, 180, 365)
USUAL_PERIOD = 90

# Each customer's latest answer with all three, up to a day; counted by answers, value segment and
# whether they bought within the period after that day.
_COUNTS = """
WITH latest AS (
  SELECT DISTINCT ON (a.customer_id) a.customer_id, a.day, a.value AS satisfied,
    b.value AS recommends, c.value AS returns
  FROM surveys_score a
  JOIN surveys_score b ON b.response_id = a.response_id AND b.metric_id = %(recommend)s
  JOIN surveys_score c ON c.response_id = a.response_id AND c.metric_id = %(repeat)s
  WHERE a.program_id = %(program)s AND a.metric_id = %(satisfaction)s
    AND a.customer_id IS NOT NULL AND a.day <= %(until)s
  ORDER BY a.customer_id, a.day DESC, a.id DESC)
SELECT l.satisfied, l.recommends, l.returns, p.value_segment, t.again, count(*)
FROM latest l JOIN core_customer p ON p.id = l.customer_id AND NOT p.is_test
CROSS JOIN LATERAL (SELECT EXISTS (
  SELECT 1 FROM loyalty_transaction x WHERE x.customer_id = l.customer_id AND x.kind = 'purchase'
    AND x.occurred_at >= (l.day + 1)::timestamp AT TIME ZONE %(zone)s
    AND x.occurred_at < (l.day + 1 + %(days)s)::timestamp AT TIME ZONE %(zone)s) AS again) t
GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class IndexRow:
    """All customers (code "") or one value segment."""

    code: str
    name: str
    index: calc.LoyaltyIndex
    behaviour: calc.Behaviour


@dataclass(frozen=True)
class IndexPage:
    """The index by value segment; the first row is everyone."""

    metrics: dict[str, Metric]
    days: int
    min_n: int
    rows: list[IndexRow]

    @property
    def whole(self) -> IndexRow:
        return self.rows[0]


def index_metrics(actor: Actor) -> list[Metric]:
    """What a question of the index may be: NPS, satisfaction, ratings."""
    found = Metric.objects.for_actor(actor).filter(kind__in=["nps", "csat", "rating"])
    return list(found.select_related("program").order_by("pk"))


def index_defaults(actor: Actor, metrics: Iterable[Metric]) -> dict[str, Metric]:
    """One survey's satisfaction, recommendation and repurchase, or nothing.

    The first survey that asks for an NPS, a CSAT and a rating; a rating whose code speaks of
    coming back is preferred.
    """
    known = {metric.pk: metric for metric in metrics}
    surveys: dict[int, list[Metric]] = {}
    for survey, metric in (
        MetricSource.objects.for_actor(actor)
        .filter(metric__in=known)
        .order_by("survey_id", "metric_id")
        .values_list("survey_id", "metric_id")
    ):
        surveys.setdefault(survey, []).append(known[metric])
    for asked in surveys.values():
        by_kind = {kind: [m for m in asked if m.kind == kind] for kind in ("csat", "nps", "rating")}
        if all(by_kind.values()):
            repeat = sorted(by_kind["rating"], key=lambda m: not _speaks_of_return(m))[0]
            return dict(zip(PARTS, (by_kind["csat"][0], by_kind["nps"][0], repeat), strict=True))
    return {}


def _speaks_of_return(metric: Metric) -> bool:
    return any(word in metric.code for word in ("again", "repeat", "return", "rebuy", "repurchase"))


def loyalty_index(actor: Actor, metrics: Mapping[str, Metric], days: int) -> IndexPage:
    """The index and the matrix by value segment; `metrics` has an entry per part.

    The index counts each customer's latest complete answer; the matrix the latest one that is at
    least `days` old, so that there was time to buy again. Three queries.
    """
    scales = [definition_of(metrics[part]) for part in PARTS]
    today = today_of(actor)
    now = _counts(actor, metrics, days, today)
    before = _counts(actor, metrics, days, today - timedelta(days=days + 1))
    rules, min_n = rules_for(actor), actor.program.min_n
    codes = sorted({row[3] for row in now + before if row[3]})
    rows = []
    for code in ("", *codes):
        answers = [
            ([calc.box_of(value, scale) for value, scale in zip(row[:3], scales, strict=True)],
             row[5])
            for row in now if not code or row[3] == code
        ]  # fmt: skip
        done = [
            (calc.box_of(row[0], scales[0]) >= calc.SECOND, row[4], row[5])
            for row in before if not code or row[3] == code
        ]  # fmt: skip
        rows.append(
            IndexRow(
                code, segment_name(rules, code) if code else "",
                calc.loyalty_index(answers, min_n), calc.behaviour(done, min_n),
            )
        )  # fmt: skip
    return IndexPage(dict(metrics), days, min_n, rows)


def _counts(
    actor: Actor, metrics: Mapping[str, Metric], days: int, until: date
) -> list[tuple[Any, ...]]:
    named: dict[str, Any] = {
        "program": actor.program_id, "days": days, "until": until,
        "zone": actor.program.timezone, **{part: metrics[part].pk for part in PARTS},
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, named)
        return list(cursor.fetchall())
