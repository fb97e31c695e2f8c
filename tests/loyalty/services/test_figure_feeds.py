"""Figures the portal counts from its own records, against what they are when counted by hand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Program
from cxportal.core.registry import figure_feeds
from journeys.models import Case, CaseContact
from loyalty.models import Benchmark, Competitor, PointsAccount, Transaction
from surveys.models import Comment, MetricValue, OperationalMetric
from surveys.queries.scores import today_of
from surveys.services.figure_feeds import feed_recount, feeds_count_due
from surveys.services.operational_metrics import (
    metric_values_set,
    operational_metric_create,
    operational_metric_update,
)
from surveys.services.recording import responses_record
from tests.api.conftest import make_api
from tests.conftest import make_customers
from tests.surveys.answering import NPS, drain, make_metric, make_survey

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")


def moment(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SEOUL)


def months_ago(actor: Actor, count: int) -> date:
    """The first day of the month so many months before the running one."""
    day = today_of(actor).replace(day=1)
    for _month in range(count):
        day = (day - timedelta(1)).replace(day=1)
    return day


def buy(program: Program, customer: int, *days: date) -> None:
    found = Customer.unscoped.get(program=program, external_id=f"C{customer}")
    for day in days:
        Transaction.unscoped.create(
            program=program, customer=found, external_id=f"{customer}-{day}",
            occurred_at=moment(day), amount=10,
        )  # fmt: skip


def fed(actor: Actor, feed: str, setting: str = "", **values: Any) -> OperationalMetric:
    return operational_metric_create(
        actor=actor, code=f"{feed}-{setting}".strip("-"), name=feed, feed=feed,
        feed_setting=setting, **values,
    )  # fmt: skip


def values_of(metric: OperationalMetric) -> list[tuple[date, float, int | None]]:
    rows = metric.values.order_by("day").values_list("day", "value", "n")
    return [(day, float(value), n) for day, value, n in rows]


def test_repeat_orders_and_churn_are_counted_from_purchases(
    system: Actor, program: Program
) -> None:
    make_customers(program, 4)
    start = months_ago(system, 6)
    month, last = months_ago(system, 3), months_ago(system, 2) - timedelta(1)
    buy(program, 0, month - timedelta(30), month)  # active at the start, and bought again
    buy(program, 1, month - timedelta(80))  # 90 days are over within the month
    buy(program, 2, start, month - timedelta(20))  # active to the end
    buy(program, 3, month)  # new
    repeat = fed(system, "repeat-orders", "any")
    assert (repeat.subject, repeat.unit) == ("repeat_orders", "percent")
    found = {day: (value, n) for day, value, n in values_of(repeat)}
    assert found[start] == (0, 1)
    assert found[month] == (50, 2)
    churn = fed(system, "churn", "90")
    assert not churn.high_is_good
    gone = {day: (round(value, 2), n) for day, value, n in values_of(churn)}
    assert gone[last] == (33.33, 3)
    assert all(day >= start + timedelta(90) for day in gone)


def test_members_among_buyers_and_cases_solved_at_once(system: Actor, program: Program) -> None:
    first, _second, third = make_customers(program, 3)
    last = months_ago(system, 0) - timedelta(1)
    for number in range(3):
        buy(program, number, last)
    for customer, day in ((first, last), (third, last + timedelta(1))):
        account = PointsAccount.unscoped.create(program=program, customer=customer)
        PointsAccount.unscoped.filter(pk=account.pk).update(enrolled_at=moment(day, 1))
    assert values_of(fed(system, "participation")) == [(last, 33.3333, 3)]
    for resolution, contacts, reopened in (
        ("solved", 1, 0), ("solved", 2, 0), ("solved", 0, 1), ("unsolved", 1, 0), ("no_need", 0, 0),
    ):  # fmt: skip
        at = moment(last)
        case = Case.unscoped.create(
            program=program, title="Case", state="closed", resolution=resolution,
            reopened=reopened, opened_at=at, contact_due_at=at, due_at=at, entered_state_at=at,
            closed_at=at, opened_by="x",
        )  # fmt: skip
        for _contact in range(contacts):
            CaseContact.unscoped.create(program=program, case=case, channel="phone", at=at, by="x")
    assert values_of(fed(system, "first-contact")) == [(last, 25, 4)]


def test_sentiment_brand_and_competitors(system: Actor, program: Program) -> None:
    survey = make_survey(program, [NPS])
    metric = make_metric(survey, "nps", "nps", 0, 10)
    last = months_ago(system, 0) - timedelta(1)
    rows = [{"answers": {"nps": n}, "completed_at": moment(last)} for n in [10] * 8 + [0] * 4]
    assert responses_record(actor=system, survey=survey, rows=rows).created == 12
    drain()
    hidden = make_survey(program, [NPS], anonymous=True)
    for sentiment, of in (
        *((s, None) for s in ["positive"] * 3 + ["negative", "neutral", "unknown"]),
        ("negative", hidden),
    ):
        Comment.unscoped.create(
            program=program, text="x", sentiment=sentiment, at=moment(last), survey=of
        )
    assert values_of(fed(system, "sentiment", "praise")) == [(last, 75, 4)]
    assert values_of(fed(system, "sentiment", "net")) == [(last, 40, 5)]
    assert values_of(fed(system, "score", metric.code)) == [(last, 33.3333, 12)]
    rival = Competitor.unscoped.create(program=program, name="Rival")
    for value, day in ((20, last - timedelta(60)), (40, last)):
        Benchmark.unscoped.create(
            program=program, competitor=rival, metric=metric, value=value, source="study",
            measured_on=day,
        )  # fmt: skip
    ahead = fed(system, "rivals", metric.code)
    assert values_of(ahead)[-1] == (last, -6.6667, 12)
    assert ahead.unit == "nps"


def test_a_feed_is_checked_and_takes_no_values(system: Actor, program: Program) -> None:
    for feed, setting in (("nothing", ""), ("churn", ""), ("churn", "17"), ("participation", "x")):
        with pytest.raises(DomainError) as refused:
            fed(system, feed, setting)
        assert refused.value.code == "bad_feed"
    by_hand = operational_metric_create(actor=system, code="orders", name="Orders")
    with pytest.raises(DomainError):
        fed(system, "churn", "90", formula="{orders} * 2")
    metric = fed(system, "churn", "90")
    with pytest.raises(DomainError):
        metric_values_set(actor=system, metric=metric, rows=[{"day": "2026-01-01", "value": 1}])
    with pytest.raises(DomainError):
        feed_recount(actor=system, metric=by_hand)


def test_every_night_it_is_counted_anew(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    metric = fed(system, "repeat-orders", "365")
    assert values_of(metric) == []
    day = today_of(system) - timedelta(3)
    buy(program, 0, day - timedelta(10), day)
    MetricValue.unscoped.create(program=program, metric=metric, day=day - timedelta(1), value=9)
    assert feeds_count_due() == 0
    OperationalMetric.unscoped.update(fed_at=timezone.now() - timedelta(days=1))
    assert feeds_count_due() == 1
    assert values_of(metric) == [(day - timedelta(10), 0, 1), (day, 100, 1)]
    operational_metric_update(actor=system, metric=metric, feed="", feed_setting="")
    assert len(values_of(metric)) == 2


def test_the_page_and_the_api_offer_the_feeds(
    client_for: Callable[[str], Client], system: Actor, program: Program
) -> None:
    page = client_for("designer").get("/p/acme/counted-metrics/new/?feed=churn:180")
    assert 'value="churn:180" selected' in page.content.decode()
    form = {"code": "gone", "name_en": "Churn", "subject": "churn", "unit": "percent",
            "decimals": 1, "together": "mean", "feed": "churn:180"}  # fmt: skip
    answer = client_for("designer").post("/p/acme/counted-metrics/new/", form)
    assert answer.status_code == 302, answer.content.decode()
    made = OperationalMetric.unscoped.get(code="gone")
    assert (made.feed, made.feed_setting) == ("churn", "180")
    told = client_for("viewer").get(answer["Location"]).content.decode()
    assert "Counted by the portal" in told
    assert "Bring the file" not in told
    path = f"/p/acme/counted-metrics/{made.pk}/recount/"
    assert client_for("designer").post(path).status_code == 302
    assert client_for("viewer").post(path).status_code == 403
    api = make_api(program)
    status, feeds = api.get("counted-metrics/feeds/")
    assert status == 200
    assert {feed["code"] for feed in feeds} == set(figure_feeds)
    wanted = {"code": "again", "name": "Again", "feed": "repeat-orders", "feed_setting": "any"}
    made_there = api.made("counted-metrics/", wanted)
    assert (made_there["unit"], made_there["subject"]) == ("percent", "repeat_orders")
    assert api.post(f"counted-metrics/{made_there['id']}/recount/")[0] == 200
