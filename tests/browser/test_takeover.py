"""A file from another tool is brought, looked at, published and answered, all by hand."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cxportal.core.actors import Actor
from cxportal.core.models import Membership
from surveys.models import Response, Survey
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.browser.window import Window, overflow, picture, shut_out, sign_in
from tests.conftest import PASSWORD, make_member, make_program
from tests.surveys.services.test_checklists import visit as store_visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FORM = """
| survey | | | | | |
| | type | name | label::English (en) | label::Korean (ko) | relevant |
| | select_one yn or_other | came | Did you find us? | 저희를 찾으셨나요? | |
| | range | nps | How likely are you to come back? | 다시 오실 마음이 얼마나 있으세요? | |
| | text | why | Why not? | 왜 못 찾으셨나요? | ${came} = 'n' |
| | geopoint | where | Where are you? | 어디 계세요? | |
| choices | | | | |
| | list_name | name | label::English (en) | label::Korean (ko) |
| | yn | y | Yes | 네 |
| | yn | n | No | 아니요 |
"""


def designer() -> Membership:
    return make_member(make_program("acme"), "designer")


def looked_at(page: Page, name: str) -> None:
    """Keep a picture; nothing sticks out and nobody is shut out."""
    picture(page, f"takeover/{name}")
    assert overflow(page) == []
    assert shut_out(page) == []


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_a_form_is_taken_over_and_answered(
    window: Window, tmp_path: Path, width: int, dark: bool
) -> None:
    member = designer()
    file = tmp_path / "visit.md"
    file.write_text(FORM, encoding="utf-8")
    page = window.open(width=width, dark=dark)
    sign_in(page, member.user.email, PASSWORD)
    page.goto("/p/acme/surveys/import/")
    looked_at(page, f"1-file-{width}")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Take over").click()
    expect(page.locator("#content")).to_contain_text("Places on the map are not asked here.")
    looked_at(page, f"2-report-{width}")
    page.get_by_role("link", name="Open in the designer").click()
    expect(page).to_have_url(re.compile(r"/design/"))
    looked_at(page, f"3-designer-{width}")
    survey = Survey.unscoped.get()
    page.goto(f"/p/acme/surveys/{survey.pk}/files/")
    looked_at(page, f"4-files-{width}")
    page.goto(f"/p/acme/surveys/{survey.pk}/print/?lang=ko")
    picture(page, f"takeover/5-paper-{width}")
    assert overflow(page) == []
    assert window.troubles == []


def test_stores_stand_beside_each_other(window: Window) -> None:
    member = designer()
    actor = Actor.member(member)
    survey = survey_create(actor=actor, title={"en": "Store visits"}, template="mystery")
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    rows = [store_visit("own_1", greeting="yes", needs="partly"),
            store_visit("other_1", greeting="no", needs="yes")]  # fmt: skip
    responses_record(actor=actor, survey=survey, rows=rows)
    assert Response.unscoped.count() == 2
    for width in (1440, 390):
        page = window.open(width=width)
        sign_in(page, member.user.email, PASSWORD)
        for name in ("checklist", "stores", "answers/import"):
            page.goto(f"/p/acme/surveys/{survey.pk}/{name}/")
            looked_at(page, f"{name.replace('/', '-')}-{width}")
    assert window.troubles == []
