"""Groups of people that only ever count together, so that no difference of reports shows a few.

Two thresholds are not enough: a report of ten people and one of nine of them tell what the tenth
said. So people are put into cells of at least `k` alike ones, and a filter counts a cell only
when all its people fit. Every report is then a union of whole cells, and so is whatever one gets
by taking reports from each other, however many: nobody, or at least `k` people. Time is cut the
same way into blocks of whole months.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def blocks(counts: Mapping[date, int], k: int) -> list[tuple[date, date]]:
    """First and last month of each block, oldest first; every block holds at least `k` people.

    `counts` are people by first day of the month. Months are joined with later ones until they
    hold enough; what is left at the end joins the last block. Too few in all: no block.
    """
    found: list[tuple[date, date]] = []
    start: date | None = None
    held = 0
    for month in sorted(month for month, count in counts.items() if count):
        start = start or month
        held += counts[month]
        if held >= k:
            found.append((start, month))
            start, held = None, 0
    if start is not None and found:
        found[-1] = (found[-1][0], max(counts))
    return found


def common_blocks(
    series: Iterable[tuple[Mapping[date, int], int]],
) -> list[tuple[date, date]]:
    """Blocks of several sets of people that are also reported apart, each with its own `k`.

    No common block begins or ends inside a block of one of them, so that taking one report from
    another never leaves a part of a block. Months of a set too small for any block are left out.
    """
    spans: list[tuple[date, date]] = []
    few: set[date] = set()
    for counts, k in series:
        own = blocks(counts, k)
        spans += own
        few |= set() if own else {month for month, count in counts.items() if count}
    joined: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return [(a, b) for a, b in joined if not any(a <= month <= b for month in few)]


def cells(keys: Sequence[K], k: int) -> list[list[int]]:
    """Put people into cells of at least `k`, alike ones first; returns places in `keys`.

    `keys` says by what people are alike, in order of arrival. Whole cells of equal keys come
    first; who is left is put together with the most similar ones. Everybody is in one cell; with
    fewer than `k` people there is none.
    """
    if len(keys) < k:
        return []
    alike: dict[K, list[int]] = {}
    for place, key in enumerate(keys):
        alike.setdefault(key, []).append(place)
    whole: list[list[int]] = []
    left: list[int] = []
    for key in sorted(alike, key=repr):
        places = alike[key]
        full = len(places) - len(places) % k
        whole += [places[start : start + k] for start in range(0, full, k)]
        left += places[full:]
    mixed = [left[start : start + k] for start in range(0, len(left), k)]
    if mixed and len(mixed[-1]) < k:
        rest = mixed.pop()
        (mixed or whole)[-1].extend(rest)
    return whole + mixed


def counted(groups: Iterable[Sequence[int]], fits: Sequence[bool]) -> list[int]:
    """The people a filter counts: those of cells all of whose people fit."""
    return [place for group in groups if all(fits[p] for p in group) for place in group]
