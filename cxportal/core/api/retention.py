"""How long what is kept: the program's rules, read and set."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.models import RetentionRule
from cxportal.core.queries.retention import retention_rows
from cxportal.core.services.retention import MOST_DAYS, retention_set

MOST_SET = 50


class RetentionRowSerializer(PortalSerializer):
    """One subject by the rule in force; `due` is what the next night takes away."""

    subject = serializers.CharField(source="code", read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    days = serializers.IntegerField(read_only=True, allow_null=True)
    deed = serializers.CharField(read_only=True)
    deeds = serializers.SerializerMethodField()
    is_usual = serializers.BooleanField(read_only=True)
    due = serializers.IntegerField(read_only=True, allow_null=True)
    last_count = serializers.IntegerField(read_only=True)
    last_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def get_deeds(self, row: Any) -> list[str]:
        return [name for name, _label in row.deeds]


class RetentionRuleSerializer(PortalSerializer):
    """What is to become of a subject after so many days; null keeps it for good."""

    subject = serializers.CharField(max_length=30)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, allow_null=True)
    deed = serializers.ChoiceField(choices=RetentionRule.Deed.choices)


class RetentionChangeSerializer(PortalSerializer):
    """Rules to set; subjects that are not named keep theirs."""

    rules = serializers.ListField(child=RetentionRuleSerializer(), max_length=MOST_SET)


class RetentionViewSet(PortalViewSet):
    """`GET`, `PATCH /retention/`."""

    model = RetentionRule
    serializer_class = RetentionRowSerializer
    permissions = {"own": "core.view_retention", "change": "core.change_retention"}
    filter_backends = []
    pagination_class = None

    @extend_schema(responses=RetentionRowSerializer(many=True), operation_id="retention_retrieve")
    def own(self, request: Request) -> Response:
        """Every subject, how long it is kept, and how much is due."""
        return Response(RetentionRowSerializer(retention_rows(self.actor), many=True).data)

    @extend_schema(
        request=RetentionChangeSerializer,
        responses=RetentionRowSerializer(many=True),
        operation_id="retention_update",
    )
    def change(self, request: Request) -> Response:
        """Set rules; the portal carries them out from the next night on."""
        given = self.data(RetentionChangeSerializer)["rules"]
        rules = {rule["subject"]: (rule["days"], rule["deed"]) for rule in given}
        retention_set(actor=self.actor, rules=rules)
        return self.own(request)
