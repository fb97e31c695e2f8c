"""The five steps of customer experience management: their state is read from the work itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Program, Segment
from journeys.models import Action, Journey, Persona, Stage, State, Touchpoint
from loyalty.models import Assessment, Kpi, ScorecardSnapshot, ValueProposition
from surveys.models import Campaign, Metric, SurveyVersion

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_UNDER_WAY = (State.DOING, State.WATCHING, State.DONE)


@dataclass(frozen=True)
class Deliverable:
    """Something a step leaves behind: it is there when `needed` records prove it."""

    code: str
    label: "_StrPromise"
    rows: Callable[[Actor], QuerySet[Any]]
    page: str
    needed: int = 1


@dataclass(frozen=True)
class Step:
    """One of the five steps."""

    label: "_StrPromise"
    about: "_StrPromise"
    deliverables: tuple[Deliverable, ...]


def _of(model: Any, **conditions: Any) -> Callable[[Actor], QuerySet[Any]]:
    return lambda actor: model.objects.for_actor(actor).filter(**conditions)


STEPS = (
    Step(
        _("Diagnosis"),
        _("See the customer's world: who they are, where they meet us, where it hurts."),
        (
            Deliverable("segments", _("Segments are defined"), _of(Segment), "core:segment-list"),
            Deliverable(
                "personas", _("Personas are written"), _of(Persona), "journeys:persona-list"
            ),
            Deliverable(
                "touchpoints",
                _("Ten touchpoints or more are in the library"),
                _of(Touchpoint),
                "journeys:touchpoint-list",
                10,
            ),
            Deliverable(
                "as_is",
                _("A journey is mapped as it is"),
                _of(Journey, kind=Journey.Kind.AS_IS),
                "journeys:journey-list",
            ),
            Deliverable(
                "surveys", _("A survey is published"), _of(SurveyVersion), "surveys:survey-list"
            ),
        ),
    ),
    Step(
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
            ),
            Deliverable(
                "targets",
                _("Stages have targets"),
                _of(Stage, target__isnull=False),
                "journeys:review",
            ),
            Deliverable(
                "kpis",
                _("The scorecard has KPIs with targets"),
                _of(Kpi, target__isnull=False),
                "steering:scorecard",
                3,
            ),
        ),
    ),
    Step(
        _("Design"),
        _("Draw the journey as it shall be, and plan what makes it true."),
        (
            Deliverable(
                "to_be",
                _("A journey is drawn as it shall be"),
                _of(Journey, kind=Journey.Kind.TO_BE),
                "journeys:journey-list",
            ),
            Deliverable(
                "planned",
                _("Actions have an owner, a date and a touchpoint"),
                _of(Action, owner__isnull=False, due__isnull=False, touchpoint__isnull=False),
                "journeys:action-list",
                3,
            ),
        ),
    ),
    Step(
        _("Execution"),
        _("Pilot, tell everybody, roll out."),
        (
            Deliverable(
                "under_way",
                _("Actions are under way or done"),
                _of(Action, column__state__in=_UNDER_WAY),
                "journeys:board",
            ),
            Deliverable(
                "campaigns",
                _("A campaign asks customers"),
                _of(Campaign, started_at__isnull=False),
                "surveys:campaign-list",
            ),
        ),
    ),
    Step(
        _("Measurement"),
        _("Measure again, and learn from what did not work."),
        (
            Deliverable(
                "metrics", _("Metrics have owners"), _of(Metric, owner__isnull=False),
                "surveys:metric-list",
            ),
            Deliverable(
                "closed_actions",
                _("Actions are closed and measured again"),
                _of(Action, closed_at__isnull=False),
                "journeys:action-list",
            ),
            Deliverable(
                "months", _("A month of the scorecard is closed"), _of(ScorecardSnapshot),
                "steering:scorecard",
            ),
            Deliverable(
                "assessments",
                _("An assessment round is closed"),
                _of(Assessment, state=Assessment.State.CLOSED),
                "steering:assessment-list",
            ),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class DeliverableRow:
    """A deliverable and how many records prove it."""

    deliverable: Deliverable
    count: int

    @property
    def done(self) -> bool:
        return self.count >= self.deliverable.needed


@dataclass(frozen=True)
class StepRow:
    """A step with its deliverables; `state` is done, doing or todo."""

    step: Step
    rows: list[DeliverableRow]

    @property
    def done(self) -> int:
        return sum(row.done for row in self.rows)

    @property
    def state(self) -> str:
        if self.done == len(self.rows):
            return "done"
        return "doing" if self.done else "todo"


def roadmap_of(actor: Actor) -> list[StepRow]:
    """Every step with what proves it. One query."""
    every = [deliverable for step in STEPS for deliverable in step.deliverables]
    counts = {deliverable.code: _counted(deliverable.rows(actor)) for deliverable in every}
    found: Any = Program.objects.filter(pk=actor.program_id).values(**counts).get()
    return [
        StepRow(step, [DeliverableRow(d, found[d.code]) for d in step.deliverables])
        for step in STEPS
    ]


def _counted(rows: QuerySet[Any]) -> Coalesce:
    own = rows.filter(program_id=OuterRef("pk")).order_by().values("program_id")
    count = own.annotate(count_of_rows=Count("pk")).values("count_of_rows")
    return Coalesce(Subquery(count, output_field=IntegerField()), Value(0))
