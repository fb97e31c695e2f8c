"""Sentences with their sentiment, by file name: ("train_ko", "frozen_en" …)."""

from pathlib import Path

_SIGNS = {"+": "positive", "-": "negative", "0": "neutral"}


def labelled(name: str) -> list[tuple[str, str]]:
    """(sentence, sentiment) of a file."""
    path = Path(__file__).parent / f"{name}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(line[2:].strip(), _SIGNS[line[0]]) for line in lines if line[:1] in _SIGNS]
