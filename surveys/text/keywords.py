"""Words that say what a comment is about: Korean morphemes by kiwipiepy, English words plainly.

The Korean analyser takes half a gigabyte and seconds to load: worker only, and where it is not
installed Korean words lose their commonest particles by rule.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from django.conf import settings

MOST = 8
_HANGUL = re.compile("[가-힣]")
_KO_WORD = re.compile("[가-힣]{2,}")
_EN_WORD = re.compile(r"[a-z][a-z'-]+")
_PARTICLE = re.compile(
    "(?:에서는|에서도|으로는|에서|에게|한테|으로|이랑|까지|부터|처럼|보다|이나|은|는|이|가|을|를|에|의|로|도|만|과|와|랑)$"
)
_ENDING = re.compile(
    "(?:습니다|합니다|입니다|어요|아요|해요|했어요|네요|세요|어서|아서|지만|는데|더라고요)$"
)
_TAGS = {"NNG", "NNP", "VA", "XR"}
_DULL_KO = frozenset(
    [
        "것",
        "수",
        "때",
        "때문",
        "정도",
        "이번",
        "경우",
        "사람",
        "생각",
        "좀",
        "더",
        "저",
        "제",
        "나",
        "우리",
        "번",
        "분",
        "있다",
        "없다",
        "같다",
        "그렇다",
    ]
)
_DULL_EN = frozenset(
    ["a", "about", "after", "again", "all", "also", "always", "am", "an", "and", "any", "anyone", "are", "as", "at", "be", "because", "been", "before", "being", "but", "by", "can", "can't", "cannot", "could", "couldn't", "did", "didn't", "do", "does", "doesn't", "doing", "don't", "done", "down", "each", "even", "ever", "every", "few", "for", "from", "get", "gets", "getting", "got", "had", "has", "have", "haven't", "having", "he", "her", "here", "him", "his", "how", "i", "i'd", "i'll", "i'm", "i've", "if", "in", "into", "is", "isn't", "it", "it's", "its", "just", "like", "made", "make", "me", "more", "most", "much", "my", "never", "no", "nor", "not", "now", "of", "off", "on", "once", "one", "only", "or", "other", "our", "out", "over", "own", "really", "said", "same", "she", "should", "so", "some", "still", "such", "than", "that", "that's", "the", "their", "them", "then", "there", "these", "they", "they're", "thing", "things", "this", "those", "through", "to", "too", "twice", "until", "up", "us", "very", "was", "wasn't", "we", "were", "weren't", "what", "when", "where", "which", "while", "who", "why", "will", "with", "without", "won't", "would", "wouldn't", "yes", "yet", "you", "your"]
)  # fmt: skip


def keywords(text: str, language: str) -> list[str]:
    """At most MOST words in the order of the text, each once, in small letters."""
    found = _korean(text) if language == "ko" or _HANGUL.search(text) else _english(text)
    return list(dict.fromkeys(word[:60] for word in found))[:MOST]


def _english(text: str) -> Iterable[str]:
    for word in _EN_WORD.findall(text.lower().replace("’", "'")):
        plain = word.removesuffix("'s").strip("'-")
        if len(plain) > 2 and word not in _DULL_EN and plain not in _DULL_EN:
            yield plain


def _korean(text: str) -> Iterable[str]:
    kiwi = _kiwi() if settings.TEXT_ENCODER else None
    if kiwi is None:
        words = (_ENDING.sub("", _PARTICLE.sub("", word)) for word in _KO_WORD.findall(text))
        yield from (word for word in words if len(word) > 1 and word not in _DULL_KO)
        return
    for token in kiwi.tokenize(text):
        word = f"{token.form}다" if token.tag == "VA" else token.form
        if token.tag in _TAGS and len(word) > 1 and word not in _DULL_KO:
            yield word


@lru_cache(maxsize=1)
def _kiwi() -> Any:
    """The analyser of this process, loaded at the first Korean text; None where not installed."""
    if find_spec("kiwipiepy") is None:
        return None
    try:
        from kiwipiepy import Kiwi

        return Kiwi(num_workers=1)
    except (ImportError, OSError, RuntimeError):
        return None
