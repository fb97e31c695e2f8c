"""Mystery shopping: points earned against points possible, what did not apply left out.

Source: Kinesis, "Mystery shopping: scoring", as docs say it: Σ earned ÷ Σ possible, weighted;
not-applicable in neither sum. A visit's score counts its own items; several visits are summed
up before they are divided, so that a visit with more items counts for more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: The answers an item may have, and the share of its weight each earns; None stays out.
EARNS: dict[str, float | None] = {"yes": 1.0, "partly": 0.5, "no": 0.0, "na": None}


@dataclass(frozen=True)
class Item:
    """One thing to be checked: its question's code, its weight (> 0), where it belongs."""

    code: str
    weight: float
    touchpoint: str


@dataclass(frozen=True)
class Visit:
    """The answers of one visit: "yes", "partly", "no" or "na" by the items' codes."""

    store: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Score:
    """Points of some visits. `share` is None when nothing applied."""

    earned: float = 0.0
    possible: float = 0.0
    visits: int = 0

    @property
    def share(self) -> float | None:
        return self.earned / self.possible if self.possible else None

    def with_visit(self, earned: float, possible: float) -> "Score":
        """The same with one more visit."""
        return Score(self.earned + earned, self.possible + possible, self.visits + 1)


def visit_points(items: Iterable[Item], answers: Mapping[str, str]) -> tuple[float, float]:
    """(earned, possible) of one visit; items not answered or not applicable count in neither."""
    earned = possible = 0.0
    for item in items:
        share = EARNS.get(answers.get(item.code, ""))
        if share is not None:
            earned += share * item.weight
            possible += item.weight
    return earned, possible


def scores_by_store(
    items: Iterable[Item], visits: Iterable[Visit]
) -> dict[str, tuple[Score, dict[str, Score]]]:
    """Per store its whole score and those of its touchpoints, in the items' order."""
    by_touchpoint: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_touchpoint[item.touchpoint].append(item)
    every = [item for of in by_touchpoint.values() for item in of]
    found: dict[str, tuple[Score, dict[str, Score]]] = {}
    for visit in visits:
        whole, parts = found.get(visit.store) or (Score(), {t: Score() for t in by_touchpoint})
        whole = whole.with_visit(*visit_points(every, visit.answers))
        for touchpoint, of in by_touchpoint.items():
            earned, possible = visit_points(of, visit.answers)
            if possible:
                parts[touchpoint] = parts[touchpoint].with_visit(earned, possible)
        found[visit.store] = (whole, parts)
    return found
