"""Finding words in Korean and English texts by pairs of letters.

Korean words often have two syllables and carry particles (배송이, 배송은), so neither whole words
nor trigrams find them. Every pair of neighbouring letters inside a word is kept as a number; a
text holds a phrase only if it holds all pairs of the phrase (and then the text itself decides).
"""

import re
import unicodedata
from hashlib import blake2b
from uuid import UUID
from zlib import crc32

_WORD = re.compile(r"\w+")
#: Texts are searched by so many letters; longer ones are found by their beginning.
SEARCHED = 4000
_SIGN = 2**31


def normalised(text: str) -> str:
    """The text as it is compared: composed letters, small, blanks run together."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def text_key(text: str) -> UUID:
    """The same for texts that differ in capitals and blanks only."""
    return UUID(bytes=blake2b(normalised(text).encode(), digest_size=16).digest())


def bigrams(text: str) -> list[int]:
    """Hashes (signed 32-bit, sorted, distinct) of all pairs of letters inside words."""
    words = _WORD.findall(normalised(text[:SEARCHED]))
    pairs = {word[i : i + 2] for word in words for i in range(len(word) - 1)}
    return sorted(crc32(pair.encode()) - _SIGN for pair in pairs)
