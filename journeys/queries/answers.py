"""The answers behind a score: responses of a period that feed given metrics."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from cxportal.core.actors import Actor
from surveys.models import Comment, Response, Score
from surveys.queries.guards import guards
from surveys.queries.scores import EVERYONE, Period


@dataclass(frozen=True)
class Answer:
    """A response with its values for the metrics asked for, and its comments."""

    response: Response
    scores: Sequence[Score]
    comments: Sequence[Comment]


def _facts(actor: Actor, metrics: Collection[int], period: Period, dimension: int) -> Any:
    facts: Any = Score.objects.for_actor(actor)
    facts = facts.filter(metric__in=metrics, day__gte=period.first, day__lte=period.last)
    return facts if dimension == EVERYONE else facts.filter(dimensions__contains=[dimension])


def responses_behind(
    actor: Actor, metrics: Collection[int], period: Period, dimension: int = EVERYONE
) -> QuerySet[Any]:
    """Responses with a value of any of the metrics on a day of the period.

    Those of anonymous surveys come by whole blocks of months, as their scores do, and for
    everybody only: moving the period or choosing a group singles nobody out.
    """
    facts = _facts(actor, metrics, period, dimension)
    rows: QuerySet[Any] = Response.objects.for_actor(actor)
    shown = Q(Exists(facts.filter(response=OuterRef("pk")))) & Q(survey__anonymous=False)
    blocks = _blocks(actor, metrics, period) if dimension == EVERYONE else Q()
    if blocks:
        inside: Any = Score.objects.for_actor(actor).filter(blocks, response=OuterRef("pk"))
        shown |= Q(Exists(inside)) & Q(survey__anonymous=True)
    return rows.filter(shown)


def _blocks(actor: Actor, metrics: Collection[int], period: Period) -> Q:
    """The days on which guarded metrics count in the period; empty without any."""
    found = Q()
    for metric, guard in guards(actor, metrics).items():
        for span in guard.within(period.first, period.last):
            found |= Q(metric=metric, day__range=span)
    return found


def with_comments_only(actor: Actor, responses: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the responses that say something in words."""
    said: Any = Comment.objects.for_actor(actor)
    return responses.filter(Exists(said.filter(response=OuterRef("pk"), is_test=False)))


def answers_shown(
    actor: Actor, responses: Sequence[Response], metrics: Collection[int]
) -> list[Answer]:
    """Values and comments of the responses of one page; three queries."""
    from django.db.models import prefetch_related_objects

    values: Any = Score.objects.for_actor(actor)
    values = values.filter(metric__in=metrics).select_related("metric__program").order_by("metric")
    said: Any = Comment.objects.for_actor(actor)
    prefetch_related_objects(
        list(responses),
        "survey",
        Prefetch("scores", values, to_attr="shown_scores"),
        Prefetch("comments", said.order_by("pk"), to_attr="shown_comments"),
    )
    rows: Any = responses
    return [Answer(row, row.shown_scores, row.shown_comments) for row in rows]
