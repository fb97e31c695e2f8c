"""The inventory: what is in use by kind, gaps and overlaps, and whether metrics moved."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cxportal.core.actors import Actor
from loyalty.models import Technology
from loyalty.technology_catalogue import KINDS, Kind
from surveys.calc.change import compare
from surveys.queries.scores import (
    Period,
    ShownScore,
    definition_of,
    metric_histograms,
    on_scale,
    score_of_histogram,
    shown,
    today_of,
)

#: Days compared before and after a technology came into use.
WINDOW = 90
_COUNTED = (Technology.State.IN_USE, Technology.State.PROJECT)


@dataclass(frozen=True)
class KindRow:
    """A kind of the catalogue: how many are in use or on their way."""

    kind: Kind
    technologies: list[Technology]
    live: int

    @property
    def is_gap(self) -> bool:
        return self.live == 0

    @property
    def overlaps(self) -> bool:
        return self.live > 1


@dataclass(frozen=True)
class Inventory:
    """All kinds, the yearly cost, and who has no owner."""

    kinds: list[KindRow]
    cost: Decimal
    without_owner: int


def inventory_of(actor: Actor) -> Inventory:
    """The catalogue beside what the program has. One query."""
    rows = list(Technology.objects.for_actor(actor).select_related("owner", "metric"))
    live = Counter(row.kind for row in rows if row.state in _COUNTED)
    return Inventory(
        kinds=[
            KindRow(kind, [r for r in rows if r.kind == kind.code], live[kind.code])
            for kind in KINDS
        ],
        cost=sum((row.yearly_cost or Decimal() for row in rows), Decimal()),
        without_owner=sum(row.owner_id is None for row in rows),
    )


@dataclass(frozen=True)
class Evidence:
    """The linked metric before and after the day; `days` of either side that have passed."""

    before: ShownScore
    after: ShownScore
    days: int


def evidence_of(actor: Actor, technology: Technology) -> Evidence | None:
    """The metric in equal windows on both sides of `since`; None without metric or day.

    An association in time, not a proof: other things changed as well.
    """
    metric, since = technology.metric, technology.since
    if metric is None or since is None:
        return None
    days = min(WINDOW, (today_of(actor) - since).days)
    if days < 1:
        return None
    windows = [
        Period(since - timedelta(days), since - timedelta(1)),
        Period(since, since + timedelta(days - 1)),
    ]
    before, after = (
        metric_histograms(
            actor=actor, metrics=[metric], first_day=window.first, last_day=window.last
        )[metric.pk]
        for window in windows
    )
    definition = definition_of(metric)
    change = compare(definition, on_scale(metric, before), on_scale(metric, after))
    return Evidence(
        before=shown(metric, score_of_histogram(metric, before)),
        after=shown(metric, score_of_histogram(metric, after), change),
        days=days,
    )
