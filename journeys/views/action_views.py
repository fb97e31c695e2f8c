"""Calendar, roadmap, flow and library of actions; several changed at once; exports."""

import re
import tempfile
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.exports import CONTENT_TYPES, write_rows
from cxportal.core.views.base import CommandView, ListPage, PortalView
from journeys.filters import ActionFilter, LibraryFilter
from journeys.forms.action_parts import BulkForm
from journeys.models import Board
from journeys.queries.action_views import calendar_weeks, learned, library, library_rows, roadmap
from journeys.queries.actions import actions_live, today_of
from journeys.queries.boards import boards_all
from journeys.queries.flow import TRANSITION_COLUMNS, flow_of, transitions
from journeys.services.action_bulk import actions_bulk_change

_MONTH = re.compile(r"(\d{4})-(\d{2})")


class CalendarView(PortalView):
    """A month of due days."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest) -> HttpResponse:
        year, month = self._month(request.GET)
        filterset = ActionFilter(request.GET, actions_live(self.actor), request=request)
        first = date(year, month, 1)
        context = {
            "weeks": calendar_weeks(self.actor, year, month, filterset.qs),
            "first": first,
            "previous": _shifted(first, -1),
            "next": _shifted(first, 1),
            "filterset": filterset,
        }
        return self.render("journeys/action_calendar.html", context)

    def _month(self, data: QueryDict) -> tuple[int, int]:
        found = _MONTH.fullmatch(data.get("month", ""))
        today = today_of(self.actor)
        year, month = (int(found[1]), int(found[2])) if found else (today.year, today.month)
        good = 1 <= month <= 12 and 1970 <= year <= 9000
        return (year, month) if good else (today.year, today.month)


def _shifted(first: date, months: int) -> str:
    place = first.year * 12 + first.month - 1 + months
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


class RoadmapView(PortalView):
    """Stages by short, mid and long term."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest) -> HttpResponse:
        filterset = ActionFilter(request.GET, actions_live(self.actor), request=request)
        horizons, lanes = roadmap(self.actor, filterset.qs)
        context = {"horizons": horizons, "lanes": lanes, "filterset": filterset}
        return self.render("journeys/action_roadmap.html", context)


class FlowView(PortalView):
    """Cycle times, age and how much stood where."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest) -> HttpResponse:
        boards = boards_all(self.actor)
        asked = request.GET.get("board", "")
        board: Board | None = next((b for b in boards if str(b.pk) == asked), None)
        if asked and board is None:
            raise Http404
        context = {"flow": flow_of(self.actor, board), "boards": boards, "board": board}
        return self.render("journeys/action_flow.html", context)


class TransitionsView(PortalView):
    """Every move of every action, as CSV or XLSX."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest) -> FileResponse:
        kind = request.GET.get("format", "csv")
        if kind not in CONTENT_TYPES:
            raise Http404
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
        write_rows(file, TRANSITION_COLUMNS, transitions(self.actor), kind=kind)
        file.seek(0)
        response = FileResponse(
            file,
            as_attachment=True,
            filename=f"transitions.{kind}",
            content_type=CONTENT_TYPES[kind],
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response


class LibraryView(ListPage):
    """What was tried at which touchpoint, against which cause, and whether it worked."""

    permission = "journeys.view_boards"
    template = "journeys/action_library.html"
    filterset_class: Any = LibraryFilter
    default_ordering = "-closed_at"
    orderings = {"closed": "closed_at"}

    def queryset(self) -> QuerySet[Any]:
        return library(self.actor, library_rows(self.actor))

    def of_rows(self, rows: list[Any]) -> dict[str, Any]:
        return {"entries": learned(self.actor, rows)}


class ActionBulkView(CommandView):
    """Change the actions that were ticked on the list."""

    permission = "journeys.create_actions"

    def command(self) -> HttpResponse:
        form = BulkForm(self.request.POST, actor=self.actor)
        picked = self.request.POST.getlist("action")
        ids = [int(pk) for pk in picked if pk.isascii() and pk.isdigit() and len(pk) < 19]
        if not form.is_valid() or not ids or not form.changes():
            messages.error(self.request, _("Tick actions and choose what to change."))
            return self.redirect("journeys:action-list")
        rows = actions_live(self.actor).select_related("board").filter(pk__in=ids[:1000])
        result = actions_bulk_change(actor=self.actor, actions=rows, **form.changes())
        changed = ngettext("%(n)d action changed.", "%(n)d actions changed.", result.changed)
        self.say(changed % {"n": result.changed})
        for action, reason in result.refused[:5]:
            messages.warning(self.request, f"“{action.title}”: {reason}")
        return self.redirect("journeys:action-list")
