"""Cases: opened, handed over, worked on, closed, opened again; and the catalogue of causes."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from cxportal.core.api.fields import (
    CustomerField,
    I18nField,
    MemberField,
    ScopedPrimaryKeyRelatedField,
    actor_of,
)
from cxportal.core.api.notes import NoteViewSet
from cxportal.core.api.serializers import PortalSerializer, RecordSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from cxportal.core.models import Team
from journeys.api.case_replies import CaseReplySerializer
from journeys.filters import CaseFilter
from journeys.models import (
    Action,
    Case,
    CaseContact,
    CaseState,
    RootCause,
    Severity,
    Stage,
    Touchpoint,
)
from journeys.queries.cases import cases_listed, sees_case_words
from journeys.services.case_replies import case_reply, reply_language, reply_words
from journeys.services.case_rules import root_cause_save
from journeys.services.cases import (
    case_close,
    case_contact,
    case_move,
    case_open,
    case_reopen,
    case_update,
)
from surveys.models import Response


class CaseSerializer(RecordSerializer):
    """A case; words about the customer are null without the right to personal data."""

    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=20_000, allow_blank=True, required=False)
    reason = serializers.ChoiceField(choices=Case.Reason.choices, required=False)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    state = serializers.ChoiceField(choices=CaseState.choices, read_only=True)
    customer = CustomerField(required=False, allow_null=True)
    response = ScopedPrimaryKeyRelatedField(model=Response, required=False, allow_null=True)
    touchpoint = ScopedPrimaryKeyRelatedField(model=Touchpoint, required=False, allow_null=True)
    stage = ScopedPrimaryKeyRelatedField(model=Stage, required=False, allow_null=True)
    owner = serializers.IntegerField(source="owner_id", read_only=True, allow_null=True)
    owner_email = MemberField(source="owner", required=False, allow_null=True)
    team = ScopedPrimaryKeyRelatedField(model=Team, required=False, allow_null=True)
    opened_at = serializers.DateTimeField(read_only=True)
    contact_due_at = serializers.DateTimeField(read_only=True)
    due_at = serializers.DateTimeField(read_only=True)
    contacted_at = serializers.DateTimeField(read_only=True)
    reached_at = serializers.DateTimeField(read_only=True)
    escalated_at = serializers.DateTimeField(read_only=True)
    closed_at = serializers.DateTimeField(read_only=True)
    reopened = serializers.IntegerField(read_only=True)
    resolution = serializers.ChoiceField(choices=Case.Resolution.choices, read_only=True)
    root_cause = serializers.IntegerField(source="root_cause_id", read_only=True, allow_null=True)
    recovery = serializers.ChoiceField(choices=Case.Recovery.choices, read_only=True)
    outcome = serializers.CharField(read_only=True)
    customer_told = serializers.BooleanField(read_only=True)
    action = ScopedPrimaryKeyRelatedField(model=Action, required=False, allow_null=True)
    follow_up_due_at = serializers.DateTimeField(read_only=True)
    follow_up_response = serializers.IntegerField(
        source="follow_up_response_id", read_only=True, allow_null=True
    )

    def to_representation(self, instance: Case) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not sees_case_words(actor_of(self), instance):
            shown |= {"description": None, "outcome": None}
        return shown


class CaseUpdateSerializer(CaseSerializer):
    """Customer, answer and reason stay as they were."""

    customer = CustomerField(read_only=True)
    response = serializers.IntegerField(  # type: ignore[assignment]
        source="response_id", read_only=True
    )
    reason = serializers.ChoiceField(choices=Case.Reason.choices, read_only=True)


class CaseMoveSerializer(PortalSerializer):
    """new, working or waiting."""

    state = serializers.ChoiceField(choices=CaseState.choices)


class CaseCloseSerializer(PortalSerializer):
    """What came of it and why it happened; `root_cause` is a code of the catalogue."""

    resolution = serializers.ChoiceField(choices=Case.Resolution.choices)
    root_cause = serializers.CharField(max_length=40, required=False)
    recovery = serializers.ChoiceField(choices=Case.Recovery.choices, required=False)
    outcome = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    customer_told = serializers.BooleanField(required=False)
    action = ScopedPrimaryKeyRelatedField(model=Action, required=False, allow_null=True)


class CaseReopenSerializer(PortalSerializer):
    """Why."""

    reason = serializers.CharField(max_length=500, allow_blank=True, required=False)


class ContactSerializer(PortalSerializer):
    """An attempt to reach the customer."""

    id = serializers.IntegerField(read_only=True)
    channel = serializers.ChoiceField(choices=CaseContact.Channel.choices)
    reached = serializers.BooleanField()
    note = serializers.CharField(max_length=4_000, allow_blank=True, required=False)
    at = serializers.DateTimeField(read_only=True)
    by = serializers.CharField(read_only=True)

    def to_representation(self, instance: CaseContact) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return shown if actor_of(self).sees_personal_data else {**shown, "note": None}


class RootCauseSerializer(PortalSerializer):
    """A cause of the catalogue, known by its code."""

    id = serializers.IntegerField(read_only=True)
    code = serializers.SlugField(max_length=40)
    name = I18nField(max_length=200)
    is_active = serializers.BooleanField(required=False)
    position = serializers.IntegerField(min_value=0, max_value=999, required=False)


class CaseApiFilter(CaseFilter):
    """The page's filter under the API's names."""

    q = None
    search = django_filters.CharFilter(label=_("Search"), method="by_text")
    external_id = django_filters.CharFilter(label=_("External id"))
    customer = django_filters.CharFilter(label=_("Customer"), field_name="customer__external_id")

    class Meta(CaseFilter.Meta):
        fields: list[str] = []


class CaseViewSet(PortalViewSet):
    """The follow-up of single customers."""

    model = Case
    serializer_class = CaseSerializer
    filterset_class = CaseApiFilter
    permissions = {
        "list": "journeys.view_cases",
        "retrieve": "journeys.view_cases",
        "create": "journeys.create_cases",
        "partial_update": "journeys.change_cases",
        "move": "journeys.change_cases",
        "close": "journeys.change_cases",
        "reopen": "journeys.change_cases",
        "reply": "journeys.change_cases",
    }
    orderings = {
        "id": "id",
        "due_at": "due_at",
        "opened_at": "opened_at",
        "updated_at": "updated_at",
    }
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return cases_listed(self.actor).select_related("stage", "response", "action")

    def create(self, request: Request) -> Answer:
        """Open a case; a known external_id answers the case it opened."""
        return self.created(case_open(actor=self.actor, **self.data()))

    @extend_schema(request=CaseUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Answer:
        """Change what it says and who has it; `move/`, `close/` and `reopen/` change its state."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(CaseUpdateSerializer, partial=True)
        return self.shown(case_update(actor=self.actor, case=found, version=version, **values))

    @extend_schema(request=CaseMoveSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Answer:
        """Set the state of an open case."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(CaseMoveSerializer)
        return self.shown(case_move(actor=self.actor, case=found, version=version, **values))

    @extend_schema(request=CaseCloseSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Answer:
        """Close it with what was learned."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(CaseCloseSerializer)
        code = values.pop("root_cause", None)
        causes: Any = RootCause.objects.for_actor(self.actor)
        values["root_cause"] = causes.filter(code=code).first() if code else None
        return self.shown(case_close(actor=self.actor, case=found, version=version, **values))

    @extend_schema(request=CaseReplySerializer, responses={201: ContactSerializer})
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: int) -> Answer:
        """Mail the customer and note it as an attempt."""
        found, values = self.get_object(), self.data(CaseReplySerializer)
        canned, asked = values.pop("reply", None), values.pop("language", "")
        words = {"subject": "", "body": ""}
        if canned is not None:
            language = reply_language(self.actor, found.customer, asked)
            words = reply_words(self.actor, found, canned, language)
        contact = case_reply(actor=self.actor, case=found, **{**words, **values})
        return Answer(ContactSerializer(contact, context=self.get_serializer_context()).data, 201)

    @extend_schema(request=CaseReopenSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Answer:
        """Open a closed case again."""
        found = self.get_object()
        values = self.data(CaseReopenSerializer)
        return self.shown(case_reopen(actor=self.actor, case=found, **values))


class CaseNoteViewSet(NoteViewSet):
    """Remarks on a case, oldest first."""

    parent_model = Case
    parent_name = "case_id"
    permissions = {"list": "journeys.view_cases", "create": "journeys.comment_cases"}


class CaseContactViewSet(NestedViewSet):
    """Attempts to reach the customer, oldest first."""

    model = CaseContact
    serializer_class = ContactSerializer
    parent_model = Case
    parent_name = "case_id"
    permissions = {"list": "journeys.view_cases", "create": "journeys.change_cases"}

    def create(self, request: Request, case_id: int) -> Answer:
        """Write an attempt down."""
        return self.created(case_contact(actor=self.actor, case=self.parent(), **self.data()))


class RootCauseViewSet(PortalViewSet):
    """The catalogue of causes."""

    model = RootCause
    serializer_class = RootCauseSerializer
    permissions = {
        "list": "journeys.view_cases",
        "retrieve": "journeys.view_cases",
        "create": "journeys.change_case_rules",
    }

    def create(self, request: Request) -> Answer:
        """Add a cause, or change the one with this code."""
        return self.created(root_cause_save(actor=self.actor, **self.data()))
