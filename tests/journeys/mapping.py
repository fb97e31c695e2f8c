"""A survey with two metrics, a journey measured by them, and answers on chosen days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.services.outbox import outbox_drain_all
from journeys.models import Journey, Stage, Touchpoint
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
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish


@dataclass
class Place:
    """A journey with one stage, `advice` (active) and `paying` (passive) measured in it."""

    actor: Actor
    survey: Survey
    nps: Metric
    csat: Metric
    journey: Journey
    stage: Stage
    advice: Touchpoint
    paying: Touchpoint

    def answer(self, rows: Iterable[tuple[str, dict[str, Any]]], day: date, **more: Any) -> None:
        """Record (customer, answers) at noon of a day and let the worker add them up."""
        moment = f"{day.isoformat()}T12:00:00+09:00"
        result = responses_record(
            actor=self.actor,
            survey=self.survey,
            rows=[
                {"external_id": who, "answers": values, "completed_at": moment, **more}
                for who, values in rows
            ],
        )
        assert result.failed == 0, result.rows
        outbox_drain_all()


def make_place(actor: Actor, *, anonymous: bool = False) -> Place:
    """Touchpoints weigh 8 × 1.5 and 4: NPS measures advice, CSAT measures paying."""
    survey = survey_create(actor=actor, title="Store", anonymous=anonymous)
    question_add(actor=actor, survey=survey, kind="nps", code="nps", text="Recommend?")
    question_add(actor=actor, survey=survey, kind="csat", code="csat", text="Satisfied?")
    question_add(actor=actor, survey=survey, kind="long_text", code="why", text="Why?")
    survey.refresh_from_db()
    nps = metric_create(
        actor=actor, code="nps", name="Advice NPS", kind="nps", sources=[(survey, "nps")]
    )
    csat = metric_create(
        actor=actor, code="csat", name="Paying CSAT", kind="csat", sources=[(survey, "csat")]
    )
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    journey = journey_create(actor=actor, name="Shopping")
    stage = stage_add(actor=actor, journey=journey, name="Buy", target=70)
    advice = touchpoint_create(actor=actor, name="Advice", importance=8, is_active_contact=True)
    paying = touchpoint_create(actor=actor, name="Paying", importance=4, is_active_contact=False)
    for touchpoint, metric in ((advice, nps), (paying, csat)):
        touchpoint_metric_attach(actor=actor, touchpoint=touchpoint, metric=metric)
        step_add(actor=actor, stage=stage, touchpoint=touchpoint)
    return Place(actor, survey, nps, csat, journey, stage, advice, paying)


def yesterday_of(actor: Actor) -> date:
    """The day before today in the program's time zone."""
    return timezone.now().astimezone(actor.program.zone).date() - timedelta(days=1)
