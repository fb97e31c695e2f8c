"""Steps of a stage: placed, named, moved, taken out."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import as_texts
from cxportal.core.policies import authorise
from journeys.models import Journey, Stage, Step, Touchpoint
from journeys.services.journeys import refuse_unnamed, update_named
from journeys.services.map_edits import Rows, recorded, rows_of, rows_of_map
from journeys.services.stages import number_rows

EDITABLE = ("name", "touchpoint")


def _steps(journey: Journey) -> Rows:
    return rows_of(Step.unscoped.filter(stage__journey=journey))  # unscoped: it was authorised


@transaction.atomic
def step_add(
    *,
    actor: Actor,
    stage: Stage,
    touchpoint: Touchpoint | None = None,
    name: Mapping[str, str] | str | None = None,
    position: int | None = None,
) -> Step:
    """Add a step to a stage, at a touchpoint or what the customer does alone.

    Placing a touchpoint again answers the same step. Raises DomainError "invalid" when there is
    neither a touchpoint nor a name.
    """
    authorise(actor, "journeys.change_journeys", stage)
    texts = as_texts(name, actor.program.default_language)
    if touchpoint is None:
        refuse_unnamed(texts)
    else:
        authorise(actor, "journeys.change_journeys", touchpoint)
    held = lock(stage)
    with recorded(actor, held.journey, lambda: _steps(held.journey)):
        step = _step_placed(actor, held, touchpoint, texts)
        if position is not None:
            number_rows(list(held.steps.order_by("position", "pk")), step.pk, position)
            step.refresh_from_db()
    return step


def _step_placed(
    actor: Actor, stage: Stage, touchpoint: Touchpoint | None, name: Mapping[str, str]
) -> Step:
    if touchpoint is not None:
        known: Step | None = stage.steps.filter(touchpoint=touchpoint).first()
        if known is not None:
            return known
    last = stage.steps.aggregate(last=Max("position"))["last"]
    step = Step(
        program=actor.program,
        stage=stage,
        touchpoint=touchpoint,
        name=name,
        position=0 if last is None else last + 1,
    )
    step.save()
    changes = {"touchpoint": touchpoint.pk if touchpoint else None, "name": str(step)}
    audit(actor=actor, action="step.add", obj=stage, changes=changes)
    return step


@transaction.atomic
def step_update(*, actor: Actor, step: Step, version: int | None = None, **values: Any) -> Step:
    """Name a step, or bind it to a touchpoint. Raises DomainError "invalid", "already_there"."""
    authorise(actor, "journeys.change_journeys", step)
    touchpoint = values.get("touchpoint", step.touchpoint)
    if touchpoint is not None and touchpoint.pk != step.touchpoint_id:
        refuse_twice(step.stage, touchpoint.pk)
    with recorded(actor, step.stage.journey, lambda: rows_of(step.stage.steps.filter(pk=step.pk))):
        changed: Step = update_named(
            actor,
            step,
            version,
            values,
            EDITABLE,
            "step.update",
            may_be_unnamed=touchpoint is not None,
        )
    return changed


def refuse_twice(stage: Stage, touchpoint: int | None) -> None:
    """Raise DomainError "already_there" (409) when the stage has the touchpoint."""
    if touchpoint and stage.steps.filter(touchpoint_id=touchpoint).exists():
        message = _("This stage has the touchpoint already.")
        raise DomainError("already_there", message, status=409)


@transaction.atomic
def step_move(*, actor: Actor, step: Step, position: int, stage: Stage | None = None) -> Step:
    """Put a step at a place (0 = first) of its stage or of another one of the journey.

    Raises DomainError "already_there" (409) when that stage has the touchpoint, "other_journey"
    (409) when it is of another journey.
    """
    authorise(actor, "journeys.change_journeys", step)
    target = stage or step.stage
    authorise(actor, "journeys.change_journeys", target)
    # One lock for all moves of a journey: two of them never wait for each other in a ring.
    journey = lock(target.journey)
    moved = lock(step)
    with recorded(actor, journey, lambda: _steps(journey)):
        if target.pk != moved.stage_id:
            _refuse_place(moved, target)
            moved.stage = target
            moved.save(update_fields=["stage"])
        number_rows(list(target.steps.order_by("position", "pk")), moved.pk, position)
    audit(actor=actor, action="step.move", obj=target, changes={"touchpoint": moved.touchpoint_id})
    step.refresh_from_db()
    return step


def _refuse_place(step: Step, target: Stage) -> None:
    if target.journey_id != step.stage.journey_id:
        message = _("This stage is of another journey. Add the touchpoint there instead.")
        raise DomainError("other_journey", message, status=409)
    refuse_twice(target, step.touchpoint_id)


@transaction.atomic
def step_remove(*, actor: Actor, step: Step) -> None:
    """Take a step off the map with its cards; its touchpoint stays in the library."""
    authorise(actor, "journeys.change_journeys", step)
    journey = lock(step.stage.journey)
    changes = {"touchpoint": step.touchpoint_id, "name": str(step)}
    audit(actor=actor, action="step.remove", obj=step.stage, changes=changes)
    with recorded(actor, journey, lambda: rows_of_map(journey)):
        step.delete()
