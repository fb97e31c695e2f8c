"""Derived importance and the actual journey, from what customers answered and did."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, CustomerEvent
from cxportal.core.services.outbox import outbox_drain_all
from journeys.calc.weights import Refusal, relative_weights
from journeys.models import Journey
from journeys.queries.drivers import drivers_of, outcomes_of
from journeys.queries.paths import actual_journey
from journeys.services.journeys import journey_create
from journeys.services.stages import stage_add
from journeys.services.steps import step_add
from journeys.services.touchpoints import (
    touchpoint_create,
    touchpoint_metric_attach,
    touchpoint_update,
)
from surveys.queries.scores import last_days
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish

CODES = ("advice", "till")


@pytest.fixture
def journey(system: Actor) -> Journey:
    """Advice matters twice as much as the till for the outcome; 60 customers."""
    survey = survey_create(actor=system, title="Store")
    for code in ("nps", *CODES):
        question_add(actor=system, survey=survey, kind="nps", code=code, text=code)
    survey.refresh_from_db()
    metrics = {
        code: metric_create(
            actor=system, code=code, name=code, kind="nps", sources=[(survey, code)]
        )
        for code in ("nps", *CODES)
    }
    survey_publish(actor=system, survey=survey)
    survey.refresh_from_db()
    journey = journey_create(actor=system, name="Shopping")
    stage = stage_add(actor=system, journey=journey, name="Buy")
    for code in CODES:
        place = touchpoint_create(actor=system, name=code, code=code)
        touchpoint_metric_attach(actor=system, touchpoint=place, metric=metrics[code])
        step_add(actor=system, stage=stage, touchpoint=place)
    rng = np.random.default_rng(4)
    rows, day = [], (timezone.now() - timedelta(days=3)).isoformat()
    for number in range(60):
        who = f"D{number}"
        Customer.unscoped.create(program=system.program, external_id=who)  # unscoped: test
        advice, till = (int(x) for x in rng.integers(0, 11, 2))
        nps = int(np.clip(round((2 * advice + till) / 3 + rng.normal()), 0, 10))
        rows.append(
            {
                "external_id": who,
                "completed_at": day,
                "answers": {"nps": nps, "advice": advice, "till": till},
            }
        )
    assert responses_record(actor=system, survey=survey, rows=rows).failed == 0
    outbox_drain_all()
    return journey


def test_the_touchpoint_that_matters_more_explains_more(system: Actor, journey: Journey) -> None:
    outcome = outcomes_of(system, journey)[0]
    assert outcome.code == "nps"
    found = drivers_of(system, journey, outcome)
    assert found.analysis is not None
    assert found.analysis.weights is not None
    assert [row.touchpoint.code for row in found.rows] == ["advice", "till"]
    assert found.analysis.n == 60
    assert found.rows[0].share > 2 * found.rows[1].share
    assert sum(row.share for row in found.rows) == pytest.approx(1)
    r = [row.correlation for row in found.rows]
    assert found.analysis.weights.r_squared == pytest.approx(
        relative_weights([[1, 0], [0, 1]], r).r_squared, abs=0.1
    )


def test_without_an_outcome_or_enough_rows_there_is_no_ranking(
    system: Actor, journey: Journey
) -> None:
    assert drivers_of(system, journey, None).rows == ()
    outcome = outcomes_of(system, journey)[0]
    Customer.unscoped.filter(external_id__gte="D15").delete()  # unscoped: test
    few = drivers_of(system, journey, outcome)
    assert few.analysis is not None
    assert few.analysis.refusal in {None, Refusal.TOO_FEW_ROWS}


def test_events_and_answers_show_the_way_customers_went(
    system: Actor, journey: Journey, client_for: Any
) -> None:
    stage = journey.stages.get()
    door = touchpoint_create(actor=system, name="Door", code="door")
    touchpoint_update(actor=system, touchpoint=door, event_kinds=["visit"])
    step_add(actor=system, stage=stage, touchpoint=door, position=0)
    visitors = list(Customer.unscoped.filter(external_id__startswith="D")[:10])  # unscoped: test
    lost = Customer.unscoped.create(program=system.program, external_id="L1")  # unscoped: test
    moment = timezone.now() - timedelta(days=4)
    for person in (*visitors, lost):
        CustomerEvent.unscoped.create(  # unscoped: test
            program=system.program, customer=person, kind="visit", occurred_at=moment
        )
    found = actual_journey(system, journey, last_days(system))
    first, *others = found.rows
    assert (str(first.step), first.flow.reached, first.flow.dropped) == ("Door", 11, 1)
    assert others[0].flow.reached == 60
    assert found.flows.customers == 61
    client = client_for("viewer")
    html = client.get(f"/p/acme/journeys/{journey.pk}/paths/").content.decode()
    assert "Came no further" in html
    html = client.get(f"/p/acme/journeys/{journey.pk}/drivers/").content.decode()
    assert "Share of what is explained" in html
