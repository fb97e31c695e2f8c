"""Comments on the journey: placed by topic or question, corrected, turned into actions."""

from collections.abc import Callable
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from journeys.models import Action, CommentAction, CommentPlace, Touchpoint
from journeys.services.touchpoints import touchpoint_create, touchpoint_metric_attach
from journeys.services.voice import (
    comment_place,
    comment_to_action,
    comments_change,
    topic_place,
)
from surveys.models import Comment
from surveys.services.comments import comment_record
from surveys.services.readings import comments_read_due
from surveys.services.topics import topic_create
from tests.surveys.answering import NPS, WHY, drain, make_metric, make_survey, open_link, send

pytestmark = pytest.mark.django_db
ActorFor = Callable[[str], Actor]
CSAT_LAST: dict[str, Any] = {"code": "csat", "kind": "csat", "text": {"en": "Satisfied?"}}


@pytest.fixture(autouse=True)
def _no_encoder(settings: Any) -> None:
    settings.TEXT_ENCODER = False


def touchpoint(actor: Actor, name: str) -> Touchpoint:
    return touchpoint_create(actor=actor, name={"en": name})


def placed_at(comment: Comment) -> str | None:
    place = CommentPlace.unscoped.filter(comment=comment).select_related("touchpoint").first()
    return str(place.touchpoint) if place and place.touchpoint else None


def test_an_answer_is_placed_where_the_question_before_it_measures(
    program: Program, system: Actor
) -> None:
    survey = make_survey(program, [NPS, WHY, CSAT_LAST])
    for code, kind, name in (("nps", "nps", "Till"), ("csat", "csat", "Door")):
        metric = make_metric(survey, code, kind, 0, 10)
        touchpoint_metric_attach(actor=system, touchpoint=touchpoint(system, name), metric=metric)
    send(open_link(survey), nps=3, why="Slow")
    drain()
    comments_read_due()
    assert placed_at(Comment.unscoped.get()) == "Till"


def test_a_topic_places_its_comments(system: Actor) -> None:
    topic = topic_create(actor=system, name={"en": "Waiting"}, seeds=["queue"])
    made = comment_record(actor=system, text="A long queue", source="store")
    comments_read_due()
    assert placed_at(made) is None
    topic_place(actor=system, topic=topic, touchpoint=touchpoint(system, "Till"))
    assert placed_at(made) == "Till"
    topic_place(actor=system, topic=topic, touchpoint=None)
    assert placed_at(made) is None


def test_a_person_s_place_stands(actor_for: ActorFor, system: Actor) -> None:
    topic = topic_create(actor=system, name={"en": "Waiting"}, seeds=["queue"])
    topic_place(actor=system, topic=topic, touchpoint=touchpoint(system, "Till"))
    made = comment_record(actor=system, text="A long queue", source="store")
    comment_place(actor=actor_for("staff"), comment=made, touchpoint=touchpoint(system, "Door"))
    comments_read_due()
    assert placed_at(made) == "Door"
    comment_place(actor=actor_for("staff"), comment=made, touchpoint=None)
    Comment.unscoped.update(analysed_at=None)
    comments_read_due()
    assert placed_at(made) is None


def test_a_comment_becomes_an_action_at_its_touchpoint(actor_for: ActorFor, system: Actor) -> None:
    staff = actor_for("staff")
    made = comment_record(actor=staff, text="A long queue " * 20, source="store")
    comment_place(actor=staff, comment=made, touchpoint=touchpoint(system, "Till"))
    action = comment_to_action(actor=staff, comment=made)
    assert str(action.touchpoint) == "Till"
    assert len(action.title) <= 80
    assert action.description.startswith("A long queue")
    made.refresh_from_db()
    assert made.status == "open"
    assert CommentAction.unscoped.get().action_id == Action.unscoped.get().pk


def test_several_comments_are_sorted_at_once(actor_for: ActorFor, system: Actor) -> None:
    staff = actor_for("staff")
    topic = topic_create(actor=system, name={"en": "Waiting"})
    comments = [comment_record(actor=staff, text=f"No {i}", source="call") for i in range(3)]
    place = touchpoint(system, "Till")
    changed = comments_change(
        actor=staff,
        comments=comments,
        topic=topic,
        status="done",
        assignee=staff.membership,
        touchpoint=place,
    )
    assert changed == 3
    for comment in Comment.unscoped.all():
        assert (comment.status, comment.assignee) == ("done", staff.membership)
        assert list(comment.topics.all()) == [topic]
        assert placed_at(comment) == "Till"
