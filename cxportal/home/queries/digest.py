"""What a week brought for one person: real changes, what waits, what is at risk, what worked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from cxportal.home.queries.home import every_metric, my_actions, worst_stages
from journeys.models import Action, Case, Journey
from journeys.queries.actions import actions_live
from journeys.queries.cases import cases_mine
from journeys.queries.effects import ActionEffect, Worked, effects_of
from journeys.queries.stage_scores import StageRow
from loyalty.queries.duties import Duty, KpiBehind, duties_of, kpis_behind
from surveys.queries.scores import MetricReview

SHOWN = 5
#: Actions closed within this time are looked at for what worked.
CLOSED_WITHIN = timedelta(days=120)
MEASURED = 40


@dataclass(frozen=True)
class Digest:
    """Lists of at most SHOWN entries; all empty means there is nothing to say."""

    changed: list[MetricReview] = field(default_factory=list)
    mine: list[Action] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    at_risk: list[tuple[Journey, StageRow]] = field(default_factory=list)
    behind: list[KpiBehind] = field(default_factory=list)
    worked: list[tuple[Action, ActionEffect]] = field(default_factory=list)
    moment: datetime = field(default_factory=timezone.now)

    def __bool__(self) -> bool:
        return self.needs or any((self.changed, self.at_risk, self.behind, self.worked))

    @property
    def needs(self) -> bool:
        """Whether anything waits for the person."""
        return any((self.mine, self.cases, self.duties))


def digest_of(actor: Actor, reviews: list[MetricReview] | None = None) -> Digest:
    """Put the week together for the actor; only what their role may see.

    `reviews` are all metrics over the last 30 days, where the caller has read them.
    """
    return Digest(
        changed=real_changes(actor, reviews),
        mine=my_actions(actor)[:SHOWN],
        cases=_cases(actor),
        duties=duties_of(actor)[:SHOWN],
        at_risk=_below_target(actor),
        behind=kpis_behind(actor, limit=SHOWN),
        worked=what_worked(actor),
    )


def real_changes(actor: Actor, reviews: list[MetricReview] | None = None) -> list[MetricReview]:
    """Metrics whose last 30 days differ from the 30 before by more than chance."""
    if not may(actor, "surveys.view_metrics"):
        return []
    if reviews is None:
        reviews = every_metric(actor)
    real = [r for r in reviews if r.shown.change and r.shown.change.verdict == "real"]
    return real[:SHOWN]


def _cases(actor: Actor) -> list[Case]:
    if actor.membership is None or not may(actor, "journeys.view_cases"):
        return []
    return list(cases_mine(actor).select_related("customer")[:SHOWN])


def _below_target(actor: Actor) -> list[tuple[Journey, StageRow]]:
    return [
        (journey, row)
        for journey, row in worst_stages(actor)
        if row.to_target is not None and row.to_target < 0
    ]


def what_worked(actor: Actor) -> list[tuple[Action, ActionEffect]]:
    """Actions closed lately whose touchpoint scores better than before, by more than chance."""
    if not may(actor, "journeys.view_boards"):
        return []
    closed = actions_live(actor).filter(closed_at__gte=timezone.now() - CLOSED_WITHIN)
    rows = list(closed.select_related("touchpoint").order_by("-closed_at", "-pk")[:MEASURED])
    effects = effects_of(actor, rows)
    found = [(row, effects[row.pk]) for row in rows if row.pk in effects]
    return [(row, seen) for row, seen in found if seen.verdict == Worked.BETTER][:SHOWN]
