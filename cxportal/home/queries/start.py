"""How far a program is on its way from nothing to its first answer."""

from dataclasses import dataclass
from typing import Any

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from journeys.models import Journey, Stage, Touchpoint, TouchpointMetric
from surveys.models import Campaign, Response, Survey

STEPS = ("company", "sender", "customers", "survey", "journey", "measure", "ask", "answer")


@dataclass(frozen=True)
class Start:
    """What is there. `current` is the first step that is not done; "" when all are."""

    customers: int
    survey: Survey | None
    journey: Journey | None
    touchpoints: list[Touchpoint]
    measured: TouchpointMetric | None
    campaign: Campaign | None
    answers: int
    stage: Stage | None
    done: dict[str, bool]

    @property
    def current(self) -> str:
        return next((step for step in STEPS if not self.done[step]), "")

    @property
    def done_count(self) -> int:
        return sum(self.done.values())


def start_of(actor: Actor, visited: frozenset[str] = frozenset()) -> Start:
    """Read the way so far; `visited` are steps that were confirmed and leave no record."""
    customers = Customer.objects.for_actor(actor).filter(is_test=False)[:1_000].count()
    surveys: Any = Survey.objects.for_actor(actor).filter(state=Survey.State.OPEN)
    survey = surveys.order_by("pk").first()
    journeys: Any = Journey.objects.for_actor(actor)
    journey = journeys.order_by("pk").first()
    links: Any = TouchpointMetric.objects.for_actor(actor).select_related("touchpoint", "metric")
    measured = links.order_by("pk").first()
    campaigns: Any = Campaign.objects.for_actor(actor).select_related("survey", "program")
    campaign = campaigns.filter(channel=Campaign.Channel.LINK, started_at__isnull=False).first()
    real = Response.objects.for_actor(actor).filter(status=Response.Status.COMPLETE, is_test=False)
    answers = real[:1_000].count()
    touchpoints: list[Touchpoint] = []
    if journey is not None and measured is None:
        library: Any = Touchpoint.objects.for_actor(actor).filter(steps__stage__journey=journey)
        touchpoints = list(library.order_by("steps__stage__position", "pk").distinct())
    stage = None
    if measured is not None:
        stages: Any = Stage.objects.for_actor(actor)
        stage = stages.filter(steps__touchpoint=measured.touchpoint).order_by("pk").first()
    done = {
        "company": "company" in visited or survey is not None,
        "sender": "sender" in visited or survey is not None,
        "customers": customers > 0 or "customers" in visited,
        "survey": survey is not None,
        "journey": journey is not None,
        "measure": measured is not None,
        "ask": campaign is not None,
        "answer": answers > 0,
    }
    return Start(customers, survey, journey, touchpoints, measured, campaign, answers, stage, done)
