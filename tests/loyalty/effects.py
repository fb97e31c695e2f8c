"""A touchpoint whose score changed after an action, and what those who answered bought."""

from datetime import timedelta

from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.services.outbox import outbox_drain_all
from journeys.models import Action
from journeys.services.actions import action_create, action_move
from journeys.services.boards import board_default
from journeys.services.touchpoints import touchpoint_create, touchpoint_metric_attach
from loyalty.services.transactions import transactions_bulk_upsert
from surveys.models import Metric
from surveys.services.recording import responses_record
from tests.conftest import make_customers
from tests.surveys.answering import make_metric, make_survey

PEOPLE, GOOD_BEFORE, GOOD_AFTER = 60, 20, 50


def make_answers(actor: Actor) -> Metric:
    """60 customers asked before and after: 20, then 50 are satisfied; these buy for 1,000."""
    survey = make_survey(actor.program)
    metric = make_metric(survey, "csat", "csat", 1, 5)
    make_metric(survey, "nps", "nps", 0, 10)
    make_customers(actor.program, PEOPLE)
    now = timezone.now()
    rows = [
        {
            "answers": {"nps": 9, "csat": 5 if i < good else 1},
            "external_id": f"C{i}",
            "completed_at": (now - timedelta(days=days)).isoformat(),
        }
        for days, good in ((50, GOOD_BEFORE), (10, GOOD_AFTER))
        for i in range(PEOPLE)
    ]
    assert responses_record(actor=actor, survey=survey, rows=rows).created == 2 * PEOPLE
    bought = [
        {"external_id": f"T{i}", "customer": f"C{i}", "occurred_at": str(now.date()),
         "amount": 1000 if i < GOOD_AFTER else 100 + i} for i in range(PEOPLE)
    ]  # fmt: skip
    assert transactions_bulk_upsert(actor=actor, rows=bought).failed == 0
    outbox_drain_all()
    return metric


def make_worked(actor: Actor, metric: Metric) -> Action:
    """Worked at a touchpoint of the metric, from 40 to 30 days ago."""
    place = touchpoint_create(actor=actor, code="desk", name={"en": "Desk", "ko": "상담 창구"})
    touchpoint_metric_attach(actor=actor, touchpoint=place, metric=metric)
    columns = {column.state: column for column in board_default(actor).columns.all()}
    now = timezone.now()
    made = action_create(
        actor=actor, title="Advise by appointment", touchpoint=place, column=columns["doing"],
        at=now - timedelta(days=40),
    )  # fmt: skip
    return action_move(
        actor=actor, action=made, column=columns["watching"], at=now - timedelta(days=30)
    )
