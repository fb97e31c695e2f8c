"""Comments that mean much the same, for reading one beside others."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db.models import Q

from cxportal.core.actors import Actor
from journeys.queries.voice import comments_listed
from surveys.models import Comment, CommentTopic, TextVector

#: Newest comments of the same topics or touchpoint that are compared.
CANDIDATES = 400
LIKE = 0.15


def comments_similar(actor: Actor, comment: Comment, limit: int = 5) -> Sequence[Comment]:
    """Other texts of the same topics or touchpoint, the nearest first; five to seven queries.

    Nearness is that of the encoder's vectors where the worker made some, else the share of
    letter pairs in common. Anonymous surveys' comments are left out.
    """
    mine = CommentTopic.objects.for_actor(actor).filter(comment=comment)
    topics = list(mine.exclude(origin=CommentTopic.Origin.REFUSED).values_list("topic", flat=True))
    place = getattr(comment, "place", None)
    wanted = Q(topic_links__topic__in=topics)
    if place is not None and place.touchpoint_id:
        wanted |= Q(place__touchpoint=place.touchpoint_id)
    rows = Comment.objects.for_actor(actor).filter(wanted, is_test=False)
    rows = rows.exclude(text_key=comment.text_key).exclude(survey__anonymous=True)
    newest = rows.order_by("-at", "-id").values_list("pk", "text_key", "bigrams")
    found: dict[Any, tuple[int, set[int]]] = {}
    for pk, key, pairs in newest[:CANDIDATES]:
        found.setdefault(key, (pk, set(pairs)))
    likeness = _by_meaning(actor, comment, list(found)) or {
        key: _in_common(set(comment.bigrams), pairs) for key, (_pk, pairs) in found.items()
    }
    best = sorted(
        (key for key in found if likeness.get(key, 0) >= LIKE), key=lambda k: -likeness[k]
    )
    chosen = [found[key][0] for key in best[:limit]]
    shown = {c.pk: c for c in comments_listed(actor).filter(pk__in=chosen)}
    return [shown[pk] for pk in chosen]


def _in_common(one: set[int], other: set[int]) -> float:
    return len(one & other) / max(len(one | other), 1)


def _by_meaning(actor: Actor, comment: Comment, keys: Sequence[Any]) -> dict[Any, float]:
    rows = TextVector.objects.for_actor(actor).filter(key__in=[comment.text_key, *keys])
    vectors = {
        key: np.frombuffer(bytes(vector), np.float16).astype(np.float32)
        for key, vector in rows.values_list("key", "vector")
    }
    own = vectors.pop(comment.text_key, None) if comment.text_key else None
    if own is None or len(vectors) < 2:
        return {}
    matrix = np.stack(list(vectors.values()))
    centre = matrix.mean(axis=0)
    near = _unit(matrix - centre) @ _unit(own[None] - centre)[0]
    return dict(zip(vectors, near.tolist(), strict=True))


def _unit(matrix: Any) -> Any:
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-6)
