"""An encoder for tests: words become directions, so texts that share words point alike."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from surveys.services import readings, topic_sorting
from surveys.text import schooling
from surveys.text.encoder import Vectors

SENTENCES = {
    "train_en": [
        ("good kind staff", "positive"),
        ("lovely kind service", "positive"),
        ("good fast service", "positive"),
        ("bad slow staff", "negative"),
        ("rude slow service", "negative"),
        ("bad rude staff", "negative"),
        ("opening hours", "neutral"),
        ("where is the door", "neutral"),
        ("what are the opening hours", "neutral"),
    ],
    "train_ko": [
        ("정말 친절해요", "positive"),
        ("너무 느려요", "negative"),
        ("어디예요", "neutral"),
    ],
}


class WordEncoder:
    """Counts what it encoded, to show that each distinct text is encoded once."""

    name = "words"
    size = 64

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        rows = np.zeros((len(texts), self.size), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[crc32(word.encode()) % self.size] += 1
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        found: Vectors = rows / np.maximum(lengths, 1e-6)
        return found


@pytest.fixture
def word_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[WordEncoder]:
    """The portal with this encoder and a few sentences to learn from."""
    coder = WordEncoder()
    for module in (readings, topic_sorting, schooling):
        monkeypatch.setattr(module, "encoder", lambda: coder)
    monkeypatch.setattr(schooling, "labelled", lambda name: SENTENCES[name])
    monkeypatch.setattr(schooling, "VAR", tmp_path)
    fresh: list[Any] = [schooling.school.cache_clear, readings._heads.clear]
    fresh.append(topic_sorting._seeds.clear)
    for clear in fresh:
        clear()
    yield coder
    for clear in fresh:
        clear()
