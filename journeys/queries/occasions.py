"""Occasions: what happened, whom it concerns, and the facts a condition may look at.

The same readers serve the worker (named rows) and the dry run (rows of the last 90 days), so that
a dry run shows what would have been done.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, CustomerEvent, SegmentMember
from cxportal.core.registry import customer_patterns
from journeys.models import Automation, CommentPlace, Trigger
from surveys.calc.change import Verdict
from surveys.calc.logic import Facts
from surveys.models import Comment, Metric, Response, Score
from surveys.queries.scores import MetricReview, last_days, metric_reviews

#: What a condition may look at beside the words of survey logic.
SOURCES = ("event", "comment", "metric", "pattern", "change")
#: Under which name events of the portal's own automations carry those that led to them.
CHAIN = "_automations"
_FIELDS = ("kind", "language", "value_segment", "lifetime_value", "external_id")
_SCORE_DAYS = 30


@dataclass(frozen=True)
class Occasion:
    """One thing that happened. `key` is the same however often it is seen."""

    key: str
    at: datetime
    facts: Facts
    customer: Customer | None = None
    response: Response | None = None
    comment: Comment | None = None
    event: CustomerEvent | None = None
    metric: Metric | None = None
    touchpoint_id: int | None = None
    chain: tuple[int, ...] = ()
    words: dict[str, Any] = field(default_factory=dict)


def answers_occasions(actor: Actor, responses: QuerySet[Any]) -> list[Occasion]:
    """One for each complete answer; a constant few queries."""
    rows = list(responses.select_related("customer__account_manager__user").order_by("pk"))
    scores = _scores(actor, rows)
    segments = _segments(actor, (r.customer_id for r in rows))
    comments = _first_comments(actor, rows)
    return [
        Occasion(
            key=f"response:{row.pk}",
            at=row.completed_at or row.started_at,
            facts=Facts(
                answers=row.answers,
                customer=_customer_facts(row.customer),
                segments=segments.get(row.customer_id, frozenset()),
                language=row.language,
                channel=row.channel,
                more={f"metric.{code}": value for code, value in scores[row.pk].items()},
            ),
            customer=row.customer,
            response=row,
            comment=comments.get(row.pk),
            words={"scores": scores[row.pk]},
        )
        for row in rows
    ]


def _scores(actor: Actor, rows: Sequence[Response]) -> dict[int, dict[str, int]]:
    found: QuerySet[Any] = Score.objects.for_actor(actor)
    by_response: dict[int, dict[str, int]] = defaultdict(dict)
    values = found.filter(response__in=[r.pk for r in rows]).values_list(
        "response_id", "metric__code", "value"
    )
    for response, code, value in values:
        by_response[response][code] = value
    return by_response


def _first_comments(actor: Actor, rows: Sequence[Response]) -> dict[int, Comment]:
    comments: QuerySet[Any] = Comment.objects.for_actor(actor)
    found = comments.filter(response__in=[r.pk for r in rows]).order_by("-pk")
    return {comment.response_id: comment for comment in found}


def _segments(actor: Actor, ids: Iterable[int | None]) -> dict[int, frozenset[str]]:
    members: QuerySet[Any] = SegmentMember.objects.for_actor(actor)
    found: dict[int, set[str]] = defaultdict(set)
    wanted = {pk for pk in ids if pk}
    for customer, code in members.filter(customer__in=wanted).values_list(
        "customer_id", "segment__code"
    ):
        found[customer].add(code)
    return {pk: frozenset(codes) for pk, codes in found.items()}


def _customer_facts(customer: Customer | None) -> dict[str, Any]:
    if customer is None:
        return {}
    facts: dict[str, Any] = {name: getattr(customer, name) for name in _FIELDS}
    facts["lifetime_value"] = float(customer.lifetime_value or 0)
    return {**customer.attributes, **facts}


def events_occasions(actor: Actor, events: Iterable[CustomerEvent]) -> list[Occasion]:
    """One for each customer event, whose customer is at hand."""
    rows = list(events)
    segments = _segments(actor, (e.customer_id for e in rows))
    return [_of_event(row, segments.get(row.customer_id, frozenset())) for row in rows]


def _of_event(event: CustomerEvent, segments: frozenset[str]) -> Occasion:
    data = {name: value for name, value in event.data.items() if name != CHAIN}
    more = {f"event.{name}": value for name, value in data.items()}
    more |= {"event.kind": event.kind, "event.place": event.place}
    chain = event.data.get(CHAIN, [])
    return Occasion(
        key=f"event:{event.pk}",
        at=event.occurred_at,
        facts=Facts(
            customer=_customer_facts(event.customer),
            segments=segments,
            language=event.customer.language,
            more=more,
        ),
        customer=event.customer,
        event=event,
        chain=tuple(pk for pk in chain if isinstance(pk, int)) if isinstance(chain, list) else (),
        words={"kind": event.kind},
    )


def comments_occasions(actor: Actor, comments: QuerySet[Any]) -> list[Occasion]:
    """One for each comment the worker has read: its topics, sentiment and kind."""
    rows = list(
        comments.select_related("customer__account_manager__user", "response")
        .prefetch_related("topics")
        .order_by("pk")
    )
    segments = _segments(actor, (c.customer_id for c in rows))
    places: QuerySet[Any] = CommentPlace.objects.for_actor(actor)
    at = dict(
        places.filter(comment__in=[c.pk for c in rows]).values_list("comment_id", "touchpoint_id")
    )
    return [
        Occasion(
            key=f"comment:{row.pk}",
            at=row.at,
            facts=Facts(
                customer=_customer_facts(row.customer),
                segments=segments.get(row.customer_id, frozenset()),
                language=row.language,
                more={
                    "comment.topic": [topic.code for topic in row.topics.all()],
                    "comment.sentiment": row.sentiment,
                    "comment.kind": row.kind,
                    "comment.source": row.source,
                    "comment.text": row.text,
                },
            ),
            customer=row.customer,
            response=row.response,
            comment=row,
            touchpoint_id=at.get(row.pk),
            words={"topics": [str(topic) for topic in row.topics.all()]},
        )
        for row in rows
    ]


def daily_occasions(
    actor: Actor, automation: Automation, since: date, until: date
) -> list[Occasion]:
    """Patterns, dates and score changes of these days (both included)."""
    readers = {
        Trigger.PATTERN: _patterns,
        Trigger.DATE: _dates,
        Trigger.SCORE: _score_changes,
    }
    reader = readers.get(Trigger(automation.trigger))
    return reader(actor, automation.settings, since, until) if reader else []


def _patterns(actor: Actor, settings: dict[str, Any], since: date, until: date) -> list[Occasion]:
    pattern = customer_patterns.get(str(settings.get("pattern", "")))
    if pattern is None:
        return []
    hits = list(pattern.find(actor, settings.get("value"), since, until))
    people = _people(actor, {hit.customer_id for hit in hits})
    segments = _segments(actor, people)
    return [
        Occasion(
            key=f"pattern:{settings['pattern']}:{hit.key}"[:160],
            at=hit.at,
            facts=Facts(
                customer=_customer_facts(people[hit.customer_id]),
                segments=segments.get(hit.customer_id, frozenset()),
                language=people[hit.customer_id].language,
                more={f"pattern.{name}": value for name, value in hit.facts.items()},
            ),
            customer=people[hit.customer_id],
            words={**hit.facts, "pattern": str(pattern.label)},
        )
        for hit in hits
        if hit.customer_id in people
    ]


def _people(actor: Actor, ids: Iterable[int]) -> dict[int, Customer]:
    rows = Customer.objects.for_actor(actor).filter(pk__in=set(ids), erased_at=None, is_test=False)
    return {customer.pk: customer for customer in rows.select_related("account_manager__user")}


def _dates(actor: Actor, settings: dict[str, Any], since: date, until: date) -> list[Occasion]:
    """Customers whose date in an attribute lies `days` after one of the days (before: negative)."""
    attribute, ahead = str(settings.get("attribute", "")), int(settings.get("days") or 0)
    if not attribute:
        return []
    days = [
        (since + timedelta(days=n + ahead)).isoformat() for n in range((until - since).days + 1)
    ]
    rows = Customer.objects.for_actor(actor).filter(
        erased_at=None, is_test=False, **{f"attributes__{attribute}__in": days}
    )
    people = {c.pk: c for c in rows.select_related("account_manager__user")}
    segments = _segments(actor, people)
    return [
        Occasion(
            key=f"date:{attribute}:{customer.pk}:{customer.attributes[attribute]}"[:160],
            at=_noon(actor, date.fromisoformat(customer.attributes[attribute]), -ahead),
            facts=Facts(
                customer=_customer_facts(customer),
                segments=segments.get(pk, frozenset()),
                language=customer.language,
            ),
            customer=customer,
            words={"date": customer.attributes[attribute]},
        )
        for pk, customer in people.items()
    ]


def _noon(actor: Actor, day: date, shift: int) -> datetime:
    moved = day + timedelta(days=shift)
    return datetime(moved.year, moved.month, moved.day, 12, tzinfo=actor.program.zone)


def _score_changes(
    actor: Actor, settings: dict[str, Any], since: date, until: date
) -> list[Occasion]:
    """Metrics whose last 30 days really differ from the 30 before; once a month and metric."""
    today = timezone.now().astimezone(actor.program.zone).date()
    if until < today:
        return []  # only the present is compared: the past is in the trend
    metrics: QuerySet[Any] = Metric.objects.for_actor(actor).select_related("program")
    wanted = metrics.filter(pk=settings["metric"]) if settings.get("metric") else metrics
    reviews = metric_reviews(
        actor=actor, metrics=list(wanted), period=last_days(actor, _SCORE_DAYS)
    )
    return [found for review in reviews if (found := _changed(review, today)) is not None]


def _changed(review: MetricReview, today: date) -> Occasion | None:
    change = review.change
    if change.verdict is not Verdict.REAL or change.difference is None:
        return None
    direction, size = "better" if change.good else "worse", abs(change.difference)
    return Occasion(
        key=f"score:{review.metric.pk}:{today:%Y-%m}:{direction}",
        at=timezone.now(),
        facts=Facts(
            more={
                "change.direction": direction,
                "change.size": size,
                "change.metric": review.metric.code,
            }
        ),
        metric=review.metric,
        words={"metric": str(review.metric), "size": round(size, 1)},
    )


def fits(automation: Automation, occasion: Occasion) -> bool:
    """Whether an occasion is one the trigger waits for, by its settings alone."""
    settings = automation.settings
    if automation.trigger == Trigger.EVENT:
        return occasion.words.get("kind") in settings.get("kinds", [])
    if automation.trigger == Trigger.ANSWER and settings.get("survey"):
        return occasion.response is not None and (
            occasion.response.survey_id == int(settings["survey"])
        )
    if automation.trigger == Trigger.SCORE and settings.get("direction"):
        return bool(occasion.facts.more.get("change.direction") == settings["direction"])
    return True
