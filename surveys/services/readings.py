"""The worker reads waiting comments: sentiment, topics, keywords. Rows are the queue.

A comment whose `analysed_at` is empty waits. A pass locks the newest waiting ones of a program,
reads them, and tells upper floors; a pass that dies leaves them waiting.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from cxportal.core.models import Program
from cxportal.core.signals import comments_read
from surveys.calc.search import normalised
from surveys.models import Comment, CommentTopic, Topic
from surveys.services.comments import read_by_rules

BATCH = 500
_READ = (
    "language",
    "sentiment",
    "confidence",
    "read_by",
    "kind",
    "keywords",
    "text_key",
    "bigrams",
    "analysed_at",
    "updated_at",
)
#: A tick works so long, then makes room for other tasks.
SECONDS = 10.0


def comments_read_due(*, seconds: float = SECONDS) -> bool:
    """Read waiting comments of all programs for some seconds; True when some are left."""
    until = time.monotonic() + seconds
    waiting = Comment.unscoped.filter(analysed_at=None)  # unscoped: works for all programs
    for program_id in list(waiting.order_by().values_list("program_id", flat=True).distinct()):
        while comments_read_batch(program_id=program_id):
            if time.monotonic() > until:
                return True
    return False


@transaction.atomic
def comments_read_batch(*, program_id: int, size: int = BATCH) -> int:
    """Read the newest waiting comments of a program; returns how many were read."""
    comments = list(
        Comment.unscoped.select_for_update(skip_locked=True)  # unscoped: the worker's program
        .filter(program_id=program_id, analysed_at=None)
        .order_by("-at", "-id")[:size]
    )
    if not comments:
        return 0
    _sort_into_topics(program_id, comments)
    now = timezone.now()
    for comment in comments:
        if comment.text_key is None:  # stored before there were keys
            read_by_rules(comment)
        comment.analysed_at = comment.updated_at = now
    Comment.unscoped.bulk_update(  # unscoped: the rows locked above
        comments, [*_READ], batch_size=BATCH
    )
    ids = [comment.pk for comment in comments]
    comments_read.send(sender=Comment, program_id=program_id, comment_ids=ids)
    return len(comments)


def _sort_into_topics(program_id: int, comments: Sequence[Comment]) -> None:
    program = Program.objects.get(pk=program_id)
    topics = list(
        Topic.unscoped.filter(program=program, is_active=True)  # unscoped: the worker's program
    )
    found = {comment.pk: topics_in(comment.text, topics) for comment in comments}
    links = CommentTopic.unscoped.filter(comment__in=found)  # unscoped: the rows locked above
    decided: dict[int, set[int]] = defaultdict(set)
    for comment_id, topic_id, origin in links.values_list("comment_id", "topic_id", "origin"):
        if origin != CommentTopic.Origin.AUTO:
            decided[comment_id].add(topic_id)
    links.filter(origin=CommentTopic.Origin.AUTO).delete()
    CommentTopic.unscoped.bulk_create(  # unscoped: the rows locked above
        (
            CommentTopic(program=program, comment_id=pk, topic=topic)
            for pk, mine in found.items()
            for topic in mine
            if topic.pk not in decided[pk]
        ),
        batch_size=2000,
    )


def topics_in(text: str, topics: Iterable[Topic]) -> list[Topic]:
    """Topics one of whose seed phrases stands in the text."""
    shown = normalised(text)
    return [t for t in topics if any(normalised(seed) in shown for seed in t.seeds if seed)]
