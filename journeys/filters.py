"""Filters of this floor's lists, for page, export and API alike."""

from datetime import timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import Membership, Team
from journeys.forms.actions import NamedChoiceField, StageChoiceField
from journeys.models import (
    OPEN_CASES,
    OPEN_STATES,
    Action,
    Behaviour,
    Case,
    CaseState,
    Idea,
    RootCause,
    Severity,
    Stage,
    State,
    Touchpoint,
)
from journeys.queries.actions import today_of
from journeys.queries.cases import cases_matching, is_late
from journeys.queries.effects import Worked, actions_by_verdict

ALL = _("All")
DUE = [
    ("overdue", _("Overdue")),
    ("week", _("Within 7 days")),
    ("month", _("Within 30 days")),
    ("none", _("No due day")),
]
_DAYS = {"week": 7, "month": 30}
WORKED = [
    (Worked.BETTER.value, _("Worked")),
    (Worked.WORSE.value, _("Got worse")),
    (Worked.NONE.value, _("No change shown")),
    (Worked.EARLY.value, _("Too early")),
]


def _members(request: HttpRequest) -> QuerySet[Any]:
    rows: QuerySet[Any] = Membership.objects.for_actor(request.actor)  # type: ignore[attr-defined]
    return rows.select_related("user")


def _teams(request: HttpRequest) -> QuerySet[Any]:
    return Team.objects.for_actor(request.actor)  # type: ignore[attr-defined]


def _stages(request: HttpRequest) -> QuerySet[Any]:
    rows: QuerySet[Any] = Stage.objects.for_actor(request.actor)  # type: ignore[attr-defined]
    return rows.select_related("journey").order_by("journey_id", "position", "pk")


def _touchpoints(request: HttpRequest) -> QuerySet[Any]:
    return Touchpoint.objects.for_actor(request.actor)  # type: ignore[attr-defined]


def _causes(request: HttpRequest) -> QuerySet[Any]:
    return RootCause.objects.for_actor(request.actor)  # type: ignore[attr-defined]


class StageFilter(filters.ModelChoiceFilter):  # type: ignore[misc]
    """By a stage, named with its journey."""

    field_class = type("StageChoice", (filters.fields.ModelChoiceField, StageChoiceField), {})


class TouchpointFilter(filters.ModelChoiceFilter):  # type: ignore[misc]
    """By a touchpoint, named in the reader's language."""

    field_class = type("NamedChoice", (filters.fields.ModelChoiceField, NamedChoiceField), {})


class ActionFilter(filters.FilterSet):  # type: ignore[misc]
    """By text, person, place on the journey, due day, horizon and whether it worked."""

    q = filters.CharFilter(method="by_text", label=_("Search"))
    mine = filters.BooleanFilter(
        method="by_me", label=_("Mine"), widget=forms.CheckboxInput(attrs={"value": "true"})
    )
    owner = filters.ModelChoiceFilter(queryset=_members, empty_label=ALL, label=_("Owner"))
    team = filters.ModelChoiceFilter(queryset=_teams, empty_label=ALL, label=_("Team"))
    stage = StageFilter(queryset=_stages, empty_label=ALL, label=_("Stage"))
    touchpoint = TouchpointFilter(queryset=_touchpoints, empty_label=ALL, label=_("Touchpoint"))
    due = filters.ChoiceFilter(choices=DUE, empty_label=ALL, method="by_due", label=_("Due"))
    horizon = filters.ChoiceFilter(
        choices=Action.Horizon.choices, empty_label=ALL, label=_("Horizon")
    )
    worked = filters.ChoiceFilter(
        choices=WORKED, empty_label=ALL, method="by_verdict", label=_("Effect")
    )

    class Meta:
        model = Action
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Title or description holds the text."""
        return queryset.filter(Q(title__icontains=value) | Q(description__icontains=value))

    def by_me(self, queryset: QuerySet[Any], name: str, value: bool | None) -> QuerySet[Any]:
        """The reader's own."""
        if not value:
            return queryset
        member = self.request.actor.membership
        return queryset.filter(owner=member) if member else queryset.none()

    def by_due(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Only actions with work still to be done are due."""
        rows, today = queryset.filter(column__state__in=OPEN_STATES), today_of(self.request.actor)
        if value == "overdue":
            return rows.filter(due__lt=today)
        if value == "none":
            return rows.filter(due=None)
        last = today + timedelta(days=_DAYS[value])
        return rows.filter(due__gte=today, due__lte=last)

    def by_verdict(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By what the scores of the touchpoint say."""
        return queryset.filter(pk__in=actions_by_verdict(self.request.actor, value))


class ActionListFilter(ActionFilter):
    """On the list, which has no columns, also by state and board column."""

    state = filters.ChoiceFilter(
        field_name="column__state", choices=State.choices, empty_label=ALL, label=_("State")
    )
    column = filters.NumberFilter(field_name="column_id", widget=forms.HiddenInput)

    class Meta(ActionFilter.Meta):
        fields: list[str] = []


class LibraryFilter(ActionFilter):
    """What worked: by text, touchpoint, cause and verdict."""

    mine = None
    owner = None
    team = None
    due = None
    horizon = None
    cause = TouchpointFilter(
        queryset=_causes, empty_label=ALL, field_name="cases__root_cause", label=_("Root cause")
    )

    class Meta(ActionFilter.Meta):
        fields: list[str] = []


class IdeaFilter(filters.FilterSet):  # type: ignore[misc]
    """By words and state."""

    q = filters.CharFilter(method="by_text", label=_("Search"))
    state = filters.ChoiceFilter(choices=Idea.State.choices, empty_label=ALL, label=_("State"))

    class Meta:
        model = Idea
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Title or description holds the text."""
        return queryset.filter(Q(title__icontains=value) | Q(description__icontains=value))


class BehaviourFilter(filters.FilterSet):  # type: ignore[misc]
    """By words, touchpoint and kind."""

    q = filters.CharFilter(method="by_text", label=_("Search"))
    kind = filters.ChoiceFilter(choices=Behaviour.Kind.choices, empty_label=ALL, label=_("Kind"))
    touchpoint = filters.NumberFilter(
        field_name="touchpoint_id",
        label=_("Touchpoint"),
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
    )

    class Meta:
        model = Behaviour
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The behaviour in any language holds the text."""
        text = value.replace("\x00", "")
        rows: QuerySet[Any] = queryset.annotate(
            name_en=KeyTextTransform("en", "name"), name_ko=KeyTextTransform("ko", "name")
        )
        return rows.filter(Q(name_en__icontains=text) | Q(name_ko__icontains=text))


CASE_STATES = [("open", pgettext_lazy("state", "Open")), *CaseState.choices]
CASE_DUE = [("late", _("Overdue")), ("today", _("Within a day"))]


class CaseFilter(filters.FilterSet):  # type: ignore[misc]
    """By number or text, state, severity, people, place, cause, and what is due."""

    q = filters.CharFilter(method="by_text", label=_("Search"))
    state = filters.ChoiceFilter(
        method="by_state", choices=CASE_STATES, empty_label=ALL, label=_("State")
    )
    severity = filters.ChoiceFilter(choices=Severity.choices, empty_label=ALL, label=_("Severity"))
    owner = filters.ModelChoiceFilter(queryset=_members, empty_label=ALL, label=_("Owner"))
    team = filters.ModelChoiceFilter(queryset=_teams, empty_label=ALL, label=_("Team"))
    due = filters.ChoiceFilter(method="by_due", choices=CASE_DUE, empty_label=ALL, label=_("Due"))
    reason = filters.ChoiceFilter(choices=Case.Reason.choices, empty_label=ALL, label=_("Reason"))
    touchpoint = TouchpointFilter(queryset=_touchpoints, empty_label=ALL, label=_("Touchpoint"))
    root_cause = TouchpointFilter(queryset=_causes, empty_label=ALL, label=_("Root cause"))
    resolution = filters.ChoiceFilter(
        choices=Case.Resolution.choices, empty_label=ALL, label=_("What came of it")
    )
    customer = filters.NumberFilter(
        field_name="customer_id", max_value=2**63 - 1, widget=forms.HiddenInput
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Number, title or customer."""
        found = cases_matching(self.request.actor, value)
        return queryset.filter(pk__in=found.order_by().values("pk"))

    def by_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """One state, or all of those that are open."""
        states = OPEN_CASES if value == "open" else [value]
        return queryset.filter(state__in=states)

    def by_due(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """What is overdue now, or will be within a day."""
        ahead = timedelta(days=1) if value == "today" else timedelta()
        return queryset.filter(is_late(timezone.now() + ahead))


class TouchpointLibraryFilter(filters.FilterSet):  # type: ignore[misc]
    """The touchpoint library: by name, area, journey, and what stands out."""

    q = filters.CharFilter(method="by_name", label=_("Search"))
    area = filters.ChoiceFilter(
        choices=Touchpoint.Area.choices, label=_("Area"), empty_label=_("All areas")
    )
    journey = filters.NumberFilter(
        method="by_journey", label=_("Journey"), max_value=2**63 - 1, widget=forms.HiddenInput
    )
    moment = filters.BooleanFilter(
        method="by_moment",
        label=_("Moments of truth"),
        widget=forms.CheckboxInput(attrs={"value": "true"}),
    )

    class Meta:
        model = Touchpoint
        fields: list[str] = []

    def by_name(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The name in any language or the code holds the text."""
        text = value.replace("\x00", "")
        rows: QuerySet[Any] = queryset.annotate(
            name_en=KeyTextTransform("en", "name"), name_ko=KeyTextTransform("ko", "name")
        )
        return rows.filter(
            Q(name_en__icontains=text) | Q(name_ko__icontains=text) | Q(code__icontains=text)
        )

    def by_journey(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Those that stand in a stage of the journey."""
        return queryset.filter(steps__stage__journey_id=value).distinct()

    def by_moment(self, queryset: QuerySet[Any], name: str, value: bool | None) -> QuerySet[Any]:
        """Only moments of truth."""
        return queryset.filter(is_moment_of_truth=True) if value else queryset
