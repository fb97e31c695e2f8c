"""What the list of surveys may be filtered by."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from surveys.models import Survey

PURPOSES = (
    ("nps", _("NPS")),
    ("csat", _("Satisfaction")),
    ("ces", _("Effort")),
    ("purchase", _("After a purchase")),
    ("pulse", _("Employee pulse")),
    ("mystery", _("Mystery shopping")),
    ("custom", _("Own design")),
)


class SurveyFilter(filters.FilterSet):  # type: ignore[misc]
    """?search= part of the title in any language, ?state=, ?purpose=."""

    search = filters.CharFilter(method="by_title", label=_("Search"))
    state = filters.ChoiceFilter(
        choices=Survey.State.choices, label=_("State"), empty_label=_("All")
    )
    purpose = filters.ChoiceFilter(choices=PURPOSES, label=_("About"), empty_label=_("All"))

    class Meta:
        model = Survey
        fields: list[str] = []

    def by_title(self, rows: QuerySet[Survey], _name: str, value: str) -> QuerySet[Survey]:
        found = Q(sort_title__icontains=value)
        for code in self.request.actor.program.languages:
            found |= Q(**{f"title__{code}__icontains": value})
        return rows.filter(found)
