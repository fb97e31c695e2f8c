"""Saying who answers for a record, whatever kind it is: each kind's own command does the work."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership, User
from cxportal.core.services.segments import segment_update
from journeys.services.journeys import journey_update
from journeys.services.stages import stage_update
from journeys.services.touchpoints import touchpoint_update
from loyalty.queries.responsibilities import BY_CODE
from loyalty.services.goals import goal_update
from loyalty.services.propositions import proposition_update
from loyalty.services.scorecard import kpi_update
from loyalty.services.steering import record_update
from surveys.services.metrics import metric_update
from surveys.services.operational_metrics import operational_metric_update

#: The command of each kind and the name it gives the record.
_COMMANDS: dict[str, tuple[Callable[..., Any], str]] = {
    "segments": (segment_update, "segment"),
    "journeys": (journey_update, "journey"),
    "stages": (stage_update, "stage"),
    "touchpoints": (touchpoint_update, "touchpoint"),
    "metrics": (metric_update, "metric"),
    "counted-metrics": (operational_metric_update, "metric"),
    "propositions": (proposition_update, "proposition"),
    "goals": (goal_update, "goal"),
    "kpis": (kpi_update, "kpi"),
    "technologies": (record_update, "record"),
    "processes": (record_update, "record"),
}


@transaction.atomic
def owner_set(*, actor: Actor, kind: str, pk: int, owner: User | None) -> Any:
    """Let a member answer for a record; None: nobody. Returns the record.

    Raises DomainError "not_found" for a kind or record that is not there, "bad_owner" for
    somebody who is no active member, Denied where the kind's own rules refuse.
    """
    if kind not in BY_CODE:
        raise DomainError("not_found", _("There is no such kind of record."), status=404)
    record = BY_CODE[kind].model.objects.for_actor(actor).filter(pk=pk).first()
    if record is None:
        raise DomainError("not_found", _("This does not exist in this program."), status=404)
    members = Membership.objects.for_actor(actor).filter(is_active=True)
    if owner is not None and not members.filter(user=owner).exists():
        message = _("The owner must be a member of this program.")
        raise DomainError("bad_owner", message, details={"owner": message})
    command, name = _COMMANDS[kind]
    return command(actor=actor, **{name: record}, owner=owner)
