"""What the list of campaigns may be filtered by."""

from typing import cast

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cxportal.core.views.base import PortalRequest
from surveys.models import Campaign, Survey


def surveys_sent(request: HttpRequest | None) -> QuerySet[Survey]:
    """The program's surveys that have a campaign."""
    if request is None:
        return Survey.unscoped.none()  # unscoped: nothing is read
    actor = cast(PortalRequest, request).actor
    return Survey.objects.for_actor(actor).filter(campaigns__isnull=False).distinct()


class CampaignFilter(filters.FilterSet):  # type: ignore[misc]
    """?search= part of the name, ?state=, ?channel=, ?survey= (id)."""

    search = filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))
    state = filters.ChoiceFilter(
        choices=Campaign.State.choices, label=_("State"), empty_label=_("All")
    )
    channel = filters.ChoiceFilter(
        choices=Campaign.Channel.choices, label=_("Channel"), empty_label=_("All")
    )
    survey = filters.ModelChoiceFilter(
        queryset=surveys_sent, label=_("Survey"), empty_label=_("All")
    )

    class Meta:
        model = Campaign
        fields: list[str] = []
