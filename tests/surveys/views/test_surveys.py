"""Pages of surveys: list, making one, one survey, versions, publishing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied
from cxportal.core.models import Membership, Notification, Program
from cxportal.core.services.notes import note_add
from surveys.models import Survey
from surveys.services.questions import question_update
from surveys.services.surveys import survey_close, survey_publish, survey_update
from tests.surveys.designing import asked, make_draft, question_of

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]
ClientFor = Callable[[str], Client]


@pytest.fixture
def designer(actor_for: As) -> Actor:
    return actor_for("designer")


@pytest.fixture
def draft(designer: Actor) -> Survey:
    return make_draft(designer)


@pytest.fixture
def published(designer: Actor, draft: Survey) -> Survey:
    survey_publish(actor=designer, survey=draft)
    draft.refresh_from_db()
    return draft


def page(survey: Survey, part: str = "") -> str:
    return f"/p/acme/surveys/{survey.pk}/{part}"


def test_the_list_shows_state_and_answers(client_for: ClientFor, published: Survey) -> None:
    html = client_for("viewer").get("/p/acme/surveys/").content.decode()
    assert "After the visit" in html
    assert "Published" in html


def test_the_list_costs_the_same_for_one_and_thirty(
    client_for: ClientFor,
    designer: Actor,
    draft: Survey,
    assert_same_queries: Callable[..., int],
) -> None:
    client = client_for("designer")

    def grow() -> None:
        for _number in range(29):
            make_draft(designer)

    assert_same_queries(lambda: client.get("/p/acme/surveys/"), grow)


def test_an_empty_list_says_what_belongs_here(client_for: ClientFor) -> None:
    assert b"New survey" in client_for("designer").get("/p/acme/surveys/").content
    html = client_for("viewer").get("/p/acme/surveys/").content
    assert b"No survey is published yet" in html
    assert b"New survey" not in html


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?search=visit", ["After the visit"]),
        ("?search=방문", ["After the visit"]),
        ("?search=en", []),
        ("?state=closed", ["Delivery"]),
        ("?purpose=nps", ["After the visit"]),
        ("?sort=title", ["After the visit", "Delivery"]),
        ("?sort=-title", ["Delivery", "After the visit"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(
    client_for: ClientFor, designer: Actor, draft: Survey, query: str, titles: list[str]
) -> None:
    other = make_draft(designer, "ces", title={"en": "Delivery", "ko": "배송"})
    survey_publish(actor=designer, survey=other)
    survey_close(actor=designer, survey=other)
    response = client_for("designer").get(f"/p/acme/surveys/{query}")
    assert [survey.title["en"] for survey in response.context["page"]] == titles


def test_a_survey_is_made_from_a_template(client_for: ClientFor) -> None:
    data = {
        "title_en": "Visit",
        "title_ko": "방문",
        "template": "purchase",
        "languages": ["en", "ko"],
        "default_language": "ko",
    }
    response = client_for("designer").post("/p/acme/surveys/new/", data)
    survey = Survey.unscoped.get()
    assert response["Location"] == page(survey, "design/")
    assert (survey.title, survey.default_language) == ({"en": "Visit", "ko": "방문"}, "ko")
    assert asked(survey) == ["csat", "advice", "reason", "why"]


def test_what_was_typed_is_kept_when_the_title_is_missing(client_for: ClientFor) -> None:
    data = {"template": "ces", "languages": ["ko"], "default_language": "ko"}
    response = client_for("designer").post("/p/acme/surveys/new/", data)
    assert response.status_code == 422
    assert b'value="ces" checked' in response.content
    assert not Survey.unscoped.exists()


def test_a_survey_shows_questions_state_and_history(
    client_for: ClientFor, published: Survey
) -> None:
    html = client_for("designer").get(page(published)).content.decode()
    assert "How likely are you to recommend us" in html
    assert "Version 1" in html
    assert "made the survey" in html
    assert page(published, "design/") in html


def test_who_may_not_change_it_sees_no_way_to(client_for: ClientFor, published: Survey) -> None:
    html = client_for("staff").get(page(published)).content.decode()
    assert page(published, "design/") not in html
    assert page(published, "delete/") not in html
    assert page(published, "preview/") in html


def test_a_draft_is_not_found_by_staff(client_for: ClientFor, draft: Survey) -> None:
    assert client_for("staff").get(page(draft)).status_code == 404
    assert client_for("manager").get(page(draft)).status_code == 200


PAGES = ["", "versions/", "publish/", "preview/", "preview/frame/", "design/"]
COMMANDS = [
    "publish/",
    "close/",
    "reopen/",
    "duplicate/",
    "delete/",
    "words/",
    "pages/add/",
    "questions/add/",
]


@pytest.mark.parametrize("part", PAGES)
def test_a_stranger_finds_no_page(stranger_client: Client, draft: Survey, part: str) -> None:
    assert stranger_client.get(page(draft, part)).status_code == 404
    foreign = page(draft, part).replace("/acme/", "/other/")
    assert stranger_client.get(foreign).status_code == 404


@pytest.mark.parametrize("part", COMMANDS)
def test_a_stranger_and_a_viewer_change_nothing(
    stranger_client: Client, client_for: ClientFor, published: Survey, part: str
) -> None:
    foreign = page(published, part).replace("/acme/", "/other/")
    assert stranger_client.post(foreign, {"kind": "nps"}).status_code == 404
    for role in ("manager", "staff", "viewer"):
        assert client_for(role).post(page(published, part), {"kind": "nps"}).status_code == 403
    stored = Survey.unscoped.get()
    assert (stored.version, stored.state) == (published.version, "open")
    assert stored.questions.count() == 2


def test_signed_out_goes_to_sign_in(client: Client, draft: Survey) -> None:
    assert client.get(page(draft)).status_code == 302


def test_publishing_shows_what_changes_and_makes_the_next_version(
    client_for: ClientFor, designer: Actor, published: Survey
) -> None:
    question_update(actor=designer, question=question_of(published, "why"), text={"en": "So?"})
    client = client_for("designer")
    html = client.get(page(published, "publish/")).content.decode()
    assert "Changed “So?”: text" in html
    assert "“So?” is not translated into Korean." in html
    assert "Publish version 2" in html
    response = client.post(page(published, "publish/"))
    assert response["Location"] == page(published)
    assert list(published.versions.values_list("number", flat=True)) == [2, 1]


def test_errors_block_publishing_and_lead_to_their_place(
    client_for: ClientFor, designer: Actor, draft: Survey
) -> None:
    nps = question_of(draft, "nps")
    question_update(actor=designer, question=nps, text={"ko": "추천?"})
    client = client_for("designer")
    html = client.get(page(draft, "publish/")).content.decode()
    assert "has no text in the main language" in html
    assert f"{page(draft, 'design/')}?question={nps.pk}" in html
    assert "disabled" in html
    assert client.post(page(draft, "publish/")).status_code == 422
    assert not draft.versions.exists()


def test_versions_are_listed_with_their_changes(
    client_for: ClientFor, designer: Actor, published: Survey
) -> None:
    survey_update(actor=designer, survey=published, welcome={"en": "Hello"})
    html = client_for("designer").get(page(published, "versions/")).content.decode()
    assert "Changed the survey: welcome" in html
    assert "Version 1" in html
    assert (
        "Changed the survey"
        not in client_for("viewer").get(page(published, "versions/")).content.decode()
    )


def test_closing_can_be_undone(client_for: ClientFor, published: Survey) -> None:
    client = client_for("designer")
    response = client.post(page(published, "close/"), follow=True)
    assert "Closed" in response.content.decode()
    assert page(published, "reopen/") in response.content.decode()
    client.post(page(published, "reopen/"))
    assert Survey.unscoped.get().state == "open"


def test_a_copy_opens_in_the_designer(client_for: ClientFor, published: Survey) -> None:
    response = client_for("designer").post(page(published, "duplicate/"))
    copy = Survey.unscoped.latest("pk")
    assert response["Location"] == page(copy, "design/?part=survey")


def test_a_survey_is_deleted(client_for: ClientFor, draft: Survey) -> None:
    response = client_for("designer").post(page(draft, "delete/"))
    assert response["Location"] == "/p/acme/surveys/"
    assert not Survey.unscoped.exists()


def frame(client: Client, survey: Survey, query: str = "") -> str:
    response = client.get(page(survey, f"preview/frame/{query}"))
    assert response.status_code == 200
    return response.content.decode()


def test_the_preview_shows_the_draft_in_each_language(
    client_for: ClientFor, designer: Actor, published: Survey
) -> None:
    question_update(
        actor=designer, question=question_of(published, "why"), text={"en": "So?", "ko": "왜죠?"}
    )
    client = client_for("designer")
    assert "So?" in frame(client, published)
    assert "왜죠?" in frame(client, published, "?language=ko")
    assert "So?" not in frame(client, published, "?version=1")
    assert client.get(page(published, "preview/frame/?version=7")).status_code == 404


def test_viewers_preview_only_what_is_published(
    client_for: ClientFor, designer: Actor, published: Survey
) -> None:
    question_update(actor=designer, question=question_of(published, "why"), text="Secret plan?")
    assert "Secret plan?" not in frame(client_for("viewer"), published)


def test_nothing_can_be_sent_from_the_preview(client_for: ClientFor, draft: Survey) -> None:
    html = frame(client_for("designer"), draft)
    assert html.count("<button") == html.count('type="button"')
    assert 'name="submission_id"' not in html


@pytest.mark.parametrize("query", ["?page=99", "?page=x", "?language=../x", "?device=fridge"])
def test_a_broken_preview_address_shows_the_beginning(
    client_for: ClientFor, draft: Survey, query: str
) -> None:
    client = client_for("designer")
    assert client.get(page(draft, f"preview/{query}")).status_code == 200
    assert "How likely" in frame(client, draft, query)


def test_an_empty_survey_can_be_previewed(client_for: ClientFor, designer: Actor) -> None:
    survey = make_draft(designer, "empty")
    assert "Add a question" in frame(client_for("designer"), survey)


def test_korean_pages_speak_korean(
    client_for: ClientFor, people: dict[str, Any], published: Survey, program: Program
) -> None:
    user = people["designer"].user
    user.language = "ko"
    user.save(update_fields=["language"])
    html = client_for("designer").get(page(published)).content.decode()
    assert "방문 후" in html
    assert "게시됨" in html


def test_colleagues_talk_about_a_survey_and_its_owner_is_told(
    client_for: ClientFor, people: dict[str, Membership]
) -> None:
    survey = make_draft(Actor.member(people["designer"]))
    manager, address = client_for("manager"), f"/p/acme/surveys/{survey.pk}/"
    assert "Comments" in manager.get(address).content.decode()
    note_add(actor=Actor.member(people["manager"]), obj=survey, text="Shorter, please")
    assert "Shorter, please" in client_for("designer").get(address).content.decode()
    told = Notification.unscoped.filter(membership=people["designer"])
    assert told.count() == 1
    with pytest.raises(Denied):
        note_add(actor=Actor.member(people["staff"]), obj=survey, text="Me too")
