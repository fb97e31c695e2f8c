"""Comments on the journey: placed by topic or question, corrected, turned into actions."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from journeys.models import Action, CommentAction, CommentPlace, Touchpoint
from journeys.services.touchpoints import touchpoint_create, touchpoint_metric_attach
from journeys.services.voice import (
    comment_place,
    comment_to_action,
    comment_to_case,
    comments_change,
    topic_place,
)
from journeys.services.voice_files import comments_import, file_preview
from surveys.models import Comment
from surveys.services.comments import comment_record
from surveys.services.topics import topic_create
from tests.conftest import make_customers
from tests.surveys.answering import (
    NPS,
    WHY,
    drain,
    make_metric,
    make_survey,
    open_link,
    read_comments,
    send,
)

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
    read_comments()
    assert placed_at(Comment.unscoped.get()) == "Till"


def test_a_topic_places_its_comments(system: Actor) -> None:
    topic = topic_create(actor=system, name={"en": "Waiting"}, seeds=["queue"])
    made = comment_record(actor=system, text="A long queue", source="store")
    read_comments()
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
    read_comments()
    assert placed_at(made) == "Door"
    comment_place(actor=actor_for("staff"), comment=made, touchpoint=None)
    Comment.unscoped.update(analysed_at=None)
    read_comments()
    assert placed_at(made) is None


def test_a_comment_becomes_an_action_at_its_touchpoint(actor_for: ActorFor, system: Actor) -> None:
    staff = actor_for("staff")
    made = comment_record(actor=staff, text="A long queue " * 20, source="store")
    comment_place(actor=staff, comment=made, touchpoint=touchpoint(system, "Till"))
    action = comment_to_action(actor=staff, comment=made)
    assert str(action.touchpoint) == "Till"
    # The words stay with the comment, where erasure finds them.
    assert (action.title, action.description) == ("Remark: Till", "")
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


def test_a_comment_opens_one_case(actor_for: ActorFor, program: Program) -> None:
    staff = actor_for("manager")
    person = make_customers(program, 1)[0]
    made = comment_record(actor=staff, text="Call me!", source="call", customer=person)
    case = comment_to_case(actor=staff, comment=made)
    again = comment_to_case(actor=staff, comment=made)
    assert (again.pk, case.customer, case.comment) == (case.pk, person, made)
    assert "Call me" not in f"{case.title}{case.description}"


CSV = """text,source,external_id,touchpoint,kind
"줄이 너무 길어요",store,a1,till,
"Lovely staff",review,a2,,praise
"",store,a3,,
"Nice",tv,a4,,
"Where?",store,a5,moon,
"""


def test_a_file_is_looked_at_before_it_is_taken(actor_for: ActorFor, system: Actor) -> None:
    staff = actor_for("staff")
    touchpoint(system, "Till")
    content = CSV.encode("cp949")
    preview = file_preview(actor=staff, content=content)
    assert (preview.total, preview.good) == (5, 2)
    assert [(line, set(errors)) for line, errors in preview.faults] == [
        (4, {"text"}),
        (5, {"source"}),
        (6, {"touchpoint"}),
    ]
    assert Comment.unscoped.count() == 0
    result = comments_import(actor=staff, content=content)
    assert (result.created, result.failed) == (2, 3)
    assert sorted(row["line"] for row in result.rows if row["status"] == "failed") == [4, 5, 6]
    assert placed_at(Comment.unscoped.get(external_id="a1")) == "Till"
    assert comments_import(actor=staff, content=content).unchanged == 2


def test_a_workbook_is_read_as_well(actor_for: ActorFor) -> None:
    book = BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        for line, row in enumerate([("Text", "Source"), ("좋아요", "review"), ("", "")]):
            sheet.write_row(line, 0, row)
    result = comments_import(actor=actor_for("staff"), content=book.getvalue())
    assert (result.created, result.failed) == (1, 0)
    assert Comment.unscoped.get().text == "좋아요"


def test_a_broken_workbook_is_refused(actor_for: ActorFor) -> None:
    with pytest.raises(DomainError):
        comments_import(actor=actor_for("staff"), content=b"PK\x03\x04nothing")
