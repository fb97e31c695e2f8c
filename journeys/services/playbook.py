"""The playbook: behaviours at touchpoints, and the training of teams in them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, check_fields, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import Team, as_texts
from cxportal.core.policies import authorise
from journeys.models import Behaviour, BehaviourTraining, Touchpoint
from journeys.services.journeys import refuse_foreign, refuse_unnamed, update_named

EDITABLE = ("kind", "name", "example")
NOT_TRAINED = "none"


@transaction.atomic
def behaviour_create(
    *,
    actor: Actor,
    touchpoint: Touchpoint,
    kind: str,
    name: Mapping[str, str] | str,
    example: Mapping[str, str] | str | None = None,
) -> Behaviour:
    """Say how we behave at a touchpoint. Raises DomainError "invalid", "not_found"."""
    authorise(actor, "journeys.change_journeys", touchpoint)
    refuse_foreign(actor, {"touchpoint": touchpoint})
    language = actor.program.default_language
    behaviour = Behaviour(
        program=actor.program,
        touchpoint=touchpoint,
        kind=kind,
        name=as_texts(name, language),
        example=as_texts(example, language),
    )
    refuse_unnamed(behaviour.name)
    check_fields(behaviour)
    behaviour.save()
    audit(actor=actor, action="behaviour.create", obj=behaviour)
    return behaviour


@transaction.atomic
def behaviour_update(
    *, actor: Actor, behaviour: Behaviour, version: int | None = None, **values: Any
) -> Behaviour:
    """Change fields of EDITABLE. Raises DomainError "invalid", StaleEdit."""
    authorise(actor, "journeys.change_journeys", behaviour)
    changed: Behaviour = update_named(
        actor, behaviour, version, values, EDITABLE, "behaviour.update"
    )
    return changed


@transaction.atomic
def behaviour_delete(*, actor: Actor, behaviour: Behaviour) -> None:
    """Take a behaviour out of the playbook, with what is known of its training."""
    authorise(actor, "journeys.change_journeys", behaviour)
    audit(actor=actor, action="behaviour.delete", obj=behaviour)
    behaviour.delete()


@transaction.atomic
def behaviour_train(
    *, actor: Actor, behaviour: Behaviour, team: Team, state: str, day: date | None = None
) -> Behaviour:
    """Say how far a team is: none, planned (perhaps with its day) or trained on a `day`.

    Raises DomainError "invalid", "not_found".
    """
    authorise(actor, "journeys.train_behaviours", behaviour)
    refuse_foreign(actor, {"team": team})
    _check(state, day)
    stored = lock(behaviour)
    rows: Any = BehaviourTraining.objects.for_actor(actor)
    known = rows.filter(behaviour=stored, team=team).first()
    before = known.state if known is not None else NOT_TRAINED
    if state == NOT_TRAINED:
        rows.filter(behaviour=stored, team=team).delete()
    else:
        training = known or BehaviourTraining(program=actor.program, behaviour=stored, team=team)
        training.state, training.day = state, day
        training.save()
    change = {str(team): [before, f"{state} {day}" if day else state]}
    audit(actor=actor, action="behaviour.train", obj=stored, changes=change)
    return stored


def _check(state: str, day: date | None) -> None:
    if state not in (NOT_TRAINED, *BehaviourTraining.State.values):
        message = _("Choose how far the team is.")
        raise DomainError("invalid", message, details={"state": message})
    if state == BehaviourTraining.State.TRAINED and day is None:
        message = _("Say on which day the team was trained.")
        raise DomainError("invalid", message, details={"day": message})
