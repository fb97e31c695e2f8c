"""Evidence of cards, insights and opportunities, and the files it may be."""

from base64 import b64decode
from typing import Any

import django_filters
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from cxportal.core.errors import DomainError
from cxportal.core.models import StoredFile
from journeys.api.insights import SEEN
from journeys.api.journeys import EDITED
from journeys.models import Card, EvidenceItem, Insight, Opportunity
from journeys.services.evidence_items import evidence_add, evidence_remove
from journeys.services.pictures import MOST_BYTES, PERMISSION, map_file_store
from surveys.models import Comment
from surveys.models import Response as SurveyResponse

#: Base64 writes three bytes as four letters.
MOST_LETTERS = MOST_BYTES * 4 // 3 + 4


class EvidenceSerializer(PortalSerializer):
    """Why a card, an insight or an opportunity may be believed."""

    id = serializers.IntegerField(read_only=True)
    kind = serializers.ChoiceField(choices=EvidenceItem.Kind.choices)
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=200, required=False, allow_blank=True
    )
    happened_on = serializers.DateField(required=False, allow_null=True)
    url = serializers.URLField(max_length=500, required=False, allow_blank=True)
    response = ScopedPrimaryKeyRelatedField(model=SurveyResponse, required=False, allow_null=True)
    comment = ScopedPrimaryKeyRelatedField(model=Comment, required=False, allow_null=True)
    file = ScopedPrimaryKeyRelatedField(model=StoredFile, required=False, allow_null=True)


class EvidenceViewSet(NestedViewSet):
    """Evidence of a card."""

    model = EvidenceItem
    serializer_class = EvidenceSerializer
    parent_model: Any = Card
    parent_name = "card"
    permissions = {name: EDITED[name] for name in ("list", "create", "destroy")}

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Say why it may be believed; the same answer, comment or file stands there once."""
        owner: Any = {self.parent_name: self.parent()}
        return self.created(evidence_add(actor=self.actor, **owner, **self.data()))

    def destroy(self, request: Request, pk: int, **kwargs: Any) -> Response:
        """Take the evidence off; what it names stays."""
        evidence_remove(actor=self.actor, item=self.get_object())
        return self.gone()


class InsightEvidenceViewSet(EvidenceViewSet):
    """Evidence of an insight."""

    parent_model = Insight
    parent_name = "insight"
    permissions = {name: SEEN[name] for name in ("list", "create", "destroy")}


class OpportunityEvidenceViewSet(EvidenceViewSet):
    """Evidence of an opportunity."""

    parent_model = Opportunity
    parent_name = "opportunity"
    permissions = {name: SEEN[name] for name in ("list", "create", "destroy")}


class EvidenceUploadSerializer(PortalSerializer):
    """A file for maps; `content` is Base64 and only sent."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=200)
    content = serializers.CharField(max_length=MOST_LETTERS, write_only=True)
    content_type = serializers.CharField(read_only=True)
    size = serializers.IntegerField(read_only=True)


class MapFileFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By words of the name."""

    search = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains"
    )

    class Meta:
        model = StoredFile
        fields: list[str] = []


class EvidenceFileViewSet(PortalViewSet):
    """Files and pictures that cards show and evidence names."""

    model = StoredFile
    serializer_class = EvidenceUploadSerializer
    filterset_class = MapFileFilter
    permissions = {
        "list": "journeys.view_journeys",
        "retrieve": "journeys.view_journeys",
        "create": "journeys.change_insights",
    }

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().filter(permission=PERMISSION)

    def create(self, request: Request) -> Response:
        """Bring a file of at most 5 MB; a picture is known by its first bytes."""
        values = self.data()
        try:
            content = b64decode(values["content"], validate=True)
        except ValueError as wrong:
            message = gettext("The content is not Base64.")
            raise DomainError("invalid", message, details={"content": message}) from wrong
        stored = map_file_store(actor=self.actor, name=values["name"], content=ContentFile(content))
        return self.created(stored)
