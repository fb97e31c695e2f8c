"""What this floor adds to the ground floor's registries, once, at start-up."""

from collections.abc import Iterable

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.policies import may
from cxportal.core.registry import (
    Named,
    NavigationItem,
    NoteSubject,
    SearchHit,
    TimelineEntry,
    audit_words,
    figure_feeds,
    named_records,
    navigation,
    note_subjects,
    notification_sentences,
    object_pages,
    outside_sources,
    retention,
    search,
    shareables,
    timeline,
    touchpoint_names,
    webhook_events,
)
from cxportal.core.signals import comments_read, tallies_changed
from journeys.models import (
    Automation,
    Behaviour,
    Board,
    Card,
    Insight,
    Journey,
    Meeting,
    Opportunity,
    Persona,
    Stage,
    Step,
    Touchpoint,
)
from journeys.queries.actions import actions_live, actions_matching, actions_of_customer
from journeys.queries.figure_feeds import FIRST_CONTACT
from journeys.queries.outside import ASKED, VISITED
from journeys.services.evidence import evidence_drop_old, evidence_mark_stale
from journeys.services.voice import place_read_comments
from journeys.views.review_pack import KIND as PACK_KIND
from journeys.views.review_pack import REVIEW_PACK
from journeys.views.shared_maps import KIND as SHARE_KIND
from journeys.views.shared_maps import SHARED_MAP
from surveys.models import Topic

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
]

notification_sentences |= {
    "action_assigned": _("%(who)s gave you the action “%(title)s”."),
    "action_told": _("What changed by “%(title)s”: %(text)s"),
    "action_moved": _("%(who)s moved “%(title)s” to “%(column)s”."),
}
object_pages |= {
    "surveys.comment": "journeys:comment-detail",
    "surveys.topic": "journeys:topic-detail",
    "journeys.action": "journeys:action-detail",
    "journeys.board": "journeys:board-detail",
    "journeys.meeting": "journeys:meeting-detail",
    "journeys.journey": "journeys:journey-detail",
    "journeys.stage": "journeys:stage-detail",
    "journeys.touchpoint": "journeys:touchpoint-detail",
    "journeys.behaviour": "journeys:behaviour-detail",
    "journeys.card": "journeys:card-detail",
    "journeys.step": "journeys:step-edit",
}
note_subjects["journeys.action"] = NoteSubject(
    rows=actions_live,
    read="journeys.view_boards",
    write="journeys.comment_actions",
    told=lambda action: filter(None, [action.owner, *action.watchers.all()]),
)
note_subjects["journeys.card"] = NoteSubject(
    rows=Card.objects.for_actor,
    read="journeys.view_journeys",
    write="journeys.comment_journeys",
    told=lambda card: (),
)
note_subjects["journeys.step"] = NoteSubject(
    rows=Step.objects.for_actor,
    read="journeys.view_journeys",
    write="journeys.comment_journeys",
    told=lambda step: (),
)
figure_feeds["first-contact"] = FIRST_CONTACT
shareables[SHARE_KIND] = SHARED_MAP
shareables[PACK_KIND] = REVIEW_PACK
audit_words |= {
    "meeting.minutes": pgettext_lazy("audit", "sent the minutes"),
    "meeting.point": pgettext_lazy("audit", "put a point on the agenda"),
    "action.tell": pgettext_lazy("audit", "told what changed"),
    "topic.act": pgettext_lazy("audit", "made an action of it"),
    "behaviour.train": pgettext_lazy("audit", "noted a training"),
    "card.add": pgettext_lazy("audit", "wrote the card"),
    "card.move": pgettext_lazy("audit", "moved the card"),
    "lane.add": pgettext_lazy("audit", "added a lane"),
    "column.move": pgettext_lazy("audit", "moved the column"),
    "lane.move": pgettext_lazy("audit", "moved a lane"),
    "lane.delete": pgettext_lazy("audit", "took a lane off"),
    "evidence.add": pgettext_lazy("audit", "added evidence"),
    "evidence.remove": pgettext_lazy("audit", "removed evidence"),
    "emotion.set": pgettext_lazy("audit", "set a feeling"),
    "journey.undo": pgettext_lazy("audit", "took a change back"),
    "journey.keep": pgettext_lazy("audit", "kept a version"),
    "journey.restore": pgettext_lazy("audit", "restored a version"),
    "journey.copy": pgettext_lazy("audit", "copied the journey"),
    "journey.import": pgettext_lazy("audit", "took the map over from a file"),
    "journey.decide": pgettext_lazy("audit", "decided in a review meeting"),
    "journey.reviewed": pgettext_lazy("audit", "looked the map over"),
    "journey.personas": pgettext_lazy("audit", "changed the personas on the curve"),
    "comment.place": pgettext_lazy("audit", "said which touchpoint it is about"),
    "comment.act": pgettext_lazy("audit", "made an action of it"),
    "comment.case": pgettext_lazy("audit", "made a case of it"),
    "topic.place": pgettext_lazy("audit", "tied the topic to a touchpoint"),
    "step.add": pgettext_lazy("audit", "placed a touchpoint"),
    "step.move": pgettext_lazy("audit", "moved a touchpoint"),
    "step.remove": pgettext_lazy("audit", "took a touchpoint out"),
    "touchpoint.attach": pgettext_lazy("audit", "attached a metric"),
    "touchpoint.detach": pgettext_lazy("audit", "detached a metric"),
}
webhook_events |= {
    "action.created": _("An improvement action was logged"),
    "action.told": _("Customers and staff were told what an action changed"),
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
            text=gettext("Action logged: %(title)s") % {"title": action.title},
            url=actor.url("journeys:action-detail", action.pk),
            detail=str(action.column),
        )


def action_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """Actions whose title or description holds the text."""
    if not may(actor, "journeys.view_boards"):
        return
    for action in actions_matching(actor, text)[:limit]:
        url = actor.url("journeys:action-detail", action.pk)
        yield SearchHit(gettext("Action"), action.title, url, str(action.column))


timeline.append(action_entries)
search.append(action_hits)


_SEES = "journeys.view_journeys"
named_records += [
    Named(_("Journey"), Journey, "journeys:journey-detail", _SEES),
    Named(_("Stage"), Stage, "journeys:stage-detail", _SEES),
    Named(_("Touchpoint"), Touchpoint, "journeys:touchpoint-detail", _SEES),
    Named(_("Persona"), Persona, "journeys:persona-edit", "journeys.change_journeys"),
    Named(_("Insight"), Insight, "journeys:insight-detail", _SEES, ("title", "text")),
    Named(_("Opportunity"), Opportunity, "journeys:opportunity-detail", _SEES, ("title", "text")),
    Named(_("Behaviour"), Behaviour, "journeys:behaviour-detail", _SEES),
    Named(_("Meeting"), Meeting, "journeys:meeting-detail", "journeys.view_boards", ("title",)),
    Named(_("Board"), Board, "journeys:board-detail", "journeys.view_boards"),
    Named(_("Automation"), Automation, "journeys:automation-detail", "journeys.view_automations"),
    Named(_("Topic"), Topic, "journeys:topic-detail", "surveys.view_comments"),
]

comments_read.connect(place_read_comments, dispatch_uid="journeys.places")
tallies_changed.connect(evidence_mark_stale, dispatch_uid="journeys.evidence")
retention.append(evidence_drop_old)
outside_sources += [ASKED, VISITED]


def touchpoints_named(actor: Actor) -> Iterable[str]:
    """Touchpoints of the library, for choosing one by its name."""
    if not may(actor, "journeys.view_journeys"):
        return []
    return [str(touchpoint) for touchpoint in Touchpoint.objects.for_actor(actor)[:500]]


touchpoint_names.append(touchpoints_named)
