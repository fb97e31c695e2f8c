"""Reads of cases: the list, mine, one with its story, and counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.actors import Actor
from cxportal.core.models import AuditEntry, Customer
from cxportal.core.policies import may
from cxportal.core.queries.customers import sees_person, shown_name
from cxportal.core.registry import audit_words
from journeys.models import OPEN_CASES, Case, CaseContact, CaseMove, CaseState, PlainMail
from journeys.queries.actions import HistoryEntry

#: Entries of one case's history that a page shows.
HISTORY = 100
_TOLD_ELSEWHERE = ("case.open", "case.move", "case.close", "case.contact", "case.comment")
_ICONS = {"case.escalate": "alarm", "case.take": "hand-index"}


@dataclass(frozen=True)
class CaseRow:
    """A case as a list says it: the customer's name only to who may see it."""

    case: Case
    who: str
    late: bool
    late_contact: bool
    may_change: bool

    @property
    def due_words(self) -> str:
        """What is due next."""
        if not self.case.is_open:
            return ""
        return _("first call") if self.case.contacted_at is None else _("to be closed")

    @property
    def due_at(self) -> datetime:
        """The moment of what is due next."""
        waits = self.case.contacted_at is None
        return self.case.contact_due_at if waits else self.case.due_at


def cases_listed(actor: Actor) -> QuerySet[Any]:
    """Cases with all that a row says, in one query."""
    rows: QuerySet[Any] = Case.objects.for_actor(actor)
    return rows.select_related("customer", "owner__user", "team", "touchpoint", "root_cause")


def cases_open(actor: Actor) -> QuerySet[Any]:
    """Those not closed yet."""
    return cases_listed(actor).filter(state__in=OPEN_CASES)


def cases_mine(actor: Actor) -> QuerySet[Any]:
    """Open cases the actor owns; none for who is not a member."""
    if actor.membership is None:
        return cases_open(actor).none()
    return cases_open(actor).filter(owner=actor.membership)


def case_rows(actor: Actor, cases: Iterable[Case]) -> list[CaseRow]:
    """Rows of fetched cases, without another query."""
    now = timezone.now()
    return [_row(actor, case, now) for case in cases]


def _row(actor: Actor, case: Case, now: datetime) -> CaseRow:
    waits = case.is_open and case.contacted_at is None
    return CaseRow(
        case=case,
        who=shown_name(actor, case.customer) if case.customer else "",
        late=case.is_open and case.due_at < now,
        late_contact=waits and case.contact_due_at < now,
        may_change=may(actor, "journeys.change_cases", case),
    )


def sees_case_words(actor: Actor, case: Case) -> bool:
    """Whether what the customer said and what was written of them may be read."""
    if case.customer is None:
        return actor.sees_personal_data
    return sees_person(actor, case.customer)


def is_late(now: datetime) -> Q:
    """Open cases whose next step is overdue."""
    waits = Q(contacted_at=None, contact_due_at__lt=now)
    return Q(state__in=OPEN_CASES) & (Q(due_at__lt=now) | waits)


@dataclass(frozen=True)
class CaseCounts:
    """Counts for tiles and the page's head."""

    open: int
    late: int
    new: int
    mine: int


def case_counts(actor: Actor) -> CaseCounts:
    """Open cases in four figures; one query."""
    me = actor.membership.pk if actor.membership else None
    rows: QuerySet[Any] = Case.objects.for_actor(actor).filter(state__in=OPEN_CASES)
    found = rows.aggregate(
        open=Count("pk"),
        late=Count("pk", filter=is_late(timezone.now())),
        new=Count("pk", filter=Q(state=CaseState.NEW)),
        mine=Count("pk", filter=Q(owner=me) if me else Q(pk=None)),
    )
    return CaseCounts(**found)


def case_history(actor: Actor, case: Case) -> list[HistoryEntry]:
    """Moves with the time spent in each state, contacts and changes, newest first."""
    entries = [*_moves(case), *_contacts(actor, case), *_changes(actor, case)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:HISTORY]


def _moves(case: Case) -> Iterable[HistoryEntry]:
    moves: list[CaseMove] = list(case.moves.all())
    ends = [move.at for move in moves[1:]]
    for move, end in zip(moves, [*ends, None], strict=True):
        until = end or timezone.now()
        closed = move.to_state == CaseState.CLOSED
        text = _("opened") if not move.from_state else str(move.get_to_state_display())
        stayed = _("for %(time)s") if end else _("for %(time)s so far")
        yield HistoryEntry(
            at=move.at,
            text=text,
            who=move.by,
            detail="" if closed else stayed % {"time": spoken_time(until - move.at)},
            icon="check2" if closed else "plus-lg" if not move.from_state else "arrow-right",
            tone="good" if closed else "neutral",
        )


def _contacts(actor: Actor, case: Case) -> Iterable[HistoryEntry]:
    shows = sees_case_words(actor, case)
    contacts: list[CaseContact] = list(case.contacts.select_related("mail"))
    for contact in contacts:
        yield HistoryEntry(
            at=contact.at,
            text=f"{contact.get_channel_display()}: {_came_of(contact)}",
            who=contact.by,
            detail=contact.note if shows else "",
            icon="envelope" if contact.channel == CaseContact.Channel.EMAIL else "telephone",
            tone="good" if contact.reached else "attention",
        )


def _came_of(contact: CaseContact) -> str:
    if contact.reached:
        return _("reached the customer")
    mail = getattr(contact, "mail", None)
    if mail is not None and mail.state == PlainMail.State.FAILED:
        return _("could not be sent")
    if mail is not None and mail.state == PlainMail.State.QUEUED:
        return _("is being sent")
    if contact.channel == CaseContact.Channel.EMAIL:
        return _("written, no answer noted")
    return _("did not reach the customer")


def _changes(actor: Actor, case: Case) -> Iterable[HistoryEntry]:
    rows: QuerySet[Any] = AuditEntry.objects.for_actor(actor)
    entries = rows.filter(object_type="journeys.case", object_id=case.pk)
    for entry in entries.exclude(action__in=_TOLD_ELSEWHERE).order_by("-at")[:HISTORY]:
        verb = audit_words.get(entry.action) or audit_words.get(
            entry.action.rpartition(".")[2], entry.action
        )
        names = field_names()
        parts = [
            f"{names[name]}: {before or '–'} → {after or '–'}"
            for name, (before, after) in entry.changes.items()
            if name in names
        ]
        yield HistoryEntry(
            at=entry.at,
            text=str(verb),
            who=entry.actor_label,
            detail="; ".join(parts),
            icon=_ICONS.get(entry.action, "pencil"),
        )


def spoken_time(passed: timedelta) -> str:
    """A length of time in words: minutes, hours or days."""
    minutes = int(passed.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


def field_names() -> dict[str, str]:
    """What the fields of a case are called in its history."""
    return {
        "title": _("Title"),
        "severity": _("Severity"),
        "owner": _("Owner"),
        "team": _("Team"),
        "touchpoint": _("Touchpoint"),
        "stage": _("Stage"),
        "action": _("Action"),
    }


def cases_of_customer(actor: Actor, customer: Customer) -> QuerySet[Any]:
    """A customer's cases, newest first."""
    return cases_listed(actor).filter(customer=customer).order_by("-opened_at")


def cases_matching(actor: Actor, text: str) -> QuerySet[Any]:
    """By number, title, or the customer's own id; by name only for who may see persons."""
    wanted = text.replace("\x00", "").strip()[:100]
    found = Q(title__icontains=wanted) | Q(customer__external_id=wanted)
    if wanted.lstrip("#").isdigit() and len(wanted) < 19:
        found |= Q(pk=int(wanted.lstrip("#")))
    if actor.sees_personal_data:
        found |= Q(customer__name__icontains=wanted)
    return cases_listed(actor).filter(found)


def states_by_time(case: Case) -> dict[str, timedelta]:
    """How long the case has been in each state, those it never was in left out."""
    moves = list(case.moves.values_list("to_state", "at"))
    ends = [at for _state, at in moves[1:]]
    spent: dict[str, timedelta] = {}
    for (state, at), end in zip(moves, [*ends, timezone.now()], strict=True):
        if state != CaseState.CLOSED:
            spent[state] = spent.get(state, timedelta()) + (end - at)
    return spent
