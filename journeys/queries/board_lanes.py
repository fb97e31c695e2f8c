"""A board cut into lanes: by stage, owner, horizon or relationship activity."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from journeys.models import Action, Board, Column, Relationship
from journeys.queries.actions import actions_live
from journeys.queries.boards import Card, cards_of, columns_of

#: Cards that lanes and the roadmap show at most.
MOST_CARDS = 400
LANES = ("stage", "owner", "horizon", "relationship")


@dataclass(frozen=True)
class Lane:
    """One row of a board: how the page names it, its words, and its cards by column."""

    key: str
    label: str
    cells: list[list[Card]]
    columns: list[Column] = field(default_factory=list)

    @property
    def placed(self) -> list[tuple[Column, list[Card]]]:
        """Each column with its cards."""
        return list(zip(self.columns, self.cells, strict=True))

    @property
    def count(self) -> int:
        """How many cards it shows."""
        return sum(len(cell) for cell in self.cells)


@dataclass(frozen=True)
class Lanes:
    """A board cut into rows; `cut` says that more cards are there than shown."""

    columns: list[Column]
    rows: list[Lane]
    cut: bool


def board_lanes(actor: Actor, board: Board | None, filtered: QuerySet[Any], by: str) -> Lanes:
    """A board's cards in lanes; of stages and owners only those with a card, and none."""
    columns = columns_of(actor, board)
    if board is None:
        return Lanes(columns, [], cut=False)
    rows = filtered.filter(board=board).select_related("stage__journey")
    found = list(rows.order_by("column__position", "rank")[: MOST_CARDS + 1])
    if not found:
        return Lanes(columns, [], cut=False)
    cards = cards_of(actor, found[:MOST_CARDS])
    places = {column.pk: place for place, column in enumerate(columns)}
    cells: dict[str, list[list[Card]]] = defaultdict(lambda: [[] for _column in columns])
    for card in cards:
        cells[_KEYS[by](card.action)][places[card.action.column_id]].append(card)
    labels = _labels([card.action for card in cards], by)
    lanes = [Lane(f"{by}:{key}", label, cells[key], columns) for key, label in labels.items()]
    return Lanes(columns, lanes, len(found) > MOST_CARDS)


def lanes_beside(actor: Actor, action: Action, by: str) -> list[tuple[str, str]]:
    """Lanes of the action's board it is not in, as (key, label)."""
    rows = actions_live(actor).filter(board=action.board_id).select_related("stage__journey")
    labels = _labels(list(rows.order_by("column__position", "rank")[:MOST_CARDS]), by)
    own = _KEYS[by](action)
    return [(f"{by}:{key}", label) for key, label in labels.items() if key != own]


def stage_label(action: Action) -> str:
    """A stage with its journey."""
    return f"{action.stage.journey} – {action.stage}" if action.stage else _("Not chosen")


_KEYS: dict[str, Callable[[Action], str]] = {
    "stage": lambda a: str(a.stage_id or ""),
    "owner": lambda a: str(a.owner_id or ""),
    "horizon": lambda a: a.horizon,
    "relationship": lambda a: a.relationship,
}
_LABELS: dict[str, Callable[[Action], str]] = {
    "stage": stage_label,
    "owner": lambda a: str(a.owner.user) if a.owner else _("Not chosen"),
}


def _labels(actions: list[Action], by: str) -> dict[str, str]:
    """Key and words of every lane, in order; the one for "not chosen" comes last."""
    if by == "horizon":
        return {str(key): str(label) for key, label in Action.Horizon.choices}
    if by == "relationship":
        fixed = {str(key): str(label) for key, label in Relationship.choices}
        return {**fixed, "": _("Not chosen")}
    found = {_KEYS[by](a): _LABELS[by](a) for a in actions}
    found.pop("", None)
    ordered = dict(sorted(found.items(), key=lambda pair: (pair[1], pair[0])))
    return {**ordered, "": _("Not chosen")}
