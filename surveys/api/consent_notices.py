"""The notices of consent: their switches, one record per program, and how they stand."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.actors import Actor
from cxportal.core.api.fields import ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet, etag
from surveys.models import ConsentNotice, NoticeRules, SenderIdentity
from surveys.queries.consent_notices import notice_counts
from surveys.services.consent_notices import notice_rules, notice_rules_update


class NoticeCountsSerializer(PortalSerializer):
    """How the notices of one kind stand; `overdue` are those waiting past the law's last day."""

    kind = serializers.ChoiceField(choices=ConsentNotice.Kind.choices)
    waiting = serializers.IntegerField()
    overdue = serializers.IntegerField()
    sent = serializers.IntegerField()
    came_back = serializers.IntegerField()
    failed = serializers.IntegerField()
    left_out = serializers.IntegerField()


class ConsentNoticesSerializer(PortalSerializer):
    """Which notices go out; without `sender` the program itself writes."""

    tells_result = serializers.BooleanField(required=False)
    tells_since = serializers.DateTimeField(read_only=True, allow_null=True)
    reconfirms = serializers.BooleanField(required=False)
    lapses = serializers.BooleanField(required=False)
    sender = ScopedPrimaryKeyRelatedField(model=SenderIdentity, required=False, allow_null=True)
    counts = NoticeCountsSerializer(many=True, read_only=True)
    version = serializers.IntegerField(read_only=True)


class ConsentNoticesViewSet(PortalViewSet):
    """`GET`, `PATCH /consent-notices/`."""

    model = NoticeRules
    serializer_class = ConsentNoticesSerializer
    permissions = {
        "own": "surveys.view_campaigns",
        "change": "surveys.change_consent_notices",
    }
    filter_backends = []
    pagination_class = None

    @extend_schema(responses=ConsentNoticesSerializer, operation_id="consent_notices_retrieve")
    def own(self, request: Request) -> Response:
        """What people are told about their consent to advertising."""
        return _shown(self.actor, notice_rules(self.actor))

    @extend_schema(
        request=ConsentNoticesSerializer,
        responses=ConsentNoticesSerializer,
        operation_id="consent_notices_update",
    )
    def change(self, request: Request) -> Response:
        """Switch what is given; what is owed by now goes out within minutes."""
        values = self.data(ConsentNoticesSerializer, partial=True)
        version = self.expected_version()
        changed = notice_rules_update(actor=self.actor, version=version, **values)
        return _shown(self.actor, changed)


def _shown(actor: Actor, rules: NoticeRules) -> Response:
    rules.counts = notice_counts(actor)  # type: ignore[attr-defined]
    return Response(ConsentNoticesSerializer(rules).data, headers=etag(rules))
