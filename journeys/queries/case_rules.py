"""A program's rules of following up, and its catalogue of causes."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from journeys.calc.working_time import MONDAY_TO_FRIDAY, WorkingTime
from journeys.models import CannedReply, CaseRules, RootCause
from journeys.standard_cases import CLOSE_HOURS, CONTACT_HOURS


def case_rules_of(actor: Actor) -> CaseRules:
    """The program's rules; the standard ones, not stored yet, while nobody has set any."""
    rows: QuerySet[Any] = CaseRules.objects.for_actor(actor)
    found: CaseRules | None = rows.select_related(
        "team", "escalate_to__user", "follow_up_campaign__survey"
    ).first()
    return found or standard_rules(actor)


def standard_rules(actor: Actor) -> CaseRules:
    """What holds until somebody changes it."""
    return CaseRules(
        program=actor.program,
        working_days=list(MONDAY_TO_FRIDAY),
        contact_hours=dict(CONTACT_HOURS),
        close_hours=dict(CLOSE_HOURS),
    )


def working_time(actor: Actor, rules: CaseRules) -> WorkingTime:
    """When people of the program work."""
    return WorkingTime(
        zone=actor.program.zone,
        days=tuple(rules.working_days),
        opens=rules.opens_at,
        closes=rules.closes_at,
        country=rules.country,
    )


def hours_for(chosen: Mapping[str, Any], standard: Mapping[str, int], severity: str) -> float:
    """Hours of a severity; the standard ones where none are set."""
    return float(chosen.get(severity) or standard[severity])


def root_causes(actor: Actor) -> QuerySet[Any]:
    """The causes one may choose, in order."""
    rows: QuerySet[Any] = RootCause.objects.for_actor(actor)
    return rows.filter(is_active=True)


def replies_offered(actor: Actor) -> QuerySet[Any]:
    """The canned replies one may choose, in order."""
    rows: QuerySet[Any] = CannedReply.objects.for_actor(actor)
    return rows.filter(is_active=True)
