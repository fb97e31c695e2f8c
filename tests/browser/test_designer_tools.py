"""Undo by keys and buttons, the library, pictures and who else is there, in both languages."""

import struct
import zlib

import pytest
from playwright.sync_api import FilePayload, Page, expect

from cxportal.core.actors import Actor
from surveys.models import Survey
from surveys.services.library import library_save
from surveys.services.presence import presence_renew
from surveys.services.questions import question_add, question_update
from tests.browser.window import Window, overflow, picture, shut_out, sign_in
from tests.conftest import PASSWORD, make_member, make_program
from tests.surveys.designing import asked, make_draft, question_of
from tests.surveys.every_kind import PLACES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TEXT = "#design-form [name=text_en]"


def drawn(side: int = 120) -> bytes:
    """A square PNG in two colours."""
    rows = b"".join(
        b"\x00" + (b"\x0b\x6e\x69" if row % 24 < 12 else b"\xf6\xf7\xf9") * side
        for row in range(side)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.fixture
def designer() -> Actor:
    return Actor.member(make_member(make_program("acme"), "designer"))


@pytest.fixture
def draft(designer: Actor) -> Survey:
    survey = make_draft(designer, "purchase")
    question_add(
        actor=designer, survey=survey, kind="image_choice", code="places", choices=PLACES,
        text={"en": "Which place?", "ko": "어디인가요?"},
    )  # fmt: skip
    return survey


def opened(window: Window, actor: Actor, language: str, width: int) -> Page:
    assert actor.user is not None
    actor.user.language = language
    actor.user.save()
    page = window.open(width=width, height=900, language=language)
    sign_in(page, actor.user.email, PASSWORD)
    return page


def looked_at(page: Page, name: str) -> None:
    picture(page, f"designer-tools/{name}")
    assert overflow(page) == []
    assert shut_out(page) == []


def test_what_one_did_is_undone_by_keys_and_buttons(
    window: Window, designer: Actor, draft: Survey
) -> None:
    owner = Actor.member(make_member(designer.program, "owner"))
    presence_renew(actor=owner, survey=draft)
    page = opened(window, designer, "en", 1440)
    why = question_of(draft, "why")
    address = f"/p/acme/surveys/{draft.pk}/design/?question={why.pk}"
    page.goto(address)
    expect(page.locator("#designer-presence")).to_contain_text("Owner is here too, since")
    page.fill(TEXT, "So?")
    expect(page.locator("[data-draft-undo] button")).to_contain_text("“So?”")
    # Inside a field the keys are the browser's own.
    page.keyboard.press("Control+z")
    expect(page.locator("[data-draft-undo] button")).to_contain_text("Undo: ")
    page.fill(TEXT, "So?")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    page.reload()
    page.locator("#outline [aria-current]").focus()
    page.keyboard.press("Control+z")
    expect(page.locator(TEXT)).to_have_value("What should we keep, what should we change?")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(TEXT)).to_have_value("So?")
    looked_at(page, "en-1440-1-undo")
    page.locator("[data-draft-undo] button").click()
    expect(page.locator(TEXT)).to_have_value("What should we keep, what should we change?")
    # Typed and not stored yet: it is stored first, and that is what is taken back.
    page.fill(TEXT, "Typed a moment ago")
    page.locator("[data-draft-undo] button").click()
    expect(page.locator(TEXT)).to_have_value("What should we keep, what should we change?")
    page.fill(TEXT, "Mine")
    expect(page.locator("[data-draft-undo] button")).to_contain_text("“Mine”")
    question_update(actor=owner, question=why, text={"en": "Theirs"})
    page.locator("[data-draft-undo] button").click()
    expect(page.locator("#toasts")).to_contain_text("Owner changed “Theirs” meanwhile.")
    expect(page.locator(TEXT)).to_have_value("Theirs")
    assert window.troubles == []


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("ko", 390)])
def test_the_library_and_pictures_are_used_by_anybody(
    window: Window, designer: Actor, draft: Survey, language: str, width: int
) -> None:
    library_save(actor=designer, part=draft.sections.get(), name="After a purchase")
    page = opened(window, designer, language, width)
    name, base = f"{language}-{width}", f"/p/acme/surveys/{draft.pk}/"
    page.goto(f"{base}design/?question={question_of(draft, 'reason').pk}")
    page.locator("form[action$='/keep/'] button").click()
    expect(page.locator("#toasts .toast-note")).to_be_visible()
    looked_at(page, f"{name}-2-kept")
    page.goto(f"{base}insert/?page={draft.sections.get().pk}")
    looked_at(page, f"{name}-3-insert")
    page.locator("button[name=item]").last.click()
    page.wait_for_url("**/design/**")
    assert asked(draft)[-1] == "reason_2"
    page.goto("/p/acme/surveys/library/")
    looked_at(page, f"{name}-4-library")
    page.goto(f"{base}questions/{question_of(draft, 'places').pk}/pictures/")
    form = page.locator("#picture-app")
    brought: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": drawn()}
    form.locator("[type=file]").set_input_files([brought])
    form.locator("[name=alt_en]").fill("A phone in a hand")
    form.locator("[name=alt_ko]").fill("손에 든 휴대폰")
    form.locator("button").first.click()
    expect(page.locator("#picture-app img")).to_be_visible()
    looked_at(page, f"{name}-5-pictures")
    page.goto(f"{base}questions/{question_of(draft, 'places').pk}/preview/?language={language}")
    shown = {"en": "A phone in a hand", "ko": "손에 든 휴대폰"}[language]
    expect(page.get_by_alt_text(shown)).to_be_visible()
    page.goto(f"{base}design/?part=survey")
    looked_at(page, f"{name}-6-contrast")
    assert window.troubles == []
