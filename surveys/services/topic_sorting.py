"""Comments sorted into topics: by a seed phrase that stands in the text, or by meaning near one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from surveys.calc.search import normalised
from surveys.models import Comment, CommentTopic, Topic
from surveys.text.encoder import encoder
from surveys.text.schooling import school

#: Cosine of centred vectors from which a text means nearly the same as a seed phrase.
NEAR = 0.55
#: Shorter phrases are words, not meanings: they are looked for, not compared.
MEANT = 8
Matrix = NDArray[np.float32]


def sort_into_topics(
    program_id: int, comments: Sequence[Comment], vectors: Mapping[UUID, Matrix] | None
) -> None:
    """Write which topics the comments are of; what a person set or refused stays.

    The caller holds the rows' locks.
    """
    topics = list(
        Topic.unscoped.filter(  # unscoped: the worker's program
            program_id=program_id, is_active=True
        )
    )
    found = {c.pk: {t.pk for t in topics_in(c.text, topics)} for c in comments}
    if vectors:
        for pk, near in _near(comments, topics, vectors).items():
            found[pk] |= near
    links = CommentTopic.unscoped.filter(comment__in=found)  # unscoped: locked by the caller
    decided: dict[int, set[int]] = defaultdict(set)
    for comment_id, topic_id, origin in links.values_list("comment_id", "topic_id", "origin"):
        if origin != CommentTopic.Origin.AUTO:
            decided[comment_id].add(topic_id)
    links.filter(origin=CommentTopic.Origin.AUTO).delete()
    CommentTopic.unscoped.bulk_create(  # unscoped: locked by the caller
        (
            CommentTopic(program_id=program_id, comment_id=pk, topic_id=topic)
            for pk, mine in found.items()
            for topic in sorted(mine - decided[pk])
        ),
        batch_size=2000,
    )


def topics_in(text: str, topics: Iterable[Topic]) -> list[Topic]:
    """Topics one of whose seed phrases stands in the text (English ones as whole words)."""
    shown = normalised(text)
    return [t for t in topics if any(_stands(normalised(seed), shown) for seed in t.seeds)]


def _stands(seed: str, text: str) -> bool:
    place = text.find(seed) if seed else -1
    while place >= 0:
        # Korean words carry particles; English ones begin where they begin: no "app" in "happy".
        before = text[place - 1] if place else " "
        if not (seed[0].isascii() and before.isalnum()):
            return True
        place = text.find(seed, place + 1)
    return False


def _near(
    comments: Sequence[Comment], topics: Sequence[Topic], vectors: Mapping[UUID, Matrix]
) -> dict[int, set[int]]:
    seeds = [(t.pk, seed) for t in topics for seed in t.seeds if len(seed) >= MEANT]
    known = [(c.pk, vectors[c.text_key]) for c in comments if c.text_key and c.text_key in vectors]
    if not seeds or not known:
        return {}
    matrix = _centred(np.stack([vector for _pk, vector in known]))
    close = matrix @ _centred(_seed_vectors(tuple(seed for _t, seed in seeds))).T >= NEAR
    return {
        pk: {seeds[place][0] for place in np.flatnonzero(row)}
        for (pk, _vector), row in zip(known, close, strict=True)
        if row.any()
    }


_seeds: dict[str, Matrix] = {}


def _seed_vectors(seeds: tuple[str, ...]) -> Matrix:
    new = [seed for seed in dict.fromkeys(seeds) if seed not in _seeds]
    coder = encoder()
    if new and coder is not None:
        if len(_seeds) > 10_000:
            _seeds.clear()
            new = list(dict.fromkeys(seeds))
        _seeds.update(zip(new, coder.encode(new), strict=True))
    return np.stack([_seeds[seed] for seed in seeds])


def _centred(matrix: Matrix) -> Matrix:
    """Without what all sentences share, so that a cosine tells meanings apart."""
    moved = matrix - school()[0].centre
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    result: Matrix = moved / np.maximum(length, 1e-6)
    return result
