"""Sender identities: whom messages come from."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.serializers import RecordSerializer
from cxportal.core.api.views import PortalViewSet
from surveys.models import SenderIdentity
from surveys.services.senders import sender_create, sender_delete, sender_update


class SenderSerializer(RecordSerializer):
    """A name, an address, where answers go, a number for text messages."""

    name = serializers.CharField(max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True)
    reply_to = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)


class SenderViewSet(PortalViewSet):
    """Sender identities."""

    model = SenderIdentity
    serializer_class = SenderSerializer
    permissions = {
        "list": "surveys.view_campaigns",
        "retrieve": "surveys.view_campaigns",
        "create": "surveys.change_campaigns",
        "partial_update": "surveys.change_campaigns",
        "destroy": "surveys.change_campaigns",
    }
    orderings = {"id": "id", "name": "name"}
    updated_field = "updated_at"

    def create(self, request: Request) -> Response:
        """Add an identity."""
        return self.created(sender_create(actor=self.actor, **self.data()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change an identity; messages not yet sent come from what it says then."""
        sender, version = self.get_object(), self.expected_version()
        values = self.data(partial=True)
        return self.shown(sender_update(actor=self.actor, sender=sender, version=version, **values))

    def destroy(self, request: Request, pk: int) -> Response:
        """Remove an identity no campaign uses."""
        sender_delete(actor=self.actor, sender=self.get_object())
        return self.gone()
