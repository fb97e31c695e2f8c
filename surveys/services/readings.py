"""The worker reads waiting comments: language, sentiment, topics, keywords. Rows are the queue.

A comment whose `analysed_at` is empty waits. A pass takes the newest waiting ones of a program,
computes vectors of texts it has not met before (each distinct text once), then locks the rows,
writes the readings and tells upper floors. A pass that dies leaves them waiting. Without an
encoder the word rules' reading stands and the rest is done all the same.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from cxportal.core.services.turns import Turn, turn_of
from cxportal.core.signals import comments_read
from surveys.models import Comment, TextVector
from surveys.services.comments import kind_of, read_by_rules
from surveys.services.topic_sorting import sort_into_topics
from surveys.text.encoder import Encoder, encoder
from surveys.text.head import Head
from surveys.text.keywords import keywords
from surveys.text.language import language_of
from surveys.text.schooling import Lesson, head_taught_on

BATCH = 500
#: Texts encoded before a pass writes what it has: about two seconds' work.
ENCODED = 48
#: A tick works so long, then makes room for other tasks.
SECONDS = 10.0
#: At most so many corrections teach a head, the newest.
LESSONS = 2000
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
Vectors = Mapping[UUID, NDArray[np.float32]]


def comments_read_due(*, seconds: float = SECONDS) -> bool:
    """Read waiting comments of all programs for some seconds; True when some are left.

    One worker at a time: the others keep their hands free for sending and scores.
    """
    with turn_of(Turn.READING) as free:
        return free and _read_until(time.monotonic() + seconds)


def _read_until(until: float) -> bool:
    waiting = Comment.unscoped.filter(analysed_at=None)  # unscoped: works for all programs
    for program_id in list(waiting.order_by().values_list("program_id", flat=True).distinct()):
        while comments_read_batch(program_id=program_id):
            if time.monotonic() > until:
                return True
    return False


def comments_read_batch(*, program_id: int, size: int = BATCH) -> int:
    """Read the newest waiting comments of a program; returns how many were read."""
    waiting = Comment.unscoped.filter(  # unscoped: the worker's program
        program_id=program_id, analysed_at=None
    )
    newest = list(waiting.order_by("-at", "-id")[:size])
    for comment in newest:
        if comment.text_key is None:  # stored before there were keys
            read_by_rules(comment)
    vectors = vectors_ensure(program_id, {c.text_key: c.text for c in newest if c.text_key})
    ready = {c.pk: c.text_key for c in newest if vectors is None or c.text_key in vectors}
    return _written(program_id, ready, vectors) if ready else 0


def vectors_ensure(program_id: int, texts: Mapping[UUID, str]) -> Vectors | None:
    """Vectors of those texts, at most ENCODED of them new; None where no encoder is installed."""
    coder = encoder()
    if coder is None:
        return None
    known = vectors_known(program_id, texts)
    new = [key for key in texts if key not in known][:ENCODED]
    made = _encoded(coder, [texts[key] for key in new])
    TextVector.unscoped.bulk_create(  # unscoped: the worker's program
        [
            TextVector(program_id=program_id, key=key, vector=vector.astype(np.float16).tobytes())
            for key, vector in zip(new, made, strict=True)
        ],
        ignore_conflicts=True,
    )
    return {**known, **dict(zip(new, made, strict=True))}


def _encoded(coder: Encoder, texts: list[str]) -> NDArray[np.float32]:
    return coder.encode(texts) if texts else np.empty((0, coder.size), np.float32)


def vectors_known(program_id: int, keys: Iterable[UUID]) -> dict[UUID, NDArray[np.float32]]:
    """Vectors computed before."""
    rows = TextVector.unscoped.filter(  # unscoped: the worker's program
        program_id=program_id, key__in=list(keys)
    )
    return {
        key: np.frombuffer(bytes(vector), np.float16).astype(np.float32)
        for key, vector in rows.values_list("key", "vector")
    }


@transaction.atomic
def _written(program_id: int, ready: Mapping[int, UUID | None], vectors: Vectors | None) -> int:
    comments = list(
        Comment.unscoped.select_for_update(skip_locked=True)  # unscoped: the worker's program
        .filter(pk__in=ready, analysed_at=None)
        .order_by("pk")
    )
    # A text that was changed meanwhile waits for the next pass.
    comments = [c for c in comments if c.text_key in (None, ready[c.pk])]
    for comment in comments:
        if comment.text_key is None:
            read_by_rules(comment)
    if vectors is not None:
        _read_by_model(program_id, comments, vectors)
    sort_into_topics(program_id, comments, vectors)
    now = timezone.now()
    for comment in comments:
        comment.language = language_of(comment.text, comment.language)
        comment.keywords = _keywords(comment.text, comment.language)
        comment.analysed_at = comment.updated_at = now
    Comment.unscoped.bulk_update(comments, _READ, batch_size=BATCH)  # unscoped: locked above
    ids = [comment.pk for comment in comments]
    comments_read.send(sender=Comment, program_id=program_id, comment_ids=ids)
    return len(comments)


@lru_cache(maxsize=20_000)
def _keywords(text: str, language: str) -> list[str]:
    return keywords(text, language)


def _read_by_model(program_id: int, comments: Iterable[Comment], vectors: Vectors) -> None:
    """Sentiment by the head; a text that a person has read is read so wherever it stands."""
    head, lessons = program_head(program_id)
    told = {text: label for text, _vector, label in lessons}
    open_ones = [c for c in comments if c.read_by != Comment.ReadBy.PERSON and c.text_key]
    if not open_ones:
        return
    matrix = np.stack([vectors[c.text_key] for c in open_ones if c.text_key])
    readings = head.read([c.text for c in open_ones], matrix)
    for comment, reading in zip(open_ones, readings, strict=True):
        label = told.get(comment.text)
        comment.sentiment = label or reading.sentiment
        comment.confidence = 1.0 if label else round(reading.confidence, 3)
        comment.read_by = Comment.ReadBy.MODEL
        if not comment.kind_is_given:
            comment.kind = kind_of(comment.sentiment)


@dataclass(frozen=True)
class _Taught:
    stamp: tuple[int, str]
    head: Head
    lessons: list[Lesson]


_heads: dict[int, _Taught] = {}


def program_head(program_id: int) -> tuple[Head, list[Lesson]]:
    """The head as this program's people have taught it, and what they taught."""
    corrected = Comment.unscoped.filter(  # unscoped: the worker's program
        program_id=program_id,
        read_by=Comment.ReadBy.PERSON,
        sentiment__in=("positive", "negative", "neutral"),
    ).order_by("-updated_at", "-pk")
    last = corrected.values_list("updated_at", flat=True).first()
    stamp = corrected.count(), str(last)
    kept = _heads.get(program_id)
    if kept is None or kept.stamp != stamp:
        lessons = _lessons(program_id, list(corrected[:LESSONS]))
        kept = _heads[program_id] = _Taught(stamp, head_taught_on(lessons), lessons)
    return kept.head, kept.lessons


def _lessons(program_id: int, corrected: list[Comment]) -> list[Lesson]:
    """Corrections with their vectors, the newest of each text; unread ones teach later."""
    newest = {c.text_key: c for c in reversed(corrected) if c.text_key}
    vectors = vectors_known(program_id, newest)
    return [(c.text, vectors[key], c.sentiment) for key, c in newest.items() if key in vectors]
