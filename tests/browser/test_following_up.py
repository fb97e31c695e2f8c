"""From an unhappy answer to a change that is proven: case, call, pattern, action, verdict."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cxportal.core.actors import Actor
from cxportal.core.services.outbox import outbox_drain_all
from journeys.models import Action, Case, RootCause
from journeys.services.actions import action_create
from journeys.services.boards import board_create
from journeys.services.case_rules import case_rules_update
from journeys.services.cases import case_close, case_open
from journeys.services.meetings import meeting_create
from journeys.standard_board import RELATIONSHIP_NAME
from surveys.services.campaigns import campaign_create, campaign_start
from surveys.services.deliveries import deliveries_send
from tests.browser.people import link_of, make_cast
from tests.browser.walk import Walk
from tests.browser.window import Window, shut_out
from tests.journeys.mapping import Place, make_place
from tests.surveys.campaign_cast import fill_all

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
OLD_CASES, GUESTS = 4, 40


@pytest.mark.parametrize(("language", "width", "height"), [("ko", 390, 844), ("en", 1440, 900)])
def test_an_unhappy_answer_leads_to_a_change_that_is_proven(
    window: Window, mailoutbox: list[Any], language: str, width: int, height: int
) -> None:
    cast = make_cast(language, GUESTS)
    system = Actor.system(cast.program)
    place = make_place(system)
    case_rules_update(actor=system, opens_on_low_score=True)
    _earlier(system, place)
    walk = Walk(window, language, width, height, cast.program.slug)
    campaign = campaign_create(
        actor=system, survey=place.survey, name="Visit", segment=cast.segment, contact_gap_days=0
    )
    campaign_start(actor=system, campaign=campaign)
    fill_all()
    deliveries_send(seconds=5)
    case = _answer(walk, link_of(mailoutbox[0]))
    with walk.as_person(cast.emails["staff"]):
        _follow_up(walk, case)
    with walk.as_person(cast.emails["manager"]):
        action = _make_action(walk)
        _carry_out(walk, action)
        _see_the_verdict(walk, action)
        _look_around(walk, system)
    assert (walk.faults, window.troubles) == ([], [])


def _keep(walk: Walk, name: str) -> None:
    """A picture, and nobody shut out of what it shows."""
    walk.keep(f"follow-{name}")
    walk.faults += [(name, [str(found)]) for found in shut_out(walk.page)]


def _earlier(system: Actor, place: Place) -> None:
    """Four cases of one cause; low answers long ago and good ones of late."""
    for number in range(OLD_CASES):
        case = case_open(actor=system, title=f"Broken {number}", touchpoint=place.advice)
        cause = RootCause.objects.for_actor(system).get(code="delivery")
        case_close(actor=system, case=case, resolution="solved", root_cause=cause)
    today = timezone.now().astimezone(system.program.zone).date()
    guests = [f"T{number:02d}" for number in range(GUESTS)]
    for days, marks in ((55, (3, 7, 9)), (20, (9, 10, 8))):
        rows = [(who, {"nps": marks[n % 3]}) for n, who in enumerate(guests)]
        place.answer(rows, today - timedelta(days=days))


def _answer(walk: Walk, link: str) -> Case:
    """A customer presses 1 and says why; a case is open within seconds."""
    page = walk.window.open(width=walk.width, height=walk.height, language=walk.language)
    page.goto(link)
    page.locator("label:has(input[name=q_nps][value='1'])").click()
    page.locator("textarea").first.fill("The parcel came broken")
    walk.keep("follow-answer", page)
    page.locator("button[value=next]").last.click()
    expect(page.locator(".mark")).to_be_visible()
    page.context.close()
    started = time.monotonic()
    outbox_drain_all()
    case = Case.unscoped.get(reason="low_score")  # unscoped: test
    assert time.monotonic() - started < 5
    return case


def _follow_up(walk: Walk, case: Case) -> None:
    """Staff find the case, take it, note the call, and close it with its cause."""
    walk.go("cases/?state=open")
    _keep(walk, "cases")
    walk.main(f"a[href$='/cases/{case.pk}/']").first.click()
    expect(walk.page.locator("#content")).to_contain_text("The parcel came broken")
    walk.page.locator("form[action$='/take/'] button").click()
    walk.page.wait_for_load_state()
    _keep(walk, "case")
    walk.main("[name=note]").fill("A new one leaves today")
    walk.main("form[action$='/contact/'] button").click()
    walk.page.wait_for_load_state()
    walk.page.locator("a[href$='/close/']").click()
    walk.main("[name=resolution]").select_option("solved")
    cause = RootCause.unscoped.get(code="delivery")  # unscoped: test
    walk.main("[name=root_cause]").select_option(str(cause.pk))
    walk.main("[name=recovery]").select_option("refund")
    walk.main("[name=customer_told]").check()
    _keep(walk, "case-close")
    walk.main(".form-actions .btn-primary").click()
    walk.page.wait_for_load_state()
    case.refresh_from_db()
    assert (case.state, case.root_cause) == ("closed", cause)
    _keep(walk, "case-closed")


def _make_action(walk: Walk) -> Action:
    """What keeps coming back is made an action; its cases are tied to it."""
    walk.go("cases/overview/")
    _keep(walk, "overview")
    walk.main("button[name=pattern]").click()
    walk.page.wait_for_url("**/actions/*/")
    _keep(walk, "action")
    action = Action.unscoped.get()  # unscoped: test
    assert action.cases.count() == OLD_CASES + 1
    return action


def _carry_out(walk: Walk, action: Action) -> None:
    """On the board in lanes: another lane by keys, in progress and done by the menu."""
    walk.go("actions/?lanes=horizon")
    link = walk.main(f"[data-card='{action.pk}'] [data-card-link]")
    link.focus()
    for key in ("Space", "ArrowDown", "Space"):
        walk.page.keyboard.press(key)
    expect(walk.main(f"[data-lane='horizon:mid'] [data-card='{action.pk}']")).to_be_visible()
    _keep(walk, "lanes")
    action.refresh_from_db()
    assert action.horizon == "mid"
    for state in ("doing", "done"):
        column = action.board.columns.get(state=state)
        card = walk.main(f"[data-card='{action.pk}']")
        card.scroll_into_view_if_needed()
        card.locator("summary").click()
        expect(card.locator("button[value*='@horizon:']").first).to_be_visible()
        card.locator(f"button[value='{column.pk}']").click()
        there = walk.main(f"[data-column='{column.pk}'] [data-card='{action.pk}']")
        expect(there).to_be_visible()
    _keep(walk, "lanes-done")


def _see_the_verdict(walk: Walk, action: Action) -> None:
    """Forty days later the page says in a sentence that it worked."""
    ago = timezone.now() - timedelta(days=40)
    Action.unscoped.filter(pk=action.pk).update(started_at=ago, closed_at=ago)  # unscoped: test
    walk.go(f"actions/{action.pk}/")
    walk.sees("Seen together, not proved: other things changed in these days as well.")
    _keep(walk, "verdict")
    walk.go("actions/library/")
    expect(walk.page.locator("#content")).to_contain_text(action.title)
    _keep(walk, "library")
    walk.go("actions/flow/")
    expect(walk.main(".flow-area").first).to_be_attached()
    _keep(walk, "flow")


def _look_around(walk: Walk, system: Actor) -> None:
    """Rules, coaching, the committee with its agenda: nobody is shut out there either."""
    board = board_create(actor=system, name=RELATIONSHIP_NAME, kind="relationship")
    action_create(actor=system, title="Second call", board=board, due=timezone.now().date())
    meeting = meeting_create(actor=system, title="CX", held_on=timezone.now().date())
    for name, path in (
        ("rules", "cases/rules/"),
        ("coaching", "cases/coaching/"),
        ("relationships", f"actions/boards/{board.pk}/?lanes=relationship"),
        ("meeting", f"meetings/{meeting.pk}/"),
        ("meetings", "meetings/"),
    ):
        walk.go(path)
        if name == "meeting":
            walk.main(".agenda summary").first.click()
        _keep(walk, name)
