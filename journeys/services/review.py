"""Decisions of the meetings that go through the review."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership
from cxportal.core.policies import authorise
from journeys.models import Journey, ReviewDecision, Stage
from journeys.services.actions import action_create
from journeys.services.meetings import meeting_takes_in


@transaction.atomic
def decision_log(
    *,
    actor: Actor,
    journey: Journey,
    title: str,
    stage: Stage | None = None,
    owner: Membership | None = None,
    due: date | None = None,
    **values: Any,
) -> ReviewDecision:
    """Log what a meeting decided about a journey as an action with a person and a day.

    Raises DomainError "invalid"; a stage of another journey is refused.
    """
    authorise(actor, "journeys.create_actions")
    authorise(actor, "journeys.view_journeys", journey)
    if stage is not None and stage.journey_id != journey.pk:
        message = _("This stage is of another journey.")
        raise DomainError("invalid", message, details={"stage": message})
    action = action_create(actor=actor, title=title, stage=stage, owner=owner, due=due, **values)
    made = ReviewDecision(program=actor.program, journey=journey, action=action)
    made.save()
    meeting_takes_in(actor=actor, action=action)
    audit(actor=actor, action="journey.decide", obj=journey, changes={"action": action.pk})
    return made
