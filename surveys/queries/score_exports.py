"""Every score fact with what its metric means: enough to compute the program's report anew."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from cxportal.core.actors import Actor
from surveys.calc.columns import Column, Type
from surveys.models import Metric
from surveys.queries.guards import Guard, guards
from surveys.queries.scores import Period, definition_of

_FIELDS = (
    ("metric", Type.TEXT), ("statistic", Type.TEXT), ("minimum", Type.NUMBER),
    ("maximum", Type.NUMBER), ("promoter_from", Type.NUMBER), ("detractor_to", Type.NUMBER),
    ("top_from", Type.NUMBER), ("high_is_good", Type.FLAG), ("min_n", Type.NUMBER),
    ("target", Type.NUMBER), ("day", Type.TEXT), ("until", Type.TEXT), ("value", Type.NUMBER),
    ("groups", Type.TEXT),
)  # fmt: skip
SCORE_COLUMNS = [
    Column(name=name, question="", kind="", path=(), type=kind) for name, kind in _FIELDS
]

_SCORES = """
WITH g AS (
  SELECT k.dimensions, string_agg(d.kind || ':' || d.key, ';' ORDER BY d.id) AS names
  FROM (SELECT DISTINCT dimensions FROM surveys_score WHERE program_id = %(program)s) k
  LEFT JOIN LATERAL unnest(k.dimensions) AS u(id) ON TRUE
  LEFT JOIN surveys_dimension d ON d.id = u.id GROUP BY k.dimensions)
SELECT f.metric_id, f.day, f.value, g.names
FROM surveys_score f LEFT JOIN g ON g.dimensions = f.dimensions
WHERE f.program_id = %(program)s AND f.day BETWEEN %(first)s AND %(last)s
  AND f.metric_id <> ALL(%(guarded)s)
ORDER BY f.metric_id, f.day, f.id
"""


def score_rows(actor: Actor, period: Period) -> Iterator[Sequence[Any]]:
    """Rows of SCORE_COLUMNS; `groups` are “kind:key” joined by semicolons.

    `day` and `until` are the same day; for guarded metrics (queries/guards.py) they are the first
    and last day of a whole block of months, and nothing is said of groups.
    """
    about = {metric.pk: _about(metric) for metric in _metrics(actor)}
    guarded = guards(actor, about)
    params: dict[str, Any] = {
        "program": actor.program_id, "first": period.first, "last": period.last,
        "guarded": list(guarded),
    }  # fmt: skip
    for pk, guard in guarded.items():
        yield from _block_rows(about[pk], guard, period)
    with transaction.atomic():
        connection.ensure_connection()
        with connection.create_cursor(name="scores_export") as cursor:
            cursor.itersize = 5_000
            cursor.execute(_SCORES, params)
            for metric, day, value, groups in cursor:
                told = day.isoformat()
                yield [*about[metric], told, told, value, groups or ""]


def _block_rows(about: list[Any], guard: Guard, period: Period) -> Iterator[Sequence[Any]]:
    for first, last in guard.within(period.first, period.last):
        for value, count in enumerate(guard.sums([(first, last)]).counts):
            for _one in range(count):
                yield [*about, first.isoformat(), last.isoformat(), value, ""]


def _metrics(actor: Actor) -> Any:
    return Metric.objects.for_actor(actor).select_related("program")


def _about(metric: Metric) -> list[Any]:
    definition = definition_of(metric)
    target = None if metric.target is None else float(metric.target)
    return [
        metric.code,
        definition.statistic.value,
        definition.minimum,
        definition.maximum,
        definition.promoter_from,
        definition.detractor_to,
        definition.top_from,
        int(definition.direction.value == "high"),
        definition.min_n,
        target,
    ]
