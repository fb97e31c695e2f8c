"""Who answers for what: read, and set for any kind of record."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import OwnerField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from loyalty.models import Process
from loyalty.queries.responsibilities import BY_CODE, SUBJECTS, Subject, records_of
from loyalty.services.responsibilities import owner_set

KINDS = [subject.code for subject in SUBJECTS]


class OwnerSetSerializer(PortalSerializer):
    """Which record, and the member who answers for it (null: nobody)."""

    kind = serializers.ChoiceField(choices=KINDS)
    id = serializers.IntegerField(min_value=1)
    owner_email = OwnerField(source="owner", allow_null=True)


class OwnedSerializer(PortalSerializer):
    """One record and who answers for it."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    name = serializers.CharField()
    has_owner = serializers.BooleanField()
    owner_email = OwnerField(source="owner", allow_null=True)


class ResponsibilityViewSet(PortalViewSet):
    """`/responsibilities/`."""

    model = Process
    serializer_class = OwnerSetSerializer
    permissions = {"listed": "loyalty.view_steering", "assign": "loyalty.view_steering"}
    filter_backends = []
    pagination_class = None

    @extend_schema(
        parameters=[OpenApiParameter("kind", OpenApiTypes.STR, enum=KINDS)],
        responses=OwnedSerializer(many=True),
        operation_id="responsibilities_list",
    )
    def listed(self, request: Request) -> Response:
        """Records with their owners, those without one first; of one kind, or of all."""
        asked = BY_CODE.get(request.query_params.get("kind", ""))
        rows = [row for subject in ([asked] if asked else SUBJECTS) for row in self._rows(subject)]
        context = self.get_serializer_context()
        return Response(OwnedSerializer(rows, many=True, context=context).data)

    def _rows(self, subject: Subject) -> list[dict[str, Any]]:
        return [
            {
                "kind": subject.code,
                "id": row.pk,
                "name": row.name,
                "has_owner": row.owner is not None,
                "owner": row.owner,
            }
            for row in records_of(self.actor, subject)
        ]

    @extend_schema(responses={200: OwnedSerializer}, operation_id="responsibilities_set")
    def assign(self, request: Request) -> Response:
        """Say who answers for a record; the right to change that kind is needed."""
        data = self.data()
        kind, owner = data["kind"], data["owner"]
        record = owner_set(actor=self.actor, kind=kind, pk=data["id"], owner=owner)
        body = {
            "kind": kind,
            "id": record.pk,
            "name": str(record),
            "has_owner": owner is not None,
            "owner": owner,
        }
        return Response(OwnedSerializer(body, context=self.get_serializer_context()).data)
