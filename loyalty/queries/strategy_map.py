"""Where the strategy map draws its boxes and lines: three columns, rows of one height."""

from dataclasses import dataclass

from loyalty.models import Kpi
from loyalty.queries.scorecard import Card, LinkRow, ViewOfCard

#: Height of a box with its gap, in pixels; `.strategy-box` in steering.css has the same.
ROW = 64


@dataclass(frozen=True)
class Line:
    """A line from a box of one column to one of the next; `y1`, `y2` in pixels."""

    y1: int
    y2: int
    row: LinkRow


@dataclass(frozen=True)
class StrategyColumn:
    """A view's boxes and the lines that leave them to the right."""

    view: ViewOfCard
    lines: list[Line]


@dataclass(frozen=True)
class StrategyMap:
    """The whole drawing, `height` pixels high."""

    columns: list[StrategyColumn]
    height: int


def strategy_map(card: Card) -> StrategyMap | None:
    """Lay the card out; None while nothing is linked. Lines join neighbouring views only:
    the table beside the map has every link."""
    if not card.links:
        return None
    views = card.views
    middle = {
        row.kpi.pk: place * ROW + ROW // 2 for view in views for place, row in enumerate(view.rows)
    }
    columns = [
        StrategyColumn(view, _lines(card, middle, view.view, after))
        for view, after in zip(views, [*list(Kpi.View)[1:], None], strict=True)
    ]
    return StrategyMap(columns, ROW * max(len(view.rows) for view in views))


def _lines(card: Card, middle: dict[int, int], view: str, after: str | None) -> list[Line]:
    return [
        Line(middle[row.cause.pk], middle[row.effect.pk], row)
        for row in card.links
        if row.cause.view == view and row.effect.view == after
    ]
