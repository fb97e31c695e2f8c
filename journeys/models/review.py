"""What was decided in the meetings that go through the review."""

from django.db import models

from cxportal.core.models import TenantModel
from journeys.models.boards import Action
from journeys.models.journeys import Journey


class ReviewDecision(TenantModel):
    """A decision of a review meeting about a journey; the action it is carried out by."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="decisions")
    action = models.OneToOneField(Action, on_delete=models.CASCADE, related_name="decision")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["program", "-decided_at"], name="review_decision_latest")]

    def __str__(self) -> str:
        return f"{self.journey_id}: {self.action_id}"
