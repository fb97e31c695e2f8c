"""What one command changed in a draft, taken back or done again beside what others did since.

A state is {part: {field: value}}. Parts are "survey", "section:<id>", "question:<id>" and
"order", whose fields are lists of parts: "sections", and for each section its questions.
A change is {part: {field: [before, after]}}; a part that was made or deleted has the one field ""
with all its fields, None where it was not there.
"""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

State = dict[str, dict[str, Any]]
Changes = dict[str, dict[str, list[Any]]]
WHOLE, ORDER = "", "order"
#: Fields of words, and of parts that have words.
WORDS = frozenset({"text", "help", "note", "title", "welcome", "thanks"})
PARTS = frozenset({"choices", "rows"})


class Meanwhile(Exception):
    """Somebody else changed the same thing; `part` names it."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def changes_between(before: State, after: State) -> Changes:
    """What became different from one state to the next."""
    found: Changes = {}
    for part in sorted(before.keys() | after.keys()):
        old, new = before.get(part), after.get(part)
        if old is None or new is None:
            found[part] = {WHOLE: [old, new]}
        elif old != new:
            names = sorted(old.keys() | new.keys())
            found[part] = {
                name: [old.get(name), new.get(name)]
                for name in names
                if old.get(name) != new.get(name)
            }
    return found


def is_typing(changes: Changes) -> bool:
    """True where nothing but words changed: of a question, its choices or rows, of the survey."""
    return all(
        name in WORDS or (name in PARTS and _same_but_words(*pair))
        for fields in changes.values()
        for name, pair in fields.items()
    )


def _same_but_words(before: Any, after: Any) -> bool:
    old, new = ([{**part, "text": None} for part in parts or ()] for parts in (before, after))
    return old == new


def joined(first: Changes, second: Changes) -> Changes | None:
    """Two pieces of typing into the same fields as one; None where they are not that.

    The second must go on from where the first left; what ends where it began is no change.
    """
    shape = {part: set(fields) for part, fields in first.items()}
    if shape != {part: set(fields) for part, fields in second.items()}:
        return None
    if not (is_typing(first) and is_typing(second)):
        return None
    whole: Changes = {}
    for part, fields in second.items():
        for name, (before, after) in fields.items():
            began, left = first[part][name]
            if left != before:
                return None
            if began != after:
                whole.setdefault(part, {})[name] = [began, after]
    return whole


def applied(state: State, changes: Changes, *, backwards: bool) -> State:
    """The state with a change taken back, or done again.

    Raises Meanwhile where a field no longer has the value that the change left (or began with).
    """
    result = {part: dict(fields) for part, fields in state.items()}
    for part, fields in changes.items():
        if part == ORDER:
            continue
        for name, pair in fields.items():
            target, source = pair if backwards else reversed(pair)
            if name == WHOLE:
                _replace(result, part, source, target)
            elif part not in result or result[part].get(name) != source:
                raise Meanwhile(part)
            else:
                result[part][name] = target
    if ORDER in changes:
        pairs = changes[ORDER].items()
        targets = {name: pair[0 if backwards else 1] for name, pair in pairs}
        sources = {name: pair[1 if backwards else 0] for name, pair in pairs}
        result[ORDER] = _ordered(result[ORDER], sources, targets)
    return result


def _replace(state: State, part: str, source: Any, target: Any) -> None:
    if state.get(part) != source:
        raise Meanwhile(part)
    if target is None:
        del state[part]
    else:
        state[part] = dict(target)


def _ordered(
    now: Mapping[str, Any], sources: Mapping[str, Any], targets: Mapping[str, Any]
) -> dict[str, Any]:
    """The lists `now` with the step from `sources` to `targets` made in them.

    Lists nobody else touched become the targets; in others only what the step moved is moved.
    """
    lists = {name: list(ids) for name, ids in now.items()}
    if all(lists.get(name) == source for name, source in sources.items()):
        for name, target in targets.items():
            if target is None:
                lists.pop(name, None)
            else:
                lists[name] = list(target)
        return lists
    moved = {part for name in sources for part in _moved(sources[name], targets[name])}
    for part in sorted(moved):
        where = next((name for name, parts in sources.items() if part in (parts or ())), None)
        if where is not None and part not in lists.get(where, ()):
            raise Meanwhile(part)
        if where is not None:
            lists[where].remove(part)
    for name, target in targets.items():
        if target is None:
            if lists.pop(name, None):
                raise Meanwhile(name)
            continue
        if name not in lists and sources[name] is not None:
            raise Meanwhile(name)
        _insert(lists.setdefault(name, []), target, moved)
    return lists


def _moved(source: Iterable[str] | None, target: Iterable[str] | None) -> set[str]:
    """The parts that do not keep their place between the others."""
    old, new = list(source or ()), list(target or ())
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {part for block in blocks for part in old[block.a : block.a + block.size]}
    return (set(old) | set(new)) - kept


def _insert(parts: list[str], target: Iterable[str], moved: set[str]) -> None:
    """Put what was moved after the neighbour it has in `target`."""
    before = ""
    for part in target:
        if part in moved and part not in parts:
            parts.insert(parts.index(before) + 1 if before in parts else 0, part)
        if part in parts:
            before = part
