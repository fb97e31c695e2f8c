"""The scorecard's commands: what fills it, what it refuses, what a closed month keeps."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import Program
from cxportal.core.pdf import Document
from loyalty.models import Kpi, KpiValue, ScorecardSnapshot
from loyalty.queries.scorecard import scorecard_of
from loyalty.services.scorecard import (
    kpi_create,
    kpi_link_add,
    kpi_update,
    kpi_value_set,
    scorecard_close,
    scorecard_refresh,
    scorecard_tend,
)
from loyalty.services.scorecard_template import scorecard_from_template
from loyalty.services.transactions import transactions_bulk_upsert
from loyalty.views.scorecard_document import kept_month_write
from tests.conftest import make_customers

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture(autouse=True)
def in_may() -> "object":
    with time_machine.travel("2026-05-06T03:00:00Z", tick=False) as moment:
        yield moment


def manual(actor: Actor, name: str = "Training", view: str = "capability", **values: object) -> Kpi:
    return kpi_create(actor=actor, name={"en": name}, view=view, **values)


def buy(actor: Actor, *rows: tuple[str, str, int]) -> None:
    sent = [
        {"external_id": f"T{at}", "customer": who, "occurred_at": day, "amount": amount}
        for at, (who, day, amount) in enumerate(rows)
    ]
    assert transactions_bulk_upsert(actor=actor, rows=sent).failed == 0


def test_revenue_and_returning_buyers_are_computed_by_month(
    program: Program, system: Actor
) -> None:
    make_customers(program, 3)
    buy(
        system,
        ("C0", "2026-03-02", 100),
        ("C1", "2026-03-31", 50),
        ("C0", "2026-04-05", 70),
        ("C2", "2026-04-06", 30),
    )
    revenue = kpi_create(
        actor=system, name={"en": "R"}, view="equity", source="computed", computed="revenue"
    )
    repeat = kpi_create(
        actor=system, name={"en": "B"}, view="equity", source="computed", computed="repeat_share"
    )
    values = {(v.kpi_id, v.month): (v.value, v.n) for v in KpiValue.objects.for_actor(system).all()}
    assert values[revenue.pk, MARCH] == (Decimal(150), 2)
    assert values[revenue.pk, APRIL] == (Decimal(100), 2)
    assert values[repeat.pk, MARCH] == (Decimal(0), 2)
    assert values[repeat.pk, APRIL] == (Decimal(50), 2)


def test_a_closed_month_never_changes_again(program: Program, system: Actor) -> None:
    make_customers(program, 1)
    buy(system, ("C0", "2026-04-02", 100))
    kpi = kpi_create(
        actor=system,
        name={"en": "Revenue"},
        view="equity",
        source="computed",
        computed="revenue",
        target=Decimal(90),
    )
    kpi_value_set(actor=system, kpi=kpi, month=APRIL, comment="Spring sale")
    snapshot = scorecard_close(actor=system, month=APRIL)
    kept = snapshot.document["kpis"][0]
    assert (kept["value"], kept["target"], kept["state"]) == (100.0, 90.0, "reached")
    assert kept["comment"] == "Spring sale"
    buy(system, ("C0", "2026-04-02", 999))
    kpi_update(actor=system, kpi=kpi, target=Decimal(5000))
    scorecard_refresh(actor=system)
    with pytest.raises(DomainError, match="closed"):
        kpi_value_set(actor=system, kpi=kpi, month=APRIL, comment="Other")
    with pytest.raises(DomainError, match="closed"):
        scorecard_close(actor=system, month=APRIL)
    assert ScorecardSnapshot.objects.for_actor(system).get().document["kpis"][0] == kept
    assert KpiValue.objects.for_actor(system).get(month=APRIL).value == 100
    # What is shared and mailed of a closed month is the month as it stood.
    document = Mock(spec=Document)
    kept_month_write(document, snapshot, "KRW", "en")
    rows = [row for call in document.table.call_args_list for row in call.args[1]]
    assert rows == [["Revenue", "₩100", "1", "₩90", "reached", "Spring sale"]]


def test_a_month_that_is_not_over_cannot_be_closed(system: Actor) -> None:
    manual(system)
    with pytest.raises(DomainError, match="over"):
        scorecard_close(actor=system, month=date(2026, 5, 1))


def test_what_the_portal_computes_cannot_be_typed_over(system: Actor) -> None:
    kpi = kpi_create(
        actor=system, name={"en": "R"}, view="equity", source="computed", computed="revenue"
    )
    with pytest.raises(DomainError, match="by itself"):
        kpi_value_set(actor=system, kpi=kpi, month=MARCH, value=Decimal(1))
    assert not KpiValue.objects.for_actor(system).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"name": {"en": ""}, "view": "equity"},
        {"name": {"en": "R"}, "view": "equity", "source": "metric"},
        {"name": {"en": "R"}, "view": "equity", "source": "computed", "computed": "wishes"},
        {"name": {"en": "R"}, "view": "equity", "weight": Decimal(-1)},
    ],
)
def test_a_kpi_without_a_name_or_a_source_is_refused(system: Actor, values: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        kpi_create(actor=system, **values)
    assert not Kpi.objects.for_actor(system).exists()


def test_links_lead_upwards_only(system: Actor) -> None:
    skill, money = manual(system), manual(system, "Money", "equity")
    assert kpi_link_add(actor=system, cause=skill, effect=money).pk
    with pytest.raises(DomainError):
        kpi_link_add(actor=system, cause=money, effect=skill)
    with pytest.raises(DomainError):
        kpi_link_add(actor=system, cause=skill, effect=skill)


def test_a_link_is_tested_on_the_months_both_have(system: Actor) -> None:
    skill, money = manual(system), manual(system, "Money", "equity")
    kpi_link_add(actor=system, cause=skill, effect=money)
    row = scorecard_of(system, APRIL).links[0]
    assert (row.verdict, row.test.n) == ("early", 0)


def test_the_usual_kpis_come_once(system: Actor) -> None:
    assert scorecard_from_template(actor=system) == 5
    assert scorecard_from_template(actor=system) == 0
    assert Kpi.objects.for_actor(system).count() == 5


def test_last_month_is_closed_by_itself_ten_days_later(system: Actor, in_may: object) -> None:
    manual(system)
    scorecard_tend(actor=system)
    assert not ScorecardSnapshot.objects.for_actor(system).exists()
    in_may.move_to("2026-05-12T03:00:00Z")  # type: ignore[attr-defined]
    scorecard_tend(actor=system)
    scorecard_tend(actor=system)
    assert ScorecardSnapshot.objects.for_actor(system).get().month == APRIL


def test_a_stale_edit_is_refused_with_what_is_stored(system: Actor) -> None:
    kpi = manual(system)
    kpi_update(actor=system, kpi=kpi, version=1, weight=Decimal(2))
    with pytest.raises(StaleEdit):
        kpi_update(actor=system, kpi=kpi, version=1, weight=Decimal(3))


@pytest.mark.parametrize("role", ["staff", "viewer", "designer"])
def test_only_owners_and_managers_shape_the_scorecard(
    actor_for: Callable[[str], Actor], role: str
) -> None:
    with pytest.raises(Denied):
        manual(actor_for(role))
