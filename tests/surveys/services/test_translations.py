"""Translators get a table and bring it back; nothing else of the draft changes."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.exports import write_rows
from surveys.models import Survey
from surveys.queries.surveys import survey_document
from surveys.services.questions import question_add
from surveys.services.surveys import survey_update
from surveys.services.translations import (
    translation_columns,
    translation_rows,
    translation_table,
    translations_apply,
)
from tests.surveys.designing import make_draft
from tests.surveys.every_kind import EVERY_KIND

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(designer: Actor) -> Survey:
    survey = make_draft(designer, "empty")
    for spec in EVERY_KIND:
        question_add(actor=designer, survey=survey, **spec)
    labels = {"low": {"en": "=cold"}, "high": {"en": "warm"}}
    question_add(
        actor=designer,
        survey=survey,
        kind="slider",
        code="heat",
        text={"en": "Heat?"},
        settings={"labels": labels},
    )
    endings = [{"text": {"en": "Bye"}, "url": "https://x.example", "link": {"en": "More"}}]
    theme = {"buttons": {"next": {"en": "On"}}}
    return survey_update(actor=designer, survey=survey, endings=endings, theme=theme)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_table_comes_back_with_every_translation(
    designer: Actor, draft: Survey, kind: str
) -> None:
    before = survey_document(draft)
    file = io.BytesIO()
    rows = [[p, en, ko or f"ko {en}"] for p, en, ko in translation_rows(draft)]
    write_rows(file, translation_columns(draft), rows, kind=kind)
    back = translation_table(file.getvalue())
    result = translations_apply(actor=designer, survey=draft, rows=back)
    assert (result.unknown, result.outdated) == ([], [])
    assert result.changed >= 6
    draft.refresh_from_db()
    after = survey_document(draft)
    heat = after["sections"][0]["questions"][-1]
    assert heat["text"] == {"en": "Heat?", "ko": "ko Heat?"}
    assert heat["settings"]["labels"]["low"] == {"en": "=cold", "ko": "ko =cold"}
    assert after["endings"][0]["link"] == {"en": "More", "ko": "ko More"}
    assert after["theme"]["buttons"]["next"] == {"en": "On", "ko": "ko On"}
    assert all(texts["ko"] for texts in (after["title"], after["endings"][0]["text"]))
    # The same document but for what was translated.
    assert [q["code"] for q in after["sections"][0]["questions"]] == [
        q["code"] for q in before["sections"][0]["questions"]
    ]
    again = translations_apply(actor=designer, survey=draft, rows=back)
    assert again.changed == 0


def test_what_does_not_fit_is_said(designer: Actor, draft: Survey) -> None:
    rows = [
        {"place": "question:gone:text", "en": "x", "ko": "y"},
        {"place": "question:heat:text", "en": "Warmth?", "ko": "더우세요?"},
    ]
    result = translations_apply(actor=designer, survey=draft, rows=rows)
    assert result.unknown == ["question:gone:text"]
    assert result.outdated == ["question:heat:text"]
    assert draft.questions.get(code="heat").text == {"en": "Heat?", "ko": "더우세요?"}
    for content in (b"a,b\n1,2\n", b"\xff\xfe\x00", b"PK\x03\x04broken"):
        with pytest.raises(DomainError):
            translation_table(content)


def test_by_page(client_for: Callable[[str], Client], draft: Survey) -> None:
    browser = client_for("designer")
    base = f"/p/{draft.program.slug}/surveys/{draft.pk}/translations/"
    assert "=cold" in browser.get(base).content.decode()
    table = browser.get(f"{base}csv/").content.decode("utf-8-sig")
    assert "'=cold" in table
    lines = ["place,en,ko", "question:heat:text,Heat?,더우세요?"]
    file = SimpleUploadedFile("t.csv", "\n".join(lines).encode())
    assert browser.post(base, {"file": file}).status_code == 302
    assert draft.questions.get(code="heat").text["ko"] == "더우세요?"
    assert browser.post(base, {}).status_code == 422
