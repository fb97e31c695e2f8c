"""Filters of this floor's lists, for page, export and API alike."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from loyalty.models import CustomerValue, Transaction, ValueProposition, ValueSegment


class TransactionFilter(filters.FilterSet):  # type: ignore[misc]
    """By customer, kind, store, channel and day."""

    search = filters.CharFilter(method="by_text", label=_("Search"))
    kind = filters.ChoiceFilter(choices=Transaction.Kind.choices, label=_("Kind"))
    customer = filters.CharFilter(field_name="customer__external_id", label=_("Customer"))
    store = filters.CharFilter(label=_("Store"))
    channel = filters.CharFilter(label=_("Channel"))
    since = filters.DateFilter(
        field_name="occurred_at", lookup_expr="date__gte", label=_("From day")
    )
    until = filters.DateFilter(field_name="occurred_at", lookup_expr="date__lte", label=_("To day"))
    updated_since = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Transaction
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The transaction's, customer's or product's own id begins with the text."""
        text = value.replace("\x00", "")
        return queryset.filter(
            Q(external_id__startswith=text)
            | Q(customer__external_id__startswith=text)
            | Q(product__istartswith=text)
        )


class TransactionPageFilter(TransactionFilter):
    """What the page offers of it."""

    updated_since = None

    class Meta(TransactionFilter.Meta):
        fields: list[str] = []


class PropositionFilter(filters.FilterSet):  # type: ignore[misc]
    """By state and segment."""

    state = filters.ChoiceFilter(choices=ValueProposition.State.choices, label=_("State"))

    class Meta:
        model = ValueProposition
        fields: list[str] = []


class ValueFilter(filters.FilterSet):  # type: ignore[misc]
    """By value segment."""

    segment = filters.ChoiceFilter(choices=ValueSegment.choices, label=_("Value segment"))

    class Meta:
        model = CustomerValue
        fields: list[str] = []
