"""Filters of the ground floor's lists, shared by pages, API and exports."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import AuditEntry, Customer, Segment, Suppression
from cxportal.core.queries.audit import audit_actions
from cxportal.core.queries.customers import customers_matching
from cxportal.core.queries.segments import segment_q

_YES_NO = [("true", _("yes")), ("false", _("no"))]


def search_field(placeholder: Any) -> forms.TextInput:
    """A search box that phones offer their search key for."""
    return forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "maxlength": 100})


def own_segments(request: Any) -> QuerySet[Segment]:
    """Segments of the request's actor."""
    return Segment.objects.for_actor(request.actor)


def offer(choice: django_filters.ChoiceFilter, choices: Sequence[tuple[str, Any]]) -> None:
    """Give one list's filter the choices of its request.

    A filter keeps the field it once made and hands it on to every copy: whoever looks at the
    class (the API's document does) would leave all later lists without choices.
    """
    choice.extra["choices"] = choices
    vars(choice).pop("_field", None)


class CustomerFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Search by name, e-mail or external id; kind, language, segment, test."""

    search = django_filters.CharFilter(
        label=_("Search"), method="find", widget=search_field(_("Name, e-mail or id"))
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=Customer.Kind.choices, empty_label=_("All")
    )
    language = django_filters.CharFilter(
        label=_("Language"),
        lookup_expr="iexact",
        widget=forms.Select(choices=[("", _("All")), ("ko", _("Korean")), ("en", _("English"))]),
    )
    segment = django_filters.ModelChoiceFilter(
        label=_("Segment"), queryset=own_segments, method="in_segment", empty_label=_("All")
    )
    is_test = django_filters.BooleanFilter(
        label=_("Test"), widget=forms.Select(choices=[("", _("All")), *_YES_NO])
    )

    class Meta:
        model = Customer
        fields: list[str] = []

    def find(self, queryset: Any, name: str, value: str) -> Any:
        return customers_matching(self.request.actor, queryset, value)

    def in_segment(self, queryset: Any, name: str, value: Segment | None) -> Any:
        return queryset.filter(segment_q(self.request.actor, value)) if value else queryset


class AuditFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Who, what, when."""

    search = django_filters.CharFilter(
        label=_("Search"), method="find", widget=search_field(_("Person or object"))
    )
    action = django_filters.ChoiceFilter(
        label=pgettext_lazy("audit", "Action"), choices=[], empty_label=_("All")
    )
    since = django_filters.DateFilter(
        label=_("From"),
        field_name="at",
        lookup_expr="date__gte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = django_filters.DateFilter(
        label=_("To"),
        field_name="at",
        lookup_expr="date__lte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = audit_actions(self.request.actor)
        offer(self.filters["action"], [(name, name) for name in known])

    def find(self, queryset: Any, name: str, value: str) -> Any:
        wanted = value.replace("\x00", "")
        by_object = Q(object_label__icontains=wanted)
        if not self.request.actor.sees_personal_data:
            by_object &= ~Q(object_type="core.customer")
        return queryset.filter(Q(actor_label__icontains=wanted) | by_object)


class SuppressionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Address and reason."""

    search = django_filters.CharFilter(
        label=_("Search"),
        field_name="address",
        lookup_expr="icontains",
        widget=search_field(_("Address")),
    )
    reason = django_filters.ChoiceFilter(
        label=_("Reason"), choices=Suppression.Reason.choices, empty_label=_("All")
    )

    class Meta:
        model = Suppression
        fields: list[str] = []
