"""The outer loop over topics: what many say becomes one improvement action."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import plain_number, signed_number
from cxportal.core.commands import audit, refuse_foreign
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from journeys.models import Action, CommentAction, TopicAction
from journeys.queries.outer_loop import DAYS, TopicSignal, topic_signals
from journeys.services.actions import action_create
from surveys.models import Comment, CommentTopic, Topic
from surveys.queries.comments import comments_real
from surveys.queries.scores import last_days
from surveys.queries.selections import instants

#: Comments that are tied to the action, newest first: those who said it can be told.
MOST_COMMENTS = 1_000


@transaction.atomic
def topic_to_action(*, actor: Actor, topic: Topic, title: str = "") -> Action:
    """Log an action against a topic that grows or hurts, and tie its complaints to it.

    Raises DomainError: "no_signal" (409) for a topic that does neither, "has_action" (409).
    """
    authorise(actor, "journeys.create_actions")
    refuse_foreign(actor, {"topic": topic})
    signal = next((s for s in topic_signals(actor) if s.line.topic.pk == topic.pk), None)
    if signal is None:
        message = _("This topic neither grows nor hurts beyond chance now.")
        raise DomainError("no_signal", message, status=409)
    if signal.action is not None:
        message = _("An action against this topic is under way already.")
        raise DomainError("has_action", message, status=409)
    place = f" – {signal.touchpoint}" if signal.touchpoint else ""
    action = action_create(
        actor=actor,
        title=title or f"{topic}{place}"[:200],
        description=_why(signal),
        touchpoint=signal.touchpoint,
        importance=5 if signal.grows and signal.hurts else 4,
    )
    TopicAction(program=actor.program, topic=topic, action=action).save()
    tied = _tie(actor, topic, action)
    changes = {"action": [None, action.pk], "comments": [None, tied]}
    audit(actor=actor, action="topic.act", obj=topic, changes=changes)
    return action


def _why(signal: TopicSignal) -> str:
    line = signal.line
    words = [
        _("%(n)s comments in %(days)d days, %(negative)s of them complaints.")
        % {
            "n": plain_number(line.counts.n),
            "days": DAYS,
            "negative": plain_number(line.counts.negative),
        }
    ]
    if signal.grows:
        size = signed_number(line.change.difference or 0, 1)
        text = _("Its share of all comments changed by %(size)s percentage points.")
        words.append(text % {"size": size})
    if signal.hurts and line.effect is not None:
        size = signed_number(line.effect.difference or 0, 1)
        text = _("Answers that mention it score %(size)s on a scale of 100 beside the others.")
        words.append(text % {"size": size})
    return " ".join(words)


def _tie(actor: Actor, topic: Topic, action: Action) -> int:
    first, after = instants(actor, last_days(actor, DAYS))
    links: Any = CommentTopic.objects.for_actor(actor).filter(topic=topic)
    live = links.exclude(origin=CommentTopic.Origin.REFUSED)
    comments = comments_real(actor).filter(
        at__gte=first,
        at__lt=after,
        sentiment=Comment.Sentiment.NEGATIVE,
        pk__in=live.values("comment_id"),
    )
    ids = list(comments.order_by("-at", "-pk").values_list("pk", flat=True)[:MOST_COMMENTS])
    CommentAction.unscoped.bulk_create(  # unscoped: written for the actor's own program
        (CommentAction(program=actor.program, comment_id=pk, action=action) for pk in ids),
        ignore_conflicts=True,
        batch_size=500,
    )
    return len(ids)
