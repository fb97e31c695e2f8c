"""Customers' values: fitted, recomputed, published; rules, moves, and the raw CDNOW data."""

import csv
import threading
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connections, transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import Customer, Job, Program, Segment
from cxportal.core.queries.segment_rules import customers_of_rule
from cxportal.core.services.jobs import jobs_run_due
from cxportal.core.services.outbox import outbox_drain_all
from loyalty.models import CustomerValue, Transaction, ValueModel, ValueMove
from loyalty.queries.value import value_segments
from loyalty.services.transactions import transactions_bulk_upsert
from loyalty.services.value import (
    today_of,
    value_model_fit,
    value_rules_update,
    values_rebuild,
    values_rebuild_stale,
    values_recompute,
)
from tests.api.conftest import make_api
from tests.conftest import make_customers, make_program
from tests.loyalty.calc.test_buying import FILE, needs_file

pytestmark = pytest.mark.django_db


def sell(actor: Actor, customer: int, days: list[int], amount: int = 10_000) -> None:
    """Purchases so many days ago."""
    rows = [
        {
            "external_id": f"T{customer}-{day}",
            "customer": f"C{customer}",
            "occurred_at": (timezone.now() - timedelta(days=day)).isoformat(),
            "amount": amount,
            "margin": amount // 4,
        }
        for day in days
    ]
    assert transactions_bulk_upsert(actor=actor, rows=rows).failed == 0


def crowd(actor: Actor, program: Program, count: int = 80) -> None:
    """Customers who come back, the later the rarer."""
    make_customers(program, count)
    rng = np.random.default_rng(5)
    rows = []
    for i in range(count):
        for number in range(1 + int(rng.poisson(8 * (1 - i / count)))):
            day = 1 + int(rng.integers(700))
            rows.append({
                "external_id": f"T{i}-{number}", "customer": f"C{i}", "amount": 5_000 + 100 * i,
                "occurred_at": (timezone.now() - timedelta(days=day)).isoformat(), "margin": 2_000,
            })  # fmt: skip
    assert transactions_bulk_upsert(actor=actor, rows=rows).failed == 0
    outbox_drain_all()


def stored(actor: Actor) -> list[tuple[Any, ...]]:
    names = [f.name for f in CustomerValue._meta.fields if f.name not in ("id", "as_of")]
    return list(CustomerValue.objects.for_actor(actor).order_by("customer").values_list(*names))


def test_values_are_predicted_with_an_interval_and_published(
    program: Program, system: Actor
) -> None:
    crowd(system, program)
    model = ValueModel.objects.for_actor(system).get(is_current=True)
    assert model.method == "bg_nbd"
    best = CustomerValue.objects.for_actor(system).order_by("-future_value").first()
    assert best is not None
    assert best.future_low is not None and best.future_high is not None
    assert best.future_low <= best.future_value <= best.future_high
    assert best.lifetime_value == best.past_value + best.future_value
    published = Customer.objects.for_actor(system).get(pk=best.customer_id)
    assert published.value_segment == best.segment == "most_valuable"
    assert published.lifetime_value == best.lifetime_value
    assert {row.code for row in value_segments(system) if row.customers} >= {
        "most_valuable", "below_cost",
    }  # fmt: skip


def test_a_few_recomputed_equal_all_recomputed(program: Program, system: Actor) -> None:
    """What the outbox keeps current is what the nightly run would find by the same models."""
    crowd(system, program)
    values_rebuild(actor=system)
    before = stored(system)
    CustomerValue.objects.for_actor(system).update(past_value=0, segment="growable")
    ids = list(Customer.objects.for_actor(system).values_list("pk", flat=True))
    for part in (ids[:1], ids[1:40], ids[40:]):
        values_recompute(program=program, customer_ids=part, today=today_of(program))
    assert stored(system) == before


def test_who_changes_segment_leaves_a_move_and_rules_decide(
    program: Program, system: Actor
) -> None:
    crowd(system, program)
    assert not ValueMove.objects.for_actor(system).exclude(came_from="").exists()
    rules = value_rules_update(actor=system, present_cut=0, future_cut=0)
    assert jobs_run_due() == 1
    moved = ValueMove.objects.for_actor(system).filter(went_to="most_valuable")
    assert moved.exclude(came_from="").exists()
    with pytest.raises(StaleEdit):
        value_rules_update(actor=system, version=rules.version - 1, horizon_years=5)
    with pytest.raises(DomainError):
        value_rules_update(actor=system, horizon_years=11)


def test_segments_of_customers_can_ask_for_value(program: Program, system: Actor) -> None:
    crowd(system, program)
    best = CustomerValue.objects.for_actor(system).filter(segment="most_valuable")
    rule = {"match": "all", "conditions": [
        {"field": "value_segment", "operator": "in", "value": ["most_valuable"]}]}  # fmt: skip
    assert customers_of_rule(system, rule).count() == best.count() > 0
    rule["conditions"] = [{"field": "alive", "operator": "gt", "value": 0.5}]
    assert customers_of_rule(system, rule).exists()
    assert Segment.objects.for_actor(system).count() == 0


def test_share_of_wallet_shows_what_competitors_hold(program: Program, system: Actor) -> None:
    make_customers(program, 2)
    Customer.objects.for_actor(system).filter(external_id="C0").update(
        attributes={"share_of_wallet": 40}
    )
    for customer in (0, 1):
        sell(system, customer, [10, 100, 300])
    outbox_drain_all()
    known, unknown = CustomerValue.objects.for_actor(system).order_by("customer")
    assert known.potential and known.potential > 0
    assert unknown.potential is None
    assert known.lifetime_value == known.past_value + known.future_value + known.potential
    assert known.alive is None
    assert ValueModel.objects.for_actor(system).get(is_current=True).why_simple == "few_repeaters"


def test_without_transactions_any_more_no_value_stays(program: Program, system: Actor) -> None:
    make_customers(program, 2)
    sell(system, 0, [5])
    sell(system, 1, [5])
    outbox_drain_all()
    Transaction.objects.for_actor(system).filter(customer__external_id="C0").delete()
    values_rebuild(actor=system)
    customer = Customer.objects.for_actor(system).get(external_id="C0")
    assert (customer.value_segment, customer.lifetime_value) == ("", None)
    assert CustomerValue.objects.for_actor(system).count() == 1


def test_the_night_run_takes_programs_a_day_old(program: Program, system: Actor) -> None:
    make_customers(program, 1)
    sell(system, 0, [5])
    outbox_drain_all()
    assert values_rebuild_stale() == 0
    ValueModel.objects.for_actor(system).update(made_at=timezone.now() - timedelta(days=2))
    assert values_rebuild_stale() == 1


def test_only_owners_and_managers_change_rules(program: Program, actor_for: Any) -> None:
    for role in ("designer", "staff", "viewer"):
        with pytest.raises(Denied):
            value_rules_update(actor=actor_for(role), horizon_years=5)
    assert not Job.unscoped.exists()  # unscoped: the whole test database


def test_a_fit_before_the_first_transaction_is_refused(program: Program, system: Actor) -> None:
    with pytest.raises(DomainError) as refused:
        value_model_fit(actor=system, until=date(2020, 1, 1))
    assert refused.value.code == "no_transactions"


@needs_file
def test_raw_cdnow_transactions_by_api_give_the_published_model(program: Program) -> None:
    api = make_api(program)
    start, end = date(1997, 1, 1), date(1997, 9, 30)
    with FILE.open() as file:
        people = [[float(v) for v in row.values()] for row in csv.DictReader(file)]
    customers = [{"external_id": f"{int(p[0])}"} for p in people]
    assert api.post("customers/bulk/", customers)[1]["failed"] == 0
    rows = []
    for number, x, t_x, T, mean in people:  # noqa: N806 # the paper's own letter
        first = (end - start).days - round(T * 7)
        last = first + round(t_x * 7)
        days = [first, *np.linspace(first, last, int(x) + 1).round().astype(int)[1:]]
        assert len(set(days)) == x + 1
        rows += [
            {
                "external_id": f"{int(number)}-{day}",
                "customer": f"{int(number)}",
                "occurred_at": (start + timedelta(days=int(day))).isoformat(),
                "amount": round(mean, 2),
            }
            for day in days
        ]
    assert api.post("transactions/bulk/", rows)[1]["failed"] == 0
    model = api.made("value-models/rebuild/", {})
    found = [round(model[name], 3) for name in ("r", "alpha", "a", "b")]
    assert found == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=1.1e-3)
    assert model["log_likelihood"] == pytest.approx(-9582.4, abs=0.05)
    assert (model["p"], model["q"]) == pytest.approx((6.25, 3.74), abs=0.02)


@pytest.mark.django_db(transaction=True)
def test_two_rebuilds_at_once_come_one_after_the_other() -> None:
    """The demo's and the worker's did meet."""
    program = make_program("acme")
    actor = Actor.system(program)
    crowd(actor, program, 5)
    wrong: list[str] = []

    def rebuild() -> None:
        try:
            values_rebuild(actor=actor)
        except Exception as error:  # a thread's failure is the test's
            wrong.append(repr(error))
        finally:
            connections.close_all()

    second = threading.Thread(target=rebuild)
    with transaction.atomic():
        values_rebuild(actor=actor)
        second.start()
        second.join(0.5)
        assert second.is_alive()
    second.join()
    assert wrong == []
    assert ValueModel.objects.for_actor(actor).filter(is_current=True).count() == 1
