"""Pages of the library: keeping, inserting, copying, tidying; pictures of choices."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from surveys.models import LibraryItem, Survey
from surveys.services.library import library_save
from tests.surveys.designing import asked, make_draft, question_of

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture
def designer(actor_for: Callable[[str], Actor]) -> Actor:
    return actor_for("designer")


@pytest.fixture
def browser(client_for: Callable[[str], Client]) -> Client:
    return client_for("designer")


def path(survey: Survey, part: str) -> str:
    return f"/p/acme/surveys/{survey.pk}/{part}"


def test_a_question_is_kept_and_put_into_another_survey(browser: Client, designer: Actor) -> None:
    draft, other = make_draft(designer, "purchase"), make_draft(designer, "nps")
    why = question_of(draft, "why")
    kept = browser.post(path(draft, f"questions/{why.pk}/keep/"), follow=True).content.decode()
    assert "is in the library now." in kept
    item = LibraryItem.unscoped.get()
    page = browser.get(path(other, "insert/")).content.decode()
    assert item.name in page
    assert "After the visit" in page  # the other survey, to copy from
    browser.post(path(other, "insert/"), {"item": item.pk})
    assert asked(other) == ["nps", "why", "why_2"]
    question = question_of(other, "why_2")
    undo = path(other, f"undo/?step={other.steps.get().pk}")
    shown = browser.get(path(other, f"design/?question={question.pk}")).content.decode()
    assert undo in shown
    browser.post(undo)
    assert asked(other) == ["nps", "why"]


def test_pages_and_questions_are_copied_from_another_survey(
    browser: Client, designer: Actor
) -> None:
    draft, other = make_draft(designer, "purchase"), make_draft(designer, "nps")
    page = browser.get(path(other, f"insert/?survey={draft.pk}")).content.decode()
    assert "How do you rate the advice?" in page
    browser.post(path(other, "insert/"), {"question": question_of(draft, "advice").pk})
    browser.post(path(other, "insert/"), {"section": draft.sections.get().pk})
    assert asked(other) == ["nps", "why", "advice", "csat", "advice_2", "reason", "why_2"]
    assert other.sections.count() == 2
    found = browser.get(path(other, "insert/?q=방문")).content.decode()
    assert f'survey={draft.pk}"' in found
    assert f'survey={other.pk}"' not in found


def test_what_is_not_there_or_not_ours_is_not_found(
    browser: Client, designer: Actor, other_program: Program
) -> None:
    draft = make_draft(designer)
    stranger = Actor.system(other_program)
    foreign = make_draft(stranger)
    item = library_save(actor=stranger, part=question_of(foreign, "why"))
    for given in (
        {"item": item.pk},
        {"question": question_of(foreign, "why").pk},
        {"section": foreign.sections.get().pk},
        {"item": "x"},
        {},
    ):
        assert browser.post(path(draft, "insert/"), given).status_code == 404
    assert browser.get(path(draft, f"insert/?survey={foreign.pk}")).status_code == 404
    assert browser.post(f"/p/acme/surveys/library/{item.pk}/delete/").status_code == 404
    assert item.name not in browser.get("/p/acme/surveys/library/").content.decode()


def test_the_library_is_searched_renamed_and_emptied(browser: Client, designer: Actor) -> None:
    library = "/p/acme/surveys/library/"
    assert "press “Save to library”" in browser.get(library).content.decode()
    item = library_save(actor=designer, part=question_of(make_draft(designer), "why"))
    browser.post(f"{library}{item.pk}/rename/", {"name": "Reasons"})
    assert 'value="Reasons"' in browser.get(f"{library}?q=reasons").content.decode()
    assert "Nothing in the library" in browser.get(f"{library}?q=nobody").content.decode()
    assert browser.post(f"{library}{item.pk}/rename/", {"name": ""}).status_code == 422
    browser.post(f"{library}{item.pk}/delete/")
    assert not LibraryItem.unscoped.exists()


def test_a_picture_is_brought_by_a_plain_form(browser: Client, designer: Actor) -> None:
    draft = make_draft(designer, "purchase")
    reason = question_of(draft, "reason")
    url = path(draft, f"questions/{reason.pk}/pictures/")
    fields = {"choice": "gift", "alt_en": "A box", "alt_ko": ""}
    wrong = browser.post(url, {**fields, "file": SimpleUploadedFile("a.png", PNG)})
    assert wrong.status_code == 422
    assert "Say in every language what the picture shows." in wrong.content.decode()
    assert 'value="A box"' in wrong.content.decode()
    good = {**fields, "alt_ko": "상자", "file": SimpleUploadedFile("a.png", PNG)}
    assert browser.post(url, good).status_code == 302
    shown = browser.get(path(draft, f"questions/{reason.pk}/preview/?language=ko"))
    assert 'alt="상자"' in shown.content.decode()
    browser.post(url, {"choice": "gift", "remove": "1"})
    assert reason.choices.get(code="gift").settings == {}
