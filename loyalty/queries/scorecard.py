"""The scorecard as pages, mails and the API read it, in five queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from cxportal.core.actors import Actor
from loyalty.calc.attainment import State, attainment, state_of, weighted_attainment
from loyalty.calc.chain import Link, Verdict, lagged_link, verdicts
from loyalty.calc.months import month_shift, months_up_to
from loyalty.models import Goal, Kpi, KpiLink, KpiValue, ScorecardSnapshot

#: Months a link is tested over, and months the small line shows.
TESTED_MONTHS = 36
SPARK_MONTHS = 13


@dataclass(frozen=True)
class KpiRow:
    """One KPI in one month; values in its own unit."""

    kpi: Kpi
    series: list[float | None]
    value: float | None
    n: int | None
    before: float | None
    year_before: float | None
    comment: str

    @property
    def target(self) -> float | None:
        return None if self.kpi.target is None else float(self.kpi.target)

    @property
    def state(self) -> State:
        return state_of(self.value, self.target, high_is_good=self.kpi.high_is_good)

    @property
    def share(self) -> float | None:
        """Attainment of the target (0–1), None without value or target."""
        if self.value is None or self.target is None:
            return None
        return attainment(self.value, self.target, high_is_good=self.kpi.high_is_good)

    @property
    def spark(self) -> list[float | None]:
        return self.series[-SPARK_MONTHS:]


@dataclass(frozen=True)
class LinkRow:
    """A hypothesis and what the months say of it."""

    link: KpiLink
    cause: Kpi
    effect: Kpi
    test: Link
    verdict: Verdict


@dataclass(frozen=True)
class ViewOfCard:
    """One of the three views: its KPIs and how far their targets are reached (0–1)."""

    view: Kpi.View
    rows: list[KpiRow]

    @cached_property
    def share(self) -> float | None:
        parts = [(row.share, float(row.kpi.weight)) for row in self.rows]
        return weighted_attainment((share, w) for share, w in parts if share is not None)

    @cached_property
    def counted(self) -> int:
        return sum(row.share is not None for row in self.rows)

    @cached_property
    def worst(self) -> KpiRow | None:
        known = [row for row in self.rows if row.share is not None]
        return min(known, key=lambda row: row.share or 0.0, default=None)


@dataclass(frozen=True)
class Card:
    """The scorecard of one month."""

    month: date
    rows: list[KpiRow]
    links: list[LinkRow]
    goals: list[Goal]
    snapshot: ScorecardSnapshot | None

    @property
    def views(self) -> list[ViewOfCard]:
        return [
            ViewOfCard(view, [row for row in self.rows if row.kpi.view == view])
            for view in Kpi.View
        ]

    @property
    def earlier(self) -> date:
        return month_shift(self.month, -1)

    @property
    def later(self) -> date:
        return month_shift(self.month, 1)

    def document(self) -> dict[str, Any]:
        """What a closed month keeps."""
        from loyalty.queries.goal_tree import goal_tree

        return {
            "goals": goal_tree(self).kept(),
            "kpis": [_kept(row) for row in self.rows],
            "links": [
                {
                    "cause": row.cause.pk,
                    "effect": row.effect.pk,
                    "verdict": str(row.verdict),
                    "lag": row.test.lag,
                    "r": row.test.r,
                    "p": row.test.p,
                    "n": row.test.n,
                }
                for row in self.links
            ],
        }


def _kept(row: KpiRow) -> dict[str, Any]:
    kpi = row.kpi
    return {
        "id": kpi.pk,
        "name": kpi.name,
        "view": kpi.view,
        "unit": kpi.unit,
        "value": row.value,
        "n": row.n,
        "target": row.target,
        "state": str(row.state),
        "weight": float(kpi.weight),
        "owner": str(kpi.owner) if kpi.owner else "",
        "comment": row.comment,
    }


def scorecard_of(actor: Actor, month: date, *, links: bool = True) -> Card:
    """KPIs with their values up to `month`, goals, the tested links, the month as it was closed.

    Testing links takes a while; who shows none leaves them out.
    """
    kpis = list(Kpi.objects.for_actor(actor).select_related("owner", "metric"))
    months = months_up_to(month, TESTED_MONTHS)
    values: dict[int, dict[date, KpiValue]] = defaultdict(dict)
    for stored in KpiValue.objects.for_actor(actor).filter(month__range=(months[0], months[-1])):
        values[stored.kpi_id][stored.month] = stored
    rows = [_row(kpi, values[kpi.pk], months) for kpi in kpis]
    snapshot: Any = ScorecardSnapshot.objects.for_actor(actor).filter(month=month)
    found = snapshot.select_related("taken_by").first()
    goals = list(Goal.objects.for_actor(actor).select_related("owner"))
    return Card(month, rows, _links(actor, rows) if links else [], goals, found)


def _row(kpi: Kpi, values: dict[date, KpiValue], months: list[date]) -> KpiRow:
    series = [_number(values.get(month)) for month in months]
    now = values.get(months[-1])
    return KpiRow(
        kpi=kpi,
        series=series,
        value=series[-1],
        n=now.n if now else None,
        before=series[-2],
        year_before=series[-13],
        comment=now.comment if now else "",
    )


def _number(stored: KpiValue | None) -> float | None:
    return None if stored is None or stored.value is None else float(stored.value)


def _links(actor: Actor, rows: list[KpiRow]) -> list[LinkRow]:
    by_kpi = {row.kpi.pk: row for row in rows}
    stored = list(KpiLink.objects.for_actor(actor).order_by("pk"))
    tests = [
        lagged_link(by_kpi[link.cause_id].series, by_kpi[link.effect_id].series) for link in stored
    ]
    said = verdicts(tests)
    return [
        LinkRow(link, by_kpi[link.cause_id].kpi, by_kpi[link.effect_id].kpi, test, verdict)
        for link, test, verdict in zip(stored, tests, said, strict=True)
    ]
