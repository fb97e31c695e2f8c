"""The board: columns of cards, more cards of one column, and the board's own settings."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.views.base import FormPage, PortalView, get_or_404
from journeys.filters import ActionFilter
from journeys.forms.actions import BoardForm
from journeys.models import Board, Column
from journeys.queries.actions import actions_live
from journeys.queries.board_lanes import LANES, board_lanes
from journeys.queries.boards import (
    board_columns,
    board_of,
    boards_all,
    column_cards,
    columns_of,
)
from journeys.services.boards import board_create, board_update, column_update


def board_context(view: PortalView, board: Board | None, data: QueryDict) -> dict[str, Any]:
    """What the board's part shows under the filters in `data`."""
    filterset = ActionFilter(data, actions_live(view.actor), request=view.request)
    filtered = any(data.get(name) for name in filterset.filters)
    columns = board_columns(view.actor, board, filterset.qs, is_filtered=filtered)
    by = data.get("lanes", "")
    return {
        "lanes_by": by if by in LANES else "",
        "lanes": board_lanes(view.actor, board, filterset.qs, by) if by in LANES else None,
        "board": board,
        "is_relationship": board is not None and board.kind == Board.Kind.RELATIONSHIP,
        "columns": columns,
        "places": [entry.column for entry in columns],
        "filterset": filterset,
        "filtered": filtered,
        "query": data.urlencode(),
        "shown": sum(entry.count for entry in columns),
        "may_create": may(view.actor, "journeys.create_actions"),
    }


class BoardView(PortalView):
    """A board, by default the program's first; it is made when the first action is logged."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        board = board_of(self.actor, pk)
        if pk is not None and board is None:
            raise Http404
        context = board_context(self, board, request.GET)
        boards = boards_all(self.actor)
        may_change = may(self.actor, "journeys.change_boards")
        menu = _menu(self, board) if may_change else []
        return self.render("journeys/board.html", {**context, "boards": boards, "menu": menu})


def _menu(view: PortalView, board: Board | None) -> list[dict[str, str]]:
    items = []
    if board is not None:
        url = view.actor.url("journeys:board-edit", board.pk)
        items.append({"label": _("Columns and limits"), "url": url, "icon": "layout-three-columns"})
    new = view.actor.url("journeys:board-new")
    return [*items, {"label": _("New board"), "url": new, "icon": "plus-lg"}]


class BoardCardsView(PortalView):
    """The next cards of one column, for "show more"."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        columns: Any = Column.objects.for_actor(self.actor)
        column = get_or_404(columns.select_related("board"), pk=pk)
        data = request.GET.copy()
        after = "".join(data.pop("after", [])[:1])
        filterset = ActionFilter(data, actions_live(self.actor), request=request)
        cards, left = column_cards(self.actor, column, filterset.qs, after)
        context = {
            "cards": cards,
            "left": left,
            "column": column,
            "places": columns_of(self.actor, column.board),
            "query": data.urlencode(),
        }
        return self.render("journeys/_board_cards.html", context)


class BoardCreateView(FormPage):
    """A second board, for a team or a subject."""

    permission = "journeys.change_boards"
    form_class = BoardForm
    title = gettext_lazy("New board")

    def form_kwargs(self) -> dict[str, Any]:
        asked = self.request.GET.get("kind", "")
        return {**super().form_kwargs(), "initial": {"kind": asked}}

    def save(self, form: Any) -> HttpResponse:
        values = form.cleaned_data
        board = board_create(actor=self.actor, name=values["name"], kind=values["kind"])
        self.say(_("The board is there with its columns."))
        return self.redirect("journeys:board-detail", board.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:board")}


class BoardEditView(FormPage):
    """Names of a board and its columns, and how many cards a column should hold."""

    permission = "journeys.change_boards"
    template = "journeys/board_edit.html"
    form_class = BoardForm
    title = gettext_lazy("Columns and limits")
    board: Board
    columns: list[Column]

    def form_kwargs(self) -> dict[str, Any]:
        self.board = get_or_404(Board.objects.for_actor(self.actor), pk=self.kwargs["pk"])
        self.columns = columns_of(self.actor, self.board)
        initial = {"name": self.board.name, "version": self.board.version}
        return {**super().form_kwargs(), "columns": self.columns, "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        values = form.cleaned_data
        board_update(
            actor=self.actor, board=self.board, name=values["name"], version=values["version"]
        )
        for column in self.columns:
            column_update(
                actor=self.actor,
                column=column,
                name=values[f"name_{column.pk}"],
                limit=values[f"limit_{column.pk}"],
            )
        self.say(_("The board is saved."))
        return self.redirect("journeys:board-detail", self.board.pk)

    def extra(self) -> dict[str, Any]:
        return {
            "cancel_url": self.actor.url("journeys:board-detail", self.board.pk),
            "board": self.board,
            "columns": self.columns,
        }
