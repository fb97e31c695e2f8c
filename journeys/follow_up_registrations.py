"""What cases and automations add to the ground floor's registries, once, at start-up."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.policies import may
from cxportal.core.registry import (
    NavigationItem,
    NoteSubject,
    SearchHit,
    TimelineEntry,
    audit_words,
    erasers,
    event_listeners,
    event_words,
    navigation,
    note_subjects,
    notification_sentences,
    object_pages,
    outbox_batches,
    outbox_consumers,
    response_listeners,
    retention_subjects,
    search,
    signs_of_life,
    timeline,
    webhook_events,
    written_places,
)
from cxportal.core.services.chat_messages import page_of
from cxportal.core.signals import comments_read
from journeys.models import (
    Action,
    AgendaItem,
    Card,
    Case,
    CaseContact,
    CaseState,
    ChecklistItem,
    EvidenceItem,
    Idea,
    Insight,
    Meeting,
    Severity,
    State,
)
from journeys.queries.cases import cases_listed, cases_matching, cases_of_customer
from journeys.services.case_erasure import (
    RETENTION,
    activities_forget,
    cases_forget,
    followed_up_since,
)
from journeys.services.follow_up import (
    BATCH,
    TOPIC,
    comments_to_follow_up,
    events_to_follow_up,
    follow_up_consume,
    responses_to_follow_up,
)

navigation.append(
    NavigationItem(
        "cases", _("Cases"), "journeys:case-list", "telephone", "journeys.view_cases", 65
    )
)
notification_sentences |= {
    "case_assigned": _("%(who)s gave you the case “%(title)s”."),
    "case_overdue": _("The case “%(title)s” is overdue."),
    "case_mail_failed": _("Your mail in the case “%(title)s” could not be sent."),
    "idea_taken": _("Your idea “%(title)s” was taken up."),
    "idea_declined": _("Your idea “%(title)s” was not taken up: %(answer)s"),
    "accounts_assigned": _("%(who)s gave you %(count)s key customers to look after."),
    "automation": _("%(name)s: customer %(who)s."),
    "automation_stopped": _("The automation “%(name)s” was stopped: %(reason)s"),
}
object_pages |= {
    "journeys.case": "journeys:case-detail",
    "journeys.automation": "journeys:automation-detail",
}
note_subjects["journeys.case"] = NoteSubject(
    rows=cases_listed,
    read="journeys.view_cases",
    write="journeys.comment_cases",
    told=lambda case: filter(None, [case.owner]),
)
audit_words |= {
    "case.take": pgettext_lazy("audit", "took the case"),
    "case.escalate": pgettext_lazy("audit", "escalated: overdue"),
    "case.open": pgettext_lazy("audit", "opened the case"),
    "case.follow_up": pgettext_lazy("audit", "asked how it went"),
    "case.follow_up_answer": pgettext_lazy("audit", "the follow-up survey was answered"),
    "case.pattern": pgettext_lazy("audit", "made of cases with one cause"),
    "case.contact": pgettext_lazy("audit", "tried to reach the customer"),
    "automation.pause": pgettext_lazy("audit", "switched off"),
    "automation.resume": pgettext_lazy("audit", "switched on"),
}
webhook_events |= {
    "case.opened": _("A case was opened"),
    "case.closed": _("A case was closed"),
    "case.reopened": _("A case was opened again"),
    "case.escalated": _("A case became overdue"),
    "automation.fired": _("An automation tells of an occasion"),
    "automation.stopped": _("An automation was stopped"),
}


def case_entries(actor: Actor, customer: Customer, limit: int) -> Iterable[TimelineEntry]:
    """Cases of the customer."""
    if not may(actor, "journeys.view_cases"):
        return
    for case in cases_of_customer(actor, customer)[:limit]:
        yield TimelineEntry(
            at=case.opened_at,
            kind="case",
            text=gettext("Case opened: %(title)s") % {"title": case.title},
            url=actor.url("journeys:case-detail", case.pk),
            detail=str(case.get_resolution_display() or case.get_state_display()),
        )


def case_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """Cases by number, title or customer."""
    if not may(actor, "journeys.view_cases"):
        return
    for case in cases_matching(actor, text).order_by("-pk")[:limit]:
        url = actor.url("journeys:case-detail", case.pk)
        yield SearchHit(gettext("Case"), f"#{case.pk} {case.title}", url, case.get_state_display())


def case_words(actor: Actor, data: Mapping[str, Any]) -> tuple[list[str], str]:
    """A case in a chat: how urgent, how it stands, until when; nothing about the customer."""
    words = [
        f"#{data.get('id')}",
        _choice(Case.Reason, data.get("reason")),
        _choice(Severity, data.get("severity")),
        _choice(CaseState, data.get("state")),
        _choice(Case.Resolution, data.get("resolution")),
    ]
    due = parse_datetime(str(data.get("due_at") or ""))
    until = due.astimezone(actor.program.zone).strftime("%Y-%m-%d %H:%M") if due else ""
    lines = [" · ".join(word for word in words if word)]
    if until and data.get("state") != CaseState.CLOSED:
        lines.append(gettext("To be closed until %(day)s") % {"day": until})
    return lines, page_of(actor, "journeys:case-detail", data.get("id"))


def action_words(actor: Actor, data: Mapping[str, Any]) -> tuple[list[str], str]:
    """An action in a chat: its title, where it stands, until when."""
    state = _choice(State, data.get("state"))
    words = [str(data.get("title") or ""), state, str(data.get("due") or "")]
    lines = [" · ".join(word for word in words if word)]
    return lines, page_of(actor, "journeys:action-detail", data.get("id"))


def automation_words(actor: Actor, data: Mapping[str, Any]) -> tuple[list[str], str]:
    """What an automation says: what is to be done, for which customer by pseudonym."""
    lines = [str(data.get(name) or "") for name in ("activity", "reason", "customer")]
    pk = data.get("automation") or data.get("id")
    return lines, str(data.get("path") or "") or page_of(actor, "journeys:automation-detail", pk)


def _choice(choices: Any, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else ""


event_words |= {"case": case_words, "action": action_words, "automation": automation_words}
timeline.append(case_entries)
search.append(case_hits)
response_listeners.append(responses_to_follow_up)
event_listeners.append(events_to_follow_up)
comments_read.connect(comments_to_follow_up, dispatch_uid="journeys.follow_up")
outbox_consumers[TOPIC] = follow_up_consume
outbox_batches[TOPIC] = BATCH
erasers += [cases_forget, activities_forget]
retention_subjects.update(RETENTION)
signs_of_life.append(followed_up_since)
written_places += [
    (Action, "title"),
    (Action, "description"),
    (ChecklistItem, "text"),
    (Case, "title"),
    (Case, "description"),
    (Case, "outcome"),
    (CaseContact, "note"),
    (Meeting, "title"),
    (Meeting, "notes"),
    (AgendaItem, "text"),
    (AgendaItem, "note"),
    (Idea, "title"),
    (Idea, "description"),
    (EvidenceItem, "text"),
    (EvidenceItem, "source"),
    (Card, "title"),
    (Card, "text"),
    (Insight, "title"),
    (Insight, "text"),
]
