"""The goal tree of a month: every goal with its sum, the KPIs under it, and what goes wrong."""

from dataclasses import dataclass, field
from typing import Any

from cxportal.core.calc.numbers import plain_number, share_text
from loyalty.calc.attainment import State
from loyalty.calc.goal_tree import (
    MOST_LEVELS,
    Branch,
    Leaf,
    RollUp,
    depth_of,
    fits_under,
    roll_up,
)
from loyalty.models import Goal
from loyalty.queries.scorecard import Card, KpiRow


@dataclass
class GoalNode:
    """A goal with its sum, the goals and the KPIs under it, and where it can go.

    `number` is 1, 1.2, 1.2.1 …; `depth` 0 at the top; `before` and `after` say whether a sibling
    stands there.
    """

    goal: Goal
    rolled: RollUp
    depth: int
    number: str = ""
    children: list["GoalNode"] = field(default_factory=list)
    kpis: list[KpiRow] = field(default_factory=list)
    before: bool = False
    after: bool = False
    places: list[Goal] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.rolled.state

    @property
    def percent(self) -> str:
        return share_text(self.rolled.share)

    @property
    def may_have_goals(self) -> bool:
        return self.depth + 1 < MOST_LEVELS

    @property
    def formula(self) -> str:
        """The sum with its figures: (2 × 91% + 1 × 60%) ÷ 3 = 81%; "" without any."""
        terms = self.rolled.terms
        if not terms:
            return ""
        total = sum(weight for weight, _share in terms)
        parts = " + ".join(f"{_weight(weight)} × {share_text(share)}" for weight, share in terms)
        return f"({parts}) ÷ {_weight(total)} = {self.percent}"

    @property
    def worst(self) -> tuple[str, float] | None:
        """The part that is furthest behind: its name and share; None unless there are several."""
        known = [(str(n.goal), n.rolled.share) for n in self.children]
        known += [(str(row.kpi), row.share) for row in self.kpis]
        parts = [(name, share) for name, share in known if share is not None]
        return min(parts, key=lambda part: part[1]) if len(parts) > 1 else None


@dataclass(frozen=True)
class GoalTree:
    """The goals at the top, all goals in the order of the outline, and KPIs without a goal."""

    roots: list[GoalNode]
    outline: list[GoalNode]
    loose: list[KpiRow]

    def kept(self) -> list[dict[str, Any]]:
        """What a closed month keeps."""
        return [
            {
                "id": node.goal.pk,
                "name": node.goal.name,
                "parent": node.goal.parent_id,
                "weight": float(node.goal.weight),
                "share": node.rolled.share,
                "state": str(node.state),
            }
            for node in self.outline
        ]


def _weight(value: float) -> str:
    return plain_number(value, 0 if value == int(value) else 2, "en")


def goal_tree(card: Card) -> GoalTree:
    """Lay a card's goals out. No query: the card has read them."""
    parents = {goal.pk: goal.parent_id for goal in card.goals}
    branches = [Branch(goal.pk, goal.parent_id, float(goal.weight)) for goal in card.goals]
    leaves = [
        Leaf(row.kpi.pk, row.kpi.part_of_id, float(row.kpi.weight), row.share)
        for row in card.rows
        if row.kpi.part_of_id is not None
    ]
    sums = roll_up(branches, leaves)
    nodes = {
        goal.pk: GoalNode(goal, sums[goal.pk], depth_of(goal.pk, parents)) for goal in card.goals
    }
    roots: list[GoalNode] = []
    for goal in card.goals:
        siblings = roots if goal.parent_id is None else nodes[goal.parent_id].children
        siblings.append(nodes[goal.pk])
        nodes[goal.pk].places = [
            other
            for other in card.goals
            if other.pk != goal.parent_id and fits_under(goal.pk, other.pk, parents)
        ]
    for row in card.rows:
        if row.kpi.part_of_id is not None:
            nodes[row.kpi.part_of_id].kpis.append(row)
    outline: list[GoalNode] = []
    _walk(roots, "", outline)
    return GoalTree(roots, outline, [row for row in card.rows if row.kpi.part_of_id is None])


def _walk(siblings: list[GoalNode], prefix: str, outline: list[GoalNode]) -> None:
    for at, node in enumerate(siblings):
        node.number = f"{prefix}{at + 1}"
        node.before, node.after = at > 0, at + 1 < len(siblings)
        outline.append(node)
        _walk(node.children, f"{node.number}.", outline)
