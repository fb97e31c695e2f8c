"""What this floor adds to the ground floor's registries, once, at start-up."""

from collections.abc import Iterable

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.policies import may
from cxportal.core.registry import (
    NavigationItem,
    SearchHit,
    TimelineEntry,
    navigation,
    notification_sentences,
    object_pages,
    retention,
    search,
    timeline,
    webhook_events,
)
from cxportal.core.signals import tallies_changed
from journeys.queries.actions import actions_matching, actions_of_customer
from journeys.services.evidence import evidence_drop_old, evidence_mark_stale

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
]

notification_sentences |= {
    "action_assigned": _("%(who)s gave you the action “%(title)s”."),
    "action_commented": _("%(who)s commented on your action “%(title)s”."),
}
object_pages |= {
    "journeys.action": "journeys:action-detail",
    "journeys.board": "journeys:board-detail",
}
webhook_events |= {
    "action.created": _("An improvement action was logged"),
    "action.closed": _("The work on an improvement action was done"),
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


timeline.append(action_entries)
search.append(action_hits)

tallies_changed.connect(evidence_mark_stale, dispatch_uid="journeys.evidence")
retention.append(evidence_drop_old)
