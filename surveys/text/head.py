"""Says what a comment says: a linear head on the encoder's vector and on the letters themselves.

Multinomial logistic regression on two kinds of features: the sentence vector of the encoder
(meaning, whatever the words) and hashed pieces of words (endings, negations and slang that a small
encoder blurs). Trained in seconds from sentences of ours (`surveys/text/sentences`), and again
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
from scipy import sparse
from scipy.optimize import minimize

LABELS = ("positive", "negative", "neutral")
#: Below this the reading is "unknown". Chosen by cross-validation on the training sentences so
#: that more than nine in ten are decided.
SURE = 0.55
PIECES = 2**13
_PIECE_WEIGHT = 0.5
_STRENGTH = 30.0  # inverse of the L2 penalty
_ROUNDS = 120
_KOREAN = re.compile("[가-힣]")
_TOKENS = re.compile(r"[\w']+|[?!]|ㅠ+|ㅎ+")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """What a text says, and how sure the reader is (0–1)."""

    sentiment: str
    confidence: float


@dataclass(frozen=True)
class Head:
    """Trained weights; `centre` is the mean vector of the training sentences."""

    centre: NDArray[np.float32]
    weights: Floats

    def read(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> list[Reading]:
        """One reading per text; `vectors` has shape (len(texts), size of the encoder)."""
        chances = _chances(features(texts, vectors, self.centre), self.weights)
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
    start: Head | None = None,
) -> Head:
    """Fit the head; `importance` weighs sentences, `start` is where to begin (fewer rounds)."""
    centre = vectors.mean(axis=0) if start is None else start.centre
    x = features(texts, vectors, centre)
    y = np.array([LABELS.index(label) for label in labels])
    share = np.ones(len(y)) if importance is None else np.asarray(importance, float)
    first = np.zeros((x.shape[1] + 1, len(LABELS))) if start is None else start.weights
    return Head(centre, _fitted(x, y, share / share.sum(), first))


def features(
    texts: Sequence[str], vectors: NDArray[np.float32], centre: NDArray[np.float32]
) -> Any:
    """Sparse matrix of shape (len(texts), size + PIECES)."""
    meaning = sparse.csr_matrix(vectors.astype(np.float64) - centre)
    return sparse.hstack([meaning, _pieces_matrix(texts) * _PIECE_WEIGHT]).tocsr()


def _pieces_matrix(texts: Sequence[str]) -> Any:
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        found = _pieces(text)
        rows += [row] * len(found)
        columns += [crc32(piece.encode()) % PIECES for piece in found]
        values += [1 / np.sqrt(max(len(found), 1))] * len(found)
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), PIECES))


def _pieces(text: str) -> set[str]:
    """Korean: pairs and triples of letters across words. English: words, pairs, runs of four."""
    tokens = _TOKENS.findall(unicodedata.normalize("NFKC", text).lower())
    line = f" {' '.join(tokens)} "
    if _KOREAN.search(line):
        return {line[i : i + n] for n in (2, 3) for i in range(len(line) - n + 1)}
    pairs = {f"{a} {b}" for a, b in pairwise(tokens)}
    runs = {line[i : i + 4] for i in range(len(line) - 3)}
    return {f"={token}" for token in tokens} | pairs | runs


def _chances(x: Any, weights: Floats) -> Floats:
    scores = x @ weights[:-1] + weights[-1]
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = scores / scores.sum(axis=1, keepdims=True)
    return chances


def _fitted(x: Any, y: NDArray[np.int64], share: Floats, first: Floats) -> Floats:
    """Weights of least cross-entropy with an L2 penalty, by L-BFGS."""
    target = np.eye(len(LABELS))[y]
    penalty = 1 / (_STRENGTH * len(y))
    transposed = x.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(first.shape)
        chances = _chances(x, weights)
        told = np.log(chances[np.arange(len(y)), y] + 1e-12)
        gap = (chances - target) * share[:, None]
        slope = np.vstack([transposed @ gap + penalty * weights[:-1], gap.sum(axis=0)])
        size = (weights[:-1] ** 2).sum() * penalty / 2
        return float(size - share @ told), slope.ravel()

    found = minimize(loss, first.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    fitted: Floats = found.x.reshape(first.shape)
    return fitted
