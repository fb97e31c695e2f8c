"""Strengths and weaknesses: topics by sentiment, movement, scores beside them and touchpoints."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from cxportal.core.actors import Actor
from journeys.models import Touchpoint
from surveys.calc.change import Change
from surveys.calc.themes import Sums, as_family, movement, net, score_effect
from surveys.models import Comment, CommentTopic, Topic
from surveys.queries.comments import comments_real
from surveys.queries.scores import Period
from surveys.queries.selections import instants

_LIVE = ~Q(origin=CommentTopic.Origin.REFUSED)
_QUOTE = (12, 240)  # letters of an example


@dataclass(frozen=True)
class Counts:
    """Comments by what they say."""

    n: int = 0
    positive: int = 0
    negative: int = 0

    @property
    def rest(self) -> int:
        """Neutral or undecided."""
        return self.n - self.positive - self.negative

    @property
    def net(self) -> float:
        """Praise less complaint in per cent of all."""
        return net(self.positive, self.negative, self.n)


@dataclass(frozen=True)
class TopicLine:
    """One topic over a period, beside the period before and the other comments.

    `share` is its part of all comments in per cent, `change` how that part moved, `effect` the
    difference of scores (0–100) of answers that mention it.
    """

    topic: Topic
    counts: Counts
    before: Counts
    share: float
    change: Change
    effect: Change | None
    touchpoints: Sequence[tuple[Touchpoint, int]] = ()
    praise: Comment | None = None
    blame: Comment | None = None
    hidden: bool = False

    @property
    def is_strength(self) -> bool:
        """More praise than complaint."""
        return self.counts.net > 0


@dataclass(frozen=True)
class VoiceMap:
    """Every topic that was spoken of in a period, the most frequent first."""

    period: Period
    total: Counts
    before: Counts
    lines: Sequence[TopicLine] = field(default_factory=list)
    without_topic: int = 0
    waiting: int = 0
    minimum: int = 10


def voice_map(
    actor: Actor, period: Period, *, touchpoint: int | None = None, source: str = ""
) -> VoiceMap:
    """Topics of the period's comments, of one touchpoint or source where asked; eleven queries."""
    now = _read(_comments(actor, period, touchpoint, source))
    then = _read(_comments(actor, period.before, touchpoint, source))
    total, before = _total(now), _total(then)
    by_topic, earlier = _by_topic(actor, now), _by_topic(actor, then)
    topics = Topic.objects.for_actor(actor).filter(pk__in=by_topic).select_related("program")
    effects = _effects(actor, period, touchpoint, source)
    minimum = actor.program.min_n
    lines = [
        TopicLine(
            topic=topic,
            counts=by_topic[topic.pk],
            before=earlier.get(topic.pk, Counts()),
            share=100 * by_topic[topic.pk].n / total.n,
            change=movement(
                (earlier.get(topic.pk, Counts()).n, before.n),
                (by_topic[topic.pk].n, total.n),
                min_n=minimum,
            ),
            effect=effects.get(topic.pk),
            hidden=by_topic[topic.pk].n < minimum,
        )
        for topic in topics
    ]
    lines.sort(key=lambda line: (-line.counts.n, line.topic.pk))
    changes = as_family([line.change for line in lines])
    lines = [replace(line, change=change) for line, change in zip(lines, changes, strict=True)]
    with_topic = now.filter(pk__in=_links(actor, now).values("comment_id")).count()
    return VoiceMap(
        period=period,
        total=total,
        before=before,
        lines=_told(actor, now, lines),
        without_topic=total.n - with_topic,
        waiting=_waiting(actor, period),
        minimum=minimum,
    )


def _comments(actor: Actor, period: Period, touchpoint: int | None, source: str) -> QuerySet[Any]:
    first, after = instants(actor, period)
    rows = comments_real(actor).order_by().filter(at__gte=first, at__lt=after)
    if touchpoint is not None:
        rows = rows.filter(place__touchpoint=touchpoint)
    return rows.filter(source=source) if source else rows


def _read(comments: QuerySet[Any]) -> QuerySet[Any]:
    """Without those the worker has not read yet: they have no topic to be counted by."""
    return comments.filter(analysed_at__isnull=False)


def _waiting(actor: Actor, period: Period) -> int:
    """How many of both periods' comments are still to be read; the figures leave them out."""
    both = Period(period.before.first, period.last)
    return _comments(actor, both, None, "").filter(analysed_at=None).count()


def _sentiments(prefix: str = "") -> dict[str, Count]:
    kinds = Comment.Sentiment
    return {
        "n": Count("pk"),
        "positive": Count("pk", filter=Q(**{f"{prefix}sentiment": kinds.POSITIVE})),
        "negative": Count("pk", filter=Q(**{f"{prefix}sentiment": kinds.NEGATIVE})),
    }


def _total(comments: QuerySet[Any]) -> Counts:
    return Counts(**comments.aggregate(**_sentiments()))


def _links(actor: Actor, comments: QuerySet[Any]) -> QuerySet[Any]:
    links: QuerySet[Any] = CommentTopic.objects.for_actor(actor)
    return links.filter(_LIVE, comment__in=comments).order_by()


def _by_topic(actor: Actor, comments: QuerySet[Any]) -> dict[int, Counts]:
    rows = _links(actor, comments).values("topic_id").annotate(**_sentiments("comment__"))
    return {row.pop("topic_id"): Counts(**row) for row in rows}


def _told(actor: Actor, comments: QuerySet[Any], lines: Sequence[TopicLine]) -> list[TopicLine]:
    """Lines with the touchpoints spoken of most, and an example of praise and of complaint."""
    places = _touchpoints(actor, comments)
    quotes = _quotes(actor, comments)
    return [
        replace(
            line,
            touchpoints=places.get(line.topic.pk, [])[:2],
            praise=quotes.get((line.topic.pk, Comment.Sentiment.POSITIVE)),
            blame=quotes.get((line.topic.pk, Comment.Sentiment.NEGATIVE)),
        )
        for line in lines
    ]


def _touchpoints(
    actor: Actor, comments: QuerySet[Any]
) -> Mapping[int, list[tuple[Touchpoint, int]]]:
    rows = (
        _links(actor, comments)
        .exclude(comment__place__touchpoint=None)
        .values_list("topic_id", "comment__place__touchpoint")
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    found = list(rows)
    named = Touchpoint.objects.for_actor(actor).select_related("program")
    known = {t.pk: t for t in named.filter(pk__in={pk for _topic, pk, _n in found})}
    places: dict[int, list[tuple[Touchpoint, int]]] = defaultdict(list)
    for topic, touchpoint, n in found:
        places[topic].append((known[touchpoint], n))
    return places


def _quotes(actor: Actor, comments: QuerySet[Any]) -> dict[tuple[int, str], Comment]:
    """The clearest comment per topic and sentiment, in the reader's language where there is one.

    Those of anonymous surveys are never quoted.
    """
    told = comments.exclude(survey__anonymous=True).extra(
        where=["length(surveys_comment.text) BETWEEN %s AND %s"], params=_QUOTE
    )
    links = (
        _links(actor, told)
        .filter(comment__sentiment__in=["positive", "negative"])
        .annotate(mine=Q(comment__language=actor.language))
        .order_by("topic_id", "comment__sentiment", "-mine", "-comment__confidence", "-comment_id")
        .distinct("topic_id", "comment__sentiment")
        .select_related("comment")
    )
    return {(link.topic_id, link.comment.sentiment): link.comment for link in links}


# Each answer's mean score on 0–100 (100 is good), for answers that say something in the period.
_SCORED = """
WITH said AS (
  SELECT c.id, c.response_id FROM surveys_comment c
  LEFT JOIN journeys_commentplace p ON p.comment_id = c.id
  WHERE c.program_id = %(program)s AND NOT c.is_test AND c.response_id IS NOT NULL
    AND c.analysed_at IS NOT NULL
    AND c.at >= %(first)s AND c.at < %(after)s
    AND (%(touchpoint)s::bigint IS NULL OR p.touchpoint_id = %(touchpoint)s::bigint)
    AND (%(source)s = '' OR c.source = %(source)s)
), scored AS (
  SELECT s.response_id, avg(CASE WHEN m.high_is_good THEN s.value - m.minimum
      ELSE m.maximum - s.value END * 100.0 / (m.maximum - m.minimum))::float AS value
  FROM surveys_score s JOIN surveys_metric m ON m.id = s.metric_id AND m.maximum > m.minimum
  WHERE s.response_id IN (SELECT response_id FROM said) GROUP BY s.response_id
), mentioned AS (
  SELECT DISTINCT said.response_id, t.topic_id FROM said
  JOIN surveys_commenttopic t ON t.comment_id = said.id AND t.origin <> 'refused'
)
SELECT NULL, count(*), sum(value), sum(value * value) FROM scored
UNION ALL
SELECT m.topic_id, count(*), sum(s.value), sum(s.value * s.value)
FROM mentioned m JOIN scored s ON s.response_id = m.response_id GROUP BY m.topic_id
"""


def _effects(
    actor: Actor, period: Period, touchpoint: int | None, source: str
) -> dict[int, Change]:
    first, after = instants(actor, period)
    params: dict[str, Any] = {"program": actor.program_id, "first": first, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(_SCORED, params | {"touchpoint": touchpoint, "source": source})
        sums = {topic: Sums(n, total or 0.0, sq or 0.0) for topic, n, total, sq in cursor}
    everyone = sums.pop(None)
    found = {topic: score_effect(part, everyone) for topic, part in sums.items()}
    return {topic: change for topic, change in found.items() if change is not None}


def touchpoint_voice(
    actor: Actor, period: Period, touchpoints: Sequence[int], limit: int = 4
) -> tuple[Counts, list[TopicLine], list[TopicLine]]:
    """What is praised and what is complained of at touchpoints: counts, topics of each; seven
    queries. A topic is among the praises when it has more praise than complaint."""
    first, after = instants(actor, period)
    rows = comments_real(actor).order_by().filter(at__gte=first, at__lt=after)
    rows = rows.filter(place__touchpoint__in=touchpoints)
    total = _total(rows)
    by_topic = _by_topic(actor, rows)
    topics = Topic.objects.for_actor(actor).filter(pk__in=by_topic).select_related("program")
    nothing = Change(0, 0, 0, movement((0, 0), (0, 0), min_n=0).verdict)
    lines = [
        TopicLine(t, by_topic[t.pk], Counts(), 100 * by_topic[t.pk].n / total.n, nothing, None)
        for t in topics
    ]
    told = _told(actor, rows, lines)
    praised = sorted((x for x in told if x.counts.net > 0), key=lambda x: -x.counts.positive)
    blamed = sorted((x for x in told if x.counts.net < 0), key=lambda x: -x.counts.negative)
    return total, praised[:limit], blamed[:limit]
