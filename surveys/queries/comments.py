"""Comments found: by words in both languages, and who may be told about anonymous ones."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from cxportal.core.actors import Actor
from surveys.calc.search import bigrams, normalised
from surveys.models import Comment, CommentTopic, Topic

MOST_WORDS = 8


def comments_holding(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Comments that hold every word of the text, whatever stands around it (배송 in 배송이)."""
    words = normalised(text.replace("\x00", "")).split()[:MOST_WORDS]
    if not words:
        return queryset
    pairs = bigrams(" ".join(words))
    if pairs:
        queryset = queryset.filter(bigrams__contains=pairs)
    for word in words:
        queryset = queryset.filter(text__icontains=word)
    return queryset


def of_topic(actor: Actor, topic: Topic | int) -> Exists:
    """Comments that are of the topic, by the reader or a person."""
    links = CommentTopic.objects.for_actor(actor).filter(comment=OuterRef("pk"), topic=topic)
    return Exists(links.exclude(origin=CommentTopic.Origin.REFUSED))


def without_few_anonymous(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Leave anonymous surveys' comments out while fewer than the program's threshold are there.

    Nobody is singled out by narrowing the period, the group or the score.
    """
    threshold = actor.program.anonymity_n
    some = queryset.order_by().filter(survey__anonymous=True).values_list("pk", flat=True)
    if len(some[:threshold]) < threshold:
        return queryset.exclude(survey__anonymous=True)
    return queryset


def comments_real(actor: Actor) -> QuerySet[Any]:
    """The program's comments without tests."""
    rows: QuerySet[Any] = Comment.objects.for_actor(actor)
    return rows.filter(is_test=False)
