"""What a designer relies on when setting how a survey looks, runs, ends and whom it lets in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from surveys.models import Question, Survey
from tests.surveys.designing import make_draft
from tests.surveys.every_kind import EVERY_KIND

pytestmark = pytest.mark.django_db
ClientFor = Callable[[str], Client]
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
def draft(actor_for: Callable[[str], Actor]) -> Survey:
    return make_draft(actor_for("designer"), "nps")


def save(browser: Client, survey: Survey, part: str, **fields: Any) -> Survey:
    url = f"/p/{survey.program.slug}/surveys/{survey.pk}/settings/"
    assert browser.get(url).status_code == 200
    answer = browser.post(url, {"part": part, **fields})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    survey.refresh_from_db()
    return survey


def test_each_part_is_saved_by_itself(client_for: ClientFor, draft: Survey) -> None:
    browser = client_for("designer")
    draft.theme = {"brand": "#aa0000"}
    draft.save()
    logo = SimpleUploadedFile("logo.png", PNG, "image/png")
    save(browser, draft, "look", logo=logo, font="serif", send_en="Done", send_ko="보내기")
    assert draft.theme["logo"].startswith("file:")
    shown = {k: v for k, v in draft.theme.items() if k != "logo"}
    buttons = {"send": {"en": "Done", "ko": "보내기"}}
    assert shown == {"brand": "#aa0000", "font": "serif", "buttons": buttons}
    save(browser, draft, "run", one_per_page="on")
    assert draft.settings == {"one_per_page": True}
    save(browser, draft, "access", closes_at="2030-01-02T09:00", max_responses="50", password="x")
    assert draft.access["closes_at"] == "2030-01-02T09:00:00+09:00"
    assert draft.access["max_responses"] == 50
    assert draft.access["password"].startswith("pbkdf2") or "$" in draft.access["password"]
    save(browser, draft, "access", no_password="on")
    assert draft.access == {}


def test_a_quota_and_a_page_of_thanks_are_written_in_sentences(
    client_for: ClientFor, draft: Survey
) -> None:
    browser = client_for("designer")
    rule = {"b0_source": "answer.nps", "b0_operator": "gte", "b0_value": "9", "b0_mode": "all"}
    save(browser, draft, "quotas", b0_name="Fans", b0_limit="10", b0_text_en="Enough", **rule)
    condition = {"source": "answer.nps", "operator": "gte", "value": 9}
    assert draft.quotas == [
        {
            "code": "quota1",
            "name": "Fans",
            "if": condition,
            "limit": 10,
            "action": "disqualify",
            "text": {"en": "Enough"},
        }
    ]
    save(browser, draft, "endings", b0_text_en="Tell others", b0_url="https://x.example/r", **rule)
    [ending] = draft.endings
    assert (ending["if"], ending["url"]) == (condition, "https://x.example/r")
    save(browser, draft, "quotas", b0_name="Fans", b0_limit="")
    assert draft.quotas == []


def test_a_logo_that_is_no_picture_is_refused(client_for: ClientFor, draft: Survey) -> None:
    url = f"/p/{draft.program.slug}/surveys/{draft.pk}/settings/"
    bad = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")
    answer = client_for("designer").post(url, {"part": "look", "logo": bad})
    assert answer.status_code == 422
    draft.refresh_from_db()
    assert "logo" not in draft.theme


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("/nps", "nps"), ("/matrix", "matrix_single"), ("Slider", "slider"), ("/stars", "stars")],
)
def test_a_question_is_added_by_typing_its_kind(
    client_for: ClientFor, draft: Survey, typed: str, kind: str
) -> None:
    url = f"/p/{draft.program.slug}/surveys/{draft.pk}/questions/add/"
    answer = client_for("designer").post(url, {"kind": typed})
    added = draft.questions.filter(kind=kind).exists()
    assert added is (kind in Question.Kind.values)
    assert answer.status_code in (302, 400, 422)


def test_every_kind_has_its_settings_in_the_designer(
    client_for: ClientFor, actor_for: Callable[[str], Actor], draft: Survey
) -> None:
    """Saving what the page shows changes nothing: no setting is lost by looking at it."""
    from surveys.services.questions import question_add

    browser = client_for("designer")
    for spec in EVERY_KIND:
        if spec["kind"] in ("nps",):
            continue
        made = question_add(actor=actor_for("designer"), survey=draft, **spec)
        draft.refresh_from_db()
        base = f"/p/{draft.program.slug}/surveys/{draft.pk}/"
        page = browser.get(f"{base}design/?question={made.pk}")
        assert page.status_code == 200, spec["kind"]
        form = page.context["form"]
        data: dict[str, Any] = {"version": draft.version}
        for field in form:
            value = field.value()
            if isinstance(value, dict) or hasattr(field.field, "languages"):
                texts = value or {}
                data |= {f"{field.html_name}_{c}": texts.get(c, "") for c in draft.languages}
            elif value not in (None, False):
                data[field.html_name] = value
        for editor in _editors(form):
            data |= _lines(editor)
        before = (made.settings, made.rows, [c.text for c in made.choices.all()])
        saved = browser.post(f"{base}questions/{made.pk}/save/", data)
        assert saved.status_code == 302, (spec["kind"], saved.content.decode()[-2000:])
        made = Question.unscoped.get(pk=made.pk)
        assert (made.settings, made.rows, [c.text for c in made.choices.all()]) == before


def _editors(form: Any) -> list[Any]:
    shown = [(form.has_choices, "choices"), (form.has_rows, "row_parts")]
    shown.append((form.has_columns, "columns"))
    return [getattr(form, name) for has, name in shown if has]


def _lines(editor: Any) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for row in editor.rows:
        lines.setdefault(f"{editor.name}_code", []).append(row.code)
        for part in (*row.inputs, *(row.offers if editor.name == "column" else ())):
            lines.setdefault(part.name, []).append(part.value)
        if editor.name == "choice":
            lines.setdefault("choice_mark", []).append(row.mark)
            lines.setdefault("choice_score", []).append(str(row.score))
        if editor.name == "column":
            lines.setdefault("column_kind", []).append(row.kind)
    return lines
