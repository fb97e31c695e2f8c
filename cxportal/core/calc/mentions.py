"""Who is called by name in a text: “@Kim Minsu”, “@김민수님”, “@minsu”."""

from collections.abc import Mapping, Sequence


def mentioned(text: str, names: Mapping[int, Sequence[str]]) -> list[int]:
    """Keys of `names` that the text calls with an @ before one of their names.

    The longest name wins, so “@Kim Minsu” does not call another Kim. A Latin name must end where
    the word ends; a Korean one may carry a particle or 님.
    """
    rest, found = text.casefold(), []
    pairs = [(name.casefold(), key) for key, given in names.items() for name in given if name]
    for name, key in sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0], pair[1])):
        rest, called = _taken(rest, f"@{name}")
        if called and key not in found:
            found.append(key)
    return sorted(found)


def _taken(text: str, call: str) -> tuple[str, bool]:
    """The text without its whole-word calls, and whether there was one."""
    start, called = 0, False
    while (place := text.find(call, start)) >= 0:
        after = text[place + len(call) : place + len(call) + 1]
        start = place + len(call)
        if call[-1].isascii() and after.isascii() and (after.isalnum() or after in {"_", "-"}):
            continue
        text = text[:place] + " " * len(call) + text[start:]
        called = True
    return text, called
