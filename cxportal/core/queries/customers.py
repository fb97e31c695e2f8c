"""Customers as lists and search show them; who may not see persons sees pseudonyms."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.policies import may
from cxportal.core.queries.customer_search import customers_holding
from cxportal.core.registry import SearchHit, value_segment_names

MAX_SEARCH = 100


def customers_listed(actor: Actor) -> QuerySet[Customer]:
    """Everyone who was not erased or merged away, with their account manager at hand."""
    customers = Customer.objects.for_actor(actor).filter(erased_at=None, merged_into=None)
    return customers.select_related("account_manager__user")


def customers_matching(
    actor: Actor, customers: QuerySet[Customer], text: str
) -> QuerySet[Customer]:
    """Narrow by name, address, phone or id. Without the right to personal data only by id."""
    wanted = text.replace("\x00", "").strip()[:MAX_SEARCH]
    if not wanted:
        return customers
    by_id = Q(external_id=wanted)
    if wanted.lstrip("#").isdigit() and len(wanted) < 19:
        by_id |= Q(pk=int(wanted.lstrip("#")))
    if not actor.sees_personal_data:
        return customers.filter(by_id)
    if wanted.startswith("#"):
        return customers.filter(by_id)
    return customers_holding(customers, wanted)


def shown_name(actor: Actor, customer: Customer) -> str:
    """The name, or the pseudonym for those who may not see persons."""
    return str(customer) if sees_person(actor, customer) else customer.pseudonym


def value_segment_words(actor: Actor) -> dict[str, str]:
    """{code: name} of the value segments, as the program calls them."""
    return {code: name for names in value_segment_names for code, name in names(actor).items()}


def sees_person(actor: Actor, customer: Customer) -> bool:
    """By the right of its own, or as this customer's account manager."""
    member = actor.membership
    own = member is not None and customer.account_manager_id == member.pk
    return actor.sees_personal_data or own


def customer_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """Customers for the search over everything."""
    if not may(actor, "core.view_customers"):
        return []
    found = customers_matching(actor, customers_listed(actor), text).order_by("-pk")[:limit]
    return [
        SearchHit(
            _("Customer"),
            shown_name(actor, customer),
            actor.url("core:customer-detail", customer.pk),
            str(customer.get_kind_display()),
        )
        for customer in found
    ]
