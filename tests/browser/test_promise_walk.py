"""From a critical driver to a promise, to an action, to its effect, to money."""

import re

import pytest
from playwright.sync_api import expect

from cxportal.core.actors import Actor
from loyalty.models import Driver, ValueProposition
from tests.browser.walk import Walk
from tests.browser.window import Window
from tests.conftest import make_member, make_program
from tests.loyalty.effects import make_answers, make_worked

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DRIVER = {"en": "Advice that fits", "ko": "나에게 맞는 상담"}
PROMISE = {"en": "We know you before you ask.", "ko": "묻기 전에 먼저 알아봅니다."}
DEED = {"en": "Train every advisor", "ko": "모든 상담 직원 교육"}
MONEY = {"en": "₩25.4K of profit a year", "ko": "연간 이익 3만 원"}


@pytest.mark.parametrize(("language", "width", "height"), [("ko", 390, 844), ("en", 1440, 900)])
def test_from_a_critical_driver_to_money(
    window: Window, language: str, width: int, height: int
) -> None:
    program = make_program("acme")
    member = make_member(program, "manager", "manager@acme.example")
    member.user.language = language
    member.user.save()
    actor = Actor.system(program)
    metric = make_answers(actor)
    worked = make_worked(actor, metric)
    walk = Walk(window, language, width, height, program.slug)
    with walk.as_person("manager@acme.example"):
        name_the_driver(walk, metric.pk)
        promise_it(walk, worked.pk)
        log_an_action(walk)
        read_the_effect(walk)
    assert (walk.faults, window.troubles) == ([], [])


def name_the_driver(walk: Walk, metric: int) -> None:
    """Critical, measured by a metric; nobody promises it yet."""
    walk.go("loyalty/drivers/new/")
    walk.main(f"[name=name_{walk.language}]").fill(DRIVER[walk.language])
    walk.main("[name=source]").select_option("interview")
    walk.main("[name=metric]").select_option(str(metric))
    walk.main("[name=is_critical]").check()
    walk.main("form .btn-primary").last.click()
    walk.page.wait_for_url("**/loyalty/drivers/")
    walk.sees("critical")
    walk.sees("No value proposition answers it yet")
    walk.keep("promise-drivers")


def promise_it(walk: Walk, action: int) -> None:
    """From the driver to a promise that answers it, kept by the action that was done there."""
    driver = Driver.unscoped.get()  # unscoped: test
    walk.main(f"a[href$='/drivers/{driver.pk}/']").first.click()
    walk.main(f"a[href$='?driver={driver.pk}']").click()
    walk.page.wait_for_url("**/propositions/new/**")
    walk.main(f"[name=name_{walk.language}]").fill(DRIVER[walk.language])
    walk.main(f"[name=promise_{walk.language}]").fill(PROMISE[walk.language])
    walk.main(f"[name=actions][value='{action}']").check()
    walk.keep("promise-form")
    walk.main("form .btn-primary").last.click()
    walk.page.wait_for_url(re.compile(r"/propositions/\d+/$"))
    expect(walk.main("blockquote")).to_have_text(PROMISE[walk.language])
    walk.keep("promise")


def log_an_action(walk: Walk) -> None:
    """A further action that makes it true, in one field."""
    walk.main("a[href$='/action/']").click()
    walk.main("[name=title]").fill(DEED[walk.language])
    walk.keep("promise-action")
    walk.main("form .btn-primary").last.click()
    walk.page.wait_for_url(re.compile(r"/propositions/\d+/$"))
    expect(walk.main("")).to_contain_text(DEED[walk.language])


def read_the_effect(walk: Walk) -> None:
    """Done, it worked, and what that goes with in money; back again by links alone."""
    promise = ValueProposition.unscoped.get()  # unscoped: test
    expect(walk.main("")).to_contain_text(MONEY[walk.language])
    walk.keep("promise-worked")
    walk.main(
        "a",
    ).filter(has_text="Advise by appointment").click()
    walk.sees("Makes true")
    expect(walk.main("")).to_contain_text(MONEY[walk.language])
    walk.keep("promise-action-done")
    walk.main(f"a[href$='/propositions/{promise.pk}/']").click()
    walk.page.wait_for_url(re.compile(r"/propositions/\d+/$"))
    walk.main("a[href$='/loyalty/nps/']").first.click()
    walk.page.wait_for_url("**/loyalty/nps/")
    walk.keep("promise-money")
