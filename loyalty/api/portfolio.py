"""Account managers' customers, who needs somebody first on top."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import MemberField, actor_of
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.models import Customer
from cxportal.core.policies import may
from loyalty.calc.portfolio_risk import REASONS
from loyalty.queries.portfolio import managers_seen, portfolio_of


class PortfolioRowSerializer(PortalSerializer):
    """One customer with the reasons, gravest first; the name only for keys that see persons."""

    customer = serializers.CharField(source="customer.external_id", read_only=True)
    name = serializers.SerializerMethodField()
    account_manager = MemberField(source="customer.account_manager", read_only=True)
    segment = serializers.CharField(source="customer.value_segment", read_only=True)
    lifetime_value = serializers.SerializerMethodField()
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=[(name, name) for name in REASONS]), read_only=True
    )
    score = serializers.IntegerField(source="facts.score", read_only=True, allow_null=True)
    scored_on = serializers.DateField(read_only=True, allow_null=True)
    open_cases = serializers.IntegerField(source="facts.open_cases", read_only=True)
    last_contact = serializers.DateTimeField(read_only=True, allow_null=True)
    next_action = serializers.IntegerField(source="due.pk", read_only=True, default=None)
    next_due = serializers.DateField(source="due.due", read_only=True, default=None)

    def get_name(self, row: Any) -> str | None:
        return row.customer.name if actor_of(self).sees_personal_data else None

    def get_lifetime_value(self, row: Any) -> str | None:
        value = row.customer.lifetime_value
        shown = value is not None and may(actor_of(self), "loyalty.view_value")
        return str(value) if shown else None


class PortfolioSerializer(PortalSerializer):
    """The most valuable customers in somebody's care, most urgent first; `total` counts all."""

    total = serializers.IntegerField(read_only=True)
    at_risk = serializers.IntegerField(read_only=True)
    rows = PortfolioRowSerializer(many=True, read_only=True)


class PortfolioQuestion(PortalSerializer):
    """Whose customers; everybody's when left out."""

    manager = MemberField(required=False)


class PortfolioViewSet(PortalViewSet):
    """`GET /portfolio/`."""

    model = Customer
    serializer_class = PortfolioSerializer
    permissions = {"own": "core.view_customers"}
    filter_backends = []
    pagination_class = None

    @extend_schema(
        parameters=[PortfolioQuestion],
        responses=PortfolioSerializer,
        operation_id="portfolio_retrieve",
    )
    def own(self, request: Request) -> Response:
        """Customers who are looked after, and who of them needs somebody first."""
        context = self.get_serializer_context()
        asked = PortfolioQuestion(data=request.query_params.dict(), context=context)
        asked.is_valid(raise_exception=True)
        managers, wanted = managers_seen(self.actor), asked.validated_data.get("manager")
        shown = [m for m in managers if wanted is None or m.pk == wanted.pk]
        found = portfolio_of(self.actor, shown)
        return Response(PortfolioSerializer(found, context=context).data)
