"""Lanes and steps of the map: added, renamed, moved, taken off."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from journeys.forms.journeys import PlaceForm
from journeys.forms.maps import LaneAddForm, LaneForm
from journeys.services.lanes import lane_add, lane_delete, lane_move, lane_update
from journeys.views.journeys import PanelFormPage, journey_found
from journeys.views.maps import MapCommand, lane_found, map_answer


class LaneAddView(PanelFormPage):
    """A new lane at the end of the map."""

    permission = "journeys.change_journeys"
    form_class = LaneAddForm
    title = gettext_lazy("New lane")
    submit_label = gettext_lazy("Add the lane")

    def save(self, form: Any) -> HttpResponse:
        journey = journey_found(self, self.kwargs["pk"])
        lane = lane_add(actor=self.actor, journey=journey, **form.cleaned_data)
        undo = self.actor.url("journeys:map-undo", journey.pk)
        self.say(_("The lane “%(name)s” is there.") % {"name": str(lane)}, undo=undo)
        return self.redirect("journeys:journey-detail", journey.pk)

    def extra(self) -> dict[str, Any]:
        journey = journey_found(self, self.kwargs["pk"])
        return {"cancel_url": self.actor.url("journeys:journey-detail", journey.pk)}


class LaneEditView(PanelFormPage):
    """A lane's name; moved and deleted from the same place."""

    permission = "journeys.change_journeys"
    form_class = LaneForm
    panel = "journeys/_lane_panel.html"
    template = "journeys/lane.html"
    title = gettext_lazy("Edit lane")

    def form_kwargs(self) -> dict[str, Any]:
        lane = lane_found(self, self.kwargs["pk"])
        initial = {"name": lane.name, "version": lane.version}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        lane = lane_found(self, self.kwargs["pk"])
        lane_update(actor=self.actor, lane=lane, **form.cleaned_data)
        self.say(_("The lane is saved."))
        return self.redirect("journeys:journey-detail", lane.journey_id)

    def extra(self) -> dict[str, Any]:
        lane = lane_found(self, self.kwargs["pk"])
        rows = list(lane.journey.lanes.order_by("position", "pk"))
        return {
            "lane": lane,
            "lanes": rows,
            "cancel_url": self.actor.url("journeys:journey-detail", lane.journey_id),
        }


class LaneMoveView(MapCommand):
    """Put a lane at another place of the map."""

    def command(self, pk: int) -> HttpResponse:
        lane = lane_found(self, pk)
        form = PlaceForm(self.request.POST, actor=self.actor)
        if not form.is_valid() or form.stage_pk is not None:
            raise DomainError("invalid", _("Say where to: a place on this map."))
        lane_move(actor=self.actor, lane=lane, position=form.position)
        words = {"name": str(lane), "place": form.position + 1}
        self.say(_("“%(name)s” is lane %(place)d now.") % words, undo=self.undo_url(lane.journey))
        return map_answer(self, journey_found(self, lane.journey_id))


class LaneDeleteView(MapCommand):
    """Take a lane with its cards off the map; the message offers to put both back."""

    def command(self, pk: int) -> HttpResponse:
        lane = lane_found(self, pk)
        name, journey = str(lane), journey_found(self, lane.journey_id)
        lane_delete(actor=self.actor, lane=lane)
        said = _("The lane “%(name)s” is off the map.") % {"name": name}
        self.say(said, undo=self.undo_url(journey))
        return map_answer(self, journey)
