"""The answers behind a score: responses of a period that feed given metrics."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from cxportal.core.actors import Actor
from surveys.models import Comment, Response, Score
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

    Those of anonymous surveys are left out while fewer than the program's threshold are there,
    so that nobody is singled out by narrowing the period or the group.
    """
    facts = _facts(actor, metrics, period, dimension)
    rows: QuerySet[Any] = Response.objects.for_actor(actor)
    rows = rows.filter(Exists(facts.filter(response=OuterRef("pk"))))
    hidden = rows.filter(survey__anonymous=True)[: actor.program.anonymity_n]
    if len(hidden.values_list("pk", flat=True)) < actor.program.anonymity_n:
        rows = rows.filter(survey__anonymous=False)
    return rows


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
