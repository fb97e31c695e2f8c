"""Metrics whose answers only count in whole blocks of months, wherever their scores are read.

A metric that an anonymous survey feeds is shown for whole blocks of months and for everybody: no
two periods and no group together tell of fewer people than the program's threshold. A guest sees
every metric so. The reports of one survey count people in cells (queries/selections.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from cxportal.core.actors import Actor
from surveys.calc.anonymity import common_blocks
from surveys.calc.histogram import BINS, Histogram

_COLUMNS = ", ".join(f"t.n{v}" for v in range(BINS))
_ANONYMOUS = """
SELECT t.metric_id, t.dimension, t.month, t.n FROM surveys_survey s
JOIN surveys_dimension d ON d.program_id = s.program_id AND d.kind = 'survey' AND d.key = s.id::text
JOIN surveys_tallymonth t ON t.dimension = d.id AND t.program_id = s.program_id
WHERE s.program_id = %(program)s AND s.anonymous AND t.n > 0
"""
_MONTHS = f"""
SELECT t.metric_id, t.month, {_COLUMNS} FROM surveys_tallymonth t
WHERE t.program_id = %(program)s AND t.metric_id = ANY(%(metrics)s) AND t.dimension = 0
"""  # noqa: S608  # names of our own columns
Span = tuple[date, date]


@dataclass(frozen=True)
class Guard:
    """One metric's blocks (first and last day of each, oldest first) and its sums by month."""

    blocks: tuple[Span, ...]
    months: Mapping[date, Histogram]

    def within(self, first: date, last: date) -> list[Span]:
        """The whole blocks of the months that two days touch, oldest first."""
        start, end = first.replace(day=1), last_of_month(last)
        return [(a, b) for a, b in self.blocks if start <= a and b <= end]

    def inside(self, first: date, last: date) -> list[Span]:
        """The whole blocks that lie inside two days, oldest first: none that begins or ends out."""
        return [(a, b) for a, b in self.blocks if first <= a and b <= last]

    def before(self, first: date, last: date) -> list[Span]:
        """The whole blocks of as many months just before."""
        return self.within(*months_before(first, last))

    def sums(self, spans: Iterable[Span]) -> Histogram:
        """Everybody of some blocks."""
        inside = list(spans)
        return Histogram.sum(
            sums for month, sums in self.months.items() if any(a <= month <= b for a, b in inside)
        )


def guards(actor: Actor, metrics: Iterable[int]) -> dict[int, Guard]:
    """Guards of those metrics that need one.

    One query, one more where there are any; a member's are read once for the whole request.
    """
    ids = list(metrics)
    if not ids:
        return {}
    if actor.role == "guest":
        return _guards(actor, _anonymous_counts(actor), ids)
    known = actor.memo.get("guards")
    if known is None:
        found = _anonymous_counts(actor)
        known = _guards(actor, found, list(found))
        if actor.membership is not None:  # lives as long as a request
            actor.memo["guards"] = known
    return {pk: known[pk] for pk in ids if pk in known}


def _guards(
    actor: Actor, found: Mapping[int, Mapping[int, Mapping[date, int]]], ids: list[int]
) -> dict[int, Guard]:
    months = _months(actor, ids) if ids else {}
    return {pk: _guard(actor, months[pk], found.get(pk, {})) for pk in ids}


def _anonymous_counts(actor: Actor) -> dict[int, dict[int, dict[date, int]]]:
    """People by metric, anonymous survey and month."""
    found: dict[int, dict[int, dict[date, int]]] = defaultdict(lambda: defaultdict(dict))
    with connection.cursor() as cursor:
        cursor.execute(_ANONYMOUS, {"program": actor.program_id})
        for metric, survey, month, n in cursor.fetchall():
            found[metric][survey][month] = n
    return found


def _months(actor: Actor, ids: list[int]) -> dict[int, dict[date, Histogram]]:
    found: dict[int, dict[date, Histogram]] = {pk: {} for pk in ids}
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"program": actor.program_id, "metrics": ids})
        for metric, month, *counts in cursor.fetchall():
            found[metric][month] = Histogram.from_counts([max(0, int(c)) for c in counts])
    return found


def _guard(
    actor: Actor, months: Mapping[date, Histogram], anonymous: Mapping[int, Mapping[date, int]]
) -> Guard:
    k = actor.program.anonymity_n
    everybody = {month: sums.n for month, sums in months.items() if sums.n}
    hidden = {m: sum(counts.get(m, 0) for counts in anonymous.values()) for m in everybody}
    others = {month: n - hidden[month] for month, n in everybody.items()}
    series = [(counts, k) for counts in anonymous.values()]
    series += [(everybody, k)] if actor.role == "guest" else [(others, 1)]
    found = [(a, last_of_month(b)) for a, b in common_blocks(series)]
    return Guard(tuple(found), months)


def months_before(first: date, last: date) -> Span:
    """As many whole months before as two days touch."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    year, month = divmod(first.year * 12 + first.month - 1 - count, 12)
    return date(year, month + 1, 1), first.replace(day=1) - timedelta(1)


def last_of_month(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
