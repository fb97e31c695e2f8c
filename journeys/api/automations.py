"""Automations: made, changed, tried, switched, and their log."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, JsonField, actor_of
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from journeys.automation_catalogue import CATALOGUE
from journeys.models import Automation, AutomationRun, Trigger
from journeys.queries.automations import automation_trial, condition_words, trigger_words
from journeys.services.automations import (
    automation_create,
    automation_delete,
    automation_from_catalogue,
    automation_switch,
    automation_update,
)


class AutomationSerializer(RecordSerializer):
    """Event → condition → effects; `when` and `if` say it in words."""

    code = serializers.CharField(max_length=60, required=False, allow_null=True)
    name = I18nField(max_length=200)
    activity = I18nField(max_length=1_000, required=False)
    industry = serializers.ChoiceField(
        choices=Automation.Industry.choices, required=False, allow_blank=True
    )
    trigger = serializers.ChoiceField(choices=Trigger.choices)
    settings = JsonField(required=False)
    condition = JsonField(required=False)
    effects = serializers.ListField(child=JsonField(max_bytes=4_000), max_length=10)
    once_days = serializers.IntegerField(min_value=0, max_value=730, required=False)
    hourly_limit = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    is_active = serializers.BooleanField(read_only=True)
    switched_on_at = serializers.DateTimeField(read_only=True)
    stopped_reason = serializers.CharField(read_only=True)
    words = serializers.SerializerMethodField()

    def get_words(self, found: Automation) -> dict[str, str]:
        when = trigger_words(actor_of(self), found)
        return {"when": when, "if": condition_words(found.condition)}


class AutomationUpdateSerializer(AutomationSerializer):
    """The code stays."""

    code = serializers.CharField(read_only=True)


class SwitchSerializer(PortalSerializer):
    """On or off."""

    on = serializers.BooleanField()


class TakeSerializer(PortalSerializer):
    """A code of the starter catalogue."""

    code = serializers.ChoiceField(choices=sorted(CATALOGUE))


class TrialWeekSerializer(PortalSerializer):
    """How often it would have done something in a week."""

    week = serializers.DateField()
    count = serializers.IntegerField()


class TrialSerializer(PortalSerializer):
    """What it would have done in the last 90 days."""

    looked_at = serializers.IntegerField()
    matched = serializers.IntegerField()
    left_out = serializers.IntegerField()
    done = serializers.IntegerField()
    cut = serializers.BooleanField()
    busiest_hour = serializers.IntegerField()
    over_limit = serializers.BooleanField()
    weeks = TrialWeekSerializer(many=True)


_TRIAL = ("looked_at", "matched", "left_out", "done", "cut", "busiest_hour", "over_limit")


class RunSerializer(PortalSerializer):
    """One occasion and what came of it."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    customer = serializers.CharField(source="customer.external_id", default=None, allow_null=True)
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=AutomationRun.State.choices)
    results = serializers.ListField(child=JsonField())
    note = serializers.CharField()


class AutomationFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By trigger, industry, whether it is on, and code."""

    trigger = django_filters.ChoiceFilter(label=_("Trigger"), choices=Trigger.choices)
    industry = django_filters.CharFilter(label=_("Industry"))
    is_active = django_filters.BooleanFilter(label=_("On"))
    code = django_filters.CharFilter(label=_("Code"))

    class Meta:
        model = Automation
        fields: list[str] = []


class AutomationViewSet(PortalViewSet):
    """What runs by itself."""

    model = Automation
    serializer_class = AutomationSerializer
    filterset_class = AutomationFilter
    permissions = {
        "list": "journeys.view_automations",
        "retrieve": "journeys.view_automations",
        "trial": "journeys.view_automations",
        "create": "journeys.change_automations",
        "partial_update": "journeys.change_automations",
        "destroy": "journeys.change_automations",
        "switch": "journeys.change_automations",
        "take": "journeys.change_automations",
    }

    def create(self, request: Request) -> Response:
        """Make an automation, switched off."""
        return self.created(automation_create(actor=self.actor, **self.data()))

    @extend_schema(request=AutomationUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change it; it goes on running while it is on."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(AutomationUpdateSerializer, partial=True)
        changed = automation_update(actor=self.actor, automation=found, version=version, **values)
        return self.shown(changed)

    def destroy(self, request: Request, pk: int) -> Response:
        """Forget it and its log."""
        automation_delete(actor=self.actor, automation=self.get_object())
        return self.gone()

    @extend_schema(request=SwitchSerializer, responses=AutomationSerializer)
    @action(detail=True, methods=["post"])
    def switch(self, request: Request, pk: int) -> Response:
        """Switch it on or off; what happened before does not count."""
        found, on = self.get_object(), self.data(SwitchSerializer)["on"]
        return self.shown(automation_switch(actor=self.actor, automation=found, on=on))

    @extend_schema(request=TakeSerializer, responses=AutomationSerializer)
    @action(detail=False, methods=["post"])
    def take(self, request: Request) -> Response:
        """Take an entry of the starter catalogue over, switched off."""
        code = self.data(TakeSerializer)["code"]
        return self.created(automation_from_catalogue(actor=self.actor, code=code))

    @extend_schema(responses=TrialSerializer)
    @action(detail=True)
    def trial(self, request: Request, pk: int) -> Response:
        """Read the last 90 days as the worker would have; nothing is done."""
        found = automation_trial(self.actor, self.get_object())
        weeks = [{"week": day, "count": count} for day, count in found.weeks]
        body = {name: getattr(found, name) for name in _TRIAL}
        return Response({**body, "weeks": weeks})


class AutomationRunViewSet(NestedViewSet):
    """The log of an automation."""

    model = AutomationRun
    serializer_class = RunSerializer
    parent_model = Automation
    parent_name = "automation"
    permissions = {"list": "journeys.view_automations"}

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("customer")
