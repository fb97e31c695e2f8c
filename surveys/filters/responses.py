"""What the list of responses may be filtered by; page, export and API share it."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from surveys.models import Campaign, Response, Survey
from surveys.queries.responses import DETRACTOR, PASSIVE, PROMOTER, in_group, with_text
from surveys.queries.surveys import surveys_visible

_LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
_DATE = {"type": "date"}


def _own_surveys(request: Any) -> QuerySet[Survey]:
    return surveys_visible(request.actor).order_by("-updated_at")


def _own_campaigns(request: Any) -> QuerySet[Campaign]:
    return Campaign.objects.for_actor(request.actor).order_by("-id")


class ResponseFilter(filters.FilterSet):  # type: ignore[misc]
    """?search=, ?survey=, ?campaign=, ?group=, ?language=, ?since=, ?until=, ?show=."""

    search = filters.CharFilter(
        label=_("Search"),
        method="find",
        widget=forms.TextInput(
            attrs={"type": "search", "maxlength": 100, "placeholder": _("Words in comments")}
        ),
    )
    survey = filters.ModelChoiceFilter(
        label=_("Survey"), queryset=_own_surveys, empty_label=_("All")
    )
    campaign = filters.ModelChoiceFilter(
        label=_("Campaign"), queryset=_own_campaigns, empty_label=_("All")
    )
    group = filters.ChoiceFilter(
        label=_("Score group"),
        method="of_group",
        empty_label=_("All"),
        choices=[
            (PROMOTER, _("Promoters")),
            (PASSIVE, _("Passives")),
            (DETRACTOR, _("Detractors")),
        ],
    )
    language = filters.ChoiceFilter(label=_("Language"), choices=_LANGUAGES, empty_label=_("All"))
    since = filters.DateFilter(
        label=_("From"),
        field_name="completed_at",
        lookup_expr="date__gte",
        widget=forms.DateInput(attrs=_DATE),
    )
    until = filters.DateFilter(
        label=_("To"),
        field_name="completed_at",
        lookup_expr="date__lte",
        widget=forms.DateInput(attrs=_DATE),
    )
    show = filters.ChoiceFilter(
        label=_("Show"),
        method="of_state",
        empty_label=_("Complete"),
        choices=[("partial", _("Only started")), ("test", _("Tests")), ("all", _("All"))],
    )

    class Meta:
        model = Response
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        """Tests and unfinished answers are shown on request only."""
        narrowed = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("show"):
            return narrowed.filter(status=Response.Status.COMPLETE, is_test=False)
        return narrowed

    def find(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(with_text(self.request.actor, value))

    def of_group(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(in_group(self.request.actor, value))

    def of_state(self, queryset: Any, name: str, value: str) -> Any:
        if value == "partial":
            return queryset.filter(status=Response.Status.PARTIAL)
        return queryset.filter(is_test=True) if value == "test" else queryset
