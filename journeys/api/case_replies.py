"""Canned replies by API."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import I18nField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from journeys.models import CannedReply
from journeys.services.canned_replies import BODY_LENGTH, SUBJECT_LENGTH, canned_reply_save


class CannedReplySerializer(PortalSerializer):
    """A mail to customers in the program's languages, known by its code."""

    id = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    code = serializers.SlugField(max_length=40)
    name = I18nField(max_length=200)
    subject = I18nField(max_length=SUBJECT_LENGTH)
    body = I18nField(max_length=BODY_LENGTH)
    is_active = serializers.BooleanField(required=False)
    position = serializers.IntegerField(min_value=0, max_value=999, required=False)


class CaseReplySerializer(PortalSerializer):
    """The words themselves, or a canned reply with the language it is to be sent in."""

    subject = serializers.CharField(max_length=SUBJECT_LENGTH, required=False)
    body = serializers.CharField(max_length=BODY_LENGTH, required=False)
    reply = ScopedPrimaryKeyRelatedField(model=CannedReply, required=False, allow_null=True)
    language = serializers.CharField(max_length=5, required=False)


class CannedReplyViewSet(PortalViewSet):
    """Mails to customers as the program words them."""

    model = CannedReply
    serializer_class = CannedReplySerializer
    permissions = {
        "list": "journeys.view_cases",
        "retrieve": "journeys.view_cases",
        "create": "journeys.change_case_rules",
    }

    def create(self, request: Request) -> Response:
        """Word a reply, or change the one with this code."""
        return self.created(canned_reply_save(actor=self.actor, **self.data()))
