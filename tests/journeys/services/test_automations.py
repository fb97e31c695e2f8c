"""Automations: run once per occasion, within limits, never in a circle; tried before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import (
    CustomerEvent,
    Membership,
    Notification,
    OutboxEvent,
    Webhook,
    WebhookDelivery,
)
from cxportal.core.services.chat_messages import chat_body
from cxportal.core.services.events import event_record
from cxportal.core.services.outbox import outbox_drain_all
from journeys.automation_catalogue import CATALOGUE
from journeys.models import Action, Automation, AutomationRun, Case
from journeys.queries.automations import automation_trial, condition_words, trigger_words
from journeys.services.automation_runs import automations_run_daily
from journeys.services.automations import (
    automation_create,
    automation_from_catalogue,
    automation_switch,
    automation_update,
)
from loyalty.services.transactions import transactions_bulk_upsert
from tests.conftest import make_customers
from tests.journeys.services.test_cases import answers

ActorFor = Callable[[str], Actor]
CASE = [{"kind": "case", "severity": "high"}]


def make(actor: Actor, *, on: bool = True, **values: Any) -> Automation:
    """An automation, switched on."""
    given = {"name": "Test", "trigger": "event", "effects": CASE, **values}
    if given["trigger"] == "event":
        given.setdefault("settings", {"kinds": ["complaint"]})
    automation = automation_create(actor=actor, **given)
    return automation_switch(actor=actor, automation=automation, on=True) if on else automation


def states(automation: Automation) -> list[str]:
    return [run.state for run in automation.runs.order_by("pk")]


def test_an_answer_that_fits_opens_a_case_once(system: Actor) -> None:
    low = {"all": [{"source": "answer.nps", "operator": "lte", "value": 6}]}
    automation = make(system, trigger="answer", condition=low)
    found = answers(system, [3, 9])
    outbox_drain_all()
    case = Case.objects.for_actor(system).get()
    assert (case.response, case.severity, case.reason) == (found[0], "high", "low_score")
    run = automation.runs.get()
    assert (run.state, run.results, run.customer) == (
        "done",
        [{"kind": "case", "id": case.pk}],
        found[0].customer,
    )
    # The same answers once more, as after a crash of the worker.
    OutboxEvent.unscoped.create(
        program=system.program, topic="follow_up", payload={"responses": [r.pk for r in found]}
    )
    outbox_drain_all()
    assert (Case.unscoped.count(), automation.runs.count()) == (1, 1)


def test_an_event_is_handed_to_the_account_manager(
    system: Actor, people: dict[str, Membership]
) -> None:
    (customer,) = make_customers(system.program, 1)
    customer.account_manager = people["staff"]
    customer.save()
    effects = [
        {"kind": "action", "owner": "account_manager", "days": 2},
        {"kind": "notify", "to": "account_manager"},
        {"kind": "tag", "key": "moved", "value": "yes"},
        {"kind": "webhook"},
    ]
    make(
        system,
        name={"en": "Moves house"},
        activity={"en": "Wish luck"},
        settings={"kinds": ["address_changed"]},
        effects=effects,
    )
    event_record(actor=system, customer=customer, kind="address_changed")
    outbox_drain_all()
    action = Action.objects.for_actor(system).get()
    today = timezone.now().astimezone(system.program.zone).date()
    assert (action.title, action.description, action.owner, action.customer, action.due) == (
        "Moves house",
        "Wish luck",
        people["staff"],
        customer,
        today + timedelta(days=2),
    )
    customer.refresh_from_db()
    assert customer.attributes == {"moved": "yes"}
    kinds = Notification.unscoped.values_list("kind", flat=True).order_by("pk")
    assert list(kinds) == ["action_assigned", "automation"]


def test_who_asks_to_be_contacted_gets_a_case_whatever_is_on(system: Actor) -> None:
    (customer,) = make_customers(system.program, 1)
    event_record(actor=system, customer=customer, kind="contact_requested")
    outbox_drain_all()
    case = Case.objects.for_actor(system).get()
    assert (case.customer, case.reason) == (customer, "contact_requested")


def test_an_automation_that_would_trigger_itself_is_stopped_and_says_so(
    system: Actor, people: dict[str, Membership]
) -> None:
    (customer,) = make_customers(system.program, 1)
    automation = make(
        system, settings={"kinds": ["ping"]}, effects=[{"kind": "event", "event": "ping"}]
    )
    event_record(actor=system, customer=customer, kind="ping")
    for _ in range(4):
        outbox_drain_all()
    automation.refresh_from_db()
    assert (automation.is_active, states(automation)) == (False, ["done"])
    assert automation.stopped_reason == "It would have triggered itself."
    assert CustomerEvent.objects.for_actor(system).filter(kind="ping").count() == 2
    told = Notification.unscoped.filter(kind="automation_stopped")
    assert {notice.membership.role for notice in told} == {"owner", "designer"}


def test_two_automations_cannot_play_ball(system: Actor) -> None:
    (customer,) = make_customers(system.program, 1)
    one = make(system, settings={"kinds": ["a"]}, effects=[{"kind": "event", "event": "b"}])
    two = make(system, settings={"kinds": ["b"]}, effects=[{"kind": "event", "event": "a"}])
    event_record(actor=system, customer=customer, kind="a")
    for _ in range(6):
        outbox_drain_all()
    one.refresh_from_db()
    assert (one.is_active, states(one), states(two)) == (False, ["done"], ["done"])


def test_a_storm_is_stopped(system: Actor) -> None:
    customers = make_customers(system.program, 8)
    automation = make(system, hourly_limit=5)
    for customer in customers:
        event_record(actor=system, customer=customer, kind="complaint")
    outbox_drain_all()
    automation.refresh_from_db()
    assert (automation.is_active, Case.unscoped.count()) == (False, 5)
    assert "5" in automation.stopped_reason


def test_a_customer_rests(system: Actor) -> None:
    (customer,) = make_customers(system.program, 1)
    automation = make(system, once_days=7)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            event_record(actor=system, customer=customer, kind="complaint")
            outbox_drain_all()
        clock.shift(timedelta(days=8))
        event_record(actor=system, customer=customer, kind="complaint")
        outbox_drain_all()
    assert states(automation) == ["done", "limited", "done"]


def test_one_effect_that_fails_takes_the_others_back_and_stops_no_other(
    system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from journeys.services import automation_effects

    def broken(*_args: Any) -> dict[str, Any]:
        raise DomainError("invalid", "The telephone is broken.")

    monkeypatch.setitem(automation_effects.KINDS, "webhook", broken)
    (customer,) = make_customers(system.program, 1)
    bad = make(system, effects=[*CASE, {"kind": "webhook"}])
    good = make(system)
    event_record(actor=system, customer=customer, kind="complaint")
    outbox_drain_all()
    assert (states(bad), states(good), Case.unscoped.count()) == (["failed"], ["done"], 1)
    assert bad.runs.get().note == "The telephone is broken."


def buy(actor: Actor, customer: str, days_ago: int, amount: int = 10) -> None:
    at = (timezone.now() - timedelta(days=days_ago, minutes=5)).isoformat()
    row = {
        "external_id": f"{customer}-{days_ago}",
        "customer": customer,
        "occurred_at": at,
        "amount": str(amount),
    }
    assert transactions_bulk_upsert(actor=actor, rows=[row]).failed == 0


def test_no_purchase_for_some_days_is_found_once(system: Actor) -> None:
    make_customers(system.program, 3)
    buy(system, "C0", 30)
    buy(system, "C1", 30)
    buy(system, "C1", 10)
    buy(system, "C2", 100)
    automation = make(system, trigger="pattern", settings={"pattern": "no_purchase", "value": 30})
    assert (automations_run_daily(actor=system), automations_run_daily(actor=system)) == (1, 0)
    run = automation.runs.get()
    assert run.customer is not None
    assert run.customer.external_id == "C0"
    trial = automation_trial(system, automation)
    assert (trial.done, sum(count for _week, count in trial.weeks)) == (2, 2)


def test_first_and_large_purchases_and_refunds_are_found(system: Actor) -> None:
    make_customers(system.program, 2)
    buy(system, "C0", 5, amount=900)
    buy(system, "C0", 1, amount=50)
    buy(system, "C1", 1, amount=600)
    wanted = {"large_purchase": 500, "nth_purchase": 2, "refund": None}
    counts = {}
    for pattern, value in wanted.items():
        settings = {"pattern": pattern, "value": value}
        automation = make(system, on=False, trigger="pattern", settings=settings)
        counts[pattern] = automation_trial(system, automation).done
    assert counts == {"large_purchase": 2, "nth_purchase": 1, "refund": 0}


def test_a_contract_date_fires_once_for_each_date(system: Actor) -> None:
    near, later = make_customers(system.program, 2)
    today = timezone.now().astimezone(system.program.zone).date()
    near.attributes = {"contract_end": (today + timedelta(days=14)).isoformat()}
    later.attributes = {"contract_end": (today + timedelta(days=40)).isoformat()}
    near.save()
    later.save()
    automation = make(system, trigger="date", settings={"attribute": "contract_end", "days": 14})
    assert (automations_run_daily(actor=system), automations_run_daily(actor=system)) == (1, 0)
    assert automation.runs.get().customer == near


def test_only_who_enters_a_value_segment_later_counts(system: Actor) -> None:
    old, new = make_customers(system.program, 2)
    old.value_segment = "most_valuable"
    old.save()
    automation = automation_from_catalogue(actor=system, code="became_most_valuable")
    automation_switch(actor=system, automation=automation, on=True)
    new.value_segment = "most_valuable"
    new.save()
    assert (automations_run_daily(actor=system), automations_run_daily(actor=system)) == (1, 0)
    action = Action.objects.for_actor(system).get()
    assert action.customer == new
    assert states(automation) == ["seen", "done"]


def test_a_trial_shows_what_would_have_been_done_and_does_nothing(system: Actor) -> None:
    low = {"all": [{"source": "metric.nps", "operator": "lte", "value": 6}]}
    found = answers(system, [0, 3, 8, 10], days_ago=20)
    codes = [score.metric.code for score in found[0].scores.select_related("metric")]
    low["all"][0]["source"] = f"metric.{codes[0]}"
    automation = make(system, on=False, trigger="answer", condition=low, hourly_limit=1)
    trial = automation_trial(system, automation)
    assert (trial.looked_at, trial.done, trial.busiest_hour, trial.over_limit) == (4, 2, 2, True)
    assert [who for _at, who, _what in trial.sample] == ["Customer 1", "Customer 0"]
    assert (Case.unscoped.count(), AutomationRun.unscoped.count()) == (0, 0)


def test_what_happened_before_it_was_on_does_not_count(system: Actor) -> None:
    make_customers(system.program, 1)
    buy(system, "C0", 2, amount=900)
    make(system, trigger="pattern", settings={"pattern": "large_purchase", "value": 500})
    assert automations_run_daily(actor=system) == 0


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": ""}),
        ("effects", {"effects": []}),
        ("effects", {"effects": [{"kind": "shout"}]}),
        ("effects", {"effects": [{"kind": "case", "program": 1}]}),
        ("effects", {"effects": [{"kind": "case", "severity": "huge"}]}),
        ("effects", {"effects": [{"kind": "survey", "campaign": 99_999}]}),
        ("effects", {"effects": [{"kind": "notify", "to": "member:99999"}]}),
        ("effects", {"effects": [{"kind": "tag"}]}),
        ("settings", {"settings": {}}),
        ("settings", {"settings": {"survey": 1}}),
        ("settings", {"trigger": "pattern", "settings": {"pattern": "none"}}),
        ("settings", {"trigger": "date", "settings": {"attribute": "x", "days": 999}}),
        ("condition", {"condition": {"all": [{"source": "program", "operator": "is"}]}}),
        ("condition", {"condition": {"all": [{"source": "answer.a", "operator": "like"}]}}),
        ("trigger", {"trigger": "moon", "settings": {}}),
    ],
)
def test_what_cannot_run_is_refused(system: Actor, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        make(system, on=False, **values)
    assert field in refused.value.details
    assert Automation.unscoped.count() == 0


def test_foreign_links_are_refused(system: Actor, stranger: Membership) -> None:
    for effect in (
        {"kind": "action", "owner": stranger.pk},
        {"kind": "notify", "to": f"member:{stranger.pk}"},
    ):
        with pytest.raises(DomainError):
            make(system, on=False, effects=[effect])


def test_every_entry_of_the_catalogue_can_be_taken_over_and_tried(system: Actor) -> None:
    assert len(CATALOGUE) >= 60
    for code in CATALOGUE:
        automation = automation_from_catalogue(actor=system, code=code)
        assert (automation.is_active, automation_trial(system, automation).done) == (False, 0)
        assert set(automation.name) == {"en", "ko"} == set(automation.activity)
    assert len({a.industry for a in Automation.objects.for_actor(system)}) == 4
    with pytest.raises(DomainError):
        automation_from_catalogue(actor=system, code="complaint")


def test_designers_change_automations_and_nobody_overwrites_unseen(
    actor_for: ActorFor, stranger: Membership
) -> None:
    automation = make(actor_for("designer"), on=False)
    automation_update(actor=actor_for("owner"), automation=automation, name="Two", version=1)
    with pytest.raises(StaleEdit):
        automation_update(actor=actor_for("owner"), automation=automation, name="x", version=1)
    for actor in (actor_for("manager"), actor_for("staff"), Actor.member(stranger)):
        with pytest.raises(Denied):
            automation_switch(actor=actor, automation=automation, on=True)


def test_it_is_said_in_words(system: Actor) -> None:
    automation = make(
        system,
        on=False,
        trigger="date",
        settings={"attribute": "contract_end", "days": 14},
        condition={"any": [{"source": "customer.tier", "operator": "is", "value": "gold"},
                           {"source": "segment", "operator": "includes", "value": "vip"}]},
    )  # fmt: skip
    assert trigger_words(system, automation) == "14 days before “contract_end”"
    assert condition_words(automation.condition) == (
        "customer.tier is gold or segment includes vip"
    )


def test_old_events_are_read_not_followed_up(system: Actor) -> None:
    (customer,) = make_customers(system.program, 1)
    make(system)
    old: datetime = timezone.now() - timedelta(days=5)
    event_record(actor=system, customer=customer, kind="complaint", occurred_at=old)
    outbox_drain_all()
    assert Case.unscoped.count() == 0


def test_an_automation_speaks_in_a_chat_channel_without_naming_the_customer(
    system: Actor, stranger: Membership
) -> None:
    (customer,) = make_customers(system.program, 1)
    hook = Webhook.unscoped.create(
        program=system.program, url="https://hooks.slack.example/x", format="slack", events=[]
    )
    make(
        system,
        name={"en": "Moves house"},
        activity={"en": "Wish luck"},
        settings={"kinds": ["address_changed"]},
        effects=[{"kind": "chat", "channel": hook.pk}],
    )
    for _time in range(2):
        event_record(actor=system, customer=customer, kind="address_changed", external_id="once")
        outbox_drain_all()
    delivery = WebhookDelivery.objects.for_actor(system).get()
    said = orjson.dumps(chat_body(delivery)).decode()
    assert "Acme: Moves house" in said
    assert f"/p/acme/customers/{customer.pk}/" in said
    assert customer.pseudonym in said
    assert customer.name not in said
    foreign = Webhook.unscoped.create(program=stranger.program, url="https://x.example/")
    with pytest.raises(DomainError):
        make(system, effects=[{"kind": "chat", "channel": foreign.pk}])
