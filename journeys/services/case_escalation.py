"""Overdue cases: said once to those who lead."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit
from cxportal.core.models import Membership, Program, Role
from cxportal.core.services.notifications import notify_many
from journeys.models import OPEN_CASES, Case, CaseRules
from journeys.queries.case_rules import case_rules_of
from journeys.services.cases import case_payload

BATCH = 200
_SHORT_TITLE = 80


def cases_escalate_due() -> int:
    """Escalate every case that became overdue; returns how many."""
    done = 0
    while claimed := _escalate_batch():
        done += claimed
    return done


@transaction.atomic
def _escalate_batch() -> int:
    """Claim overdue cases nobody was told of, mark them and tell; a crash undoes both."""
    rows = list(
        Case.unscoped.select_for_update(  # unscoped: works for all programs
            skip_locked=True, of=("self",)
        )
        .filter(escalated_at=None, due_at__lt=timezone.now(), state__in=OPEN_CASES)
        .select_related("owner", "team", "customer")
        .order_by("due_at")[:BATCH]
    )
    programs = {p.pk: p for p in Program.objects.filter(pk__in={c.program_id for c in rows})}
    rules: dict[int, CaseRules] = {}
    for case in rows:
        actor = Actor.system(programs[case.program_id])
        if case.program_id not in rules:
            rules[case.program_id] = case_rules_of(actor)
        _escalate(actor, case, rules[case.program_id])
    return len(rows)


def _escalate(actor: Actor, case: Case, rules: CaseRules) -> None:
    case.escalated_at = timezone.now()
    case.save(update_fields=["escalated_at"])
    audit(actor=actor, action="case.escalate", obj=case)
    emit(actor=actor, event="case.escalated", payload=case_payload(case))
    told = {m.pk: m for m in _leads(actor, case, rules)}
    if case.owner is not None:
        told[case.owner.pk] = case.owner
    notify_many(
        actor=actor,
        memberships=told.values(),
        kind="case_overdue",
        params={"title": case.title[:_SHORT_TITLE]},
        url=actor.url("journeys:case-detail", case.pk),
    )


def _leads(actor: Actor, case: Case, rules: CaseRules) -> list[Membership]:
    if rules.escalate_to is not None:
        return [rules.escalate_to]
    managers: Any = Membership.objects.for_actor(actor).filter(role=Role.MANAGER, is_active=True)
    own = list(managers.filter(teams=case.team)) if case.team else []
    return own or list(managers)
