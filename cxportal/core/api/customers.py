"""Customers and their consents: list, one, make, change, erase, synchronise in bulk."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import CustomerField, JsonField, MemberField, actor_of
from cxportal.core.api.serializers import BulkSerializer, PortalSerializer, RecordSerializer
from cxportal.core.api.views import BulkMixin, NestedViewSet, PortalViewSet
from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.filters import CustomerFilter
from cxportal.core.models import Channel, Consent, Customer, DuplicatePair
from cxportal.core.queries.customers import customers_listed
from cxportal.core.queries.duplicates import duplicates_open, merges_of
from cxportal.core.services.consent import consent_record
from cxportal.core.services.customers import (
    customer_create,
    customer_update,
    customers_bulk_upsert,
)
from cxportal.core.services.duplicates import duplicate_dismiss, duplicates_find
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.merges import customer_merge, customer_unmerge
from cxportal.core.services.privacy import privacy_link

PERSONAL = ("name", "email", "phone", "attributes", "account_manager")


class CustomerSerializer(RecordSerializer):
    """A customer; name, addresses and attributes only for keys that may see persons."""

    external_id = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=Customer.Kind.choices, required=False)
    name = serializers.CharField(max_length=200, allow_blank=True, allow_null=True, required=False)
    email = serializers.EmailField(
        max_length=254, allow_blank=True, allow_null=True, required=False
    )
    phone = serializers.CharField(max_length=40, allow_blank=True, allow_null=True, required=False)
    language = serializers.CharField(max_length=8, allow_blank=True, required=False)
    attributes = JsonField(required=False, allow_null=True)
    is_test = serializers.BooleanField(required=False)
    account_manager = MemberField(required=False, allow_null=True)
    value_segment = serializers.CharField(read_only=True)
    lifetime_value = serializers.DecimalField(max_digits=16, decimal_places=2, read_only=True)

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not actor_of(self).sees_personal_data:
            shown |= dict.fromkeys(PERSONAL)
        return shown


class MergeSerializer(PortalSerializer):
    """Which record goes into this one, and which of its fields win (empty ones are filled)."""

    merged = CustomerField()
    take = serializers.ListField(
        child=serializers.ChoiceField(choices=["name", "email", "phone", "language", "attributes"]),
        required=False,
        max_length=5,
    )


class PrivacyLinkSerializer(PortalSerializer):
    """Where the person looks at their own data."""

    url = serializers.CharField(read_only=True)


class FoundSerializer(PortalSerializer):
    """How many pairs are new."""

    new = serializers.IntegerField(read_only=True)


class CustomerApiFilter(CustomerFilter):
    """The page's filter, and the id of the client's own systems."""

    external_id = django_filters.CharFilter(label=_("External id"))

    class Meta(CustomerFilter.Meta):
        fields: list[str] = []


def values_for_service(values: dict[str, Any]) -> dict[str, Any]:
    """The service checks raw rows, where a member is an e-mail address and absent is absent."""
    if values.get("account_manager") is not None:
        values["account_manager"] = values["account_manager"].user.email
    return {name: {} if (name, v) == ("attributes", None) else v for name, v in values.items()}


class CustomerViewSet(PortalViewSet, BulkMixin):
    """Customers, known by their external_id."""

    model = Customer
    serializer_class = CustomerSerializer
    filterset_class = CustomerApiFilter
    permissions = {
        "list": "core.view_customers",
        "retrieve": "core.view_customers",
        "create": "core.change_customers",
        "partial_update": "core.change_customers",
        "bulk": "core.change_customers",
        "erase": "core.erase_customers",
        "merge": "core.merge_customers",
        "unmerge": "core.merge_customers",
        "privacy_link": "core.record_consent",
    }
    orderings = {
        "id": "id",
        "external_id": "external_id",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return customers_listed(self.actor)

    def create(self, request: Request) -> Response:
        """Make one customer; an external_id in use answers 409."""
        return self.created(customer_create(actor=self.actor, **values_for_service(self.data())))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change fields; attributes are merged, null takes one away."""
        customer, version = self.get_object(), self.expected_version()
        values = values_for_service(self.data(partial=True))
        try:
            changed = customer_update(
                actor=self.actor, customer=customer, version=version, **values
            )
        except StaleEdit as stale:
            if not self.actor.sees_personal_data:
                raise StaleEdit({"version": stale.details["current"]["version"]}) from stale
            raise
        return self.shown(changed)

    @extend_schema(request=CustomerSerializer(many=True), responses={200: BulkSerializer})
    @action(detail=False, methods=["post"], parser_classes=BulkMixin.bulk_parsers)
    def bulk(self, request: Request) -> Response:
        """Make or change up to 10,000 customers by external_id; a bad row fails alone."""
        return self.bulk_answer(
            request, lambda rows: customers_bulk_upsert(actor=self.actor, rows=rows)
        )

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def erase(self, request: Request, pk: int) -> Response:
        """Anonymise a person everywhere, for good."""
        customer_erase(actor=self.actor, customer=self.get_object())
        return self.gone()

    @extend_schema(request=MergeSerializer, responses={200: CustomerSerializer})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Response:
        """Take another record of the same person into this one; nothing is lost."""
        kept, body = self.get_object(), self.data(MergeSerializer)
        taken = dict.fromkeys(body.get("take", ()), "merged")
        customer_merge(actor=self.actor, kept=kept, merged=body["merged"], taken=taken)
        return self.shown(self.get_object())

    @extend_schema(request=None, responses={200: CustomerSerializer})
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, pk: int) -> Response:
        """Take the latest merge into this record apart; answers the record that is back."""
        customer = self.get_object()
        merges = [m for m in merges_of(self.actor, customer) if m.kept_id == customer.pk]
        if not merges:
            raise DomainError(
                "not_merged", gettext("No record was merged into this one."), status=409
            )
        merge = customer_unmerge(actor=self.actor, merge=merges[0])
        return self.shown(self.scoped().get(pk=merge.merged_id))

    @extend_schema(request=None, responses={200: PrivacyLinkSerializer})
    @action(detail=True, methods=["post"], url_path="privacy-link")
    def privacy_link(self, request: Request, pk: int) -> Response:
        """The link to the person's own page: see, correct, decide, take along, erase."""
        return Response({"url": privacy_link(actor=self.actor, customer=self.get_object())})


class DuplicateSerializer(PortalSerializer):
    """Two records that are likely one person."""

    id = serializers.IntegerField(read_only=True)
    first = serializers.CharField(source="first.external_id", read_only=True)
    second = serializers.CharField(source="second.external_id", read_only=True)
    likeness = serializers.IntegerField(read_only=True)
    reasons = serializers.ListField(child=serializers.CharField(), read_only=True)
    found_at = serializers.DateTimeField(read_only=True)


class DuplicateViewSet(PortalViewSet):
    """Suspected duplicates that nobody decided on yet."""

    model = DuplicatePair
    serializer_class = DuplicateSerializer
    permissions = {
        "list": "core.merge_customers",
        "find": "core.merge_customers",
        "dismiss": "core.merge_customers",
    }

    def scoped(self) -> QuerySet[Any]:
        return duplicates_open(self.actor)

    @extend_schema(request=None, responses={200: FoundSerializer})
    @action(detail=False, methods=["post"])
    def find(self, request: Request) -> Response:
        """Look for duplicates now; answers how many pairs are new."""
        return Response({"new": duplicates_find(actor=self.actor)})

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: int) -> Response:
        """These are different people."""
        duplicate_dismiss(actor=self.actor, pair=self.get_object())
        return self.gone()


class ConsentSerializer(PortalSerializer):
    """What a person decided, once; the log only grows."""

    id = serializers.IntegerField(read_only=True)
    channel = serializers.ChoiceField(choices=Channel.choices)
    purpose = serializers.CharField(max_length=30, required=False)
    granted = serializers.BooleanField()
    text_version = serializers.CharField(max_length=60, allow_blank=True, required=False)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=60, allow_blank=True, required=False
    )
    night = serializers.BooleanField(required=False)
    reconfirm_by = serializers.DateField(read_only=True)
    at = serializers.DateTimeField(required=False)


class ConsentViewSet(NestedViewSet):
    """Consents of one customer, oldest first."""

    model = Consent
    serializer_class = ConsentSerializer
    parent_model = Customer
    parent_name = "customer"
    permissions = {"list": "core.view_customers", "create": "core.record_consent"}

    def create(self, request: Request, customer: int) -> Response:
        """Write down a decision; the latest one per channel and purpose counts."""
        found = self.parent()
        return self.created(consent_record(actor=self.actor, customer=found, **self.data()))
