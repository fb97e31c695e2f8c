"""What the list of campaigns may be filtered by."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from surveys.models import Campaign


class CampaignFilter(filters.FilterSet):  # type: ignore[misc]
    """?search= part of the name, ?state=, ?channel=, ?survey= (id)."""

    search = filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))
    state = filters.ChoiceFilter(choices=Campaign.State.choices, label=_("State"))
    channel = filters.ChoiceFilter(choices=Campaign.Channel.choices, label=_("Channel"))
    survey = filters.NumberFilter(field_name="survey_id", max_value=2**63 - 1, label=_("Survey"))

    class Meta:
        model = Campaign
        fields: list[str] = []
