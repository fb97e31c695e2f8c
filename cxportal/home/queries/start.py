"""How far a program is on its way from nothing to its first answer."""

from dataclasses import dataclass
from typing import Any

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, MemberInvitation, Membership
from journeys.models import Journey, Stage, Touchpoint, TouchpointMetric
from surveys.calc.metrics import normal_points
from surveys.models import Campaign, Metric, Response, Score, Survey
from surveys.queries.scores import definition_of

STEPS = (
    "company",
    "people",
    "sender",
    "customers",
    "survey",
    "journey",
    "measure",
    "ask",
    "answer",
)
#: Steps one may leave as they are: nothing later needs them.
OPTIONAL = frozenset({"company", "people", "sender", "customers"})


@dataclass(frozen=True)
class Given:
    """One score of the first answer: as given, and as its stage counts it (0–100)."""

    metric: Metric
    value: int

    @property
    def on_hundred(self) -> float:
        return normal_points(definition_of(self.metric))[self.value]


@dataclass(frozen=True)
class Start:
    """What is there. `current` is the first step that is not done; "" when all are.

    `given` is what the first answer said, `measured` one metric that scores a touchpoint.
    """

    customers: int
    survey: Survey | None
    journey: Journey | None
    touchpoints: list[Touchpoint]
    measured: TouchpointMetric | None
    campaign: Campaign | None
    answers: int
    given: list[Given]
    stage: Stage | None
    done: dict[str, bool]

    @property
    def current(self) -> str:
        return next((step for step in STEPS if not self.done[step]), "")

    def may_open(self, step: str) -> bool:
        """Whether a step can be taken now: most are done once and need what comes before them."""
        if step in OPTIONAL or step not in STEPS:
            return step in OPTIONAL
        if self.done[step]:
            return False
        before = STEPS[: STEPS.index(step)]
        return all(self.done[name] for name in before if name not in OPTIONAL)

    @property
    def first_score(self) -> float | None:
        """What one answer makes of the stage (0–100), said long before a score may be shown."""
        counted = [given.on_hundred for given in self.given]
        return sum(counted) / len(counted) if counted and self.answers == 1 else None

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
        "people": "people" in visited or survey is not None or _others(actor),
        "company": "company" in visited or survey is not None,
        "sender": "sender" in visited or survey is not None,
        "customers": customers > 0 or "customers" in visited,
        "survey": survey is not None,
        "journey": journey is not None,
        "measure": measured is not None,
        "ask": campaign is not None,
        "answer": answers > 0,
    }
    return Start(
        customers,
        survey,
        journey,
        touchpoints,
        measured,
        campaign,
        answers,
        _given(actor, real),
        stage,
        done,
    )


def _others(actor: Actor) -> bool:
    """Whether somebody else is a member or invited."""
    members = Membership.objects.for_actor(actor).filter(is_active=True)[:2].count() > 1
    return members or MemberInvitation.objects.for_actor(actor).filter(revoked_at=None).exists()


def _given(actor: Actor, answers: Any) -> list[Given]:
    """The first answer's own scores; none where the survey promises not to show single answers."""
    first = answers.filter(survey__anonymous=False).order_by("pk").first()
    if first is None:
        return []
    scores = Score.objects.for_actor(actor).filter(response=first).select_related("metric")
    return [Given(score.metric, score.value) for score in scores.order_by("metric_id")]
