"""The inbox: everything said on one page, found in both languages, sorted in place."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Program, StoredFile
from journeys.models import Action
from journeys.services.touchpoints import touchpoint_create
from journeys.services.voice import topic_place
from journeys.voice_filters import VoiceFilter
from surveys.models import Comment, Topic
from surveys.services.comments import comment_record
from surveys.services.topics import topic_create
from tests.conftest import make_customers
from tests.surveys.answering import drain, make_survey, open_link, read_comments, send

pytestmark = pytest.mark.django_db
ClientFor = Callable[[str], Client]
BASE = "/p/acme/voice/"


@pytest.fixture(autouse=True)
def _no_encoder(settings: Any) -> None:
    settings.TEXT_ENCODER = False


def test_the_inbox_holds_answers_and_what_was_heard(
    client_for: ClientFor, program: Program, system: Actor
) -> None:
    send(open_link(make_survey(program)), nps=3, why="Slow till")
    drain()
    comment_record(actor=system, text="직원이 친절했어요", source="review")
    page = client_for("viewer").get(BASE).text
    for words in ("Slow till", "직원이 친절했어요", "Survey", "Review", "no language model"):
        assert words in page, words
    assert "Record a comment" not in page


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("search=배송", {"배송이 늦었어요"}),
        ("search=늦었+배송", {"배송이 늦었어요"}),
        ("search=LATE", {"Late again"}),
        ("search=x", set()),
        ("sentiment=positive", {"친절해서 좋았어요"}),
        ("source=call", {"Late again"}),
        ("language=ko", {"배송이 늦었어요", "친절해서 좋았어요"}),
        ("topic=none", {"친절해서 좋았어요"}),
        ("assignee=none&status=new&kind=praise", {"친절해서 좋았어요"}),
        ("touchpoint=none&source=call", {"Late again"}),
        ("since=2999-01-01", set()),
    ],
)
def test_filters_and_search(
    client_for: ClientFor, system: Actor, query: str, wanted: set[str]
) -> None:
    topic_create(actor=system, name={"en": "Delay"}, seeds=["late", "늦"])
    said = {"배송이 늦었어요": "review", "Late again": "call", "친절해서 좋았어요": "store"}
    for text, source in said.items():
        comment_record(actor=system, text=text, source=source)
    read_comments()
    page = client_for("staff").get(f"{BASE}?{query}").text
    assert {text for text in said if text in page} == wanted


def test_filters_work_after_the_document_of_the_api_was_made(
    client_for: ClientFor, system: Actor
) -> None:
    """The document looks at the filters' classes, whose fields then know no choices."""
    topic = topic_create(actor=system, name={"en": "Delay"}, seeds=["late"])
    comment_record(actor=system, text="Late again", source="call")
    comment_record(actor=system, text="Friendly people", source="call")
    read_comments()
    for name in ("topic", "assignee", "touchpoint"):
        assert VoiceFilter.base_filters[name].field
    for query, wanted in ((f"topic={topic.pk}", "Late again"), ("topic=none", "Friendly people")):
        page = client_for("staff").get(f"{BASE}?{query}").text
        assert [text for text in ("Late again", "Friendly people") if text in page] == [wanted]


def test_a_comment_is_sorted_in_the_panel(client_for: ClientFor, system: Actor) -> None:
    topic = topic_create(actor=system, name={"en": "Waiting"})
    made = comment_record(actor=system, text="Fine, I guess", source="call")
    client = client_for("staff")
    part = client.get(f"{BASE}{made.pk}/", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "Fine, I guess" in part
    body = {
        "sentiment": "negative",
        "kind": "remark",
        "status": "done",
        "topics": [topic.pk],
        "version": 1,
    }
    assert client.post(f"{BASE}{made.pk}/", body).status_code == 302
    stored = Comment.unscoped.get()
    assert (stored.sentiment, stored.status, stored.read_by) == ("negative", "done", "person")
    assert list(stored.topics.all()) == [topic]
    assert client.post(f"{BASE}{made.pk}/", body).status_code == 409


def test_saving_without_a_change_is_no_correction(client_for: ClientFor, system: Actor) -> None:
    made = comment_record(actor=system, text="직원이 친절했어요", source="call")
    body = {"sentiment": "positive", "kind": "praise", "status": "open", "version": 1}
    client_for("staff").post(f"{BASE}{made.pk}/", body)
    stored = Comment.unscoped.get()
    assert (stored.status, stored.read_by, stored.kind_is_given) == ("open", "rules", False)


def test_a_comment_is_recorded_and_nothing_typed_is_lost(
    client_for: ClientFor, program: Program
) -> None:
    make_customers(program, 1)
    client = client_for("staff")
    body = {"text": "줄이 길어요", "source": "store", "customer": "C9"}
    refused = client.post(f"{BASE}new/", body)
    assert refused.status_code == 422
    assert "줄이 길어요" in refused.text
    assert client.post(f"{BASE}new/", {**body, "customer": "C0"}).status_code == 302
    assert Comment.unscoped.get().customer.external_id == "C0"  # type: ignore[union-attr]


def test_names_are_shown_to_those_who_may_see_them(
    client_for: ClientFor, program: Program, system: Actor
) -> None:
    person = make_customers(program, 1)[0]
    made = comment_record(actor=system, text="Hi", source="call", customer=person)
    assert "Customer 0" in client_for("staff").get(f"{BASE}{made.pk}/").text
    assert "Customer 0" not in client_for("viewer").get(f"{BASE}{made.pk}/").text


def test_one_press_logs_an_action(client_for: ClientFor, system: Actor) -> None:
    made = comment_record(actor=system, text="Door is broken", source="store")
    answer = client_for("staff").post(f"{BASE}{made.pk}/action/")
    action = Action.unscoped.get()
    assert answer.headers["Location"].endswith(f"/actions/{action.pk}/edit/")
    assert action.title == f"Complaint: #{made.pk}"


def test_few_anonymous_comments_are_not_shown(client_for: ClientFor, program: Program) -> None:
    survey = make_survey(program, anonymous=True)
    url = open_link(survey)
    for number in range(4):
        send(url, nps=3, why=f"Secret {number}")
    drain()
    assert "Secret" not in client_for("owner").get(BASE).text
    send(url, nps=3, why="Secret 4")
    drain()
    page = client_for("owner").get(BASE)
    assert page.text.count("Secret") >= 5
    assert "Secret" not in client_for("owner").get(f"{BASE}?group=detractor").text


def test_topics_are_made_merged_split_and_deleted(client_for: ClientFor) -> None:
    client = client_for("manager")
    body = {"name_en": "Waiting", "name_ko": "대기", "seeds": "queue\n기다렸\n\nqueue"}
    assert client.post(f"{BASE}topics/new/", body).status_code == 302
    topic = Topic.unscoped.get()
    assert topic.seeds == ["queue", "기다렸"]
    split = {"name_en": "Long", "seeds": ["queue"]}
    assert client.post(f"{BASE}topics/{topic.pk}/split/", split).status_code == 302
    other = Topic.unscoped.exclude(pk=topic.pk).get()
    merged = client.post(f"{BASE}topics/{other.pk}/merge/", {"into": topic.pk})
    assert merged.status_code == 302
    assert "Waiting" in client.get(f"{BASE}topics/").text
    assert client_for("staff").post(f"{BASE}topics/{topic.pk}/delete/").status_code == 403
    assert client.post(f"{BASE}topics/{topic.pk}/delete/").status_code == 302
    assert Topic.unscoped.count() == 0


def test_the_inbox_costs_the_same_for_one_and_for_thirty(
    client_for: ClientFor, program: Program, system: Actor, assert_same_queries: Any
) -> None:
    topic_create(actor=system, name={"en": "Number"}, seeds=["no"])
    people = make_customers(program, 30)
    client = client_for("staff")

    def say(count: int) -> None:
        for person in people[:count]:
            comment_record(actor=system, text="No queue", source="call", customer=person)
        send(open_link(make_survey(program)), nps=3, why="No")
        drain()
        read_comments()

    say(1)
    assert_same_queries(lambda: client.get(BASE), lambda: say(29))


def test_chosen_comments_are_sorted_together(client_for: ClientFor, system: Actor) -> None:
    made = [comment_record(actor=system, text=f"No {i}", source="call") for i in range(2)]
    client = client_for("staff")
    body = {"comments": [c.pk for c in made], "status": "done", "next": f"{BASE}?status=new"}
    answer = client.post(f"{BASE}sort/", body)
    assert answer.headers["Location"] == f"{BASE}?status=new"
    assert set(Comment.unscoped.values_list("status", flat=True)) == {"done"}
    assert client.post(f"{BASE}sort/", {"comments": [made[0].pk]}).status_code == 422
    away = {**body, "next": "https://elsewhere.example/"}
    assert client.post(f"{BASE}sort/", away).headers["Location"] == BASE


def test_the_map_shows_strengths_and_weaknesses(client_for: ClientFor, system: Actor) -> None:
    topic_create(actor=system, name={"en": "Waiting"}, seeds=["queue"])
    topic_create(actor=system, name={"en": "People"}, seeds=["staff"])
    topic_create(actor=system, name={"en": "Rare"}, seeds=["zebra"])
    for number in range(12):
        comment_record(actor=system, text=f"Terrible queue {number}", source="store")
        comment_record(actor=system, text=f"Friendly staff {number}", source="review")
    comment_record(actor=system, text="Bad zebra", source="store")
    read_comments()
    page = client_for("viewer").get(f"{BASE}map/").text
    for words in ("Waiting", "People", "−100", "+100", "too few (1 of 10)", "Terrible queue"):
        assert words in page, words
    only = client_for("viewer").get(f"{BASE}map/?source=review").text
    assert "Friendly staff" in only
    assert "Terrible queue" not in only


def test_the_map_of_nothing_says_what_to_do(client_for: ClientFor) -> None:
    page = client_for("viewer").get(f"{BASE}map/?from=2020-01-01&to=2020-02-01").text
    assert "No comment of this period is of a topic" in page


def test_a_touchpoint_says_what_is_praised_and_criticised(
    client_for: ClientFor, system: Actor
) -> None:
    place = touchpoint_create(actor=system, name={"en": "Till"})
    topic = topic_create(actor=system, name={"en": "Waiting"}, seeds=["queue"])
    topic_place(actor=system, topic=topic, touchpoint=place)
    comment_record(actor=system, text="Terrible queue", source="store")
    read_comments()
    page = client_for("viewer").get(f"/p/acme/journeys/touchpoints/{place.pk}/").text
    for words in ("What customers say here", "Criticised most", "Terrible queue"):
        assert words in page, words


def test_a_file_is_looked_at_and_taken(client_for: ClientFor, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    client = client_for("staff")
    upload = SimpleUploadedFile("notes.csv", "text,source\n줄이 길어요,store\n,store\n".encode())
    page = client.post(f"{BASE}import/", {"file": upload})
    assert "1 of 2 rows can be taken." in page.text
    assert Comment.unscoped.count() == 0
    stored = StoredFile.unscoped.get()
    other = client_for("manager").post(f"{BASE}import/", {"stored": stored.pk})
    assert other.status_code == 422
    assert client.post(f"{BASE}import/", {"stored": stored.pk}).status_code == 302
    assert Comment.unscoped.get().text == "줄이 길어요"
    assert not StoredFile.unscoped.exists()


def test_similar_comments_stand_beside_one(client_for: ClientFor, system: Actor) -> None:
    topic_create(actor=system, name={"en": "Waiting"}, seeds=["queue"])
    one = comment_record(actor=system, text="The queue at the till is long", source="store")
    comment_record(actor=system, text="The queue at the till was so long", source="call")
    comment_record(actor=system, text="Green bicycles", source="call")
    read_comments()
    page = client_for("viewer").get(f"{BASE}{one.pk}/").text
    assert "was so long" in page
    assert "Green bicycles" not in page
