"""Comments from everywhere: recorded, read, sorted by people whose word stands, forgotten."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import AuditEntry, Program
from cxportal.core.services.erasure import customer_erase
from surveys.models import Comment, CommentTopic, Response, TextVector, Topic
from surveys.services.comment_rows import comments_record
from surveys.services.comments import comment_delete, comment_record, comment_update
from surveys.services.responses import response_change
from surveys.services.topics import (
    topic_create,
    topic_merge,
    topic_split,
    topic_update,
)
from tests.conftest import make_customers
from tests.surveys.answering import drain, make_survey, open_link, read_comments, send

pytestmark = pytest.mark.django_db
ActorFor = Callable[[str], Actor]


@pytest.fixture(autouse=True)
def _no_encoder(settings: object) -> None:
    settings.TEXT_ENCODER = False  # type: ignore[attr-defined]


def topics_of(comment: Comment) -> set[str]:
    links = CommentTopic.unscoped.filter(comment=comment).exclude(origin="refused")
    return set(links.values_list("topic__code", flat=True))


def test_what_was_heard_in_a_store_is_read_at_once(actor_for: ActorFor) -> None:
    made = comment_record(actor=actor_for("staff"), text=" 직원이 정말 친절했어요 ", source="store")
    stored = Comment.unscoped.get(pk=made.pk)
    assert (stored.text, stored.language) == ("직원이 정말 친절했어요", "ko")
    assert (stored.sentiment, stored.kind, stored.read_by) == ("positive", "praise", "rules")
    assert stored.status == "new"


def test_what_the_recorder_says_stands(system: Actor) -> None:
    made = comment_record(
        actor=system, text="정말 친절했어요", source="call", sentiment="negative", kind="remark"
    )
    read_comments()
    made.refresh_from_db()
    assert (made.sentiment, made.kind, made.read_by) == ("negative", "remark", "person")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"source": "survey"}, "source"),
        ({"source": "tv"}, "source"),
        ({"at": timezone.now() + timedelta(days=1)}, "at"),
        ({"status": "sold"}, "status"),
    ],
)
def test_bad_values_are_refused_by_name(
    system: Actor, values: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        comment_record(actor=system, **{"text": "Good", "source": "call", **values})  # type: ignore[arg-type]
    assert list(refused.value.details) == [field]
    assert Comment.unscoped.count() == 0


def test_an_external_id_is_taken_once(system: Actor) -> None:
    comment_record(actor=system, text="One", source="call", external_id="a")
    with pytest.raises(DomainError) as refused:
        comment_record(actor=system, text="Two", source="call", external_id="a")
    assert refused.value.code == "external_id_taken"


def test_a_viewer_records_nothing(actor_for: ActorFor) -> None:
    with pytest.raises(Denied):
        comment_record(actor=actor_for("viewer"), text="x", source="call")


def test_a_correction_stands_when_the_worker_reads_again(actor_for: ActorFor) -> None:
    made = comment_record(actor=actor_for("staff"), text="Great, just great", source="call")
    changed = comment_update(
        actor=actor_for("staff"), comment=made, version=1, sentiment="negative"
    )
    assert (changed.kind, changed.read_by, changed.version) == ("blame", "person", 2)
    read_comments()
    made.refresh_from_db()
    assert made.sentiment == "negative"
    with pytest.raises(StaleEdit):
        comment_update(actor=actor_for("staff"), comment=made, version=1, sentiment="neutral")


def test_the_audit_trail_holds_no_text(system: Actor) -> None:
    made = comment_record(actor=system, text="Mr Kim of 12 Elm Street is angry", source="call")
    comment_update(actor=system, comment=made, status="done")
    comment_delete(actor=system, comment=made)
    entries = AuditEntry.unscoped.filter(action__startswith="comment.")
    assert entries.count() == 3
    assert not any("Elm" in f"{e.object_label}{e.changes}" for e in entries)


def test_phrases_sort_comments_into_topics_in_both_languages(system: Actor) -> None:
    topic_create(actor=system, name={"en": "Waiting"}, seeds=["queue", "기다렸"])
    long = comment_record(actor=system, text="The QUEUE was long", source="store")
    waited = comment_record(actor=system, text="한 시간 기다렸어요", source="store")
    other = comment_record(actor=system, text="Nice colours", source="store")
    read_comments()
    assert [topics_of(c) for c in (long, waited, other)] == [{"waiting"}, {"waiting"}, set()]
    other.refresh_from_db()
    assert other.analysed_at is not None


def test_a_topic_taken_away_by_a_person_does_not_come_back(system: Actor) -> None:
    topic = topic_create(actor=system, name={"en": "Waiting"}, seeds=["queue"])
    other = topic_create(actor=system, name={"en": "Art"}, seeds=[])
    made = comment_record(actor=system, text="I love queue management", source="review")
    read_comments()
    comment_update(actor=system, comment=made, topics=[other])
    topic_update(actor=system, topic=topic, seeds=["queue", "line"])
    read_comments()
    assert topics_of(made) == {"art"}


def test_merging_moves_comments_and_phrases(system: Actor) -> None:
    one = topic_create(actor=system, name={"en": "Queue"}, seeds=["queue"])
    two = topic_create(actor=system, name={"en": "Line"}, seeds=["line", "queue"])
    made = comment_record(actor=system, text="A queue, a long line", source="store")
    read_comments()
    kept = topic_merge(actor=system, topic=one, into=two)
    assert (kept.seeds, topics_of(made)) == (["line", "queue"], {"line"})
    assert Topic.unscoped.count() == 1
    with pytest.raises(DomainError):
        topic_merge(actor=system, topic=two, into=two)


def test_splitting_takes_phrases_along(system: Actor) -> None:
    one = topic_create(actor=system, name={"en": "Delivery"}, seeds=["late", "driver"])
    made = comment_record(actor=system, text="The driver sang", source="review")
    half = topic_split(actor=system, topic=one, name={"en": "Drivers"}, seeds=["driver"])
    read_comments()
    one.refresh_from_db()
    assert (half.seeds, one.seeds, topics_of(made)) == (["driver"], ["late"], {"drivers"})
    with pytest.raises(DomainError):
        topic_split(actor=system, topic=one, name={"en": "None"}, seeds=["rain"])


def test_rows_are_taken_or_refused_one_by_one(system: Actor) -> None:
    make_customers(system.program, 1)
    rows = [
        {"text": "Good", "source": "review", "external_id": "r1", "customer": "C0"},
        {"text": "", "external_id": "r2"},
        {"text": "x", "customer": "nobody", "topics": ["none"], "at": "soon"},
        {"text": "Good", "external_id": "r1"},
        "text",
        {"text": "x", "colour": "red"},
    ]
    result = comments_record(actor=system, rows=rows)  # type: ignore[arg-type]
    assert (result.created, result.unchanged, result.failed) == (1, 1, 4)
    assert [set(row["errors"]) for row in result.rows] == [
        set(),
        {"text"},
        {"customer", "topics", "at"},
        set(),
        {"row"},
        {"colour"},
    ]
    again = comments_record(actor=system, rows=rows[:1])  # type: ignore[arg-type]
    assert (again.created, again.unchanged) == (0, 1)


def test_a_corrected_answer_is_read_anew_and_keeps_its_sorting(
    program: Program, system: Actor
) -> None:
    survey = make_survey(program)
    send(open_link(survey), nps=3, why="Terrible queue")
    drain()
    comment = Comment.unscoped.get()
    comment_update(actor=system, comment=comment, status="done")
    response_change(
        actor=system, response=Response.unscoped.get(), answers={"nps": 3, "why": "Great staff"}
    )
    after = Comment.unscoped.get()
    assert (after.pk, after.sentiment, after.status) == (comment.pk, "positive", "done")
    assert after.analysed_at is None


def test_erasing_a_person_takes_what_they_said_and_its_vectors(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    person, other = make_customers(owner.program, 2)
    for who, text in ((person, "My secret"), (person, "Same"), (other, "Same")):
        made = comment_record(actor=owner, text=text, source="call", customer=who)
        assert made.text_key is not None
        TextVector.unscoped.get_or_create(
            program=owner.program, key=made.text_key, defaults={"vector": b"x"}
        )
    customer_erase(actor=owner, customer=person)
    assert list(Comment.unscoped.values_list("text", flat=True)) == ["Same"]
    assert TextVector.unscoped.count() == 1
