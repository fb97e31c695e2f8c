"""The account manager's page: own customers, those who need somebody first on top."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Membership, Program, Team
from cxportal.core.services.events import event_record
from journeys.services.accounts import accounts_assign
from journeys.services.cases import case_open
from loyalty.queries.portfolio import managers_seen, portfolio_of
from tests.conftest import count_queries, make_customers, make_member

pytestmark = pytest.mark.django_db
PAGE = "/p/acme/loyalty/portfolio/"


@pytest.fixture
def cared_for(program: Program, people: dict[str, Membership], system: Actor) -> list[Customer]:
    """Three customers of the staff member: one spoken with, one with a case, one silent."""
    customers = make_customers(program, 3)
    accounts_assign(actor=system, customers=customers, manager=people["staff"])
    event_record(actor=system, customer=customers[0], kind="call")
    Customer.unscoped.filter(pk=customers[0].pk).update(lifetime_value=900)
    late = timezone.now() - timedelta(days=30)
    case_open(actor=system, title="Broken", customer=customers[1], at=late)
    return customers


def test_who_needs_somebody_stands_on_top_with_the_reasons(
    cared_for: list[Customer],
    actor_for: Callable[[str], Actor],
    client_for: Callable[[str], Client],
) -> None:
    portfolio = portfolio_of(actor_for("staff"), managers_seen(actor_for("staff")))
    names = [(row.name, row.reasons) for row in portfolio.rows]
    assert names == [
        ("Customer 1", ["case_late", "silent"]),
        ("Customer 2", ["silent"]),
        ("Customer 0", []),
    ]
    assert portfolio.rows[0].facts.open_cases == 1 and portfolio.rows[0].due is not None
    page = client_for("staff").get(PAGE).content.decode()
    assert page.index("Customer 1") < page.index("Customer 2") < page.index("Customer 0")
    assert "case overdue" in page and "Lifetime value" not in page
    assert "Lifetime value" in client_for("manager").get(f"{PAGE}?manager=all").content.decode()
    assert "Customer 1" not in client_for("viewer").get(PAGE).content.decode()


def test_a_branch_manager_sees_the_team_and_nobody_else_s(
    cared_for: list[Customer], people: dict[str, Membership], program: Program, system: Actor
) -> None:
    branch = Team.unscoped.create(program=program, name="Gangnam")
    other = make_member(program, "staff", "other@acme.example")
    (foreign,) = make_customers(program, 1, "F")
    accounts_assign(actor=system, customers=[foreign], manager=other)
    manager = people["manager"]
    assert set(managers_seen(Actor.member(manager))) == {other, people["staff"]}
    people["staff"].teams.add(branch)
    manager.teams.add(branch)
    actor = Actor.member(Membership.unscoped.get(pk=manager.pk))
    assert managers_seen(actor) == [people["staff"]]
    assert len(managers_seen(Actor.member(people["owner"]))) == 2
    assert managers_seen(Actor.member(people["viewer"])) == []


def test_a_large_portfolio_costs_no_more_queries(
    cared_for: list[Customer], program: Program, people: dict[str, Membership], system: Actor
) -> None:
    actor, managers = Actor.member(people["staff"]), [people["staff"]]
    with count_queries() as few:
        portfolio_of(actor, managers)
    accounts_assign(actor=system, customers=make_customers(program, 20, "M"), manager=managers[0])
    with count_queries() as many:
        assert portfolio_of(actor, managers).total == 23
    assert len(few) == len(many) <= 11
