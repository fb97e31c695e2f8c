"""The outer loop: what keeps coming back becomes an improvement action."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, refuse_foreign
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from journeys.models import Action, Case, CaseState, RootCause, Touchpoint
from journeys.queries.case_overview import DAYS
from journeys.services.actions import action_create


@transaction.atomic
def pattern_to_action(
    *, actor: Actor, cause: RootCause, touchpoint: Touchpoint | None, title: str = ""
) -> Action:
    """Log an action against a cause at a touchpoint, and tie its recent cases to it.

    Cases that have an action already keep it. Raises DomainError "no_cases" (409).
    """
    authorise(actor, "journeys.create_actions")
    refuse_foreign(actor, {"cause": cause, "touchpoint": touchpoint})
    rows: Any = Case.objects.for_actor(actor)
    since = timezone.now() - timedelta(days=DAYS)
    cases = rows.filter(
        root_cause=cause,
        touchpoint=touchpoint,
        action=None,
        state=CaseState.CLOSED,
        opened_at__gte=since,
    )
    ids = list(cases.values_list("pk", flat=True))
    if not ids:
        message = _("Every case of this pattern has its action already.")
        raise DomainError("no_cases", message, status=409)
    place = f" – {touchpoint}" if touchpoint else ""
    words = ngettext(
        "%(n)d case of the last 90 days had this cause.",
        "%(n)d cases of the last 90 days had this cause.",
        len(ids),
    )
    action = action_create(
        actor=actor,
        title=title or f"{cause}{place}"[:200],
        description=words % {"n": len(ids)},
        touchpoint=touchpoint,
        importance=min(5, 2 + len(ids) // 5),
    )
    rows.filter(pk__in=ids).update(action=action)
    audit(actor=actor, action="case.pattern", obj=action, changes={"cases": [None, len(ids)]})
    return action
