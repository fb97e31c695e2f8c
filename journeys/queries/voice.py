"""Comments of the whole program as the inbox shows them; a constant few queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, QuerySet

from cxportal.core.actors import Actor
from journeys.models import CommentAction
from surveys.models import Comment, CommentTopic, Score, Topic
from surveys.queries.responses import ScoreLine, score_lines


@dataclass(frozen=True)
class Heard:
    """A comment with what its row says. An anonymous answer's carries no score and no person."""

    comment: Comment
    topics: Sequence[Topic]
    touchpoint: Any
    who: str
    scores: Sequence[ScoreLine] = field(default_factory=list)
    actions: Sequence[Any] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        """True while the worker has not read it."""
        return self.comment.analysed_at is None


def comments_listed(actor: Actor) -> QuerySet[Any]:
    """Comments with all that a row shows, in a fixed number of queries."""
    topics: Any = CommentTopic.objects.for_actor(actor).exclude(origin=CommentTopic.Origin.REFUSED)
    scores: Any = (
        Score.objects.for_actor(actor).select_related("metric__program").order_by("metric_id")
    )
    actions: Any = CommentAction.objects.for_actor(actor).filter(action__deleted_at=None)
    rows: QuerySet[Any] = Comment.objects.for_actor(actor)
    return (
        rows.select_related("survey", "customer", "response", "assignee__user", "place__touchpoint")
        .defer("bigrams")
        .prefetch_related(
            Prefetch(
                "topic_links",
                topics.select_related("topic").order_by("topic_id"),
                to_attr="shown_topics",
            ),
            Prefetch("response__scores", scores.order_by("metric_id")),
            Prefetch(
                "action_links",
                actions.select_related("action__column").order_by("pk"),
                to_attr="shown_actions",
            ),
        )
    )


def heard(actor: Actor, comments: Sequence[Comment]) -> list[Heard]:
    """Rows for fetched comments, without another query."""
    return [_heard(actor, comment) for comment in comments]


def _heard(actor: Actor, comment: Any) -> Heard:
    place = getattr(comment, "place", None)
    anonymous = comment.survey is not None and comment.survey.anonymous
    shows_score = comment.response is not None and not anonymous
    return Heard(
        comment=comment,
        topics=[link.topic for link in comment.shown_topics],
        touchpoint=place.touchpoint if place else None,
        who="" if anonymous else who_said(actor, comment),
        scores=score_lines(comment.response) if shows_score else [],
        actions=[link.action for link in comment.shown_actions],
    )


def who_said(actor: Actor, comment: Comment) -> str:
    """A name for those who may see persons, a number for others; "" where nobody is known."""
    customer = comment.customer
    if customer is None:
        return comment.author if actor.sees_personal_data else ""
    if actor.sees_personal_data:
        return customer.name or customer.external_id
    return f"#{customer.pk}"
