"""A stage's score equals what its answers give by hand, and costs no more with more stages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from cxportal.core.services.outbox import outbox_drain_all
from journeys.models import Journey, PeriodEvidence
from journeys.queries.stage_scores import journeys_worst_stages, stage_scores
from journeys.services.journeys import journey_create
from journeys.services.stages import stage_add
from journeys.services.steps import (
    step_add,
)
from journeys.services.touchpoints import (
    touchpoint_create,
    touchpoint_metric_attach,
)
from surveys.models import Metric, Survey
from surveys.queries.scores import Period, last_days
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.conftest import make_customers


def make_survey(actor: Actor) -> tuple[Survey, Metric, Metric]:
    survey = survey_create(actor=actor, title="Store")
    question_add(actor=actor, survey=survey, kind="csat", code="advice", text="Advice?")
    question_add(actor=actor, survey=survey, kind="ces", code="pay", text="Paying was easy")
    survey.refresh_from_db()
    csat = metric_create(
        actor=actor, code="advice", name="Advice", kind="csat", sources=[(survey, "advice")]
    )
    ces = metric_create(
        actor=actor, code="pay", name="Paying", kind="ces", sources=[(survey, "pay")]
    )
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    return survey, csat, ces


def make_journey(actor: Actor, csat: Metric, ces: Metric, stages: int = 1) -> Journey:
    journey = journey_create(actor=actor, name="Buying")
    for number in range(stages):
        stage = stage_add(actor=actor, journey=journey, name=f"Stage {number}")
        for metric, importance, active in ((csat, 8, True), (ces, 4, False)):
            touchpoint = touchpoint_create(
                actor=actor,
                name=f"{metric.code} {number}",
                importance=importance,
                is_active_contact=active,
            )
            touchpoint_metric_attach(actor=actor, touchpoint=touchpoint, metric=metric)
            step_add(actor=actor, stage=stage, touchpoint=touchpoint)
    return journey


def answer(actor: Actor, survey: Survey, rows: list[tuple[str, int, int]], day: date) -> None:
    moment = f"{day.isoformat()}T12:00:00+09:00"
    result = responses_record(
        actor=actor,
        survey=survey,
        rows=[
            {
                "external_id": customer,
                "answers": {"advice": advice, "pay": pay},
                "completed_at": moment,
            }
            for customer, advice, pay in rows
        ],
    )
    assert result.failed == 0, result.rows
    outbox_drain_all()


def random_rows(seed: int, count: int, customers: int) -> list[tuple[str, int, int]]:
    rng = np.random.default_rng(seed)
    return [
        (f"C{rng.integers(customers)}", int(rng.integers(1, 6)), int(rng.integers(1, 8)))
        for _ in range(count)
    ]


@pytest.fixture
def yesterday(program: Program) -> date:
    return timezone.now().astimezone(program.zone).date() - timedelta(days=1)


def test_a_stage_score_is_what_two_hundred_answers_give_by_hand(
    program: Program, system: Actor, yesterday: date
) -> None:
    make_customers(program, 150)
    survey, csat, ces = make_survey(system)
    journey = make_journey(system, csat, ces)
    rows = random_rows(7, 200, 150)
    answer(system, survey, rows, yesterday)
    (row,) = stage_scores(actor=system, journey=journey, period=last_days(system, 30)).rows

    advice = np.array([a for _, a, _ in rows])
    pay = np.array([p for _, _, p in rows])
    satisfied = 100 * np.mean(advice >= 4)
    easy = 100 * (pay.mean() - 1) / 6
    weights = np.array([8 * 1.5, 4.0])
    by_hand = float(weights @ [satisfied, easy] / weights.sum())
    assert row.roll_up.value == pytest.approx(by_hand, abs=1e-9)
    assert row.roll_up.n == 200
    values = [t.roll_up.value for t in row.touchpoints]
    assert values == pytest.approx([satisfied, easy], abs=1e-9)


def test_answers_of_one_customer_count_as_one_cluster(
    program: Program, system: Actor, yesterday: date
) -> None:
    make_customers(program, 40)
    survey, csat, ces = make_survey(system)
    journey = make_journey(system, csat, ces)
    alike = [(f"C{i}", 5 if i % 2 else 1, 7 if i % 2 else 1) for i in range(40)]
    answer(system, survey, alike, yesterday)
    once = stage_scores(actor=system, journey=journey, period=last_days(system, 30)).rows[0]
    answer(system, survey, alike * 3, yesterday)
    four = stage_scores(actor=system, journey=journey, period=last_days(system, 30)).rows[0]
    assert (once.roll_up.n, four.roll_up.n) == (40, 160)
    assert four.roll_up.value == pytest.approx(once.roll_up.value)
    assert once.roll_up.margin is not None
    # Four times the same answers by the same people tell nothing new.
    assert four.roll_up.margin == pytest.approx(once.roll_up.margin, rel=0.1)


def test_too_few_answers_hide_the_score(program: Program, system: Actor, yesterday: date) -> None:
    make_customers(program, 9)
    survey, csat, ces = make_survey(system)
    journey = make_journey(system, csat, ces)
    answer(system, survey, [(f"C{i}", 5, 7) for i in range(9)], yesterday)
    scores = stage_scores(actor=system, journey=journey, period=last_days(system, 30))
    assert scores.rows[0].roll_up.value is None
    assert scores.rows[0].shown.hidden
    assert scores.rows[0].shown.n == 9
    assert journeys_worst_stages(system, period=last_days(system, 30)) == []


def test_a_new_answer_moves_the_score_and_leaves_other_periods_alone(
    program: Program, system: Actor, yesterday: date
) -> None:
    make_customers(program, 30)
    survey, csat, ces = make_survey(system)
    journey = make_journey(system, csat, ces)
    answer(system, survey, random_rows(1, 60, 30), yesterday)
    period = last_days(system, 30)
    before = stage_scores(actor=system, journey=journey, period=period).rows[0].roll_up
    answer(system, survey, [("C1", 5, 7)], yesterday)
    stale = PeriodEvidence.objects.for_actor(system).values_list("first_day", "is_stale")
    assert dict(stale) == {period.first: True, period.before.first: False}
    after = stage_scores(actor=system, journey=journey, period=period).rows[0].roll_up
    assert after.n == before.n + 1
    assert after.value != before.value


def test_a_real_change_is_told_from_noise(program: Program, system: Actor, yesterday: date) -> None:
    make_customers(program, 400)
    survey, csat, ces = make_survey(system)
    journey = make_journey(system, csat, ces)
    good = [(f"C{i}", 5 if i % 5 else 2, 6) for i in range(200)]
    bad = [(f"C{i + 200}", 5 if i % 2 else 2, 3) for i in range(200)]
    answer(system, survey, good, yesterday - timedelta(days=35))
    answer(system, survey, bad, yesterday)
    row = stage_scores(actor=system, journey=journey, period=last_days(system, 30)).rows[0]
    assert row.shown.change is not None
    assert (row.shown.change.verdict, row.shown.change.value < 0) == ("real", True)


def test_another_weight_changes_the_score_at_once(
    program: Program, system: Actor, yesterday: date
) -> None:
    make_customers(program, 30)
    survey, csat, ces = make_survey(system)
    journey = make_journey(system, csat, ces)
    answer(system, survey, [(f"C{i}", 5, 1) for i in range(30)], yesterday)
    period = last_days(system, 30)
    before = stage_scores(actor=system, journey=journey, period=period).rows[0].roll_up.value
    program.active_weight = 1
    program.save()
    after = (
        stage_scores(actor=Actor.system(program), journey=journey, period=period)
        .rows[0]
        .roll_up.value
    )
    assert before == pytest.approx(75)
    assert after == pytest.approx(100 * 8 / 12)


def test_the_period_counts_days_of_the_program_s_zone(
    program: Program, system: Actor, yesterday: date
) -> None:
    make_customers(program, 20)
    survey, csat, ces = make_survey(system)
    journey = make_journey(system, csat, ces)
    answer(system, survey, [(f"C{i}", 5, 7) for i in range(20)], yesterday)
    one_day = Period(yesterday, yesterday)
    assert stage_scores(actor=system, journey=journey, period=one_day).rows[0].roll_up.n == 20
    day_before = Period(yesterday - timedelta(days=1), yesterday - timedelta(days=1))
    assert stage_scores(actor=system, journey=journey, period=day_before).rows[0].roll_up.n == 0


def test_twelve_stages_cost_as_many_queries_as_two(
    program: Program,
    system: Actor,
    assert_same_queries: Callable[[Callable[[], Any], Callable[[], Any]], int],
) -> None:
    _survey, csat, ces = make_survey(system)
    journey = make_journey(system, csat, ces, stages=2)

    def grow() -> None:
        for number in range(10):
            stage = stage_add(actor=system, journey=journey, name=f"More {number}")
            touchpoint = touchpoint_create(actor=system, name=f"More {number}")
            touchpoint_metric_attach(actor=system, touchpoint=touchpoint, metric=csat)
            step_add(actor=system, stage=stage, touchpoint=touchpoint)

    period = last_days(system, 30)
    count = assert_same_queries(
        lambda: stage_scores(actor=system, journey=journey, period=period), grow
    )
    assert count <= 8
