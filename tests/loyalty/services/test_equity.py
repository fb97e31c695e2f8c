"""Equity adds up to the smallest unit; the worksheet; drivers, competitors, NPS and money."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, Program
from cxportal.core.services.outbox import outbox_drain_all
from journeys.calc.weights import held_out_fit
from loyalty.models import CustomerValue
from loyalty.models.equity import ValueSnapshot
from loyalty.queries.drivers import ranking
from loyalty.queries.equity import equity_flows, equity_gaps, snapshot_days, worksheet
from loyalty.queries.nps_money import nps_money, value_at_stake
from loyalty.queries.retention import cohorts, slipping_away, survivals
from loyalty.services.drivers import benchmark_create, competitor_save, driver_create
from loyalty.services.equity import allocation_set, equity_keep
from loyalty.services.transactions import transactions_bulk_upsert
from loyalty.services.value import today_of
from surveys.models import Metric
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.conftest import make_customers
from tests.loyalty.services.test_value import crowd, sell

pytestmark = pytest.mark.django_db


def test_equity_between_two_days_adds_up_to_the_smallest_unit(
    program: Program, system: Actor
) -> None:
    crowd(system, program)
    today = today_of(program)
    then = today - timedelta(days=120)
    before = equity_keep(actor=system, on=then)
    now = equity_keep(actor=system)
    assert 0 < before < now
    whole, parts = equity_flows(system, then, today)
    assert whole.holds and all(part.holds for part in parts)
    assert whole.newcomers == now - before and whole.acquired > 0
    stored = sum(CustomerValue.objects.for_actor(system).values_list("lifetime_value", flat=True))
    assert whole.end == stored == sum(part.end for part in parts)
    assert snapshot_days(system) == [then, today]
    assert equity_keep(actor=system) == now
    assert ValueSnapshot.objects.for_actor(system).filter(on=today).count() == now


def test_a_customer_who_is_gone_is_value_lost(program: Program, system: Actor) -> None:
    crowd(system, program, 60)
    today = today_of(program)
    equity_keep(actor=system, on=today - timedelta(days=1))
    gone = CustomerValue.objects.for_actor(system).order_by("-lifetime_value").first()
    assert gone is not None
    ValueSnapshot.objects.for_actor(system).exclude(on=today - timedelta(days=1)).delete()
    CustomerValue.objects.for_actor(system).filter(pk=gone.pk).delete()
    equity_keep(actor=system)
    whole, _parts = equity_flows(system, today - timedelta(days=1), today)
    assert whole.leavers == 1 and whole.gone > 0 and whole.holds


def test_a_day_ahead_is_refused_and_only_managers_keep(
    program: Program, system: Actor, actor_for: Callable[[str], Actor]
) -> None:
    with pytest.raises(DomainError):
        equity_keep(actor=system, on=date(2999, 1, 1))
    with pytest.raises(DomainError) as refused:
        equity_keep(actor=system, on=date(2020, 1, 1))
    assert refused.value.code == "no_model"
    with pytest.raises(Denied):
        equity_keep(actor=actor_for("viewer"))


def test_the_worksheet_sums_its_cells_and_refuses_nonsense(system: Actor) -> None:
    allocation_set(
        actor=system, segment="growable", activity="grow", people=Decimal(2), money=Decimal(100)
    )
    allocation_set(actor=system, segment="below_cost", activity="keep", hours=Decimal(5))
    allocation_set(actor=system, segment="growable", activity="grow", people=Decimal(3))
    sheet = worksheet(system)
    assert [int(n) for n in (sheet.people, sheet.money, sheet.hours)] == [3, 100, 5]
    wrongs: list[dict[str, Any]] = [
        {"segment": "x"}, {"activity": "x"}, {"people": Decimal(-1)},
    ]  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(DomainError):
            allocation_set(actor=system, **{"segment": "growable", "activity": "grow", **wrong})


def test_the_gap_is_said_for_those_it_is_known_of(program: Program, system: Actor) -> None:
    make_customers(program, 2)
    Customer.objects.for_actor(system).filter(external_id="C0").update(
        attributes={"share_of_wallet": 50}
    )
    for customer in (0, 1):
        sell(system, customer, [10, 400])
    outbox_drain_all()
    gaps = equity_gaps(system)
    assert sum(gap.known for gap in gaps) == 1
    assert sum(gap.customers for gap in gaps) == 2


def asked(actor: Actor, program: Program, count: int) -> dict[str, Metric]:
    """Customers who answered how likely they recommend, and three things before it."""
    make_customers(program, count)
    survey = survey_create(actor=actor, title="Visit", template="nps")
    for code in ("advice", "price", "queue"):
        question_add(actor=actor, survey=survey, code=code, kind="rating", text={"en": code})
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    metrics = {
        code: metric_create(
            actor=actor, code=code, name=code, kind="rating", sources=[(survey, code)]
        )
        for code in ("advice", "price", "queue")
    }
    found = Metric.objects.for_actor(actor).filter(kind="nps").first()
    metrics["nps"] = found or metric_create(
        actor=actor, code="nps", name="NPS", kind="nps", sources=[(survey, "nps")]
    )
    rng = np.random.default_rng(1)
    rows = []
    for i in range(count):
        advice, price, queue = (int(v) for v in rng.integers(1, 6, 3))
        nps = int(np.clip(round(1.6 * advice + 0.5 * price + rng.normal(0, 0.7)), 0, 10))
        answers = {"nps": nps, "advice": advice, "price": price, "queue": queue}
        rows.append({"external_id": f"C{i}", "answers": answers})
    assert responses_record(actor=actor, survey=survey, rows=rows).failed == 0
    outbox_drain_all()
    return metrics


def test_drivers_are_ranked_with_fit_and_compared_with_a_named_competitor(
    program: Program, system: Actor
) -> None:
    metrics = asked(system, program, 120)
    drivers = {
        code: driver_create(actor=system, name={"en": code}, metric=metrics[code])
        for code in ("queue", "price", "advice")
    }
    driver_create(actor=system, name={"en": "Brand"}, stated_importance=Decimal(7))
    rival = competitor_save(actor=system, name="Other")
    benchmark_create(
        actor=system, value=Decimal(30), source="Panel", measured_on=date(2026, 1, 1),
        driver=drivers["advice"], competitor=rival, n=200,
    )  # fmt: skip
    found = ranking(system, metrics["nps"])
    assert found.analysis is not None and found.analysis.n == 120
    assert found.analysis.weights is not None and found.analysis.weights.r_squared > 0.7
    assert [row.driver for row in found.rows][:2] == [drivers["advice"], drivers["price"]]
    assert found.rows[0].derived is not None and found.rows[0].derived > 0.6
    assert found.rows[0].n == 120 and found.rows[0].margin is not None
    (beside,) = found.rows[0].rivals
    assert found.rows[0].satisfaction is not None
    assert beside[1] == pytest.approx(found.rows[0].satisfaction - 30)
    assert found.rows[-1].rank is None


def test_too_few_answers_rank_nothing(program: Program, system: Actor) -> None:
    metrics = asked(system, program, 12)
    for code in ("queue", "price", "advice"):
        driver_create(actor=system, name={"en": code}, metric=metrics[code])
    found = ranking(system, metrics["nps"])
    assert str(found.refusal) == "too_few_rows"
    assert all(row.rank is None for row in found.rows)


def test_held_out_fit_equals_least_squares_part_by_part() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(50, 10, (203, 4))
    y = x @ np.array([1.0, 0.0, -2.0, 0.3]) + rng.normal(0, 5, 203)
    order = np.random.default_rng(20_000).permutation(203)
    missed = around = 0.0
    for part in np.array_split(order, 5):
        kept = np.setdiff1d(order, part, assume_unique=True)
        design = np.column_stack([np.ones(203), x])
        line = np.linalg.lstsq(design[kept], y[kept], rcond=None)[0]
        missed += ((y[part] - design[part] @ line) ** 2).sum()
        around += ((y[part] - y[kept].mean()) ** 2).sum()
    assert held_out_fit(x, y) == pytest.approx(1 - missed / around, rel=1e-8)


def test_promoters_and_detractors_are_told_apart_in_money(program: Program, system: Actor) -> None:
    metrics = asked(system, program, 120)
    rows = [
        {"external_id": f"T{i}-{k}", "customer": f"C{i}", "amount": 1000 * (1 + i % 7),
         "occurred_at": (timezone.now() - timedelta(days=day)).isoformat(), "product": f"P{k}"}
        for i in range(120) for k, day in enumerate((10, 400))
    ]  # fmt: skip
    transactions_bulk_upsert(actor=system, rows=rows)
    outbox_drain_all()
    money = nps_money(system, metrics["nps"])
    assert money.n == 120 and sum(group.n for group in money.groups) == 120
    for group in money.groups:
        if group.n >= 10:
            assert group.revenue.value is not None and group.revenue.margin is not None
            assert group.retained == 1.0 and group.products.value == 1.0
        else:
            assert group.revenue.value is None
    assert value_at_stake(system, {"here": [1, 2]}) == {}


def test_cohorts_survival_and_who_is_slipping_away(program: Program, system: Actor) -> None:
    crowd(system, program)
    found = cohorts(system)
    assert sum(cohort.customers for cohort in found) == 80
    assert all(cohort.shares[0] == 1.0 for cohort in found)
    curves = survivals(system)
    assert curves.groups and 0 < curves.groups[0].customers <= 80
    assert all(row.alive < 0.5 for row in slipping_away(system))


PAGES = (
    "", "value/", "value/model/", "value/rules/", "equity/",
    "equity/means/?segment=growable&activity=grow", "retention/", "nps/", "drivers/",
    "drivers/new/", "competitors/", "competitors/new/", "benchmarks/new/", "propositions/",
    "propositions/compare/", "points/", "points/rules/", "points/campaign/", "transactions/",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_opens_empty_and_full(
    program: Program, system: Actor, client_for: Callable[[str], Client], language: str
) -> None:
    client = client_for("manager")
    from cxportal.core.models import User

    User.objects.update(language=language)
    for path in PAGES:
        assert client.get(f"/p/acme/loyalty/{path}").status_code == 200, path
    metrics = asked(system, program, 60)
    for code in ("queue", "price", "advice"):
        driver_create(actor=system, name={"en": code}, metric=metrics[code], is_critical=True)
    for i in range(60):
        sell(system, i, [10 + i, 200 + i, 500])
    outbox_drain_all()
    equity_keep(actor=system, on=today_of(program) - timedelta(days=90))
    equity_keep(actor=system)
    for path in (*PAGES, "nps/export.csv", "nps/export.xlsx"):
        assert client.get(f"/p/acme/loyalty/{path}").status_code == 200, path


def typed(**values: Any) -> dict[str, Any]:
    return values


def test_from_a_driver_to_a_promise_by_the_browser(
    program: Program, system: Actor, client_for: Callable[[str], Client]
) -> None:
    client = client_for("manager")
    base = "/p/acme/loyalty/"
    driver = typed(name_en="Advice", name_ko="상담", source="interview", is_critical="on")
    assert client.post(base + "drivers/new/", driver).status_code == 302
    rival = typed(name="Other", is_same_industry="on")
    assert client.post(base + "competitors/new/", rival).status_code == 302
    from loyalty.models import Competitor, Driver, ValueProposition

    made, other = Driver.objects.for_actor(system).get(), Competitor.objects.for_actor(system).get()
    outside = typed(driver=made.pk, competitor=other.pk, value="60", source="Panel",
                    measured_on="2026-01-01")  # fmt: skip
    assert client.post(base + "benchmarks/new/", outside).status_code == 302
    bad = client.post(base + "benchmarks/new/", {**outside, "measured_on": "2999-01-01"})
    assert bad.status_code == 422 and "Panel" in bad.content.decode()
    promise = typed(name_en="Advice you trust", promise_en="A person who knows", state="draft",
                    drivers=[made.pk], jobs_en="Choose a gift")  # fmt: skip
    assert client.post(base + "propositions/new/", promise).status_code == 302
    proposition = ValueProposition.objects.for_actor(system).get()
    assert list(proposition.drivers.all()) == [made]
    path = f"{base}propositions/{proposition.pk}/"
    different = typed(driver=made.pk, competitor=other.pk, text_en="They sell, we advise")
    assert client.post(path + "difference/", different).status_code == 302
    page = client.get(path).content.decode()
    assert "They sell, we advise" in page and "Choose a gift" in page
    assert "Advice you trust" in client.get(base + "propositions/compare/").content.decode()
    act = typed(title="Train every advisor", due="2026-12-24")
    assert client.post(path + "action/", act).status_code == 302
    action = proposition.actions.get()
    assert (action.title, str(action.due)) == ("Train every advisor", "2026-12-24")
    assert "Train every advisor" in client.get(path).content.decode()
    page = client.get(f"/p/acme/actions/{action.pk}/").content.decode()
    assert f'href="{path}"' in page and "Makes true" in page
    assert client_for("staff").post(path + "action/", act).status_code == 403
    assert f"#driver-{made.pk}" in client.get(path).content.decode()
