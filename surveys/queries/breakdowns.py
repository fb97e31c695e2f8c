"""Scores of a selection of answers, from the facts: in all, by day, by group, by answer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection

from surveys.calc.histogram import Histogram
from surveys.models import Dimension
from surveys.queries.selections import SAMPLE, Selection

_FACTS = """
SELECT f.metric_id, {by}, f.value, count(*)
FROM surveys_score f JOIN surveys_response r ON r.id = f.response_id {joins}
WHERE f.metric_id = ANY(%(metrics)s) AND {where}
GROUP BY 1, 2, 3
"""
MOST_GROUPS = 24


def score_histograms(selection: Selection, metrics: Sequence[int]) -> dict[int, Histogram]:
    """Sum by metric; every metric asked for has an entry."""
    found = _counted(selection, metrics, "0", "")
    return {metric: found.get((metric, 0), Histogram()) for metric in metrics}


def score_days(selection: Selection, metric: int) -> dict[date, Histogram]:
    """Sum by day."""
    return {day: sums for (_m, day), sums in _counted(selection, [metric], "f.day", "").items()}


def score_groups(
    selection: Selection, metrics: Sequence[int], kind: str
) -> dict[str, dict[int, Histogram]]:
    """Sum by group of a kind, then metric. Where people count in cells, so do groups."""
    if selection.protected:
        return {
            key: score_histograms(narrowed(selection, kind, key), metrics)
            for key in group_keys(selection, kind)
        }
    joins = (
        "CROSS JOIN LATERAL unnest(r.dimensions) AS g(id)"
        " JOIN surveys_dimension d ON d.id = g.id AND d.kind = %(kind)s"
    )
    return _by_key(_counted(selection, metrics, "d.key", joins, kind=kind))


def score_answers(
    selection: Selection, metrics: Sequence[int], code: str
) -> dict[str, dict[int, Histogram]]:
    """Sum by what was answered to a question of choices, then metric."""
    joins = (
        "CROSS JOIN LATERAL (SELECT jsonb_array_elements_text(r.answers -> %(code)s)"
        " WHERE jsonb_typeof(r.answers -> %(code)s) = 'array'"
        " UNION ALL SELECT r.answers ->> %(code)s"
        " WHERE jsonb_typeof(r.answers -> %(code)s) = 'string') AS a(chosen)"
    )
    return _by_key(_counted(selection, metrics, "a.chosen", joins, code=code))


def _by_key(found: dict[tuple[int, Any], Histogram]) -> dict[str, dict[int, Histogram]]:
    keyed: dict[str, dict[int, Histogram]] = defaultdict(dict)
    for (metric, key), sums in found.items():
        keyed[key][metric] = sums
    return keyed


def narrowed(selection: Selection, kind: str, key: str) -> Selection:
    """The same selection of one group only."""
    groups = {**selection.filter.groups, kind: (key,)}
    return replace(selection, filter=replace(selection.filter, groups=groups))


def group_keys(selection: Selection, kind: str) -> list[str]:
    """Groups of a kind, in order, at most MOST_GROUPS."""
    rows = Dimension.objects.for_actor(selection.actor).filter(kind=kind).order_by("key")
    return list(rows.values_list("key", flat=True)[:MOST_GROUPS])


def _counted(
    selection: Selection, metrics: Iterable[int], by: str, joins: str, **more: Any
) -> dict[tuple[int, Any], Histogram]:
    where, params = selection.where
    counts: dict[tuple[int, Any], list[int]] = defaultdict(lambda: [0] * 11)
    with connection.cursor() as cursor:
        sql = _FACTS.format(by=by, joins=joins, where=where)
        cursor.execute(sql, {**params, "metrics": list(metrics), **more})
        for metric, key, value, size in cursor.fetchall():
            counts[metric, key][value] += size
    return {key: Histogram.from_counts(row) for key, row in counts.items()}


def complete_count(selection: Selection) -> int:
    """How many answers are selected."""
    where, params = selection.where
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM surveys_response r WHERE {where}", params)  # noqa: S608
        return int(cursor.fetchone()[0])


def selected_ids(selection: Selection) -> list[int]:
    """The newest selected answers, at most SAMPLE."""
    where, params = selection.where
    sql = (
        f"SELECT r.id FROM surveys_response r WHERE {where}"  # noqa: S608
        " ORDER BY r.completed_at DESC, r.id DESC LIMIT %(sample)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**params, "sample": SAMPLE})
        return [pk for (pk,) in cursor.fetchall()]


_CHOSEN = """
SELECT c.code, v.chosen, count(*)
FROM (SELECT r.answers FROM surveys_response r WHERE {where}
      ORDER BY r.completed_at DESC, r.id DESC LIMIT %(sample)s) r
CROSS JOIN unnest(%(codes)s::text[]) AS c(code)
CROSS JOIN LATERAL (
  SELECT jsonb_array_elements_text(r.answers -> c.code)
  WHERE jsonb_typeof(r.answers -> c.code) = 'array'
  UNION ALL SELECT r.answers ->> c.code WHERE jsonb_typeof(r.answers -> c.code) = 'string'
  UNION ALL SELECT NULL WHERE r.answers ? c.code
) AS v(chosen)
GROUP BY c.code, v.chosen
"""


def choice_counts(selection: Selection, codes: Sequence[str]) -> dict[str, dict[str | None, int]]:
    """How often each choice was made, by question; None counts people, not ticks."""
    where, params = selection.where
    found: dict[str, dict[str | None, int]] = defaultdict(dict)
    if not codes:
        return found
    with connection.cursor() as cursor:
        values = {**params, "codes": list(codes), "sample": SAMPLE}
        cursor.execute(_CHOSEN.format(where=where), values)
        for code, chosen, count in cursor.fetchall():
            found[code][chosen] = count
    return found


_PAIRS = """
WITH kept AS (
  SELECT r.answers, r.dimensions FROM surveys_response r WHERE {where}
  ORDER BY r.completed_at DESC, r.id DESC LIMIT %(sample)s)
SELECT a.chosen, b.chosen, count(*)
FROM kept r CROSS JOIN LATERAL {rows} AS a(chosen) CROSS JOIN LATERAL {columns} AS b(chosen)
WHERE a.chosen IS NOT NULL AND b.chosen IS NOT NULL GROUP BY 1, 2
"""
_ANSWERED = (
    "(SELECT jsonb_array_elements_text(r.answers -> %({name})s)"
    " WHERE jsonb_typeof(r.answers -> %({name})s) = 'array'"
    " UNION ALL SELECT r.answers ->> %({name})s"
    " WHERE jsonb_typeof(r.answers -> %({name})s) IN ('string', 'number'))"
)
_GROUPED = (
    "(SELECT d.key FROM unnest(r.dimensions) AS g(id)"
    " JOIN surveys_dimension d ON d.id = g.id AND d.kind = %({name})s)"
)


def pair_counts(
    selection: Selection, rows: tuple[str, str], columns: tuple[str, str]
) -> dict[tuple[str, str], int]:
    """How often two things go together: each is ("answer", code) or ("group", kind)."""
    where, params = selection.where
    sources = {"answer": _ANSWERED, "group": _GROUPED}
    sql = _PAIRS.format(
        where=where,
        rows=sources[rows[0]].format(name="row_name"),
        columns=sources[columns[0]].format(name="column_name"),
    )
    values = {**params, "row_name": rows[1], "column_name": columns[1], "sample": SAMPLE}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {(a, b): count for a, b, count in cursor.fetchall()}
