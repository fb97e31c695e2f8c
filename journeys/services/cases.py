"""Cases: opened, handed over, worked on, closed with what was learned, opened again."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import (
    audit,
    check_fields,
    emit,
    expect_version,
    lock,
    refuse_foreign,
    save_version,
    tidy,
)
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Membership, Team
from cxportal.core.policies import authorise
from cxportal.core.services.notifications import notify
from journeys.models import (
    Action,
    Case,
    CaseContact,
    CaseMove,
    CaseRules,
    CaseState,
    RootCause,
    Severity,
)
from journeys.queries.actions import action_places
from journeys.queries.case_follow_up import follow_up_due
from journeys.queries.case_rules import case_rules_of, hours_for, working_time
from journeys.services.case_assignment import Rota
from journeys.services.case_rules import catalogues_ensure
from journeys.standard_cases import CLOSE_HOURS, CONTACT_HOURS
from surveys.models import Response

EDITABLE = (
    "title",
    "description",
    "severity",
    "owner",
    "team",
    "touchpoint",
    "stage",
    "action",
    "external_id",
)
LINKED = ("customer", "response", "comment", "event", "touchpoint", "stage", "owner", "team")
_SHORT_TITLE = 80


@transaction.atomic
def case_open(
    *,
    actor: Actor,
    title: str,
    customer: Customer | None = None,
    response: Response | None = None,
    owner: Membership | None = None,
    team: Team | None = None,
    severity: str = Severity.NORMAL,
    at: datetime | None = None,
    rota: Rota | None = None,
    **values: Any,
) -> Case:
    """Open a case; without an owner the program's rules say who gets it.

    `values` are description, reason, comment, event, touchpoint, stage, external_id, once_key.
    A once_key or external_id that is known returns the case it opened. `at` dates it back, for
    the portal itself. Raises DomainError: "invalid" (details name the fields), "not_found".
    """
    authorise(actor, "journeys.create_cases")
    known = _known(actor, values)
    if known is not None:
        return known
    rules = case_rules_of(actor)
    customer = customer or (response.customer if response is not None else None)
    moment = at if at is not None and actor.is_system else timezone.now()
    case = Case(
        program=actor.program,
        customer=customer,
        response=response,
        owner=owner or (rota or Rota(actor, rules)).owner_for(customer, team),
        team=team or rules.team,
        severity=severity,
        opened_at=moment,
        entered_state_at=moment,
        opened_by=actor.label[:200],
        **tidy({"title": title, **values}),
    )
    _place(actor, case)
    refuse_foreign(actor, {name: getattr(case, name) for name in LINKED})
    _set_due(actor, case, rules)
    check_fields(case)
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError:
        # Somebody opened the same one in the same moment.
        known = _known(actor, values)
        if known is None:
            raise
        return known
    catalogues_ensure(actor)
    _record_move(actor, case, "", moment)
    audit(actor=actor, action="case.open", obj=case)
    emit(actor=actor, event="case.opened", payload=case_payload(case))
    _tell_owner(actor, case)
    return case


@transaction.atomic
def case_update(*, actor: Actor, case: Case, version: int | None = None, **values: Any) -> Case:
    """Change fields of EDITABLE; another severity moves the due times.

    Raises DomainError as `case_open` does, and StaleEdit.
    """
    authorise(actor, "journeys.change_cases", case)
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"a case has no {', '.join(sorted(unknown))} to set")
    stored = lock(case)
    expect_version(stored, version, shown=tuple(values))
    refuse_foreign(actor, values)
    before = stored.owner_id, stored.severity
    values = tidy(values)
    _checked_with(stored, values)
    try:
        with transaction.atomic():
            changes = save_version(stored, values)
    except IntegrityError as error:
        message = _("Another case of this program has this external id.")
        details = {"external_id": message}
        raise DomainError("external_id_taken", message, status=409, details=details) from error
    if not changes:
        return stored
    audit(actor=actor, action="case.update", obj=stored, changes=_words(changes))
    if stored.severity != before[1]:
        _set_due(actor, stored, case_rules_of(actor))
        stored.save(update_fields=["contact_due_at", "due_at"])
    if stored.owner_id != before[0]:
        _tell_owner(actor, stored)
    return stored


@transaction.atomic
def case_take(*, actor: Actor, case: Case) -> Case:
    """Make oneself the owner and begin. Raises DomainError: "invalid" for who is no member."""
    authorise(actor, "journeys.change_cases", case)
    if actor.membership is None:
        raise DomainError("invalid", _("Only a member can take a case."))
    stored = lock(case)
    changes = save_version(stored, {"owner": actor.membership})
    if changes:
        audit(actor=actor, action="case.take", obj=stored, changes=_words(changes))
    if stored.state == CaseState.NEW:
        _enter(actor, stored, CaseState.WORKING, timezone.now())
    return stored


@transaction.atomic
def case_move(*, actor: Actor, case: Case, state: str, version: int | None = None) -> Case:
    """Set the state of an open case: new, working or waiting.

    Raises DomainError: "invalid"; "closed" (409) for a closed case; StaleEdit.
    """
    authorise(actor, "journeys.change_cases", case)
    stored = _open(lock(case))
    expect_version(stored, version, shown=("state",))
    if state not in (CaseState.NEW, CaseState.WORKING, CaseState.WAITING):
        message = _("Choose a state; a case is closed with its resolution.")
        raise DomainError("invalid", message, details={"state": message})
    if state != stored.state:
        _enter(actor, stored, state, timezone.now())
    return stored


@transaction.atomic
def case_contact(
    *,
    actor: Actor,
    case: Case,
    channel: str,
    reached: bool,
    note: str = "",
    at: datetime | None = None,
) -> CaseContact:
    """Write down an attempt to reach the customer. Raises DomainError: "invalid", "closed"."""
    authorise(actor, "journeys.change_cases", case)
    stored = _open(lock(case))
    moment = at if at is not None and actor.is_system else timezone.now()
    contact = CaseContact(
        program=actor.program,
        case=stored,
        channel=channel,
        reached=reached,
        at=moment,
        by=actor.label[:200],
        **tidy({"note": note}),
    )
    check_fields(contact)
    contact.save()
    stored.contacted_at = stored.contacted_at or moment
    if reached:
        stored.reached_at = stored.reached_at or moment
    stored.save(update_fields=["contacted_at", "reached_at", "updated_at"])
    if stored.state == CaseState.NEW:
        _enter(actor, stored, CaseState.WORKING, moment)
    audit(actor=actor, action="case.contact", obj=stored, changes={"channel": [None, channel]})
    return contact


@transaction.atomic
def case_close(
    *,
    actor: Actor,
    case: Case,
    resolution: str,
    root_cause: RootCause | None = None,
    recovery: str = Case.Recovery.NONE,
    outcome: str = "",
    customer_told: bool = False,
    action: Action | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> Case:
    """Close a case with what came of it. Raises DomainError: "invalid", "closed"; StaleEdit.

    What was solved, partly or not needs a root cause: the outer loop learns from it.
    """
    authorise(actor, "journeys.change_cases", case)
    stored = _open(lock(case))
    expect_version(stored, version, shown=("state", "owner"))
    refuse_foreign(actor, {"root_cause": root_cause, "action": action})
    needs_cause = resolution in (
        Case.Resolution.SOLVED,
        Case.Resolution.PARTLY,
        Case.Resolution.UNSOLVED,
    )
    if needs_cause and root_cause is None:
        message = _("Say why it happened: choose a root cause.")
        raise DomainError("invalid", message, details={"root_cause": message})
    if not resolution:
        message = _("Say what came of it.")
        raise DomainError("invalid", message, details={"resolution": message})
    stored.resolution, stored.root_cause, stored.recovery = resolution, root_cause, recovery
    stored.outcome, stored.customer_told = tidy({"outcome": outcome})["outcome"], customer_told
    stored.action = action or stored.action
    check_fields(stored)
    moment = at if at is not None and actor.is_system else timezone.now()
    stored.closed_at = moment
    stored.follow_up_due_at = follow_up_due(stored, case_rules_of(actor))
    stored.save()
    _enter(actor, stored, CaseState.CLOSED, moment)
    emit(actor=actor, event="case.closed", payload=case_payload(stored))
    return stored


@transaction.atomic
def case_reopen(*, actor: Actor, case: Case, reason: str = "") -> Case:
    """Open a closed case again: it is due anew. Raises DomainError: "open" (409)."""
    authorise(actor, "journeys.change_cases", case)
    stored = lock(case)
    if stored.is_open:
        raise DomainError("open", _("This case is open already."), status=409)
    stored.closed_at, stored.escalated_at, stored.follow_up_due_at = None, None, None
    stored.reopened += 1
    rules, now = case_rules_of(actor), timezone.now()
    hours = hours_for(rules.close_hours, CLOSE_HOURS, stored.severity)
    stored.due_at = working_time(actor, rules).due(now, hours)
    stored.save()
    _enter(actor, stored, CaseState.WORKING, now, why=tidy({"reason": reason})["reason"][:500])
    emit(actor=actor, event="case.reopened", payload=case_payload(stored))
    _tell_owner(actor, stored)
    return stored


def case_payload(case: Case) -> dict[str, Any]:
    """What webhooks hear of a case: no name, no text of the customer."""
    return {
        "id": case.pk,
        "external_id": case.external_id,
        "reason": case.reason,
        "severity": case.severity,
        "state": case.state,
        "resolution": case.resolution,
        "customer": case.customer.external_id if case.customer else None,
        "response": case.response_id,
        "touchpoint": case.touchpoint_id,
        "owner": case.owner_id,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "closed_at": case.closed_at,
    }


def _known(actor: Actor, values: Mapping[str, Any]) -> Case | None:
    rows: Any = Case.objects.for_actor(actor)
    for name in ("once_key", "external_id"):
        if values.get(name):
            found: Case | None = rows.filter(**{name: values[name]}).first()
            if found is not None:
                return found
    return None


def _place(actor: Actor, case: Case) -> None:
    """Touchpoint and stage by what the answer is about, unless they were named."""
    if case.response is not None and case.touchpoint is None and case.stage is None:
        case.touchpoint, case.stage = action_places(actor, case.response)


def _set_due(actor: Actor, case: Case, rules: CaseRules) -> None:
    if case.severity not in Severity.values:
        message = _("Choose a severity.")
        raise DomainError("invalid", message, details={"severity": message})
    work = working_time(actor, rules)
    contact = hours_for(rules.contact_hours, CONTACT_HOURS, case.severity)
    close = hours_for(rules.close_hours, CLOSE_HOURS, case.severity)
    case.contact_due_at = work.due(case.opened_at, contact)
    case.due_at = work.due(case.opened_at, max(contact, close))


def _open(case: Case) -> Case:
    if not case.is_open:
        raise DomainError("closed", _("This case is closed. Open it again first."), status=409)
    return case


def _enter(actor: Actor, case: Case, state: str, moment: datetime, why: str = "") -> None:
    before = case.state
    case.state, case.entered_state_at = state, moment
    case.version += 1
    case.save(update_fields=["state", "entered_state_at", "version", "updated_at"])
    _record_move(actor, case, before, moment)
    changes = {"state": [before, state]} | ({"reason": [None, why]} if why else {})
    verb = {CaseState.CLOSED: "close"}.get(CaseState(state), "move")
    audit(actor=actor, action=f"case.{verb}", obj=case, changes=changes)


def _record_move(actor: Actor, case: Case, before: str, moment: datetime) -> None:
    CaseMove.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        case=case,
        from_state=before,
        to_state=case.state,
        at=moment,
        by=actor.label[:200],
    )


def _checked_with(case: Case, values: Mapping[str, Any]) -> None:
    """Check what the case would be, without touching it."""
    wanted = copy(case)
    for name, value in values.items():
        setattr(wanted, name, value)
    check_fields(wanted)


def _words(changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Changes as a history reads them; what somebody wrote about a customer stays in the case."""
    told = {name: pair for name, pair in changes.items() if name != "description"}
    return {name: [None if v is None else str(v) for v in pair] for name, pair in told.items()}


def _tell_owner(actor: Actor, case: Case) -> None:
    if case.owner is not None:
        notify(
            actor=actor,
            membership=case.owner,
            kind="case_assigned",
            params={"title": case.title[:_SHORT_TITLE], "who": actor.label},
            url=actor.url("journeys:case-detail", case.pk),
        )
