"""The follow-up survey: asked some days after a case was closed, its answer tied to the case.

The portal records an event and a campaign asks after it, so that consent, rests, quiet hours and
everything else about sending hold here as everywhere.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from cxportal.core.policies import authorise, may
from cxportal.core.services.events import event_record
from journeys.models import Case, CaseRules, CaseState
from journeys.queries.case_follow_up import (
    FOLLOW_UP_KIND,
    LATEST,
    follow_up_campaigns,
    score_is_low,
)
from journeys.queries.case_rules import case_rules_of
from journeys.services.cases import case_reopen
from surveys.models import Campaign, Response, Score, Survey
from surveys.services.campaigns import campaign_create

BATCH = 200
_GOES_OUT = (Campaign.State.RUNNING, Campaign.State.PAUSED)


def follow_up_campaign_for(actor: Actor, survey: Survey) -> Campaign:
    """The campaign that asks a survey after a case; a draft is made where there is none.

    Raises DomainError "invalid" for who may not make campaigns, or for an unpublished survey.
    """
    known: Campaign | None = follow_up_campaigns(actor).filter(survey=survey).first()
    if known is not None:
        return known
    if not may(actor, "surveys.change_campaigns"):
        message = _("No campaign asks this survey after a case yet. A designer can make one.")
        raise DomainError("invalid", message, details={"follow_up_survey": message})
    return campaign_create(
        actor=actor,
        survey=survey,
        name=_("After a case: %(survey)s") % {"survey": survey},
        timing=Campaign.Timing.EVENT,
        event_kind=FOLLOW_UP_KIND,
    )


@transaction.atomic
def follow_ups_ask_due() -> int:
    """Ask about closed cases that are due; returns how many events were recorded.

    A campaign that does not run yet is waited for, as long as the question still makes sense.
    """
    now = timezone.now()
    rows = list(
        Case.unscoped.select_for_update(  # unscoped: works for all programs
            skip_locked=True, of=("self",)
        )
        .filter(follow_up_due_at__lte=now, follow_up_due_at__gt=now - LATEST)
        .filter(state=CaseState.CLOSED, customer__erased_at=None, customer__isnull=False)
        .select_related("customer")
        .order_by("follow_up_due_at")[:BATCH]
    )
    programs = {p.pk: p for p in Program.objects.filter(pk__in={c.program_id for c in rows})}
    rules: dict[int, CaseRules] = {}
    asked = 0
    for case in rows:
        actor = Actor.system(programs[case.program_id])
        if case.program_id not in rules:
            rules[case.program_id] = case_rules_of(actor)
        asked += _ask(actor, case, rules[case.program_id].follow_up_campaign)
    return asked


def _ask(actor: Actor, case: Case, campaign: Campaign | None) -> int:
    if campaign is None or campaign.state not in _GOES_OUT or case.customer is None:
        return 0
    follow_up_ask(actor=actor, case=case)
    return 1


@transaction.atomic
def follow_up_ask(*, actor: Actor, case: Case, at: datetime | None = None) -> None:
    """Record the event that a campaign asks the case's customer after; `at` for one of old."""
    authorise(actor, "journeys.change_cases", case)
    if case.customer is None:
        raise LookupError("a case without a customer has nobody to ask")
    case.follow_up_event = event_record(
        actor=actor,
        customer=case.customer,
        kind=FOLLOW_UP_KIND,
        occurred_at=at,
        data={"case": case.pk, "resolution": case.resolution, "severity": case.severity},
        external_id=f"case-follow-up:{case.pk}:{case.reopened}",
    )
    case.follow_up_due_at = None
    case.save(update_fields=["follow_up_event", "follow_up_due_at"])
    audit(actor=actor, action="case.follow_up", obj=case)


def follow_ups_take(*, actor: Actor, responses: Sequence[Response]) -> set[int]:
    """Tie answers to the follow-up survey to their cases; returns the ids of those responses."""
    by_event = {r.invitation.event_id: r for r in responses if r.invitation and r.customer_id}
    by_event.pop(None, None)
    cases: Any = Case.objects.for_actor(actor).filter(follow_up_event__in=list(by_event))
    taken: set[int] = set()
    for case in cases.select_related("customer", "owner__user"):
        response = by_event[case.follow_up_event_id]
        taken.add(response.pk)
        if case.follow_up_response_id != response.pk:
            follow_up_take(actor=actor, case=case, response=response)
    return taken


@transaction.atomic
def follow_up_take(*, actor: Actor, case: Case, response: Response) -> None:
    """Tie one answer to its case.

    Who is still unhappy is not recovered: the case is opened again instead of a second one.
    """
    authorise(actor, "journeys.change_cases", case)
    case.follow_up_response = response
    case.save(update_fields=["follow_up_response"])
    audit(actor=actor, action="case.follow_up_answer", obj=case)
    scores: Any = Score.objects.for_actor(actor).filter(response=response)
    low = any(score_is_low(s) for s in scores.select_related("metric__program"))
    if low and not case.is_open:
        case_reopen(actor=actor, case=case, reason=_("The follow-up answer is still low."))
