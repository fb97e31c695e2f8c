"""An account manager's customers with all that says who needs them first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, CustomerEvent, Membership
from cxportal.core.policies import may
from cxportal.core.queries.customers import customers_listed, shown_name
from journeys.models import OPEN_CASES, OPEN_STATES, Action, Case, CaseContact
from journeys.queries.actions import today_of
from loyalty.calc.portfolio_risk import Facts, risks, urgency
from loyalty.models import CustomerValue
from loyalty.queries.value import rules_for, segment_name
from surveys.models import Metric, Score

#: Customers that are looked at, the most valuable of a larger portfolio.
MOST = 500
#: Events by which somebody of ours spoke with the customer.
CONTACTS = ("call", "visit", "meeting", "consultation")


@dataclass(frozen=True)
class PortfolioRow:
    """One customer: `score` is the last recommendation (0–10), `due` the next activity."""

    customer: Customer
    name: str
    segment: str
    facts: Facts
    reasons: list[str]
    last_contact: datetime | None
    due: Action | None
    scored_on: date | None = None


@dataclass(frozen=True)
class Portfolio:
    """The rows, most urgent first; `total` are all customers, of whom MOST are looked at."""

    rows: list[PortfolioRow] = field(default_factory=list)
    total: int = 0
    at_risk: int = 0


def managers_seen(actor: Actor) -> list[Membership]:
    """Account managers whose customers the actor may see as theirs, by name.

    Everybody sees their own; who leads sees their teams', and all of the program's when they
    belong to no team or are its owner. A key that sees customers sees all of them.
    """
    members: QuerySet[Any] = Membership.objects.for_actor(actor).filter(is_active=True)
    has_customers = Customer.objects.for_actor(actor).filter(erased_at=None, merged_into=None)
    owning = members.filter(
        pk__in=has_customers.exclude(account_manager=None).values("account_manager")
    )
    if actor.api_key is None and not may(actor, "journeys.assign_accounts"):
        owning = owning.filter(pk=actor.membership.pk if actor.membership else None)
    elif actor.role != "owner" and actor.team_ids:
        mine = Q(pk=actor.membership.pk) if actor.membership else Q()
        owning = owning.filter(Q(teams__in=actor.team_ids) | mine).distinct()
    return list(owning.select_related("user").order_by("user__name", "pk"))


def portfolio_of(actor: Actor, managers: Iterable[Membership]) -> Portfolio:
    """Customers of these account managers, at risk first; a fixed number of queries."""
    listed = customers_listed(actor).filter(account_manager__in=list(managers), is_test=False)
    total = listed.count()
    customers = list(listed.order_by(F("lifetime_value").desc(nulls_last=True), "pk")[:MOST])
    ids = [customer.pk for customer in customers]
    known = _Known(actor, ids)
    rules = rules_for(actor)
    rows = []
    for customer in customers:
        facts = known.facts(customer.pk)
        rows.append(
            PortfolioRow(
                customer=customer,
                name=shown_name(actor, customer),
                segment=segment_name(rules, customer.value_segment),
                facts=facts,
                reasons=risks(facts),
                last_contact=known.contacts.get(customer.pk),
                due=known.due.get(customer.pk),
                scored_on=known.scores.get(customer.pk, (None, None))[1],
            )
        )
    rows.sort(key=lambda row: urgency(row.reasons, float(row.customer.lifetime_value or 0)))
    return Portfolio(rows, total, sum(bool(row.reasons) for row in rows))


class _Known:
    """What several tables know of some customers, each asked once."""

    def __init__(self, actor: Actor, ids: list[int]) -> None:
        self.today, self.now = today_of(actor), timezone.now()
        self.cases = _cases(actor, ids, self.now)
        self.due, self.late = _activities(actor, ids, self.today)
        self.scores = _scores(actor, ids)
        self.contacts = _contacts(actor, ids)
        values = CustomerValue.objects.for_actor(actor).filter(customer__in=ids)
        self.alive: dict[int, float | None] = dict(values.values_list("customer", "alive"))

    def facts(self, pk: int) -> Facts:
        open_cases, late_cases = self.cases.get(pk, (0, 0))
        spoken = self.contacts.get(pk)
        return Facts(
            open_cases=open_cases,
            late_cases=late_cases,
            score=self.scores.get(pk, (None, None))[0],
            alive=self.alive.get(pk),
            late_activities=self.late.get(pk, 0),
            silent_days=None if spoken is None else (self.now - spoken).days,
        )


def _cases(actor: Actor, ids: list[int], now: datetime) -> dict[int, tuple[int, int]]:
    rows: QuerySet[Any] = Case.objects.for_actor(actor)
    counted = rows.filter(customer__in=ids, state__in=OPEN_CASES).order_by().values("customer")
    found = counted.annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    return {row["customer"]: (row["n"], row["late"]) for row in found}


def _activities(
    actor: Actor, ids: list[int], today: date
) -> tuple[dict[int, Action], dict[int, int]]:
    """The next open activity of each customer, and how many are overdue."""
    rows: QuerySet[Any] = Action.objects.for_actor(actor)
    due: dict[int, Action] = {}
    late: dict[int, int] = {}
    waiting = rows.filter(customer__in=ids, deleted_at=None, column__state__in=OPEN_STATES)
    for action in waiting.exclude(due=None).order_by("due", "pk"):
        due.setdefault(action.customer_id, action)
        if action.due < today:
            late[action.customer_id] = late.get(action.customer_id, 0) + 1
    return due, late


def _scores(actor: Actor, ids: list[int]) -> dict[int, tuple[int, date]]:
    """The last recommendation of each customer, 0–10, and its day."""
    rows: QuerySet[Any] = Score.objects.for_actor(actor)
    last = rows.filter(customer__in=ids, metric__kind=Metric.Kind.NPS)
    newest = last.order_by("customer", "-day", "-pk").distinct("customer")
    return {pk: (value, day) for pk, value, day in newest.values_list("customer", "value", "day")}


def _contacts(actor: Actor, ids: list[int]) -> dict[int, datetime]:
    """When somebody of ours last spoke with each: in a case, an activity done, a call or visit."""
    contacts: QuerySet[Any] = CaseContact.objects.for_actor(actor)
    actions: QuerySet[Any] = Action.objects.for_actor(actor)
    events: QuerySet[Any] = CustomerEvent.objects.for_actor(actor)
    asked = (
        contacts.filter(case__customer__in=ids, reached=True)
        .order_by()
        .values_list("case__customer")
        .annotate(at=Max("at")),
        actions.filter(customer__in=ids, deleted_at=None)
        .exclude(closed_at=None)
        .order_by()
        .values_list("customer")
        .annotate(at=Max("closed_at")),
        events.filter(customer__in=ids, kind__in=CONTACTS)
        .order_by()
        .values_list("customer")
        .annotate(at=Max("occurred_at")),
    )
    found: dict[int, datetime] = {}
    for rows in asked:
        for pk, at in rows:
            found[pk] = max(at, found.get(pk, at))
    return found
