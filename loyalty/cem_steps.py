"""The five steps of customer experience management, and the records that prove each deliverable."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Segment
from journeys.models import (
    Action,
    ActionTold,
    Behaviour,
    BehaviourTraining,
    Insight,
    Journey,
    Meeting,
    Persona,
    Stage,
    State,
    Touchpoint,
)
from loyalty.models import (
    Assessment,
    Goal,
    Kpi,
    Process,
    ScorecardSnapshot,
    ValueProposition,
)
from surveys.models import Campaign, Metric, Survey, SurveyVersion

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_UNDER_WAY = (State.DOING, State.WATCHING, State.DONE)
#: The deliverable whose records only count with a verdict of their own.
PILOT = "pilot"


@dataclass(frozen=True)
class Deliverable:
    """Something a step leaves behind: it is there when `needed` records prove it.

    `page` lists them, `record` is the page of one by its id; `name` is the field they are
    called by.
    """

    code: str
    label: "_StrPromise"
    rows: Callable[[Actor], QuerySet[Any]]
    page: str
    record: str
    needed: int = 1
    name: str = "name"


@dataclass(frozen=True)
class Step:
    """One of the five steps."""

    label: "_StrPromise"
    about: "_StrPromise"
    deliverables: tuple[Deliverable, ...]


def _of(model: Any, **conditions: Any) -> Callable[[Actor], QuerySet[Any]]:
    return lambda actor: model.objects.for_actor(actor).filter(**conditions)


def _with(model: Any, other: Any, key: str, **conditions: Any) -> Callable[[Actor], QuerySet[Any]]:
    """Records that another kind of record names."""

    def rows(actor: Actor) -> QuerySet[Any]:
        named = other.objects.for_actor(actor).filter(**conditions).values(key)
        found: QuerySet[Any] = model.objects.for_actor(actor).filter(pk__in=named)
        return found

    return rows


def _actions(**conditions: Any) -> Callable[[Actor], QuerySet[Any]]:
    return _of(Action, deleted_at=None, **conditions)


_ACTION = "journeys:action-detail"
_BOARD = "journeys:action-list"
DIAGNOSIS = Step(
    _("Diagnosis"),
    _("See the customer's world: who they are, where they meet us, where it hurts."),
    (
        Deliverable(
            "segments",
            _("Segments are defined"),
            _of(Segment),
            "core:segment-list",
            "core:segment-detail",
        ),
        Deliverable(
            "personas",
            _("Personas are written"),
            _of(Persona),
            "journeys:persona-list",
            "journeys:persona-edit",
        ),
        Deliverable(
            "touchpoints",
            _("Ten touchpoints or more are in the library"),
            _of(Touchpoint),
            "journeys:touchpoint-list",
            "journeys:touchpoint-detail",
            10,
        ),
        Deliverable(
            "as_is",
            _("A journey is mapped as it is, and live"),
            _of(Journey, kind=Journey.Kind.AS_IS, state=Journey.State.LIVE),
            "journeys:journey-list",
            "journeys:journey-detail",
        ),
        Deliverable(
            "surveys",
            _("A survey is published"),
            _with(Survey, SurveyVersion, "survey"),
            "surveys:survey-list",
            "surveys:survey-detail",
            name="title",
        ),
        Deliverable(
            "insights",
            _("Insights are drawn from what customers say"),
            _of(Insight),
            "journeys:insight-list",
            "journeys:insight-detail",
            name="title",
        ),
    ),
)
STRATEGY = Step(
    _("Vision and strategy"),
    _("Decide which experience is promised to whom, and what it has to reach."),
    (
        Deliverable(
            "propositions",
            _("A value proposition is agreed"),
            _of(
                ValueProposition,
                state__in=(ValueProposition.State.AGREED, ValueProposition.State.KEPT),
            ),
            "loyalty:proposition-list",
            "loyalty:proposition-detail",
        ),
        Deliverable(
            "goals",
            _("Goals stand above the figures"),
            _of(Goal),
            "steering:goal-tree",
            "steering:goal-edit",
        ),
        Deliverable(
            "targets",
            _("Stages have targets"),
            _of(Stage, target__isnull=False),
            "journeys:review",
            "journeys:stage-detail",
        ),
        Deliverable(
            "kpis",
            _("The scorecard has KPIs with targets"),
            _of(Kpi, target__isnull=False),
            "steering:scorecard",
            "steering:kpi-detail",
            3,
        ),
    ),
)
DESIGN = Step(
    _("Design"),
    _("Draw the journey as it shall be, and plan what makes it true."),
    (
        Deliverable(
            "to_be",
            _("A journey is drawn as it shall be"),
            _of(Journey, kind=Journey.Kind.TO_BE),
            "journeys:journey-list",
            "journeys:journey-detail",
        ),
        Deliverable(
            "behaviours",
            _("Behaviours say how the promise is kept"),
            _of(Behaviour),
            "journeys:playbook",
            "journeys:behaviour-detail",
        ),
        Deliverable(
            "processes",
            _("A process across departments is redesigned"),
            _of(Process, state__in=(Process.State.REDESIGN, Process.State.RUNNING)),
            "steering:process-list",
            "steering:process-edit",
        ),
        Deliverable(
            "planned",
            _("Actions have an owner, a date and a touchpoint"),
            _actions(owner__isnull=False, due__isnull=False, touchpoint__isnull=False),
            _BOARD,
            _ACTION,
            3,
            name="title",
        ),
    ),
)
EXECUTION = Step(
    _("Execution"),
    _("Pilot, tell everybody, roll out."),
    (
        Deliverable(
            PILOT,
            _("A pilot has its verdict"),
            _actions(closed_at__isnull=False, pilot__len__gt=0),
            _BOARD,
            _ACTION,
            name="title",
        ),
        Deliverable(
            "under_way",
            _("Actions are under way or done"),
            _actions(column__state__in=_UNDER_WAY),
            "journeys:board",
            _ACTION,
            name="title",
        ),
        Deliverable(
            "trained",
            _("Teams are trained in the behaviours"),
            _with(
                Behaviour,
                BehaviourTraining,
                "behaviour",
                state=BehaviourTraining.State.TRAINED,
            ),
            "journeys:playbook",
            "journeys:behaviour-detail",
        ),
        Deliverable(
            "told",
            _("Customers were told what changed"),
            _with(Action, ActionTold, "action"),
            _BOARD,
            _ACTION,
            name="title",
        ),
        Deliverable(
            "campaigns",
            _("A campaign asks customers"),
            _of(Campaign, started_at__isnull=False),
            "surveys:campaign-list",
            "surveys:campaign-detail",
        ),
    ),
)
MEASUREMENT = Step(
    _("Measurement"),
    _("Measure again, and learn from what did not work."),
    (
        Deliverable(
            "metrics",
            _("Metrics have owners"),
            _of(Metric, owner__isnull=False),
            "surveys:metric-list",
            "surveys:metric-detail",
        ),
        Deliverable(
            "closed_actions",
            _("Actions are closed and measured again"),
            _actions(closed_at__isnull=False, touchpoint__isnull=False),
            _BOARD,
            _ACTION,
            name="title",
        ),
        Deliverable(
            "meetings",
            _("A committee has met"),
            _of(Meeting, state=Meeting.State.HELD),
            "journeys:meeting-list",
            "journeys:meeting-detail",
            name="title",
        ),
        Deliverable(
            "months",
            _("A month of the scorecard is closed"),
            _of(ScorecardSnapshot),
            "steering:scorecard",
            "steering:snapshot-detail",
            name="month",
        ),
        Deliverable(
            "assessments",
            _("An assessment round is closed"),
            _of(Assessment, state=Assessment.State.CLOSED),
            "steering:assessment-list",
            "steering:assessment-detail",
        ),
    ),
)
STEPS = (DIAGNOSIS, STRATEGY, DESIGN, EXECUTION, MEASUREMENT)
