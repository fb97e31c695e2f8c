"""The goal tree by page: made, added up, moved by menu and keys, kept by a closed month."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from loyalty.calc.months import month_of, month_shift
from loyalty.models import Goal, Kpi
from loyalty.services.goals import goal_create, goal_delete, goal_step, goal_update
from loyalty.services.scorecard import kpi_create, kpi_value_set, scorecard_close
from surveys.models import OperationalMetric
from surveys.queries.scores import today_of
from surveys.services.operational_metrics import metric_values_set, operational_metric_create

PAGE = "/p/acme/scorecard/goals/"


def last_month(actor: Actor) -> date:
    return month_shift(month_of(today_of(actor)), -1)


def kpi_at(actor: Actor, goal: Goal, value: int, name: str = "K") -> Kpi:
    kpi = kpi_create(actor=actor, name={"en": name}, view="capability", target=10, part_of=goal)
    kpi_value_set(actor=actor, kpi=kpi, month=last_month(actor), value=Decimal(value))
    return kpi


def order(actor: Actor, parent: Goal | None = None) -> list[str]:
    return [str(goal) for goal in Goal.objects.for_actor(actor).filter(parent=parent)]


def test_a_tree_adds_up_and_prints_its_sum(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    top = goal_create(actor=system, name={"en": "Loyal customers"})
    heavy = goal_create(actor=system, name={"en": "Advice"}, parent=top, weight=Decimal(3))
    light = goal_create(actor=system, name={"en": "Delivery"}, parent=top)
    kpi_at(system, heavy, 10)
    kpi_at(system, light, 6)
    answer = client_for("viewer").get(PAGE)
    html = answer.content.decode()
    assert "(3 × 100% + 1 × 60%) ÷ 4 = 90%" in html
    assert "close" in html
    assert "goals/new/" not in html
    snapshot = scorecard_close(actor=system, month=last_month(system))
    goal_update(actor=system, goal=heavy, weight=Decimal(1))
    kept = {row["name"]["en"]: row["share"] for row in snapshot.document["goals"]}
    assert kept == {"Loyal customers": 0.9, "Advice": 1.0, "Delivery": 0.6}


def test_goals_move_by_steps_and_under_each_other(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    a, b, c = (goal_create(actor=system, name={"en": name}) for name in "ABC")
    client = client_for("manager")

    def move(goal: Goal, to: str) -> None:
        assert client.post(f"{PAGE}{goal.pk}/move/", {"to": to}).status_code == 302

    move(c, "up")
    assert order(system) == ["A", "C", "B"]
    move(c, "in")
    assert (order(system), order(system, a)) == (["A", "B"], ["C"])
    move(b, str(c.pk))
    assert order(system, c) == ["B"]
    move(c, "out")
    assert order(system) == ["A", "C"]
    c.refresh_from_db()
    goal_delete(actor=system, goal=c)
    assert order(system) == ["A", "B"]
    a.refresh_from_db()
    assert goal_step(actor=system, goal=a, to="up").pk == a.pk


def test_a_goal_never_stands_under_itself(system: Actor) -> None:
    top = goal_create(actor=system, name={"en": "Top"})
    below = goal_create(actor=system, name={"en": "Below"}, parent=top)
    with pytest.raises(DomainError):
        goal_update(actor=system, goal=top, parent=below)
    with pytest.raises(DomainError):
        goal_create(actor=system, name={"en": ""})
    goal_update(actor=system, goal=top, version=1, weight=Decimal(2))
    with pytest.raises(StaleEdit):
        goal_update(actor=system, goal=top, version=1, weight=Decimal(3))


def test_a_kpi_is_put_under_a_goal_by_its_menu(
    client_for: Callable[[str], Client], system: Actor, actor_for: Callable[[str], Actor]
) -> None:
    client = client_for("owner")
    assert client.post(f"{PAGE}begin/").status_code == 302
    goal = Goal.objects.for_actor(system).last()
    assert goal is not None
    kpi = kpi_create(actor=system, name={"en": "Alone"}, view="equity")
    assert "Alone" in client.get(PAGE).content.decode()
    assert client.post(f"/p/acme/scorecard/kpis/{kpi.pk}/goal/", {"to": goal.pk}).status_code == 302
    kpi.refresh_from_db()
    assert kpi.part_of == goal
    form = {"name_en": "Renamed", "weight": "2", "version": "1", "parent": goal.parent_id}
    assert client.post(f"{PAGE}{goal.pk}/edit/", form).status_code == 302
    assert client.post(f"{PAGE}{goal.pk}/edit/", form | {"weight": "3"}).status_code == 409
    with pytest.raises(Denied):
        goal_create(actor=actor_for("designer"), name={"en": "Mine"})


def test_queries_do_not_grow_with_goals(
    client_for: Callable[[str], Client],
    system: Actor,
    assert_same_queries: Callable[[Callable[[], Any], Callable[[], Any]], int],
) -> None:
    client = client_for("owner")
    top = goal_create(actor=system, name={"en": "Top"})
    kpi_at(system, top, 5)

    def grow() -> None:
        for at in range(6):
            kpi_at(system, goal_create(actor=system, name={"en": f"G{at}"}, parent=top), 5)

    assert assert_same_queries(lambda: client.get(PAGE), grow) <= 20


def test_a_kpi_takes_its_months_from_a_counted_metric(system: Actor) -> None:
    counted = operational_metric_create(
        actor=system, code="fcr", name="Solved at once", unit="percent", min_n=10
    )
    month = last_month(system)
    rows = [
        {"day": f"{month:%Y-%m}-01", "value": "60", "n": 10},
        {"day": f"{month:%Y-%m}-15", "value": "90", "n": 20},
        {"day": f"{month_shift(month, -20):%Y-%m}-03", "value": "50", "n": 3},
    ]
    assert metric_values_set(actor=system, metric=counted, rows=rows).failed == 0
    counted = OperationalMetric.objects.for_actor(system).get()
    kpi = kpi_create(
        actor=system, name={"en": "F"}, view="experience", source="counted", counted=counted
    )
    found = {row.month: (row.value, row.n) for row in kpi.values.all()}
    assert found == {month: (Decimal(80), 30), month_shift(month, -20): (None, 3)}
    assert kpi.unit == "percent"
