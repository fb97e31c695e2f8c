"""The outer loop closed: topics become actions, and those who said it are told what changed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Consent, Customer, Membership, Notification
from cxportal.core.services.consent import suppression_add
from journeys.models import Action, ActionTold, CommentAction, Touchpoint
from journeys.queries.outer_loop import topic_signals
from journeys.queries.telling import told_audience
from journeys.services.action_parts import action_watch
from journeys.services.actions import action_create, action_move
from journeys.services.boards import board_default
from journeys.services.cases import case_open, case_update
from journeys.services.outer_loop import topic_to_action
from journeys.services.plain_mails import mails_send_due
from journeys.services.telling import action_tell
from surveys.models import Comment, CommentTopic, Topic
from tests.conftest import make_customers

ActorFor = Callable[[str], Actor]
TEXT: dict[str, Any] = {
    "subject": {"en": "We changed it", "ko": "개선했습니다"},
    "body": {"en": "Hello {{name|you}}", "ko": "{{name|고객}}님"},
}


def done(actor: Actor) -> Action:
    """An action whose work is done."""
    action = action_create(actor=actor, title="Two tills")
    column = board_default(actor).columns.get(state="done")
    return action_move(actor=actor, action=action, column=column)


def test_customers_whose_words_led_to_it_are_told_once_each_in_their_language(
    system: Actor, actor_for: ActorFor, people: dict[str, Membership]
) -> None:
    manager = actor_for("manager")
    action = done(system)
    one, two, three, four = make_customers(system.program, 4)
    Customer.unscoped.filter(pk=one.pk).update(language="ko", name="김하나")
    Customer.unscoped.filter(pk=four.pk).update(language="en", name="")
    for customer in (one, two, three, four):
        case = case_open(actor=system, title="Queue", customer=customer, owner=people["staff"])
        case_update(actor=system, case=case, action=action)
    suppression_add(actor=system, address=two.email)
    Consent.unscoped.create(
        program=system.program, customer=three, channel="email", granted=False, at=timezone.now()
    )
    action_watch(actor=actor_for("designer"), action=action, on=True)
    audience = told_audience(manager, action)
    assert [c.pk for c in audience.customers] == [one.pk, four.pk]
    assert sorted(n for _reason, n in audience.left_out) == [1, 1]
    told = action_tell(actor=manager, action=action, **TEXT)
    assert (told.customers, told.members) == (2, 2)
    mails_send_due()
    assert {m.to[0]: (m.subject, m.body) for m in mail.outbox} == {
        one.email: ("개선했습니다", "김하나님"),
        four.email: ("We changed it", "Hello you"),
    }
    notices = Notification.unscoped.filter(kind="action_told")
    assert {n.membership for n in notices} == {people["staff"], people["designer"]}
    again = action_tell(actor=manager, action=action, **TEXT)
    assert (again.customers, ActionTold.objects.for_actor(system).count()) == (0, 2)


def test_nothing_is_told_before_it_is_done_or_with_a_tag_nothing_fills(
    system: Actor, actor_for: ActorFor
) -> None:
    manager = actor_for("manager")
    with pytest.raises(DomainError) as early:
        action_tell(actor=manager, action=action_create(actor=system, title="x"), **TEXT)
    assert early.value.code == "not_done"
    with pytest.raises(DomainError) as wrong:
        action_tell(actor=manager, action=done(system), **(TEXT | {"body": "{{birthday}}"}))
    assert list(wrong.value.details) == ["body"]


def speak(actor: Actor, topic: Topic | None, count: int, days_ago: int, sentiment: str) -> None:
    """So many comments, read, about a topic."""
    at = timezone.now() - timedelta(days=days_ago)
    made = Comment.unscoped.bulk_create(
        Comment(
            program=actor.program,
            text="Words",
            language="en",
            sentiment=sentiment,
            at=at,
            analysed_at=at,
        )
        for _number in range(count)
    )
    if topic is not None:
        CommentTopic.unscoped.bulk_create(
            CommentTopic(program=actor.program, comment=comment, topic=topic) for comment in made
        )


def test_a_topic_that_grows_becomes_one_action_with_its_complaints(
    system: Actor, actor_for: ActorFor
) -> None:
    queue = Topic.unscoped.create(program=system.program, code="queue", name={"en": "Queue"})
    calm = Topic.unscoped.create(program=system.program, code="calm", name={"en": "Calm"})
    speak(system, queue, 10, 120, "negative")
    speak(system, queue, 60, 20, "negative")
    for days in (120, 20):
        speak(system, calm, 40, days, "positive")
        speak(system, None, 60, days, "neutral")
    signals = topic_signals(actor_for("manager"))
    assert [(s.line.topic, s.grows, s.hurts) for s in signals] == [(queue, True, False)]
    action = topic_to_action(actor=actor_for("manager"), topic=queue)
    assert action.title == "Queue"
    assert action.description.startswith("60 comments in 90 days, 60 of them complaints.")
    assert CommentAction.objects.for_actor(system).filter(action=action).count() == 60
    with pytest.raises(DomainError) as twice:
        topic_to_action(actor=actor_for("manager"), topic=queue)
    with pytest.raises(DomainError) as calmly:
        topic_to_action(actor=actor_for("manager"), topic=calm)
    assert (twice.value.code, calmly.value.code) == ("has_action", "no_signal")
    assert not Touchpoint.objects.for_actor(system).exists()
