"""Cards on the map: a cell with its cards, one card with its evidence, moves and deletion."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.models import StoredFile
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import (
    PortalView,
    add_domain_error,
    get_or_404,
    stored_now,
)
from journeys.forms.maps import CardForm, CardPlaceForm, QuickCardForm
from journeys.models import COMPUTED, LINES, Card, Lane, Step
from journeys.queries.maps import Cell, cell_of, steps_of
from journeys.services.cards import (
    EDITABLE,
    card_add,
    card_delete,
    card_move,
    card_update,
)
from journeys.services.pictures import PERMISSION, is_picture, picture_store
from journeys.views.evidence import evidence_context
from journeys.views.maps import MapCommand, card_urls, lane_found
from journeys.views.steps import step_found


def card_found(view: PortalView, pk: int) -> Card:
    """A card of the program, else 404."""
    rows: Any = Card.objects.for_actor(view.actor)
    rows = rows.select_related(
        "lane__journey__program", "step__stage", "step__touchpoint", "persona", "image"
    )
    found: Card = get_or_404(rows, pk=pk)
    return found


def cells_answer(
    view: PortalView, cells: list[Cell], template: str, context: dict[str, Any]
) -> HttpResponse:
    """The panel for HTMX, and the cells of the grid that changed beside it."""
    shown = {**context, **card_urls(view), "changed": cells, "oob": True}
    return view.render(template, shown)


def cell_context(view: PortalView, lane: Lane, step: Step, form: Any = None) -> dict[str, Any]:
    """A cell in the panel: its cards and the line to write another one."""
    return {
        "lane": lane,
        "step": step,
        "journey": lane.journey,
        "cell": cell_of(view.actor, lane, step),
        "form": form or QuickCardForm(actor=view.actor),
        "may_change": may(view.actor, "journeys.change_journeys", lane),
        **card_urls(view),
    }


class MapCellView(MapCommand):
    """The cell of a lane at a step: what stands there, and a line to add to it."""

    permission = "journeys.view_journeys"
    http_method_names = ["get", "post", "options"]

    def get(self, request: HttpRequest, lane: int, step: int) -> HttpResponse:
        context = cell_context(self, *self._place(lane, step))
        return self.render(self._template(), context)

    def command(self, lane: int, step: int) -> HttpResponse:
        row, column = self._place(lane, step)
        form = QuickCardForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            return self.render(self._template(), cell_context(self, row, column, form), status=422)
        title = {self.actor.language: form.cleaned_data["title"]}
        card = card_add(actor=self.actor, lane=row, step=column, title=title)
        self.say(_("“%(name)s” is on the map.") % {"name": str(card)}, undo=self._undo(row))
        if not self.request.htmx:
            return self.redirect("journeys:map-cell", lane, step)
        context = cell_context(self, row, column)
        return cells_answer(self, [context["cell"]], "journeys/_cell_panel.html", context)

    def _undo(self, lane: Lane) -> str:
        return self.undo_url(lane.journey)

    def _template(self) -> str:
        return "journeys/_cell_panel.html" if self.request.htmx else "journeys/cell.html"

    def _place(self, lane: int, step: int) -> tuple[Lane, Step]:
        row, column = lane_found(self, lane), step_found(self, step)
        if column.stage.journey_id != row.journey_id:
            raise DomainError("other_journey", _("This step is of another journey."), status=404)
        return row, column


def card_initial(card: Card) -> dict[str, Any]:
    """What the form begins with."""
    return {name: getattr(card, name) for name in (*EDITABLE, "version") if name != "image"}


def card_context(view: PortalView, card: Card, form: Any = None, **more: Any) -> dict[str, Any]:
    """A card in the panel: form, evidence, places to move to, history."""
    journey = card.lane.journey
    may_change = may(view.actor, "journeys.change_journeys", card)
    lanes = Lane.objects.for_actor(view.actor).filter(journey=journey)
    return {
        "card": card,
        "lane": card.lane,
        "step": card.step,
        "journey": journey,
        "form": form
        or CardForm(
            initial=card_initial(card), actor=view.actor, has_picture=card.image_id is not None
        ),
        **evidence_context(view, "card", card),
        "steps": steps_of(view.actor, journey) if may_change else [],
        "lanes": lanes.exclude(kind__in=COMPUTED | LINES) if may_change else [],
        "details": card.details,
        "history": history_of(view.actor, card, limit=10),
        "may_change": may_change,
        "may_write_insights": may(view.actor, "journeys.change_insights"),
        **more,
    }


class CardDetailView(MapCommand):
    """One card: read and edited in the side panel, or as a page of its own without script."""

    permission = "journeys.view_journeys"
    http_method_names = ["get", "post", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render(self._template(), card_context(self, card_found(self, pk)))

    def command(self, pk: int) -> HttpResponse:
        card = card_found(self, pk)
        form = CardForm(self.request.POST, self.request.FILES, actor=self.actor)
        if not form.is_valid():
            return self._again(card, form, 422)
        try:
            card_update(actor=self.actor, card=card, **self._values(form))
        except StaleEdit as stale:
            form.add_error(None, stale.message)
            return self._again(card, form, 409, stale=stored_now(form, stale))
        except DomainError as error:
            if error.status == 403:
                raise
            add_domain_error(form, error)
            return self._again(card, form, error.status)
        self.say(_("The card is saved."), undo=self.undo_url(card.lane.journey))
        if not self.request.htmx:
            return self.redirect("journeys:card-detail", pk)
        return card_answer(self, card_found(self, pk))

    def _values(self, form: CardForm) -> dict[str, Any]:
        """What the form says, with a brought picture kept as a file."""
        values = dict(form.cleaned_data)
        picture, gone = values.pop("picture"), values.pop("no_picture")
        if picture is not None:
            values["image"] = picture_store(actor=self.actor, name=picture.name, content=picture)
        elif gone:
            values["image"] = None
        return values

    def _again(self, card: Card, form: Any, status: int, **more: Any) -> HttpResponse:
        return self.render(self._template(), card_context(self, card, form, **more), status=status)

    def _template(self) -> str:
        return "journeys/_card_panel.html" if self.request.htmx else "journeys/card.html"


def card_answer(view: PortalView, card: Card, *others: Cell) -> HttpResponse:
    """The card's panel and its cell, with further cells that changed."""
    own = cell_of(view.actor, card.lane, card.step)
    return cells_answer(view, [own, *others], "journeys/_card_panel.html", card_context(view, card))


class CardMoveView(MapCommand):
    """Put a card into another cell; the twin of every drag."""

    def command(self, pk: int) -> HttpResponse:
        card = card_found(self, pk)
        form = CardPlaceForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("Say where to: a lane and a step of this map."))
        lane_pk, step_pk, place = form.parts
        before = (card.lane, card.step)
        lane, step = lane_found(self, lane_pk), step_found(self, step_pk)
        card_move(actor=self.actor, card=card, lane=lane, step=step, position=place)
        words = {"name": str(card), "lane": str(lane), "step": str(step)}
        said = _("“%(name)s” is in “%(lane)s” at “%(step)s”.") % words
        self.say(said, undo=self.undo_url(lane.journey))
        if not self.request.htmx:
            return self.redirect("journeys:journey-detail", lane.journey_id)
        card = card_found(self, pk)
        return card_answer(self, card, cell_of(self.actor, *before))


class CardDeleteView(MapCommand):
    """Take a card off the map; the message offers to put it back."""

    def command(self, pk: int) -> HttpResponse:
        card = card_found(self, pk)
        name, lane, step = str(card), card.lane, card.step
        card_delete(actor=self.actor, card=card)
        self.say(_("“%(name)s” is off the map.") % {"name": name}, undo=self.undo_url(lane.journey))
        if not self.request.htmx:
            return self.redirect("journeys:journey-detail", lane.journey_id)
        context = cell_context(self, lane, step)
        return cells_answer(self, [context["cell"]], "journeys/_cell_panel.html", context)


class MapPictureView(PortalView):
    """A picture of a map, shown in place; other files are downloaded."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        rows: Any = StoredFile.objects.for_actor(self.actor)
        stored: StoredFile = get_or_404(rows.filter(permission=PERMISSION), pk=pk)
        if not is_picture(stored):
            raise Http404
        try:
            file = stored.file.storage.open(str(stored.file.name), "rb")
        except FileNotFoundError as gone:
            raise Http404 from gone
        answer = FileResponse(file, content_type=stored.content_type)
        answer.headers["Cache-Control"] = "private, max-age=86400"
        answer.headers["Content-Security-Policy"] = "sandbox"
        return answer
