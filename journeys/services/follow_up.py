"""What follows from answers, comments and events: cases and automations, from the worker, once.

Answers and comments leave an outbox row in the transaction that counts or reads them; the worker
works it off in a transaction of its own. Customer events come by `registry.event_listeners`.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import CustomerEvent, OutboxEvent, Program
from journeys.models import Automation, Case, CaseRules, Severity, Trigger
from journeys.queries.case_rules import case_rules_of
from journeys.queries.occasions import (
    answers_occasions,
    comments_occasions,
    events_occasions,
)
from journeys.services.automation_runs import automations_run
from journeys.services.case_follow_up import follow_ups_take
from journeys.services.case_opening import cases_open_for_responses
from journeys.services.cases import case_open
from surveys.models import Comment, Response

TOPIC = "follow_up"
#: Rows in a batch: each holds some hundred answers, and each of those may open a case.
BATCH = 2
#: What was taken over from earlier times is read, not followed up.
FRESH = timedelta(days=3)
CONTACT_REQUESTED = "contact_requested"


def responses_to_follow_up(actor: Actor, responses: Sequence[Response]) -> None:
    """Put fresh answers into the outbox where the program follows up or automates."""
    since = timezone.now() - FRESH
    fresh = [
        r.pk for r in responses if not r.is_test and r.completed_at and r.completed_at >= since
    ]
    if fresh and (_follows_up(actor) or _has_automations(actor, Trigger.ANSWER)):
        _put(actor, {"responses": fresh})


def comments_to_follow_up(
    sender: Any, program_id: int, comment_ids: Sequence[int], **_more: Any
) -> None:
    """Receiver of comments_read: put fresh comments into the outbox where somebody waits."""
    actor = Actor.system(Program.objects.get(pk=program_id))
    if not _has_automations(actor, Trigger.TOPIC):
        return
    comments: Any = Comment.objects.for_actor(actor)
    fresh = comments.filter(pk__in=comment_ids, is_test=False, at__gte=timezone.now() - FRESH)
    ids = list(fresh.values_list("pk", flat=True))
    if ids:
        _put(actor, {"comments": ids})


def _put(actor: Actor, payload: dict[str, Any]) -> None:
    OutboxEvent.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program, topic=TOPIC, payload=payload
    )


def _follows_up(actor: Actor) -> bool:
    rules: Any = CaseRules.objects.for_actor(actor)
    wanted = Q(opens_on_low_score=True) | Q(follow_up_campaign__isnull=False)
    return bool(rules.filter(wanted).exists())


def _has_automations(actor: Actor, trigger: str) -> bool:
    rows: Any = Automation.objects.for_actor(actor)
    return bool(rows.filter(is_active=True, trigger=trigger).exists())


def follow_up_consume(program_id: int, rows: list[OutboxEvent]) -> None:
    """Outbox consumer of topic “follow_up”."""
    actor = Actor.system(Program.objects.get(pk=program_id))
    answers = [pk for row in rows for pk in row.payload.get("responses", [])]
    read = [pk for row in rows for pk in row.payload.get("comments", [])]
    with translation.override(actor.language):
        if answers:
            _follow_answers(actor, answers)
        if read:
            comments: Any = Comment.objects.for_actor(actor).filter(pk__in=read)
            found = comments_occasions(actor, comments)
            automations_run(actor=actor, trigger=Trigger.TOPIC, occasions=found)


def _follow_answers(actor: Actor, ids: list[int]) -> None:
    rules = case_rules_of(actor)
    taken: set[int] = set()
    if rules.follow_up_campaign is not None:
        answers: Any = Response.objects.for_actor(actor).filter(pk__in=ids)
        asked = answers.filter(campaign=rules.follow_up_campaign).select_related("invitation")
        taken = follow_ups_take(actor=actor, responses=asked)
    if rules.opens_on_low_score:
        cases_open_for_responses(actor=actor, response_ids=[pk for pk in ids if pk not in taken])
    if _has_automations(actor, Trigger.ANSWER):
        responses: Any = Response.objects.for_actor(actor).filter(pk__in=ids)
        found = answers_occasions(actor, responses)
        automations_run(actor=actor, trigger=Trigger.ANSWER, occasions=found)


def events_to_follow_up(program_id: int, events: list[CustomerEvent]) -> None:
    """Listener of customer events: who asked for a call gets a case; automations run."""
    actor = Actor.system(events[0].program)
    since = timezone.now() - FRESH
    fresh = [event for event in events if event.occurred_at >= since]
    with translation.override(actor.language):
        for event in fresh:
            if event.kind == CONTACT_REQUESTED:
                _open_for(actor, event)
        if fresh and _has_automations(actor, Trigger.EVENT):
            found = events_occasions(actor, fresh)
            automations_run(actor=actor, trigger=Trigger.EVENT, occasions=found)


def _open_for(actor: Actor, event: CustomerEvent) -> None:
    """A customer who asks to be called must not be lost, whatever else is switched on."""
    responses: Any = Response.objects.for_actor(actor)
    asked = event.data.get("response")
    response = responses.filter(pk=asked).first() if isinstance(asked, int) else None
    case_open(
        actor=actor,
        title=_("Asked to be contacted"),
        reason=Case.Reason.CONTACT,
        severity=Severity.HIGH,
        customer=event.customer,
        response=response,
        event=event,
        once_key=f"contact:{event.pk}",
    )
