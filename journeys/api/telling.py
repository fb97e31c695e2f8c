"""What is told after an action, by API."""

from rest_framework import serializers

from cxportal.core.api.fields import I18nField
from cxportal.core.api.serializers import PortalSerializer
from journeys.services.canned_replies import BODY_LENGTH, SUBJECT_LENGTH


class TellSerializer(PortalSerializer):
    """What changed, in the program's languages, and to whom it is told."""

    subject = I18nField(max_length=SUBJECT_LENGTH)
    body = I18nField(max_length=BODY_LENGTH)
    to_customers = serializers.BooleanField(required=False)
    to_members = serializers.BooleanField(required=False)


class ToldSerializer(PortalSerializer):
    """How many customers get a mail, and how many people of the house a notice."""

    customers = serializers.IntegerField()
    members = serializers.IntegerField()
