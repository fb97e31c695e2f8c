"""Chosen by lot, but always the same for the same person: held out, in turn, drawn.

A person's lot is the MD5 of a seed and their number: evenly spread, the same on every machine, and
computed by PostgreSQL as well (`queries/skip_rules.py`). As text of 32 hex digits lots are
compared letter by letter, so that a share of the people is everything below a bound.
"""

import hashlib

_DIGITS = 8
_SPAN = 16**_DIGITS
#: Above every lot.
ABOVE_ALL = "g"


def lot(seed: str, person: int) -> str:
    """32 hex digits of a person under a seed."""
    return hashlib.md5(f"{seed}:{person}".encode(), usedforsecurity=False).hexdigest()


def bound(part: int, parts: int) -> str:
    """The text below which `part` of `parts` of all lots lie; raises ValueError out of range."""
    if not 0 <= part <= parts or parts < 1:
        raise ValueError("a share lies between nothing and all")
    reached = -(-_SPAN * part // parts)
    return ABOVE_ALL if reached >= _SPAN else f"{reached:0{_DIGITS}x}"


def turn(number: int, parts: int) -> tuple[str, str]:
    """Bounds [low, high) of the lots that are in turn at occurrence `number`."""
    place = number % parts
    return bound(place, parts), bound(place + 1, parts)
