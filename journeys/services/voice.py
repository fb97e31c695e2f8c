"""Comments on the journey: placed at a touchpoint, sorted together, turned into actions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from cxportal.core.policies import authorise
from journeys.models import (
    Action,
    Case,
    CommentAction,
    CommentPlace,
    TopicPlace,
    Touchpoint,
    TouchpointMetric,
)
from journeys.services.actions import action_create
from journeys.services.cases import case_open
from surveys.calc.answers import TEXT_LENGTHS
from surveys.models import Comment, CommentTopic, MetricSource, Topic
from surveys.rendering import compiled_version
from surveys.services.comments import comment_update

#: At most so many comments are changed together.
MANY = 1000
_TITLE = 80


@transaction.atomic
def comment_place(*, actor: Actor, comment: Comment, touchpoint: Touchpoint | None) -> CommentPlace:
    """Say which touchpoint a comment is about (None = none); the portal never overrules it."""
    authorise(actor, "surveys.change_comments", comment)
    _refuse_foreign(actor, touchpoint)
    place = CommentPlace.objects.for_actor(actor).filter(comment=comment).first()
    before = place.touchpoint_id if place else None
    wanted = touchpoint.pk if touchpoint else None
    if place is None:
        place = CommentPlace(program=actor.program, comment=comment)
    if place.pk is None or not place.by_person or before != wanted:
        place.touchpoint, place.by_person = touchpoint, True
        place.save()
        changes = {"touchpoint": [before, wanted]}
        audit(actor=actor, action="comment.place", obj=comment, changes=changes)
    return place


@transaction.atomic
def comment_sort(
    *, actor: Actor, comment: Comment, touchpoint: Touchpoint | None, **values: Any
) -> Comment:
    """Sort a comment and place it in one step; `values` as `comment_update` takes them."""
    sentiment, kind = values.get("sentiment"), values.get("kind")
    # What the form merely repeats is no correction.
    if sentiment == comment.sentiment:
        values.pop("sentiment", None)
    if kind == comment.kind:
        values.pop("kind", None)
    changed = comment_update(actor=actor, comment=comment, **values)
    place = CommentPlace.objects.for_actor(actor).filter(comment=comment).first()
    if (place.touchpoint_id if place else None) != (touchpoint.pk if touchpoint else None):
        comment_place(actor=actor, comment=comment, touchpoint=touchpoint)
    return changed


@transaction.atomic
def comments_change(
    *, actor: Actor, comments: Sequence[Comment], topic: Topic | None = None, **values: Any
) -> int:
    """Sort several comments at once; returns how many.

    `values`: status, assignee, sentiment, kind, touchpoint; `topic` is added to each one's topics.
    Raises DomainError "invalid" and "too_many" (more than MANY).
    """
    authorise(actor, "surveys.change_comments")
    if len(comments) > MANY:
        sentence = _("Change at most 1,000 comments at once.")
        raise DomainError("too_many", sentence, status=413)
    places = "touchpoint" in values
    touchpoint = values.pop("touchpoint", None)
    for comment in sorted(comments, key=lambda c: c.pk):
        topics = None if topic is None else [*_topics_of(actor, comment), topic]
        if values or topics is not None:
            comment_update(actor=actor, comment=comment, topics=topics, **values)
        if places:
            comment_place(actor=actor, comment=comment, touchpoint=touchpoint)
    return len(comments)


def _topics_of(actor: Actor, comment: Comment) -> list[Topic]:
    links = CommentTopic.objects.for_actor(actor).filter(comment=comment)
    kept = links.exclude(origin=CommentTopic.Origin.REFUSED).select_related("topic")
    return [link.topic for link in kept]


@transaction.atomic
def comment_to_action(*, actor: Actor, comment: Comment, title: str = "", **values: Any) -> Action:
    """Log an improvement action from a comment, at its touchpoint and with its answer.

    The words themselves stay with the comment, where erasing a person finds them.
    """
    authorise(actor, "journeys.create_actions")
    authorise(actor, "surveys.change_comments", comment)
    touchpoint = values.pop("touchpoint", None) or _touchpoint_of(actor, comment)
    action = action_create(
        actor=actor,
        title=title or title_for(actor, comment, touchpoint),
        touchpoint=touchpoint,
        response=comment.response,
        **values,
    )
    CommentAction.unscoped.create(  # unscoped: the actor's own program
        program=actor.program, comment=comment, action=action
    )
    _take_on(actor, comment)
    audit(actor=actor, action="comment.act", obj=comment, changes={"action": action.pk})
    return action


@transaction.atomic
def comment_to_case(*, actor: Actor, comment: Comment, title: str = "", **values: Any) -> Case:
    """Open a case from a comment for whoever follows up its customer; once per comment."""
    authorise(actor, "journeys.create_cases")
    authorise(actor, "surveys.change_comments", comment)
    touchpoint = values.pop("touchpoint", None) or _touchpoint_of(actor, comment)
    case = case_open(
        actor=actor,
        title=title or title_for(actor, comment, touchpoint),
        customer=comment.customer,
        response=comment.response,
        comment=comment,
        touchpoint=touchpoint,
        once_key=f"comment-{comment.pk}",
        **{"reason": Case.Reason.COMPLAINT, **values},
    )
    _take_on(actor, comment)
    audit(actor=actor, action="comment.case", obj=comment, changes={"case": case.pk})
    return case


def _touchpoint_of(actor: Actor, comment: Comment) -> Touchpoint | None:
    place = CommentPlace.objects.for_actor(actor).filter(comment=comment).first()
    return place.touchpoint if place else None


def _take_on(actor: Actor, comment: Comment) -> None:
    if comment.status == Comment.Status.NEW:
        comment_update(actor=actor, comment=comment, status=Comment.Status.OPEN)


def title_for(actor: Actor, comment: Comment, touchpoint: Touchpoint | None) -> str:
    """What it is about, in words of ours: its topics, else its touchpoint, else its number."""
    topics = ", ".join(str(topic) for topic in _topics_of(actor, comment))
    about = topics or (str(touchpoint) if touchpoint else str(comment))
    return f"{comment.get_kind_display()}: {about}"[:_TITLE]


@transaction.atomic
def topic_place(*, actor: Actor, topic: Topic, touchpoint: Touchpoint | None) -> None:
    """Say that a topic's comments are about a touchpoint, or no longer."""
    authorise(actor, "surveys.change_topics", topic)
    _refuse_foreign(actor, touchpoint)
    rows = TopicPlace.objects.for_actor(actor).filter(topic=topic)
    before = rows.values_list("touchpoint", flat=True).first()
    wanted = touchpoint.pk if touchpoint else None
    if before == wanted:
        return
    if touchpoint is None:
        rows.delete()
    else:
        TopicPlace.unscoped.update_or_create(  # unscoped: the actor's own program
            program=actor.program, topic=topic, defaults={"touchpoint": touchpoint}
        )
    audit(actor=actor, action="topic.place", obj=topic, changes={"touchpoint": [before, wanted]})
    with_topic = CommentTopic.objects.for_actor(actor).filter(topic=topic)
    comments_place_auto(actor.program_id, list(with_topic.values_list("comment_id", flat=True)))


def _refuse_foreign(actor: Actor, touchpoint: Touchpoint | None) -> None:
    if touchpoint is not None and touchpoint.program_id != actor.program_id:
        raise DomainError("not_found", _("This touchpoint does not exist."), status=404)


def place_read_comments(*, program_id: int, comment_ids: Sequence[int], **_signal: Any) -> None:
    """Receiver of `comments_read`."""
    comments_place_auto(program_id, comment_ids)


@transaction.atomic
def comments_place_auto(program_id: int, comment_ids: Sequence[int]) -> int:
    """Find the touchpoint of comments nobody placed: by topic, else by the question before it.

    Returns how many have one now.
    """
    actor = Actor.system(Program.objects.get(pk=program_id))
    placed = CommentPlace.objects.for_actor(actor).filter(comment__in=comment_ids)
    by_person = set(placed.filter(by_person=True).values_list("comment_id", flat=True))
    rows = Comment.objects.for_actor(actor).filter(pk__in=comment_ids)
    comments = [c for c in rows.select_related("response") if c.pk not in by_person]
    by_topic = _places_by_topic(actor, [c.pk for c in comments])
    by_question = _QuestionPlaces(actor)
    found = {c.pk: by_topic.get(c.pk) or by_question.of(c) for c in comments}
    placed.filter(by_person=False).delete()
    made = [
        CommentPlace(program_id=program_id, comment_id=pk, touchpoint_id=touchpoint)
        for pk, touchpoint in found.items()
        if touchpoint
    ]
    CommentPlace.unscoped.bulk_create(made, batch_size=2000)  # unscoped: of those comments
    return len(made)


def _places_by_topic(actor: Actor, comment_ids: Iterable[int]) -> dict[int, int]:
    """{comment: touchpoint} where exactly one touchpoint follows from the topics."""
    places = dict(TopicPlace.objects.for_actor(actor).values_list("topic_id", "touchpoint_id"))
    if not places:
        return {}
    links = CommentTopic.objects.for_actor(actor).filter(
        comment__in=list(comment_ids), topic__in=places
    )
    found: dict[int, set[int]] = {}
    kept = links.exclude(origin=CommentTopic.Origin.REFUSED)
    for comment, topic in kept.values_list("comment_id", "topic_id"):
        found.setdefault(comment, set()).add(places[topic])
    return {comment: next(iter(these)) for comment, these in found.items() if len(these) == 1}


class _QuestionPlaces:
    """The touchpoint measured by the last score question before an open one."""

    def __init__(self, actor: Actor) -> None:
        self._by_question = self._measured(actor)
        self._known: dict[tuple[int, str], int | None] = {}

    @staticmethod
    def _measured(actor: Actor) -> Mapping[tuple[int, str], int]:
        links = TouchpointMetric.objects.for_actor(actor).order_by("-pk")
        touchpoints = dict(links.values_list("metric_id", "touchpoint_id"))
        sources = MetricSource.objects.for_actor(actor).filter(metric__in=touchpoints)
        return {
            (survey, code): touchpoints[metric]
            for survey, code, metric in sources.values_list(
                "survey_id", "question_code", "metric_id"
            )
        }

    def of(self, comment: Comment) -> int | None:
        """The touchpoint's key; None where no measured question stands before it."""
        response = comment.response
        if response is None:
            return None
        key = response.version_id, comment.question_code
        if key not in self._known:
            self._known[key] = self._before(response.survey_id, *key)
        return self._known[key]

    def _before(self, survey_id: int, version_id: int, asked: str) -> int | None:
        found = None
        for code, question in compiled_version(version_id).questions.items():
            if code == asked:
                break
            if question["kind"] not in TEXT_LENGTHS:
                found = self._by_question.get((survey_id, code), found)
        return found
