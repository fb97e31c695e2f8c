"""Where on the journey a comment belongs."""

from django.db import models

from cxportal.core.models import Customer, TenantModel
from journeys.models.boards import Action
from journeys.models.journeys import Touchpoint
from surveys.models import Comment, Topic


class CommentPlace(TenantModel):
    """The touchpoint a comment is about, found by the portal or set by a person.

    A place without a touchpoint was emptied by a person: the comment is about none.
    """

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="place")
    touchpoint = models.ForeignKey(
        Touchpoint,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="comment_places",
        db_index=False,
    )
    by_person = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["touchpoint", "comment"], name="comment_place_touchpoint")]

    def __str__(self) -> str:
        return f"{self.comment_id} @ {self.touchpoint_id}"


class TopicPlace(TenantModel):
    """Comments of this topic are about this touchpoint, unless a person says otherwise."""

    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, related_name="place")
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.CASCADE, related_name="topic_places"
    )

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.topic_id} @ {self.touchpoint_id}"


class CommentAction(TenantModel):
    """A comment that led to an improvement action."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="action_links")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="comment_links")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["comment", "action"], name="comment_action_unique")
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} → {self.action_id}"


class TopicAction(TenantModel):
    """A topic that led to an improvement action."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="action_links")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="topic_links")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["topic", "action"], name="topic_action_unique")
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} → {self.action_id}"


class ActionTold(TenantModel):
    """A customer who was told what changed because of what they had said; once an action."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="told")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["action", "customer"], name="action_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.action_id} → {self.customer_id}"
