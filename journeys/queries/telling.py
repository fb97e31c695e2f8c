"""Who is to be told what changed: those whose words led to an action, and the people involved."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import Channel, Consent, Customer, Membership
from cxportal.core.queries.consent import suppressed
from journeys.models import Action, ActionRole, ActionTold, Case, CommentAction, Idea
from surveys.models import SkipReason

MOST = 2_000


@dataclass(frozen=True)
class Audience:
    """Customers who get a mail, why others get none (reason and how many), people told inside."""

    customers: list[Customer]
    left_out: list[tuple[str, int]]
    told_before: int
    members: list[Membership]


def told_audience(actor: Actor, action: Action) -> Audience:
    """Who said it and who worked on it; a constant few queries."""
    people = list(_customers(actor, action)[:MOST])
    told: QuerySet[Any] = ActionTold.objects.for_actor(actor).filter(action=action)
    done = set(told.values_list("customer_id", flat=True))
    barred = suppressed(actor, [c.email for c in people])
    refused = _refused(actor, [c.pk for c in people])
    write, why = [], Counter[str]()
    for customer in people:
        if customer.pk in done:
            continue
        reason = _reason(customer, barred, refused)
        if reason:
            why[str(SkipReason(reason).label)] += 1
        else:
            write.append(customer)
    return Audience(write, sorted(why.items()), len(done), _members(actor, action))


def _customers(actor: Actor, action: Action) -> QuerySet[Any]:
    """Customers of its cases, comments, answer and ideas."""
    cases: Any = Case.objects.for_actor(actor).filter(action=action)
    links: Any = CommentAction.objects.for_actor(actor).filter(action=action)
    ideas: Any = Idea.objects.for_actor(actor).filter(action=action)
    said = (
        Q(pk__in=cases.values("customer"))
        | Q(pk__in=links.values("comment__customer"))
        | Q(pk__in=ideas.values("customer"))
    )
    if action.response is not None and action.response.customer_id is not None:
        said |= Q(pk=action.response.customer_id)
    rows: QuerySet[Any] = Customer.objects.for_actor(actor)
    return rows.filter(said).order_by("pk")


def _refused(actor: Actor, ids: list[int]) -> set[int]:
    """Those whose newest word on survey mails is no."""
    latest = (
        Consent.objects.for_actor(actor)
        .filter(customer__in=ids, channel=Channel.EMAIL, purpose="survey")
        .order_by("customer", "-at", "-pk")
        .distinct("customer")
    )
    return {consent.customer_id for consent in latest if not consent.granted}


def _reason(customer: Customer, barred: set[str], refused: set[int]) -> str:
    if customer.erased_at is not None:
        return SkipReason.ERASED.value
    if customer.is_test:
        return SkipReason.TEST.value
    if not customer.email:
        return SkipReason.NO_ADDRESS.value
    if customer.email.strip().lower() in barred:
        return SkipReason.SUPPRESSED.value
    return SkipReason.REFUSED.value if customer.pk in refused else ""


def _members(actor: Actor, action: Action) -> list[Membership]:
    """Watchers, roles, owners of its cases, authors of its ideas."""
    cases: Any = Case.objects.for_actor(actor).filter(action=action)
    ideas: Any = Idea.objects.for_actor(actor).filter(action=action)
    roles: Any = ActionRole.objects.for_actor(actor).filter(action=action)
    rows: QuerySet[Any] = Membership.objects.for_actor(actor).filter(is_active=True)
    involved = (
        Q(pk__in=action.watchers.values("pk"))
        | Q(pk__in=roles.values("membership"))
        | Q(pk__in=cases.values("owner"))
        | Q(pk__in=ideas.values("author"))
    )
    return list(rows.filter(involved).select_related("user").order_by("pk"))
