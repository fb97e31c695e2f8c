"""Who is secure, and whether they came back: from answers and purchases to page and API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program
from cxportal.core.services.outbox import outbox_drain_all
from loyalty.models import Transaction
from loyalty.queries.loyalty_index import (
    PARTS,
    index_defaults,
    index_metrics,
    loyalty_index,
)
from surveys.models import Metric
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.api.conftest import make_api
from tests.conftest import make_customers

pytestmark = pytest.mark.django_db

PAGE = "/p/acme/loyalty/index/"
DAYS_AGO = 120


def answered(actor: Actor, program: Program, count: int) -> dict[str, Metric]:
    """Of every four customers two are secure, one favourable, one dissatisfied."""
    make_customers(program, count)
    survey = survey_create(actor=actor, title="Relation", template="nps")
    for code, kind in (("satisfied", "csat"), ("again", "rating")):
        question_add(actor=actor, survey=survey, code=code, kind=kind, text={"en": code})
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    for code, kind in (("satisfied", "csat"), ("again", "rating")):
        metric_create(actor=actor, code=code, name=code, kind=kind, sources=[(survey, code)])
    if not Metric.objects.for_actor(actor).filter(kind="nps").exists():
        metric_create(actor=actor, code="nps", name="NPS", kind="nps", sources=[(survey, "nps")])
    kinds = ((5, 10, 5), (5, 9, 5), (4, 8, 4), (2, 9, 5))
    when = (timezone.now() - timedelta(days=DAYS_AGO)).isoformat()
    rows = [
        {
            "external_id": f"C{i}",
            "answers": dict(zip(("satisfied", "nps", "again"), kinds[i % 4], strict=True)),
            "completed_at": when,
        }
        for i in range(count)
    ]
    assert responses_record(actor=actor, survey=survey, rows=rows).failed == 0
    outbox_drain_all()
    return index_defaults(actor, index_metrics(actor))


def buys(actor: Actor, number: int, days_after: int) -> None:
    """One purchase so many days after the answer."""
    at = timezone.now() - timedelta(days=DAYS_AGO - days_after)
    customer = Customer.objects.for_actor(actor).get(external_id=f"C{number}")
    Transaction(
        program=actor.program, customer=customer, external_id=f"T{number}-{days_after}",
        occurred_at=at, amount=10,
    ).save()  # fmt: skip


def test_one_survey_s_three_questions_make_the_index(program: Program, system: Actor) -> None:
    metrics = answered(system, program, 40)
    assert [metrics[part].kind for part in PARTS] == ["csat", "nps", "rating"]
    index = loyalty_index(system, metrics, 90).whole.index
    counts = (index.secure.count, index.favourable.count, index.others.count)
    assert counts == (20, 10, 10) and index.secure.value == 0.5


def test_only_purchases_within_the_period_after_the_answer_count(
    program: Program, system: Actor
) -> None:
    metrics = answered(system, program, 40)
    for number, after in ((0, 10), (1, 100), (2, -5), (2, 0), (3, 89)):
        buys(system, number, after)
    done = loyalty_index(system, metrics, 90).whole.behaviour
    assert (done.loyalists.count, done.hostages.count, done.n) == (1, 1, 40)
    # Nobody was watched for a whole year yet.
    assert loyalty_index(system, metrics, 365).whole.behaviour.n == 0


def test_a_small_segment_is_hidden_and_counted(program: Program, system: Actor) -> None:
    metrics = answered(system, program, 40)
    few = Customer.objects.for_actor(system).filter(external_id__in=["C0", "C1"])
    few.update(value_segment="growable")
    _everyone, segment = loyalty_index(system, metrics, 90).rows
    assert (segment.code, segment.index.n, segment.index.secure.value) == ("growable", 2, None)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_says_the_share_and_what_is_missing(
    program: Program, system: Actor, client_for: Callable[[str], Client], language: str
) -> None:
    client = client_for("manager")
    from cxportal.core.models import User

    User.objects.update(language=language)
    empty = {"en": "Make a metric of each question", "ko": "질문마다 지표를 만든"}
    assert empty[language] in client.get(PAGE).content.decode()
    answered(system, program, 40)
    Customer.objects.for_actor(system).filter(external_id="C0").update(value_segment="growable")
    page = client.get(PAGE).content.decode()
    assert "50%" in page
    assert {"en": "too few (1 of 10)", "ko": "부족"}[language] in page
    assert client.get(PAGE, {"days": "x", "repeat": "9" * 40}).status_code == 200


def test_more_segments_cost_as_many_queries(
    program: Program,
    system: Actor,
    client_for: Callable[[str], Client],
    assert_same_queries: Callable[[Callable[[], Any], Callable[[], Any]], int],
) -> None:
    answered(system, program, 40)
    client = client_for("manager")
    customers = Customer.objects.for_actor(system)

    def grow() -> None:
        for number, code in enumerate(("growable", "most_valuable", "below_cost")):
            customers.filter(external_id=f"C{number}").update(value_segment=code)

    assert_same_queries(lambda: client.get(PAGE), grow)


def test_the_api_says_the_same_and_refuses_another_period(program: Program, system: Actor) -> None:
    api = make_api(program)
    assert api.seen("loyalty-index/")["rows"] == []
    metrics = answered(system, program, 40)
    found = api.seen("loyalty-index/")
    assert found["metrics"] == {part: metric.pk for part, metric in metrics.items()}
    assert found["rows"][0]["index"]["secure"]["value"] == 0.5
    assert found["rows"][0]["behaviour"]["defectors"]["count"] == 10
    assert api.get("loyalty-index/?days=7")[0] == 422
