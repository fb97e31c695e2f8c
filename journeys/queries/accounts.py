"""Account managers: key customers, portfolios, and what waits this morning."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Membership
from journeys.models import OPEN_CASES, OPEN_STATES, Action, Case
from journeys.queries.actions import actions_mine, today_of
from journeys.queries.cases import cases_mine

#: Value segments whose customers get an account manager.
KEY_SEGMENTS = ("most_valuable", "growable")
AHEAD = timedelta(days=7)
_MOST = 100


def key_customers(actor: Actor) -> QuerySet[Any]:
    """Customers in a key segment whom nobody looks after, most valuable first."""
    rows = Customer.objects.for_actor(actor).filter(
        value_segment__in=KEY_SEGMENTS, account_manager=None, erased_at=None, is_test=False
    )
    return rows.order_by("-lifetime_value", "pk")


@dataclass(frozen=True)
class Portfolio:
    """What one account manager looks after."""

    member: Membership
    customers: int
    activities: int
    late: int
    cases: int


def portfolios(actor: Actor) -> list[Portfolio]:
    """Every account manager with customers; three queries."""
    customers = Customer.objects.for_actor(actor).filter(erased_at=None)
    owned = dict(
        customers.exclude(account_manager=None)
        .order_by()
        .values_list("account_manager")
        .annotate(n=Count("pk"))
    )
    members: QuerySet[Any] = Membership.objects.for_actor(actor)
    actions: QuerySet[Any] = Action.objects.for_actor(actor)
    today = today_of(actor)
    work = {
        row["owner"]: row
        for row in actions.filter(owner__in=owned, deleted_at=None, column__state__in=OPEN_STATES)
        .exclude(customer=None)
        .values("owner")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due__lt=today)))
    }
    cases: QuerySet[Any] = Case.objects.for_actor(actor)
    open_cases = dict(
        cases.filter(owner__in=owned, state__in=OPEN_CASES)
        .order_by()
        .values_list("owner")
        .annotate(n=Count("pk"))
    )
    return [
        Portfolio(
            member,
            owned[member.pk],
            work.get(member.pk, {}).get("n", 0),
            work.get(member.pk, {}).get("late", 0),
            open_cases.get(member.pk, 0),
        )
        for member in members.filter(pk__in=owned).select_related("user")
    ]


@dataclass(frozen=True)
class Morning:
    """What one account manager looks at first: cases, activities, customers without contact."""

    day: date
    cases: list[Case]
    activities: list[Action]
    customers: int


def morning_of(actor: Actor) -> Morning:
    """The actor's own list: open cases, and activities due within a week."""
    today = today_of(actor)
    due = actions_mine(actor).filter(Q(due__lte=today + AHEAD) | Q(due=None))
    mine = Customer.objects.for_actor(actor).filter(
        account_manager=actor.membership, erased_at=None
    )
    return Morning(
        day=today,
        cases=list(cases_mine(actor).order_by("due_at")[:_MOST]),
        activities=list(due.select_related("customer")[:_MOST]),
        customers=mine.count() if actor.membership else 0,
    )
