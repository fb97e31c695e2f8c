"""Ten questions with a branch in two languages, designed by hand; pictures of each step."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from cxportal.core.actors import Actor
from surveys.models import Question, Survey
from surveys.services.questions import question_add
from surveys.services.surveys import survey_publish
from tests.browser.window import Window, overflow, picture, shut_out, sign_in
from tests.conftest import PASSWORD, make_member, make_program
from tests.surveys.designing import make_draft
from tests.surveys.every_kind import EVERY_KIND

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PATIENCE = 30_000  # milliseconds, on a busy machine
TYPED = ["/nps", "/long_text", "/csat", "/ces", "/multiple", "/matrix", "/ranking", "/slider"]
WORDS = {
    "nps": ("Would you recommend us?", "저희를 추천하시겠어요?"),
    "comment": ("Why?", "왜 그런가요?"),
    "multiple": ("What did you use?", "무엇을 이용하셨어요?"),
    "matrix_single": ("How were they?", "어땠나요?"),
    "ranking": ("Put them in order.", "순서를 정해 주세요."),
    "slider": ("How warm was it?", "얼마나 따뜻했나요?"),
}


@pytest.fixture
def designer() -> Actor:
    return Actor.member(make_member(make_program("acme"), "designer"))


@pytest.fixture
def page(window: Window, designer: Actor) -> Page:
    opened = window.open()
    sign_in(opened, "designer@acme.example", PASSWORD)
    return opened


def add(page: Page, typed: str) -> None:
    questions = page.locator("#outline [data-question]")
    before = questions.count()
    field = page.locator("[data-add]")
    field.fill(typed)
    field.press("Enter")
    # What was typed before is stored first.
    expect(questions).to_have_count(before + 1, timeout=PATIENCE)
    expect(questions.last.locator("[aria-current]")).to_be_visible()


def saved(page: Page) -> None:
    state = page.locator("#save-state")
    expect(state).to_have_attribute("data-state", "saved", timeout=PATIENCE)


def say(page: Page, english: str, korean: str) -> None:
    page.fill("#design-form [name=text_en]", english)
    page.fill("#design-form [name=text_ko]", korean)


def lines(page: Page, name: str, *words: tuple[str, str]) -> None:
    """Write choices or rows, each in both languages."""
    for place, (english, korean) in enumerate(words):
        page.fill(f"#{name}-{place}-en", english)
        page.fill(f"#{name}-{place}-ko", korean)


def test_ten_questions_a_branch_and_two_languages(
    page: Page, designer: Actor, window: Window
) -> None:
    survey = make_draft(designer, "empty")
    page.goto(f"/p/acme/surveys/{survey.pk}/design/?part=survey")
    picture(page, "designing/1-empty", full=False)
    for typed in TYPED:
        add(page, typed)
        kind = Question.unscoped.filter(survey=survey).order_by("-pk")[0]
        if kind.code in WORDS:
            say(page, *WORDS[kind.code])
        if typed in ("/multiple", "/ranking"):
            lines(page, "choice", ("App", "앱"), ("Store", "매장"), ("Phone", "전화"))
        if typed == "/matrix":
            lines(page, "row", ("Price", "가격"), ("Staff", "직원"))
            lines(page, "choice", ("Good", "좋음"), ("Bad", "나쁨"))
        saved(page)
        if typed in ("/nps", "/matrix", "/slider"):
            picture(page, f"designing/2-{typed[1:]}", full=False)
    for code in ("email", "consent"):
        question_add(
            actor=designer, survey=survey, **next(q for q in EVERY_KIND if q["code"] == code)
        )
    why = survey.questions.get(code="comment")
    page.goto(f"/p/acme/surveys/{survey.pk}/questions/{why.pk}/rules/")
    page.locator("[name=show_source]").first.select_option("answer.nps")
    page.locator("[name=show_operator]").first.select_option("lte")
    page.locator("[name=show_value]").first.fill("6")
    picture(page, "designing/3-rule")
    assert shut_out(page) == []
    page.get_by_role("button", name="Save the rules").click()
    expect(page.locator(".designer-settings")).to_contain_text("is at most “6”")
    picture(page, "designing/4-rule-said", full=False)
    page.goto(f"/p/acme/surveys/{survey.pk}/settings/")
    picture(page, "designing/5-settings")
    assert shut_out(page) == []
    survey_publish(actor=designer, survey=survey)
    assert survey.questions.count() == 10
    assert window.troubles == []


def hold_first(kept: list[Route]) -> Callable[[Route], None]:
    """Keeps the first request until it is let go; later ones pass."""

    def handle(route: Route) -> None:
        if kept:
            route.continue_()
        else:
            kept.append(route)

    return handle


def test_a_save_that_answers_late_holds_no_further_question_up(
    page: Page, designer: Actor, window: Window
) -> None:
    survey = make_draft(designer, "empty")
    page.goto(f"/p/acme/surveys/{survey.pk}/design/?part=survey")
    add(page, "/nps")
    held: list[Route] = []
    page.route("**/save/", hold_first(held))
    say(page, "Would you recommend us?", "추천하시겠어요?")
    page.locator("[data-add]").fill("/ranking")
    page.locator("[data-add]").press("Enter")
    # Longer than typing is waited for, so that no further save is to come by itself.
    page.wait_for_timeout(1000)
    assert len(held) == 1
    held[0].continue_()
    questions = page.locator("#outline [data-question]")
    expect(questions).to_have_count(2, timeout=PATIENCE)
    expect(questions.last.locator("[aria-current]")).to_be_visible()
    assert survey.questions.get(code="nps").text["ko"] == "추천하시겠어요?"
    say(page, "In which order?", "어떤 순서인가요?")
    add(page, "/slider")
    assert survey.questions.get(code="ranking").text["en"] == "In which order?"
    assert window.troubles == []


def test_an_answer_about_the_question_before_changes_nothing_shown(
    page: Page, designer: Actor, window: Window
) -> None:
    survey = make_draft(designer, "empty")
    page.goto(f"/p/acme/surveys/{survey.pk}/design/?part=survey")
    add(page, "/nps")
    held: list[Route] = []
    page.route("**/save/", hold_first(held))
    added: list[Route] = []
    page.route("**/questions/add/", hold_first(added))
    page.locator("[data-add]").fill("/ranking")
    page.locator("[data-add]").press("Enter")
    page.fill("#design-form [name=text_en]", "Written while the next one is under way")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saving")
    page.wait_for_timeout(1000)
    assert (len(added), len(held)) == (1, 1)
    added[0].continue_()
    questions = page.locator("#outline [data-question]")
    expect(questions).to_have_count(2, timeout=PATIENCE)
    held[0].continue_()
    page.wait_for_timeout(1000)
    expect(questions.last.locator("[aria-current]")).to_be_visible()
    add(page, "/slider")
    assert survey.questions.get(code="nps").text["en"].startswith("Written while")
    assert window.troubles == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_designer_of_every_kind_fits_a_phone(
    window: Window, designer: Actor, language: str
) -> None:
    assert designer.user is not None
    designer.user.language = language
    designer.user.save()
    survey: Survey = make_draft(designer, "empty")
    chosen = [q for q in EVERY_KIND if q["kind"] in ("side_by_side", "contact", "multiple")]
    made = [question_add(actor=designer, survey=survey, **q) for q in chosen]
    opened = window.open(width=390, height=844, language=language)
    sign_in(opened, "designer@acme.example", PASSWORD)
    wide = window.open(width=1440, language=language)
    sign_in(wide, "designer@acme.example", PASSWORD)
    for question in made:
        address = f"/p/acme/surveys/{survey.pk}/design/?question={question.pk}"
        for page, width in ((opened, 390), (wide, 1440)):
            page.goto(address)
            picture(page, f"designing/{question.kind}-{language}-{width}")
            assert overflow(page) == []
        assert shut_out(wide) == []
    for path in ("settings", f"questions/{made[0].pk}/rules"):
        opened.goto(f"/p/acme/surveys/{survey.pk}/{path}/")
        picture(opened, f"designing/{path.split('/')[-1]}-{language}-390")
        assert overflow(opened) == []
    assert window.troubles == []
