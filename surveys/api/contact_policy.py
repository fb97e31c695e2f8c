"""The contact policy: one record per program."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet, etag
from surveys.models import Campaign, ContactPolicy
from surveys.services.contact_policy import (
    MAX_DAYS,
    MAX_MOST,
    MOST_RULES,
    contact_policy,
    contact_policy_update,
)


class ContactRuleSerializer(PortalSerializer):
    """At most `most` invitations in `days` calendar days; without `channel` over all of them."""

    channel = serializers.ChoiceField(
        choices=Campaign.Channel.choices, required=False, allow_blank=True, default=""
    )
    most = serializers.IntegerField(min_value=1, max_value=MAX_MOST)
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS)


class ContactPolicySerializer(PortalSerializer):
    """Rules over all campaigns; quiet hours in each recipient's own zone."""

    rules = serializers.ListField(
        child=ContactRuleSerializer(), required=False, max_length=MOST_RULES
    )
    quiet_from = serializers.TimeField(required=False, allow_null=True)
    quiet_until = serializers.TimeField(required=False, allow_null=True)
    version = serializers.IntegerField(read_only=True)


class ContactPolicyViewSet(PortalViewSet):
    """`GET`, `PATCH /contact-policy/`."""

    model = ContactPolicy
    serializer_class = ContactPolicySerializer
    permissions = {"own": "surveys.view_campaigns", "change": "surveys.change_campaigns"}
    filter_backends = []
    pagination_class = None

    @extend_schema(responses=ContactPolicySerializer, operation_id="contact_policy_retrieve")
    def own(self, request: Request) -> Response:
        """How often anybody may be asked, and when messages keep still."""
        return _shown(contact_policy(self.actor))

    @extend_schema(
        request=ContactPolicySerializer,
        responses=ContactPolicySerializer,
        operation_id="contact_policy_update",
    )
    def change(self, request: Request) -> Response:
        """Set what is given; it holds for everything that has not gone out yet."""
        values = self.data(ContactPolicySerializer, partial=True)
        version = self.expected_version()
        return _shown(contact_policy_update(actor=self.actor, version=version, **values))


def _shown(policy: ContactPolicy) -> Response:
    return Response(ContactPolicySerializer(policy).data, headers=etag(policy))
