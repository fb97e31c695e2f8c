"""The map as a table of its cards: the same data, read and edited row by row."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.policies import may
from cxportal.core.queries.paging import keyset_page
from cxportal.core.views.base import PortalView
from journeys.forms.maps import CardRowForm, TableFilterForm
from journeys.queries.maps import cards_listed
from journeys.services.cards import card_update
from journeys.views.cards import card_found
from journeys.views.journeys import journey_found
from journeys.views.maps import MapCommand

ROWS = 50


class MapTableView(PortalView):
    """Every card with its place, narrowed by stage and lane."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        rows = cards_listed(self.actor, journey)
        form = TableFilterForm(request.GET, actor=self.actor, journey=journey)
        if form.is_valid():
            chosen = {k: v for k, v in form.cleaned_data.items() if v}
            names = {"stage": "step__stage", "lane": "lane"}
            rows = rows.filter(**{names[name]: value for name, value in chosen.items()})
        page = keyset_page(rows, ordering="id", cursor=request.GET.get("cursor", ""), size=ROWS)
        context = {
            "journey": journey,
            "form": form,
            "page": page,
            "rows": [(card, CardRowForm(card=card, actor=self.actor)) for card in page.rows],
            "may_change": may(self.actor, "journeys.change_journeys", journey),
        }
        return self.render("journeys/map_table.html", context)


class CardRowView(MapCommand):
    """Title and feeling of a card, saved from its row."""

    def command(self, pk: int) -> HttpResponse:
        card = card_found(self, pk)
        form = CardRowForm(self.request.POST, card=card, actor=self.actor)
        if not form.is_valid():
            return self.row(card, form, 422)
        values = form.cleaned_data
        title = {**card.title, self.actor.language: values["title"]}
        try:
            card = card_update(
                actor=self.actor,
                card=card,
                version=values["version"],
                title=title,
                emotion=values["emotion"],
            )
        except StaleEdit as stale:
            form.add_error(None, stale.message)
            return self.row(card_found(self, pk), form, 409)
        except DomainError as error:
            form.add_error(None, error.message)
            return self.row(card, form, error.status)
        said = _("“%(name)s” is saved.") % {"name": str(card)}
        self.say(said, undo=self.undo_url(card.lane.journey))
        if not self.request.htmx:
            return self.redirect("journeys:map-table", card.lane.journey_id)
        card = card_found(self, pk)
        return self.row(card, CardRowForm(card=card, actor=self.actor), 200)

    def row(self, card: Any, form: Any, status: int) -> HttpResponse:
        """The row as it stands; the whole page without script."""
        context = {"card": card, "form": form, "may_change": True, "journey": card.lane.journey}
        template = "journeys/_map_table_row.html" if self.request.htmx else "journeys/card_row.html"
        return self.render(template, context, status=status)
