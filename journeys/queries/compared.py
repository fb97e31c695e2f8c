"""What the review is set beside: another period, another group, or a competitor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.registry import OutsideValue, outside_sources
from journeys.calc import stages as calc
from journeys.queries.review import DimensionGroup, Review
from journeys.queries.stage_scores import DIGITS, Against, Basis, Span, StageRow, TouchpointRow
from surveys.calc.change import Estimate, Verdict, difference
from surveys.queries.scores import Period, ShownScore

BEFORE, YEAR, RIVAL = "before", "year", "rival:"
#: ("stage" or "touchpoint", id).
Place: TypeAlias = tuple[str, int]
_WORDS = {Verdict.REAL: "real", Verdict.NONE: "none", Verdict.TOO_EARLY: "early"}
_Z = 1.959964


@dataclass(frozen=True)
class Comparison:
    """One thing to compare with: a span of ours, or a party outside."""

    key: str
    label: str
    span: Span | None = None
    party: str = ""


@dataclass(frozen=True)
class Compared:
    """Theirs at a place, and ours less theirs; `ours` is what of ours was compared.

    `verdict` is real, none, early, or empty where nothing is known of their error.
    """

    shown: ShownScore
    value: float | None = None
    ours: float | None = None
    difference: float | None = None
    margin: float | None = None
    verdict: str = ""
    source: str = ""
    measured_on: date | None = None
    is_bound: bool = False
    used: int = 0
    of: int = 0

    @property
    def verdict_words(self) -> str:
        """What may be said of the difference."""
        return {"real": _("real difference"), "none": _("no difference shown")}.get(
            self.verdict, ""
        )

    @property
    def tone(self) -> str:
        """Good ahead, bad behind, neutral where no difference is shown."""
        if self.verdict != "real" or self.difference is None:
            return "muted"
        return "good" if self.difference > 0 else "bad"


def comparison_groups(
    actor: Actor, groups: Iterable[DimensionGroup]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything one may compare with: (heading, [(key, label)])."""
    found = [
        (_("Period"), [(BEFORE, _("As many days before")), (YEAR, _("A year before"))]),
        *((group.label, [(str(pk), label) for pk, label in group.options]) for group in groups),
    ]
    parties = dict.fromkeys(name for source in outside_sources for name in source.parties(actor))
    if parties:
        found.append((_("Competitors"), [(RIVAL + name, name) for name in sorted(parties)]))
    return found


def comparison_of(
    asked: str,
    offered: Iterable[tuple[str, list[tuple[str, str]]]],
    *,
    period: Period,
    dimension: int,
) -> Comparison | None:
    """The comparison of that key; None for none. Raises LookupError for one not offered."""
    if not asked:
        return None
    labels = {key: label for _heading, options in offered for key, label in options}
    label = labels[asked]
    if asked.startswith(RIVAL):
        return Comparison(asked, label, party=asked.removeprefix(RIVAL))
    if asked == BEFORE:
        return Comparison(asked, label, span=(period.before, dimension))
    if asked == YEAR:
        return Comparison(asked, label, span=(year_before(period), dimension))
    return Comparison(asked, label, span=(period, int(asked)))


def year_before(period: Period) -> Period:
    """The same days a year before; 29 February is compared with the 28th."""
    return Period(*(_year_before(day) for day in (period.first, period.last)))


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year - 1)


def compared_by_place(
    actor: Actor, reviews: Sequence[Review], comparison: Comparison | None, period: Period
) -> dict[Place, Compared]:
    """Theirs beside ours at every stage and touchpoint of the reviews that has it."""
    if comparison is None:
        return {}
    rows = [stage.row for review in reviews for stage in review.stages]
    if comparison.span is not None:
        found = {("stage", row.stage.pk): row.against for row in rows}
        found |= {
            ("touchpoint", point.touchpoint.pk): point.against
            for row in rows
            for point in row.touchpoints
        }
        return {place: _inside(against) for place, against in found.items() if against}
    values = _outside(actor, rows, comparison.party, period)
    compared: dict[Place, Compared] = {}
    for review in reviews:
        for stage in review.stages:
            compared |= _stage_compared(stage.row, review.scores.basis, values)
    return compared


def _inside(against: Against) -> Compared:
    change = against.compared.change
    return Compared(
        shown=against.shown,
        value=against.value,
        difference=change.difference,
        margin=change.margin,
        verdict=_WORDS[change.verdict],
    )


def _outside(
    actor: Actor, rows: Iterable[StageRow], party: str, period: Period
) -> dict[str, OutsideValue]:
    """The best evidence at each place; a value of too few gives way to a better one."""
    asked: dict[str, list[int]] = {}
    for row in rows:
        pks = [point.touchpoint.pk for point in row.touchpoints]
        asked[f"s{row.stage.pk}"] = pks
        asked |= {f"t{pk}": [pk] for pk in pks}
    found: dict[str, OutsideValue] = {}
    for source in outside_sources:
        for value in source.values(actor, party, asked, period.first, period.last):
            known = found.get(value.place)
            if known is None or (known.value is None and value.value is not None):
                found[value.place] = value
    return found


@dataclass(frozen=True)
class _Pair:
    """Theirs and ours at one place, as two groups to compare; an error may be unknown."""

    theirs: float
    their_se: float | None
    their_n: int | None
    ours: Estimate
    weight: float = 1.0


def _stage_compared(
    row: StageRow, basis: Basis, values: Mapping[str, OutsideValue]
) -> dict[Place, Compared]:
    found: dict[Place, Compared] = {}
    pairs = []
    weights = {part.key: part.weight for part in row.roll_up.parts}
    for point in row.touchpoints:
        pk = point.touchpoint.pk
        value = values.get(f"t{pk}")
        if value is None:
            continue
        pair = _pair(value, _ours(point, value, basis), basis)
        found["touchpoint", pk] = _compared(value, pair, basis)
        if pair is not None:
            pairs.append(replace(pair, weight=weights.get(pk, 0.0)))
    direct = values.get(f"s{row.stage.pk}")
    place = ("stage", row.stage.pk)
    if direct is not None:
        ours = _told(direct, basis) or calc.estimate(row.node, basis.now, basis.settings)
        found[place] = _compared(direct, _pair(direct, ours, basis), basis)
    elif sum(pair.weight for pair in pairs):
        found[place] = _rolled(pairs, len(row.touchpoints), basis)
    return found


def _ours(point: TouchpointRow, value: OutsideValue, basis: Basis) -> Estimate | None:
    """Ours by the same measure where the source tells it, else by the same metric, else whole."""
    if value.ours is not None:
        return _told(value, basis)
    node = point.node
    same = [measure for measure in node.measures if measure.key == value.metric]
    if value.metric is not None and same:
        node = replace(node, measures=same)
    return calc.estimate(node, basis.now, basis.settings)


def _told(value: OutsideValue, basis: Basis) -> Estimate | None:
    if value.ours is None:
        return None
    shown, se, n = value.ours
    return Estimate(shown, shown, se**2, n) if n >= basis.settings.min_n else None


def _pair(value: OutsideValue, ours: Estimate | None, basis: Basis) -> _Pair | None:
    if value.value is None or ours is None or _too_few(value, basis):
        return None
    return _Pair(value.value, value.se, value.n, ours)


def _too_few(value: OutsideValue, basis: Basis) -> bool:
    return value.value is None or (value.n is not None and value.n < basis.settings.min_n)


def _compared(value: OutsideValue, pair: _Pair | None, basis: Basis) -> Compared:
    hidden = _too_few(value, basis)
    shown = _shown(None if hidden else value.value, value.se, value.n, basis)
    told = Compared(
        shown,
        value=shown.value,
        source=value.source,
        measured_on=value.measured_on,
        is_bound=value.is_bound and value.se is not None and not hidden,
    )
    return told if pair is None else _judged(told, pair, basis)


def _rolled(pairs: Sequence[_Pair], of: int, basis: Basis) -> Compared:
    """A stage by its touchpoints that can be compared, with the stage's own weights.

    How their errors go together is not known: they are added as if they moved as one.
    """
    whole = sum(pair.weight for pair in pairs)
    shares = [pair.weight / whole for pair in pairs]
    known = [pair.their_se for pair in pairs if pair.their_se is not None]
    sizes = [pair.their_n for pair in pairs if pair.their_n is not None]
    se = (
        sum(s * e for s, e in zip(shares, known, strict=True)) if len(known) == len(pairs) else None
    )
    theirs = sum(share * pair.theirs for share, pair in zip(shares, pairs, strict=True))
    ours = Estimate(
        shown=sum(s * pair.ours.shown for s, pair in zip(shares, pairs, strict=True)),
        point=sum(s * pair.ours.point for s, pair in zip(shares, pairs, strict=True)),
        variance=sum(s * pair.ours.variance**0.5 for s, pair in zip(shares, pairs, strict=True))
        ** 2,
        n=min(pair.ours.n for pair in pairs),
    )
    n = min(sizes) if len(sizes) == len(pairs) else None
    told = Compared(_shown(theirs, se, n, basis), value=theirs, used=len(pairs), of=of)
    return _judged(told, _Pair(theirs, se, n, ours), basis)


def _judged(told: Compared, pair: _Pair, basis: Basis) -> Compared:
    gap = pair.ours.shown - pair.theirs
    told = replace(told, ours=pair.ours.shown, difference=gap)
    if pair.their_se is None or pair.their_n is None:
        return told
    theirs = Estimate(pair.theirs, pair.theirs, pair.their_se**2, pair.their_n)
    change = difference(theirs, pair.ours, min_n=basis.settings.min_n, level=basis.settings.level)
    return replace(told, margin=change.margin, verdict=_WORDS[change.verdict])


def _shown(value: float | None, se: float | None, n: int | None, basis: Basis) -> ShownScore:
    return ShownScore(
        value=value,
        margin=None if se is None else _Z * se,
        n=n or 0,
        hidden=value is None,
        minimum=basis.settings.min_n,
        unit="",
        digits=DIGITS,
    )


def whole_compared(review: Review) -> Compared | None:
    """The whole journey beside another period or group."""
    return _inside(review.scores.against) if review.scores.against else None


def span_of(comparison: Comparison | None) -> Span | None:
    """The span scores are read for; None for a party or nothing."""
    return comparison.span if comparison else None
