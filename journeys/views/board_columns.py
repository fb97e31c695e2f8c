"""Columns of a board: added, moved, taken off."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from journeys.forms.actions import ColumnForm
from journeys.models import Board, Column
from journeys.services.columns import column_add, column_delete, column_move


class ColumnCreateView(FormPage):
    """A free name on one of the states the portal understands."""

    permission = "journeys.change_boards"
    form_class = ColumnForm
    title = gettext_lazy("New column")
    submit_label = gettext_lazy("Add the column")

    def save(self, form: Any) -> HttpResponse:
        board = get_or_404(Board.objects.for_actor(self.actor), pk=self.kwargs["pk"])
        column = column_add(actor=self.actor, board=board, **form.cleaned_data)
        self.say(_("The column “%(name)s” is there.") % {"name": column})
        return self.redirect("journeys:board-edit", board.pk)

    def extra(self) -> dict[str, Any]:
        board = get_or_404(Board.objects.for_actor(self.actor), pk=self.kwargs["pk"])
        return {"cancel_url": self.actor.url("journeys:board-edit", board.pk)}


def _column(view: PortalView, pk: int) -> Column:
    columns: Any = Column.objects.for_actor(view.actor)
    found: Column = get_or_404(columns.select_related("board"), pk=pk)
    return found


class ColumnMoveView(CommandView):
    """One place to the left or right."""

    permission = "journeys.change_boards"

    def command(self, pk: int) -> HttpResponse:
        column = _column(self, pk)
        step = 1 if self.request.POST.get("to") == "right" else -1
        moved = column_move(actor=self.actor, column=column, step=step)
        words = {"name": column, "place": moved.position + 1}
        self.say(_("“%(name)s” is column %(place)d now.") % words)
        return self.redirect("journeys:board-edit", column.board_id)


class ColumnDeleteView(CommandView):
    """An empty column goes; one with cards stays and says so."""

    permission = "journeys.change_boards"

    def command(self, pk: int) -> HttpResponse:
        column = _column(self, pk)
        try:
            column_delete(actor=self.actor, column=column)
        except DomainError as error:
            if error.code not in ("in_use", "last"):
                raise
            messages.error(self.request, error.message)
        else:
            self.say(_("The column “%(name)s” is off the board.") % {"name": column})
        return self.redirect("journeys:board-edit", column.board_id)
