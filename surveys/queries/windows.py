"""Sums of answers in many windows at once: each metric in days of its own."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from cxportal.core.actors import Actor
from surveys.calc.histogram import BINS, Histogram
from surveys.models import Metric
from surveys.queries.guards import guards
from surveys.queries.scores import Period

_SUMS = f"""
SELECT w.place, {", ".join(f"sum(t.n{v})" for v in range(BINS))}
FROM unnest(%s::int[], %s::bigint[], %s::date[], %s::date[]) AS w(place, metric, first, last)
JOIN surveys_tally t ON t.metric_id = w.metric AND t.dimension = 0
     AND t.day BETWEEN w.first AND w.last
WHERE t.program_id = %s GROUP BY w.place
"""  # noqa: S608  # names of our own columns


def window_histograms(actor: Actor, windows: Sequence[tuple[Metric, Period]]) -> list[Histogram]:
    """Everybody's answers to each metric in its window, in the order asked; three queries at most.

    Guarded metrics count in whole blocks of months, as everywhere (queries/guards.py).
    """
    found = [Histogram()] * len(windows)
    if not windows:
        return found
    guarded = guards(actor, {metric.pk for metric, _period in windows})
    open_ones = []
    for place, (metric, period) in enumerate(windows):
        metric.program = actor.program  # its minimum of answers, without another query
        if guard := guarded.get(metric.pk):
            found[place] = guard.sums(guard.within(period.first, period.last))
        else:
            open_ones.append((place, metric.pk, period.first, period.last))
    if open_ones:
        params: list[Any] = [list(column) for column in zip(*open_ones, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_SUMS, [*params, actor.program_id])
            for place, *counts in cursor.fetchall():
                found[place] = Histogram.from_counts([int(count) for count in counts])
    return found
