"""The loyalty index and satisfaction by behaviour: read."""

from dataclasses import asdict

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from loyalty.models import CustomerValue
from loyalty.queries.loyalty_index import (
    PARTS,
    PERIODS,
    USUAL_PERIOD,
    index_defaults,
    index_metrics,
    loyalty_index,
)
from surveys.models import Metric


class IndexQuestion(PortalSerializer):
    """A metric per question, and in how many days a purchase counts; one survey's when left out."""

    satisfaction = ScopedPrimaryKeyRelatedField(model=Metric, required=False)
    recommend = ScopedPrimaryKeyRelatedField(model=Metric, required=False)
    repeat = ScopedPrimaryKeyRelatedField(model=Metric, required=False)
    days = serializers.ChoiceField(choices=PERIODS, default=USUAL_PERIOD)


class LoyaltyIndexViewSet(PortalViewSet):
    """`/loyalty-index/`."""

    model = CustomerValue
    serializer_class = IndexQuestion
    permissions = {"index": "loyalty.view_value"}
    filter_backends = []
    pagination_class = None

    @extend_schema(
        parameters=[IndexQuestion], responses={200: OpenApiTypes.OBJECT},
        operation_id="loyalty_index_retrieve",
    )  # fmt: skip
    def index(self, request: Request) -> Response:
        """Secure and favourable customers, and satisfaction by repurchase, by value segment."""
        asked = IndexQuestion(
            data=request.query_params.dict(), context=self.get_serializer_context()
        )
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        chosen = index_defaults(self.actor, index_metrics(self.actor))
        chosen |= {part: data[part] for part in PARTS if part in data}
        if len(chosen) < len(PARTS):
            return Response({"metrics": {}, "days": data["days"], "rows": []})
        found = loyalty_index(self.actor, chosen, data["days"])
        return Response({
            "metrics": {part: metric.pk for part, metric in found.metrics.items()},
            "days": found.days, "minimum": found.min_n,
            "rows": [asdict(row) for row in found.rows],
        })  # fmt: skip
