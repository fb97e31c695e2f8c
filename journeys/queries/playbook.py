"""Reads of the playbook."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from cxportal.core.actors import Actor
from journeys.models import Behaviour, BehaviourTraining, Touchpoint
from journeys.queries.actions import today_of
from journeys.queries.outside import own_visits
from surveys.queries.scores import ShownScore

_Z = 1.959964


def behaviours_listed(actor: Actor) -> QuerySet[Any]:
    """Behaviours with their touchpoint and the teams' training, in two queries."""
    rows: QuerySet[Any] = Behaviour.objects.for_actor(actor)
    trainings: Any = BehaviourTraining.objects.for_actor(actor).select_related("team")
    shown: QuerySet[Any] = rows.select_related("touchpoint")
    return shown.prefetch_related(Prefetch("trainings", queryset=trainings))


def behaviours_at(actor: Actor, touchpoint: Touchpoint) -> QuerySet[Any]:
    """What customers can count on at one touchpoint."""
    return behaviours_listed(actor).filter(touchpoint=touchpoint).order_by("kind", "pk")


def audits_of(actor: Actor, touchpoints: Iterable[int]) -> dict[int, ShownScore]:
    """How far mystery shoppers found it kept, by touchpoint: share of points of the last year.

    Below the program's minimum of visits the share is hidden; at most four queries.
    """
    minimum = actor.program.min_n
    return {
        pk: ShownScore(
            value=share if n >= minimum else None,
            margin=_Z * error if n >= minimum else None,
            n=n,
            hidden=n < minimum,
            minimum=minimum,
            unit="percent",
            digits=0,
        )
        for pk, (share, error, n) in own_visits(actor, touchpoints, today_of(actor)).items()
    }


def audited(actor: Actor, behaviours: Iterable[Any]) -> list[Any]:
    """Behaviours that know as `audit` what mystery shoppers found at their touchpoint."""
    rows = list(behaviours)
    found = audits_of(actor, {row.touchpoint_id for row in rows})
    for row in rows:
        row.audit = found.get(row.touchpoint_id)
    return rows
