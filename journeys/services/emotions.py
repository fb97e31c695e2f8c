"""The emotion curve: one value per step and persona."""

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from journeys.models import HIGHEST_EMOTION, LOWEST_EMOTION, EmotionPoint, Persona, Step
from journeys.services.journeys import refuse_foreign
from journeys.services.map_edits import Rows, recorded, rows_of


@transaction.atomic
def emotion_set(
    *, actor: Actor, step: Step, value: int | None, persona: Persona | None = None
) -> EmotionPoint | None:
    """Say how a persona (none: every customer) feels at a step, -5 to 5; None takes it off.

    Raises DomainError "invalid" outside the scale.
    """
    authorise(actor, "journeys.change_journeys", step)
    refuse_foreign(actor, {"persona": persona})
    if value is not None and not LOWEST_EMOTION <= value <= HIGHEST_EMOTION:
        message = _("An emotion lies between −5 and 5.")
        raise DomainError("invalid", message, details={"value": message})
    points = EmotionPoint.unscoped.filter(step=step, persona=persona)  # unscoped: authorised

    def rows() -> Rows:
        return rows_of(points.all())

    found = None
    with recorded(actor, step.stage.journey, rows):
        if value is None:
            points.delete()
        else:
            found, _is_new = points.update_or_create(
                step=step,
                persona=persona,
                defaults={"value": value, "program": actor.program},
            )
    audit(actor=actor, action="emotion.set", obj=step.stage, changes={"value": value})
    return found
