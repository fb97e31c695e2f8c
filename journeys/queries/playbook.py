"""Reads of the playbook."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from cxportal.core.actors import Actor
from journeys.models import Behaviour, BehaviourTraining, Touchpoint


def behaviours_listed(actor: Actor) -> QuerySet[Any]:
    """Behaviours with their touchpoint and the teams' training, in two queries."""
    rows: QuerySet[Any] = Behaviour.objects.for_actor(actor)
    trainings: Any = BehaviourTraining.objects.for_actor(actor).select_related("team")
    shown: QuerySet[Any] = rows.select_related("touchpoint")
    return shown.prefetch_related(Prefetch("trainings", queryset=trainings))


def behaviours_at(actor: Actor, touchpoint: Touchpoint) -> QuerySet[Any]:
    """What customers can count on at one touchpoint."""
    return behaviours_listed(actor).filter(touchpoint=touchpoint).order_by("kind", "pk")
