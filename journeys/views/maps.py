"""The map of a journey: the grid of lanes and steps, its curve, its undo."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import CommandView, PortalView, get_or_404
from journeys.models import Journey, Lane
from journeys.queries.journeys import library_names
from journeys.queries.map_files import file_kinds
from journeys.queries.maps import care_of, map_of
from journeys.queries.review import Review, reviews_of
from journeys.services.journeys import journey_reviewed
from journeys.services.map_edits import map_undo
from journeys.views.journeys import journey_found, refused_in_place
from journeys.views.shared_maps import KIND as SHARE_KIND
from surveys.queries.scores import last_days


def map_context(view: PortalView, journey: Journey) -> dict[str, Any]:
    """What the map's part shows: stages and cards with the scores of the last 30 days."""
    period = last_days(view.actor)
    review: Review = reviews_of(actor=view.actor, journeys=[journey], period=period)[0]
    may_change = may(view.actor, "journeys.change_journeys", journey)
    return {
        "journey": journey,
        "review": review,
        "stages": review.stages,
        "may_change": may_change,
        "may_create": may(view.actor, "journeys.create_actions"),
        "library": library_names(view.actor) if may_change else [],
    }


def grid_context(view: PortalView, journey: Journey) -> dict[str, Any]:
    """What the grid shows: the map, and what the reader may do on it."""
    may_change = may(view.actor, "journeys.change_journeys", journey)
    return {
        "journey": journey,
        "map": map_of(view.actor, journey),
        "lanes_url": view.actor.url("journeys:map-cell", 0, 0).removesuffix("0/steps/0/"),
        **card_urls(view),
        "emotions_url": view.actor.url("journeys:emotion-set", 0).removesuffix("0/emotion/"),
        "may_change": may_change,
        "may_create": may(view.actor, "journeys.create_actions"),
    }


def card_urls(view: PortalView) -> dict[str, str]:
    """Where the pages of cards and their pictures begin; the number follows."""
    return {
        "cards_url": view.actor.url("journeys:card-detail", 0).removesuffix("0/"),
        "pictures_url": view.actor.url("journeys:map-picture", 0).removesuffix("0/picture/"),
    }


def map_menu(view: PortalView, journey: Journey, *, may_change: bool) -> list[Any]:
    """What else one may do with a map: files, a share link, a copy, deletion."""
    file = view.actor.url("journeys:map-file", journey.pk)
    items: list[Any] = [
        {
            "label": _("Download as %(kind)s") % {"kind": label},
            "url": f"{file}?format={kind}",
            "icon": "download",
            "download": True,
        }
        for kind, label in file_kinds().items()
    ]
    if may(view.actor, "core.change_shares"):
        query = urlencode({"kind": SHARE_KIND, "object": journey.pk, "title": str(journey)})
        for label, page in (
            (_("Share by a link"), "core:share-create"),
            (_("Mail as PDF on a schedule"), "core:scheduled-report-create"),
        ):
            url = f"{view.actor.url(page)}?{query}"
            items.append({"label": label, "url": url, "icon": "share"})
    if may_change:
        copy = view.actor.url("journeys:journey-copy", journey.pk)
        items += [
            None,
            {"label": _("Copy the journey"), "url": copy, "icon": "copy"},
            {
                "label": _("Delete the journey"),
                "dialog": "delete-journey",
                "icon": "trash",
                "danger": True,
            },
        ]
    return items


class JourneyMapView(PortalView):
    """The map editor: stages over steps, lanes of every kind, read and edited in place."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        grid = grid_context(self, journey)
        context = {
            **grid,
            "menu": map_menu(self, journey, may_change=grid["may_change"]),
            "care": care_of(self.actor, journey),
            "history": history_of(self.actor, journey, limit=10),
            "children": list(Journey.objects.for_actor(self.actor).filter(parent=journey)),
        }
        return self.render("journeys/map.html", context)


class JourneyOutlineView(PortalView):
    """Stages with their touchpoints as columns of cards: the short form of the map."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        return self.render("journeys/journey_map.html", map_context(self, journey))


def map_answer(view: PortalView, journey: Journey) -> HttpResponse:
    """The grid or the columns as they are stored, whichever HTMX asked for; else their page."""
    if not view.request.htmx:
        return view.redirect("journeys:journey-detail", journey.pk)
    if view.request.htmx.target == "map":
        return view.render("journeys/journey_map_answer.html", map_context(view, journey))
    return view.render("journeys/_map_answer.html", grid_context(view, journey))


class MapCommand(CommandView):
    """A change of the map by a button, a drag or a key; the answer is what is stored."""

    permission = "journeys.change_journeys"

    def refused(self, error: DomainError) -> HttpResponse:
        return refused_in_place(self, error) or super().refused(error)

    def undo_url(self, journey: Journey) -> str:
        """Where the message's “Undo” goes."""
        return self.actor.url("journeys:map-undo", journey.pk)


class MapUndoView(MapCommand):
    """Take back one's latest change of the map."""

    def command(self, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        map_undo(actor=self.actor, journey=journey)
        self.say(_("Taken back."))
        return map_answer(self, journey)


class MapReviewedView(MapCommand):
    """“We looked it over today”: the map is fresh again."""

    def command(self, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        journey_reviewed(actor=self.actor, journey=journey)
        self.say(_("Noted: the map was looked over today."))
        return self.redirect("journeys:journey-detail", pk)


def lane_found(view: PortalView, pk: int) -> Lane:
    """A lane of the program, else 404."""
    rows: Any = Lane.objects.for_actor(view.actor)
    found: Lane = get_or_404(rows.select_related("journey__program"), pk=pk)
    return found
