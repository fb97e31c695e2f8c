"""From a template to an action: a map, its metrics, the worst stage, an opportunity; two hands."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from cxportal.core.actors import Actor
from journeys.models import Action, Journey, Stage, Touchpoint
from surveys.models import Metric
from tests.browser.window import Window, overflow, picture, shut_out, sign_in
from tests.conftest import PASSWORD, make_member, make_program
from tests.journeys.mapping import make_place, yesterday_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MOST_TABS = 250
IS_FOCUSED = "element => element === document.activeElement"


@dataclass
class Pointer:
    """Somebody with a mouse or a finger."""

    page: Page

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def write(self, selector: str, text: str) -> None:
        self.page.locator(selector).first.fill(text)

    def choose(self, selector: str, value: str) -> None:
        self.page.locator(selector).first.select_option(value)


@dataclass
class Keys:
    """Somebody with a keyboard alone: Tab to a thing, then Enter, letters or arrows."""

    page: Page

    def reach(self, selector: str) -> Locator:
        thing = self.page.locator(selector).first
        thing.wait_for()
        for _press in range(MOST_TABS):
            if thing.evaluate(IS_FOCUSED):
                return thing
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {selector}")

    def press(self, selector: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("Enter")

    def write(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.type(text)

    def choose(self, selector: str, value: str) -> None:
        select = self.reach(selector)
        for _press in range(30):
            if select.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never come to {value}")


def measured(language: str) -> tuple[Actor, dict[str, Metric]]:
    """An owner, and two metrics with thirty answers each: advice is good, paying is bad."""
    program = make_program("acme")
    member = make_member(program, "owner", "owner@acme.example")
    member.user.language = language
    member.user.save()
    place = make_place(Actor.system(program), anonymous=True)
    answers = [("", {"nps": 9, "csat": 1 + number % 4}) for number in range(30)]
    place.answer(answers, yesterday_of(place.actor))
    for gone in (place.journey, place.advice, place.paying):
        gone.delete()
    return place.actor, {"advice": place.nps, "checkout": place.csat}


@pytest.mark.parametrize(
    ("hand", "language", "width", "height"),
    [(Pointer, "en", 1440, 900), (Keys, "ko", 390, 844)],
    ids=["pointer-en-1440", "keys-ko-390"],
)
def test_from_a_template_to_an_action_at_the_worst_stage(
    window: Window, hand: Any, language: str, width: int, height: int
) -> None:
    actor, metrics = measured(language)
    page = window.open(width=width, height=height, language=language)
    sign_in(page, "owner@acme.example", PASSWORD)
    person, base = hand(page), "/p/acme/journeys"

    def look(name: str) -> None:
        picture(page, f"review-walk/{language}-{width}-{name}")
        assert (name, overflow(page)) == (name, [])

    page.goto(f"{base}/new/")
    person.write(f"#content [name=name_{language}]", "Shopping")
    person.press("#content button.btn-primary")
    page.wait_for_url(re.compile(r"/journeys/\d+/$"))
    journey = Journey.objects.for_actor(actor).get()
    assert journey.stages.count() == 7
    look("1-map")
    for code, metric in metrics.items():
        place = Touchpoint.objects.for_actor(actor).get(code=code)
        page.goto(f"{base}/{journey.pk}/")
        person.press(f".lane-touchpoint a[href$='/touchpoints/{place.pk}/']")
        page.wait_for_url(f"**/touchpoints/{place.pk}/")
        person.choose("form[action$='/metrics/'] select[name=metric]", str(metric.pk))
        person.press("form[action$='/metrics/'] button")
        expect(page.locator("tbody form.weight-form")).to_have_count(1)
        look(f"2-{code}")
    page.goto(f"{base}/{journey.pk}/")
    person.press(f"a[href*='/journeys/review/?journey={journey.pk}']")
    expect(page.locator("tr.is-worst")).to_have_count(1)
    look("3-review")
    person.press("tr.is-worst a")
    page.wait_for_url("**/journeys/stages/**")
    worst = Stage.objects.for_actor(actor).get(steps__touchpoint__code="checkout")
    assert page.url.split("?")[0].endswith(f"/stages/{worst.pk}/")
    look("4-stage")
    assert shut_out(page) == []
    person.press(f"a[href*='/opportunities/new/?stage={worst.pk}']")
    person.write(f"#content [name=title_{language}]", "A second till")
    look("5-opportunity-form")
    person.press("#content button.btn-primary")
    page.wait_for_url(re.compile(r"/opportunities/\d+/$"))
    look("6-opportunity")
    assert shut_out(page) == []
    person.press("form[action$='/act/'] button.btn-primary")
    page.wait_for_url(re.compile(r"/actions/\d+/$"))
    look("7-action")
    action = Action.objects.for_actor(actor).get()
    assert (action.title, action.stage) == ("A second till", worst)
    opportunity = action.opportunities.get()
    assert (opportunity.importance, opportunity.satisfaction) == (Decimal("7.5"), Decimal("2.3"))
    assert window.troubles == []
