"""Says what a comment says: by how near it is to sentences whose sentiment is known.

Kernel ridge classification. Two sentences are near by the encoder's vectors (meaning, whatever the
words: a Gaussian of the angle between them) and by the pieces of words they share (endings,
negations and slang that a small encoder blurs). A linear head on the same features decided worse
on sentences it had not seen, above all where praise is told and not said ("the tap was fixed before
the kettle boiled"). Solved in seconds from sentences of ours (`surveys/text/sentences`), and again
when people correct a reading. Below a confidence it abstains.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

LABELS = ("positive", "negative", "neutral")
#: Below this the reading is "unknown". Like the figures below it was chosen by cross-validation on
#: the training sentences, so that more than nine in ten are decided.
SURE = 0.51
PIECES = 2**15
_NARROWNESS = 2.0  # of the Gaussian: how fast nearness falls with the angle
_PIECE_WEIGHT = 0.4
_RIDGE = 0.8
_SHARPNESS = 5.0  # turns scores into chances
_KOREAN = re.compile("[가-힣]")
_TOKENS = re.compile(r"[\w']+|[?!]|ㅠ+|ㅎ+")

_ROWS = 512

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """What a text says, and how sure the reader is (0–1)."""

    sentiment: str
    confidence: float


@dataclass(frozen=True)
class Head:
    """What was learned. `known` are unit vectors about `centre` of the sentences that taught.

    `pieces` is their sparse matrix of shape (sentences, PIECES); `weights` has a row for each of
    them and one of shares, and a column for each label.
    """

    centre: NDArray[np.float32]
    known: Floats
    pieces: Any
    weights: Floats

    def read(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> list[Reading]:
        """One reading per text; `vectors` has shape (len(texts), size of the encoder)."""
        near = _nearness(
            _turned(vectors, self.centre), _pieces_matrix(texts), self.known, self.pieces
        )
        chances = _chances(near @ self.weights[:-1] + self.weights[-1])
        best = chances.argmax(axis=1)
        return [
            Reading(LABELS[k] if row[k] >= SURE else "unknown", float(row[k]))
            for k, row in zip(best, chances, strict=True)
        ]


def train(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    labels: Sequence[str],
    *,
    importance: Sequence[float] | None = None,
) -> Head:
    """Fit the head; `importance` weighs sentences (1 each when left out)."""
    centre = vectors.mean(axis=0)
    known, pieces = _turned(vectors, centre), _pieces_matrix(texts)
    target = np.eye(len(LABELS), dtype=np.float32)[[LABELS.index(label) for label in labels]]
    weigh = np.ones(len(texts)) if importance is None else np.asarray(importance)
    weigh = weigh.astype(np.float32)
    shares = weigh @ target / weigh.sum()
    near = _nearness(known, pieces, known, pieces)
    near[np.diag_indices_from(near)] += _RIDGE / weigh
    solved = linalg.solve(
        near, target - shares, assume_a="pos", overwrite_a=True, check_finite=False
    )
    return Head(centre, known, pieces, np.vstack([solved, shares]))


def _turned(vectors: NDArray[np.float32], centre: NDArray[np.float32]) -> Floats:
    """Unit vectors as seen from the mean of the training sentences."""
    moved = vectors - centre
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    turned: Floats = moved / np.maximum(lengths, 1e-9)
    return turned


def _nearness(one: Floats, one_pieces: Any, other: Floats, other_pieces: Any) -> Floats:
    """Shape (rows of one, rows of other): Gaussian of the angle, and shared pieces."""
    near: Floats = one @ other.T
    near -= 1
    near *= _NARROWNESS
    np.exp(near, out=near)
    turned = other_pieces.T.tocsc()
    for start in range(0, len(near), _ROWS):  # some rows at a time: one large table is enough
        rows = slice(start, start + _ROWS)
        near[rows] += _PIECE_WEIGHT * (one_pieces[rows] @ turned).toarray()
    return near


def _pieces_matrix(texts: Sequence[str]) -> Any:
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        found = _pieces(text)
        rows += [row] * len(found)
        columns += [crc32(piece.encode()) % PIECES for piece in found]
        values += [1 / np.sqrt(max(len(found), 1))] * len(found)
    return sparse.csr_matrix(
        (values, (rows, columns)), shape=(len(texts), PIECES), dtype=np.float32
    )


def _pieces(text: str) -> set[str]:
    """Korean: runs of three to six jamo across words. English: words, pairs, runs of four."""
    tokens = _TOKENS.findall(unicodedata.normalize("NFKC", text).lower())
    line = f" {' '.join(tokens)} "
    if _KOREAN.search(line):
        # By jamo, so that an ending is the same whatever syllable it melts into.
        line = unicodedata.normalize("NFD", line)
        return {line[i : i + n] for n in (3, 4, 5, 6) for i in range(len(line) - n + 1)}
    pairs = {f"{a} {b}" for a, b in pairwise(tokens)}
    runs = {line[i : i + 4] for i in range(len(line) - 3)}
    return {f"={token}" for token in tokens} | pairs | runs


def _chances(scores: Floats) -> Floats:
    powers = np.exp(_SHARPNESS * (scores - scores.max(axis=1, keepdims=True)))
    chances: Floats = powers / powers.sum(axis=1, keepdims=True)
    return chances
