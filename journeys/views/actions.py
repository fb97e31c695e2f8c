"""Actions: list, mine, page, log, edit, move, comment, delete and restore."""

from typing import Any
from urllib.parse import quote, urlsplit

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.models import Customer
from cxportal.core.policies import authorise, may
from cxportal.core.views.base import (
    CommandView,
    FormPage,
    ListPage,
    PortalView,
    get_or_404,
)
from journeys.filters import ActionListFilter
from journeys.forms.action_parts import BulkForm
from journeys.forms.actions import (
    ActionEditForm,
    ActionForm,
    MoveForm,
    Place,
    QuickActionForm,
)
from journeys.models import Action, Board, Column, Stage, Touchpoint
from journeys.queries.actions import (
    action_history,
    action_places,
    actions_live,
    actions_mine,
    ties_of,
)
from journeys.queries.baselines import pilot_groups
from journeys.queries.board_lanes import LANES, lanes_beside
from journeys.queries.boards import board_of, cards_of, columns_of, rank_of
from journeys.services.action_lanes import action_place
from journeys.services.actions import (
    action_create,
    action_delete,
    action_move,
    action_restore,
    action_update,
)
from journeys.views.boards import board_context
from surveys.models import Response


class ActionListView(ListPage):
    """Every action, as a table."""

    permission = "journeys.view_boards"
    template = "journeys/action_list.html"
    filterset_class: Any = ActionListFilter
    orderings = {
        "title": "title",
        "due": "due",
        "created": "created_at",
        "closed": "closed_at",
        "entered": "entered_column_at",
    }
    default_ordering = "-created_at"

    def queryset(self) -> QuerySet[Any]:
        return actions_live(self.actor)

    def of_rows(self, rows: list[Any]) -> dict[str, Any]:
        return {"cards": cards_of(self.actor, rows)}

    def extra(self) -> dict[str, Any]:
        may_create = may(self.actor, "journeys.create_actions")
        form = BulkForm(actor=self.actor) if may_create and self.filterset_class else None
        return {"may_create": may_create, "bulk_form": form}


class MyActionsView(ActionListView):
    """What I own and is still to be done, soonest due first."""

    template = "journeys/action_mine.html"
    filterset_class: Any = None
    default_ordering = "due"

    def queryset(self) -> QuerySet[Any]:
        return actions_mine(self.actor)


def find_action(view: PortalView, pk: int) -> Action:
    """The action with its board and people, else 404."""
    rows = actions_live(view.actor).select_related(
        "column__board", "owner__user", "team", "stage__journey", "touchpoint", "created_by"
    )
    found: Action = get_or_404(rows, pk=pk)
    return found


class ActionDetailView(PortalView):
    """One action: a page, or the side panel of the board."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_action(self, find_action(self, pk))


def show_action(view: PortalView, action: Action) -> HttpResponse:
    """The action with its effect, comments and history."""
    htmx = getattr(view.request, "htmx", None)
    in_panel = bool(htmx and not htmx.boosted)
    context = {
        "card": cards_of(view.actor, [action])[0],
        "action": action,
        "places": columns_of(view.actor, action.column.board),
        "history": action_history(view.actor, action),
        "steps": list(action.checklist.all()),
        "roles": list(action.roles.select_related("membership__user")),
        "waits_for": list(action.blocked_by.filter(deleted_at=None).select_related("column")),
        "watches": action.watchers.filter(pk=getattr(view.actor.membership, "pk", 0)).exists(),
        "groups": dict(pilot_groups(view.actor)) if action.pilot else {},
        "rank": rank_of(action),
        "ties": ties_of(view.actor, action),
        "in_panel": in_panel,
        # After a move: back to the board beside the panel, or to this page.
        "next": getattr(htmx, "current_url_abs_path", None) or view.request.path,
        "response_url": _response_url(view, action),
    }
    template = "journeys/_action_panel.html" if in_panel else "journeys/action_detail.html"
    return view.render(template, context)


def _response_url(view: PortalView, action: Action) -> str:
    if action.response_id is None or not may(view.actor, "surveys.view_responses"):
        return ""
    return view.actor.url("surveys:response-detail", action.response_id)


class ActionCreateView(FormPage):
    """Log an action; ?response=, ?stage= and ?touchpoint= fill in what is known already."""

    permission = "journeys.create_actions"
    template = "journeys/action_form.html"
    form_class = ActionForm
    title = gettext_lazy("New action")

    def form_kwargs(self) -> dict[str, Any]:
        return {**super().form_kwargs(), "initial": self.known()}

    def known(self) -> dict[str, Any]:
        """Initial values from the address."""
        known: dict[str, Any] = {"horizon": Action.Horizon.SHORT}
        response = self._asked(Response, "response")
        if response is not None:
            touchpoint, stage = action_places(self.actor, response)
            known |= {"response": response, "touchpoint": touchpoint, "stage": stage}
        for name, model in (("stage", Stage), ("touchpoint", Touchpoint), ("board", Board)):
            asked = self._asked(model, name)
            if asked is not None:
                known[name] = asked
        customer = self._asked(Customer, "customer")
        if customer is not None:
            known["customer"] = f"#{customer.pk}"
        return known

    def _asked(self, model: Any, name: str) -> Any:
        asked = self.request.GET.get(name, "")
        if not asked:
            return None
        return get_or_404(model.objects.for_actor(self.actor), pk=asked)

    def save(self, form: Any) -> HttpResponse:
        values = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        action = action_create(actor=self.actor, **values)
        self.say(_("The action is logged."))
        return self.redirect("journeys:action-detail", action.pk)

    def extra(self) -> dict[str, Any]:
        board = self._asked(Board, "board")
        board_url = self.actor.url("journeys:board-detail", board.pk) if board else ""
        return {
            "cancel_url": board_url or self.actor.url("journeys:board"),
            "relationship_board": board is not None and board.kind == Board.Kind.RELATIONSHIP,
        }


class ActionEditView(ActionCreateView):
    """Change an action; a stale edit shows what was stored meanwhile and keeps what was typed."""

    permission = "journeys.change_actions"
    form_class = ActionEditForm
    title = gettext_lazy("Edit action")

    def known(self) -> dict[str, Any]:
        action = find_action(self, self.kwargs["pk"])
        authorise(self.actor, self.permission, action)
        names = [n for n in ActionEditForm.base_fields if n not in ("version", "customer")]
        customer = f"#{action.customer_id}" if action.customer_id else ""
        values = {name: getattr(action, name) for name in names}
        return {**values, "customer": customer, "version": action.version}

    def save(self, form: Any) -> HttpResponse:
        action = find_action(self, self.kwargs["pk"])
        try:
            action = action_update(actor=self.actor, action=action, **form.cleaned_data)
        except StaleEdit as stale:
            raise StaleEdit(_differing(form, stale.details["current"])) from stale
        self.say(_("The action is saved."))
        return self.redirect("journeys:action-detail", action.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:action-detail", self.kwargs["pk"])}


def _differing(form: Any, current: dict[str, Any]) -> dict[str, Any]:
    """What is stored where it differs from what was typed, and where the card is now."""
    differing = {
        name: "–" if value in (None, "") else value
        for name, value in current.items()
        if name in form.fields and str(value or "") != str(form.cleaned_data.get(name) or "")
    }
    return {**differing, "version": current["version"], _("Column"): current["column"]}


class ActionLogView(CommandView):
    """The one-line form on the board: title and Enter."""

    permission = "journeys.create_actions"

    def command(self) -> HttpResponse:
        form = QuickActionForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            messages.error(self.request, _("Write in a few words what is to be done."))
            return board_answer(self, None, status=422)
        board: Board | None = form.cleaned_data["board"]
        action = action_create(actor=self.actor, title=form.cleaned_data["title"], board=board)
        self.say(_("“%(title)s” is logged.") % {"title": action.title})
        return board_answer(self, action.column.board)


class ActionMoveView(CommandView):
    """Move a card: by drag, by keys or by the menu. An older version is refused with 409."""

    permission = "journeys.change_actions"

    def command(self, pk: int) -> HttpResponse:
        action = find_action(self, pk)
        form = MoveForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("Say where to: a column of this board."), status=422)
        place: Place = form.cleaned_data["to"]
        was = action.column_id
        column = get_or_404(Column.objects.for_actor(self.actor), pk=place.column)
        try:
            moved = self._moved(action, column, place, form.cleaned_data["version"])
        except StaleEdit as stale:
            return self._stale(action, stale)
        words = {"title": moved.title, "column": str(moved.column)}
        undo = self.actor.url("journeys:action-undo-move", pk) if column.pk != was else ""
        self.say(_("“%(title)s” is in “%(column)s”.") % words, undo=undo)
        return board_answer(self, moved.column.board)

    def _moved(self, action: Action, column: Column, place: Place, version: int | None) -> Action:
        where: dict[str, Any] = {
            "actor": self.actor,
            "action": action,
            "column": column,
            "before": self._card(place.before),
            "after": self._card(place.after),
            "version": version,
        }
        if place.lane is None:
            return action_move(**where)
        return action_place(**where, lane=place.lane)

    def _card(self, pk: int | None) -> Action | None:
        if pk is None:
            return None
        found: Action = get_or_404(actions_live(self.actor), pk=pk)
        return found

    def _stale(self, action: Action, stale: StaleEdit) -> HttpResponse:
        """The board as it is now, with a sentence about what changed."""
        if not self.request.htmx:
            raise stale
        words = {"title": action.title, "column": stale.details["current"]["column"]}
        sentence = _(
            "“%(title)s” was changed meanwhile and is in “%(column)s” now. Nothing was moved; "
            "look again, then move it."
        )
        messages.error(self.request, sentence % words)
        return board_answer(self, action.column.board, status=409)

    def refused(self, error: DomainError) -> HttpResponse:
        response = super().refused(error)
        if getattr(self.request, "htmx", None):
            response.headers["X-Portal-Message"] = quote(error.message)
        return response


class ActionMenuView(PortalView):
    """The menu of a card: other columns, up and down past its neighbours, other lanes."""

    permission = "journeys.change_actions"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        action = find_action(self, pk)
        authorise(self.actor, self.permission, action)
        by = request.GET.get("lanes", "")
        context = {
            "action": action,
            "card": {"above": self._beside("above"), "below": self._beside("below")},
            "places": columns_of(self.actor, action.column.board),
            "lanes": lanes_beside(self.actor, action, by) if by in LANES else [],
        }
        return self.render("journeys/_board_menu.html", context)

    def _beside(self, name: str) -> int | None:
        """A neighbour as the page shows it: filters leave cards out."""
        asked = self.request.GET.get(name, "")
        return int(asked) if asked.isdecimal() else None


def board_answer(view: PortalView, board: Board | None, *, status: int = 200) -> HttpResponse:
    """The board's part for HTMX, under the filters of the page; else back to where one was."""
    request = view.request
    if not request.htmx:
        return HttpResponseRedirect(_back(view, board))
    data = QueryDict(urlsplit(request.htmx.current_url or "").query)
    context = board_context(view, board or board_of(view.actor), data)
    return view.render("journeys/_board_answer.html", context, status=status)


def _back(view: PortalView, board: Board | None) -> str:
    asked = view.request.POST.get("next", "")
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    if board is None or board.is_default:
        return view.actor.url("journeys:board")
    return view.actor.url("journeys:board-detail", board.pk)


class ActionDeleteView(CommandView):
    """Take an action off the board; the message offers to undo it."""

    permission = "journeys.change_actions"

    def command(self, pk: int) -> HttpResponse:
        action = action_delete(actor=self.actor, action=find_action(self, pk))
        undo = self.actor.url("journeys:action-restore", pk)
        self.say(_("“%(title)s” is deleted.") % {"title": action.title}, undo=undo)
        return HttpResponseRedirect(_back(self, action.column.board))


class ActionRestoreView(CommandView):
    """Bring a deleted action back."""

    permission = "journeys.change_actions"

    def command(self, pk: int) -> HttpResponse:
        action = get_or_404(Action.objects.for_actor(self.actor), pk=pk)
        action_restore(actor=self.actor, action=action)
        self.say(_("The action is back."))
        return self.redirect("journeys:action-detail", pk)
