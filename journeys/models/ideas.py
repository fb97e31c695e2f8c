"""The idea box: what employees and customers propose, voted on, and turned into actions."""

from django.db import models
from django.utils.translation import pgettext_lazy

from cxportal.core.models import Customer, Membership, TenantModel, VersionedModel
from journeys.models.boards import Action
from journeys.models.journeys import Touchpoint


class Idea(VersionedModel):
    """A proposal; who takes it up makes an action of it."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("idea", "Open for votes")
        TAKEN = "taken", pgettext_lazy("idea", "Taken up")
        DECLINED = "declined", pgettext_lazy("idea", "Not taken up")

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=10_000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    author = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="ideas"
    )
    # Why it was not taken up, said to who proposed it.
    answer = models.CharField(max_length=500, blank=True)
    votes = models.PositiveIntegerField(default=0)

    class Meta(VersionedModel.Meta):
        indexes = [models.Index(fields=["program", "-votes", "-id"], name="idea_votes")]

    def __str__(self) -> str:
        return self.title


class IdeaVote(TenantModel):
    """One member's vote for one idea."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="voters")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["idea", "membership"], name="idea_vote_unique")
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.membership_id}"
