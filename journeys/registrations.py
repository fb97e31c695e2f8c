"""What this floor adds to the ground floor's registries, once, at start-up."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    navigation,
    note_subjects,
    notification_sentences,
    object_pages,
    outbox_consumers,
    response_listeners,
    retention,
    search,
    timeline,
    webhook_events,
)
from cxportal.core.signals import comments_read, tallies_changed
from journeys.models import Journey, Stage, Touchpoint
from journeys.queries.actions import actions_live, actions_matching, actions_of_customer
from journeys.queries.cases import cases_listed, cases_matching, cases_of_customer
from journeys.queries.journeys import named_like
from journeys.services.case_erasure import cases_forget
from journeys.services.case_opening import TOPIC, follow_up_consume, responses_to_follow_up
from journeys.services.evidence import evidence_drop_old, evidence_mark_stale
from journeys.services.voice import place_read_comments

navigation += [
    NavigationItem(
        "journeys",
        _("Journeys"),
        "journeys:journey-list",
        "signpost-split",
        "journeys.view_journeys",
        50,
        True,
    ),
    NavigationItem(
        "actions", _("Actions"), "journeys:board", "kanban", "journeys.view_boards", 60, True
    ),
    NavigationItem(
        "voice", _("Customer voice"), "journeys:voice", "megaphone", "surveys.view_comments", 42
    ),
    NavigationItem(
        "cases", _("Cases"), "journeys:case-list", "telephone", "journeys.view_cases", 65
    ),
]

notification_sentences |= {
    "action_assigned": _("%(who)s gave you the action “%(title)s”."),
    "case_assigned": _("%(who)s gave you the case “%(title)s”."),
    "case_overdue": _("The case “%(title)s” is overdue."),
}
object_pages |= {
    "surveys.comment": "journeys:comment-detail",
    "surveys.topic": "journeys:topic-detail",
    "journeys.action": "journeys:action-detail",
    "journeys.board": "journeys:board-detail",
    "journeys.case": "journeys:case-detail",
    "journeys.journey": "journeys:journey-detail",
    "journeys.stage": "journeys:stage-detail",
    "journeys.touchpoint": "journeys:touchpoint-detail",
}
note_subjects["journeys.action"] = NoteSubject(
    rows=actions_live,
    read="journeys.view_boards",
    write="journeys.comment_actions",
    told=lambda action: filter(None, [action.owner]),
)
note_subjects["journeys.case"] = NoteSubject(
    rows=cases_listed,
    read="journeys.view_cases",
    write="journeys.comment_cases",
    told=lambda case: filter(None, [case.owner]),
)
audit_words |= {
    "comment.place": pgettext_lazy("audit", "said which touchpoint it is about"),
    "comment.act": pgettext_lazy("audit", "made an action of it"),
    "topic.place": pgettext_lazy("audit", "tied the topic to a touchpoint"),
    "case.take": pgettext_lazy("audit", "took the case"),
    "case.escalate": pgettext_lazy("audit", "escalated: overdue"),
    "case.open": pgettext_lazy("audit", "opened the case"),
    "case.contact": pgettext_lazy("audit", "tried to reach the customer"),
    "step.add": pgettext_lazy("audit", "placed a touchpoint"),
    "step.move": pgettext_lazy("audit", "moved a touchpoint"),
    "step.remove": pgettext_lazy("audit", "took a touchpoint out"),
    "touchpoint.attach": pgettext_lazy("audit", "attached a metric"),
    "touchpoint.detach": pgettext_lazy("audit", "detached a metric"),
}
webhook_events |= {
    "action.created": _("An improvement action was logged"),
    "action.closed": _("The work on an improvement action was done"),
    "case.opened": _("A case was opened"),
    "case.closed": _("A case was closed"),
    "case.reopened": _("A case was opened again"),
    "case.escalated": _("A case became overdue"),
}


def action_entries(actor: Actor, customer: Customer, limit: int) -> Iterable[TimelineEntry]:
    """Improvement actions that an answer of the customer led to."""
    if not may(actor, "journeys.view_boards"):
        return
    for action in actions_of_customer(actor, customer)[:limit]:
        yield TimelineEntry(
            at=action.created_at,
            kind="action",
            text=say("Action logged: %(title)s") % {"title": action.title},
            url=actor.url("journeys:action-detail", action.pk),
            detail=str(action.column),
        )


def action_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """Actions whose title or description holds the text."""
    if not may(actor, "journeys.view_boards"):
        return
    for action in actions_matching(actor, text)[:limit]:
        url = actor.url("journeys:action-detail", action.pk)
        yield SearchHit(say("Action"), action.title, url, str(action.column))


def case_entries(actor: Actor, customer: Customer, limit: int) -> Iterable[TimelineEntry]:
    """Cases of the customer."""
    if not may(actor, "journeys.view_cases"):
        return
    for case in cases_of_customer(actor, customer)[:limit]:
        yield TimelineEntry(
            at=case.opened_at,
            kind="case",
            text=say("Case opened: %(title)s") % {"title": case.title},
            url=actor.url("journeys:case-detail", case.pk),
            detail=str(case.get_resolution_display() or case.get_state_display()),
        )


def case_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """Cases by number, title or customer."""
    if not may(actor, "journeys.view_cases"):
        return
    for case in cases_matching(actor, text).order_by("-pk")[:limit]:
        url = actor.url("journeys:case-detail", case.pk)
        yield SearchHit(say("Case"), f"#{case.pk} {case.title}", url, case.get_state_display())


timeline += [action_entries, case_entries]
search += [action_hits, case_hits]
response_listeners.append(responses_to_follow_up)
outbox_consumers[TOPIC] = follow_up_consume
erasers.append(cases_forget)


#: What is found by its name: kind of hit, table, page.
_NAMED: list[tuple[Any, Any, str]] = [
    (_("Journey"), Journey, "journeys:journey-detail"),
    (_("Stage"), Stage, "journeys:stage-detail"),
    (_("Touchpoint"), Touchpoint, "journeys:touchpoint-detail"),
]


def journey_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """Journeys, stages and touchpoints by their names."""
    if not may(actor, "journeys.view_journeys"):
        return
    for kind, model, page in _NAMED:
        for row in named_like(actor, model, text)[:limit]:
            yield SearchHit(str(kind), str(row), actor.url(page, row.pk), row.code)


search.append(journey_hits)

comments_read.connect(place_read_comments, dispatch_uid="journeys.places")
tallies_changed.connect(evidence_mark_stale, dispatch_uid="journeys.evidence")
retention.append(evidence_drop_old)
