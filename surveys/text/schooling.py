"""The head as this installation uses it: taught at the first use, kept under var/, taught on.

Vectors are no part of the repository: they follow from the sentences there and the encoder, and
are computed once for each change of either (about a minute on one core).
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxportal.launch.environment import VAR
from surveys.text.encoder import Encoder, encoder
from surveys.text.head import Head, train
from surveys.text.sentences import labelled

TRAINING = ("train_ko", "train_en")
#: A person's correction weighs as much as so many of our sentences.
CORRECTION_WEIGHT = 5.0
_FORM = "3"  # changes with the head, so that old weights are not used with a new one

Lesson = tuple[str, NDArray[np.float32], str]


def _sentences() -> list[tuple[str, str]]:
    return list(chain.from_iterable(labelled(name) for name in TRAINING))


def _place(coder: Encoder) -> Path:
    text = "\n".join(f"{sentence}\t{label}" for sentence, label in _sentences())
    digest = blake2b(f"{_FORM}{coder.name}{text}".encode(), digest_size=8).hexdigest()
    return Path(VAR) / "text" / f"head-{digest}.npz"


@lru_cache(maxsize=1)
def school() -> tuple[Head, NDArray[np.float32]]:
    """The head taught by our sentences, and their vectors. Raises LookupError without encoder."""
    coder = encoder()
    if coder is None:
        raise LookupError("no encoder is installed")
    place = _place(coder)
    texts, labels = zip(*_sentences(), strict=True)
    if place.exists():
        with np.load(place) as kept:
            vectors: NDArray[np.float32] = kept["vectors"]
    else:
        vectors = coder.encode(texts)
        _keep(place, vectors)
    return train(texts, vectors, labels), vectors


def _keep(place: Path, vectors: NDArray[np.float32]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(".part.npz")
    np.savez_compressed(part, vectors=vectors)
    part.replace(place)  # whole or not at all


def head_taught_on(lessons: Sequence[Lesson]) -> Head:
    """The head after people's corrections: (text, vector, sentiment)."""
    head, vectors = school()
    if not lessons:
        return head
    texts, labels = (list(part) for part in zip(*_sentences(), strict=True))
    return train(
        [*texts, *(text for text, _v, _l in lessons)],
        np.vstack([vectors, *(vector[None] for _t, vector, _l in lessons)]),
        [*labels, *(label for _t, _v, label in lessons)],
        importance=[1.0] * len(texts) + [CORRECTION_WEIGHT] * len(lessons),
    )
