"""The five steps and what proves each deliverable."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from loyalty.models import Assessment
from loyalty.queries.roadmap import roadmap_of


class DeliverableSerializer(PortalSerializer):
    """A deliverable: done when `needed` records prove it; `records` names the newest."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    done = serializers.BooleanField()
    count = serializers.IntegerField()
    needed = serializers.IntegerField()
    records = serializers.ListField(child=serializers.CharField())


class RoadmapStepSerializer(PortalSerializer):
    """A step; `state` is done, doing or todo."""

    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=["done", "doing", "todo"])
    deliverables = DeliverableSerializer(many=True)


class RoadmapViewSet(PortalViewSet):
    """`/roadmap/`."""

    model = Assessment
    serializer_class = RoadmapStepSerializer
    permissions = {"steps": "loyalty.view_steering"}
    filter_backends = []
    pagination_class = None

    @extend_schema(responses=RoadmapStepSerializer(many=True), operation_id="roadmap_list")
    def steps(self, request: Request) -> Response:
        """How far each step is, read from the work."""
        return Response(
            [
                {
                    "label": str(row.step.label),
                    "state": row.state,
                    "deliverables": [
                        {
                            "code": item.deliverable.code,
                            "label": str(item.deliverable.label),
                            "done": item.done,
                            "count": item.count,
                            "needed": item.deliverable.needed,
                            "records": [proof.label for proof in item.proofs],
                        }
                        for item in row.rows
                    ],
                }
                for row in roadmap_of(self.actor)
            ]
        )
