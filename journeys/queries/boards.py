"""What a board page shows: columns, counts, and the first cards of each; a constant few queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from journeys.calc.priority import Band, band, ice, priority, rice
from journeys.models import OPEN_STATES, Action, Board, Column
from journeys.queries.actions import actions_live, today_of
from journeys.queries.effects import ActionEffect, effects_of
from journeys.standard_board import STANDARD_COLUMNS

#: Cards a column shows before "show more".
CARDS = 20


@dataclass(frozen=True)
class CardWords:
    """What every card says in the reader's language, looked up once for all of them."""

    move: str
    move_there: str
    overdue: str
    due: str
    since: str
    nobody: str
    priority: Mapping[Band | None, str]

    @classmethod
    def now(cls) -> "CardWords":
        """In the language at hand."""
        low = _("low priority %(n)s")
        return cls(
            move=_("Move to…"),
            move_there=_("Move it on its page"),
            overdue=_("overdue"),
            due=_("due"),
            since=_("here since"),
            nobody=_("nobody yet"),
            priority={
                Band.HIGH: _("high priority %(n)s"),
                Band.MEDIUM: _("priority %(n)s"),
                Band.LOW: low,
                None: low,
            },
        )


@dataclass(frozen=True)
class Card:
    """One action on a board, with what its card says."""

    words: CardWords
    action: Action
    priority: float | None
    band: Band | None
    overdue: bool
    movable: bool
    effect: ActionEffect | None

    @property
    def priority_words(self) -> str:
        """How pressing it is: high priority 72."""
        shown = "–" if self.priority is None else f"{self.priority:.0f}"
        return self.words.priority[self.band] % {"n": shown}


@dataclass(frozen=True)
class BoardColumn:
    """A column with the cards shown; `count` matches the filters, `total` is all of it."""

    column: Column
    cards: list[Card] = field(default_factory=list)
    count: int = 0
    total: int = 0

    @property
    def more(self) -> int:
        """How many cards are not shown."""
        return max(0, self.count - len(self.cards))

    @property
    def is_over(self) -> bool:
        """True when it holds more than its limit."""
        return self.column.limit is not None and self.total > self.column.limit

    @property
    def limit_words(self) -> str:
        """The limit in words; "" where there is none."""
        limit = self.column.limit
        if limit is None:
            return ""
        if self.is_over:
            over = self.total - limit
            return _("%(over)d over the limit of %(limit)d") % {"over": over, "limit": limit}
        return _("limit %(limit)d") % {"limit": limit}

    @property
    def key(self) -> str:
        """What the page calls the column; one not made yet goes by its state."""
        return str(self.column.pk or self.column.state)


def board_of(actor: Actor, pk: int | None = None) -> Board | None:
    """The board asked for, or the default one; None when it does not exist (yet)."""
    boards: QuerySet[Any] = Board.objects.for_actor(actor)
    found: Board | None = (
        boards.filter(is_default=True).first() if pk is None else boards.filter(pk=pk).first()
    )
    return found


def boards_all(actor: Actor) -> list[Board]:
    """Every board, the default one first."""
    return list(Board.objects.for_actor(actor).order_by("-is_default", "pk"))


def columns_of(actor: Actor, board: Board | None) -> list[Column]:
    """The board's columns; the standard ones, not made yet, while there is no board."""
    if board is not None:
        return list(Column.objects.for_actor(actor).filter(board=board))
    return [
        Column(program=actor.program, name=dict(plan.name), state=plan.state, limit=plan.limit)
        for plan in STANDARD_COLUMNS
    ]


def board_columns(
    actor: Actor, board: Board | None, filtered: QuerySet[Any], *, is_filtered: bool
) -> list[BoardColumn]:
    """Columns with counts and the first CARDS of the `filtered` actions in each."""
    columns = columns_of(actor, board)
    if board is None:
        return [BoardColumn(column) for column in columns]
    totals = _counts(actions_live(actor).filter(board=board))
    counts = _counts(filtered.filter(board=board)) if is_filtered else totals
    cards = _first_cards(actor, filtered.filter(board=board))
    return [
        BoardColumn(column, cards[column.pk], counts.get(column.pk, 0), totals.get(column.pk, 0))
        for column in columns
    ]


def column_cards(
    actor: Actor, column: Column, filtered: QuerySet[Any], after: str
) -> tuple[list[Card], int]:
    """The next CARDS of a column behind a rank, and how many are left after them."""
    rows = filtered.filter(column=column, rank__gt=after).order_by("rank")
    shown = list(rows[:CARDS])
    left = rows.count() - len(shown)
    return cards_of(actor, shown), left


def cards_of(actor: Actor, actions: Iterable[Action]) -> list[Card]:
    """Cards of actions, their effects in one query."""
    rows = list(actions)
    effects = effects_of(actor, rows)
    words = CardWords.now()
    return [_card(actor, row, effects.get(row.pk), words) for row in rows]


def _card(actor: Actor, action: Action, effect: ActionEffect | None, words: CardWords) -> Card:
    value = priority(
        importance=action.importance,
        urgency=action.urgency,
        effect=action.effect,
        cost=action.cost,
    )
    return Card(
        words=words,
        action=action,
        priority=value,
        band=band(value),
        overdue=is_overdue(actor, action),
        movable=may(actor, "journeys.change_actions", action),
        effect=effect,
    )


def is_overdue(actor: Actor, action: Action) -> bool:
    """True when the due day has passed in the program's time zone and work is still to be done."""
    return (
        action.due is not None
        and action.column.state in OPEN_STATES
        and action.due < today_of(actor)
    )


def _counts(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("column").annotate(n=Count("pk")))


def _first_cards(actor: Actor, rows: QuerySet[Any]) -> dict[int, list[Card]]:
    # Numbered without the tables beside it, which are read for the cards shown alone.
    place = Window(RowNumber(), partition_by=[F("column_id")], order_by="rank")
    chosen = rows.select_related(None).order_by().annotate(place=place).filter(place__lte=CARDS)
    first = actions_live(actor).filter(pk__in=chosen.values("pk")).order_by("column_id", "rank")
    by_column: dict[int, list[Card]] = defaultdict(list)
    for card in cards_of(actor, first):
        by_column[card.action.column_id].append(card)
    return by_column


@dataclass(frozen=True)
class Rank:
    """RICE and ICE of an action, None while something is left open."""

    rice: float | None
    ice: float | None


def rank_of(action: Action) -> Rank:
    """How the action ranks by Intercom's formulas."""
    impact, confidence, effort = action.impact, action.confidence, action.effort
    if impact is None or confidence is None or not effort:
        return Rank(None, None)
    plain = ice(impact=impact, confidence=confidence, effort=effort)
    if action.reach is None:
        return Rank(None, plain)
    return Rank(
        rice(reach=action.reach, impact=impact, confidence=confidence, effort=effort), plain
    )
