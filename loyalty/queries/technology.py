"""The inventory: what is in use by kind, gaps and overlaps, and whether metrics moved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
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
    on_scale,
    score_of_histogram,
    shown,
    today_of,
)
from surveys.queries.windows import window_histograms

#: Days compared before and after a technology came into use.
WINDOW = 90
_LIVE = (Technology.State.IN_USE, Technology.State.PROJECT)


@dataclass(frozen=True)
class Evidence:
    """The linked metric before and after the day; `days` of either side that have passed.

    An association in time, not a proof: other things changed as well.
    """

    before: ShownScore
    after: ShownScore
    days: int

    @property
    def moved(self) -> bool:
        """Whether the metric is better since, by more than chance."""
        change = self.after.change
        if change is None or change.verdict != "real":
            return False
        return (change.value < 0) is self.after.lower_is_better


@dataclass(frozen=True)
class TechnologyRow:
    """A technology and what its metric says; None without metric, day, or a day after it."""

    technology: Technology
    evidence: Evidence | None


@dataclass(frozen=True)
class KindRow:
    """A kind of the catalogue and what the program has of it."""

    kind: Kind
    rows: list[TechnologyRow]

    @property
    def live(self) -> list[Technology]:
        """In use or on their way."""
        return [row.technology for row in self.rows if row.technology.state in _LIVE]

    @property
    def is_gap(self) -> bool:
        return not self.live

    @property
    def overlaps(self) -> bool:
        return len(self.live) > 1

    @property
    def cost(self) -> Decimal:
        """What the live ones cost a year together."""
        return sum((row.yearly_cost or Decimal() for row in self.live), Decimal())


@dataclass(frozen=True)
class Inventory:
    """All kinds, the yearly cost, who has no owner; `peers` of 100 companies use a kind."""

    kinds: list[KindRow]
    cost: Decimal
    without_owner: int
    evidenced: int = field(default=0)
    moved: int = field(default=0)

    @property
    def gaps(self) -> list[KindRow]:
        """Kinds nothing covers, those most peers use first."""
        found = [row for row in self.kinds if row.is_gap]
        return sorted(found, key=lambda row: -(row.kind.peers or 0))

    @property
    def overlapping(self) -> list[KindRow]:
        """Kinds that several technologies cover, the dearest first."""
        found = [row for row in self.kinds if row.overlaps]
        return sorted(found, key=lambda row: -row.cost)


def inventory_of(actor: Actor) -> Inventory:
    """The catalogue beside what the program has, with the evidence. Four queries at most."""
    stored = list(Technology.objects.for_actor(actor).select_related("owner", "metric__program"))
    evidence = evidence_by_technology(actor, stored)
    rows = [TechnologyRow(row, evidence.get(row.pk)) for row in stored]
    return Inventory(
        kinds=[
            KindRow(kind, [row for row in rows if row.technology.kind == kind.code])
            for kind in KINDS
        ],
        cost=sum((row.yearly_cost or Decimal() for row in stored), Decimal()),
        without_owner=sum(row.owner_id is None for row in stored),
        evidenced=len(evidence),
        moved=sum(seen.moved for seen in evidence.values()),
    )


def evidence_of(actor: Actor, technology: Technology) -> Evidence | None:
    """The evidence of one technology."""
    return evidence_by_technology(actor, [technology]).get(technology.pk)


def evidence_by_technology(actor: Actor, technologies: Iterable[Technology]) -> dict[int, Evidence]:
    """Evidence by technology, in equal windows on both sides of `since`. Three queries at most."""
    today = today_of(actor)
    chosen = []
    for row in technologies:
        days = min(WINDOW, (today - row.since).days) if row.since else 0
        if row.metric is not None and row.since is not None and days > 0:
            before = Period(row.since - timedelta(days), row.since - timedelta(1))
            after = Period(row.since, row.since + timedelta(days - 1))
            chosen.append((row.pk, row.metric, days, before, after))
    asked = [(metric, period) for _pk, metric, _days, *both in chosen for period in both]
    sums = iter(window_histograms(actor, asked))
    found = {}
    for pk, metric, days, _before, _after in chosen:
        before_sum, after_sum = next(sums), next(sums)
        definition = definition_of(metric)
        change = compare(definition, on_scale(metric, before_sum), on_scale(metric, after_sum))
        found[pk] = Evidence(
            before=shown(metric, score_of_histogram(metric, before_sum)),
            after=shown(metric, score_of_histogram(metric, after_sum), change),
            days=days,
        )
    return found
