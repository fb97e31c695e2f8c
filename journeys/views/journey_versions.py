"""Kept versions of a map, what changed between them, and maps beside each other."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.views.base import FormPage, PortalView, get_or_404
from journeys.forms.maps import CopyForm, VersionForm
from journeys.models import Journey, JourneyVersion
from journeys.queries.map_compare import changes_in_words, compared, did_words
from journeys.services.journey_versions import journey_copy, version_keep, version_restore
from journeys.services.map_documents import map_document
from journeys.views.journeys import journey_found
from journeys.views.maps import MapCommand

MOST = 100


def version_found(view: PortalView, pk: int) -> JourneyVersion:
    """A kept version of the program, else 404."""
    rows: Any = JourneyVersion.objects.for_actor(view.actor)
    found: JourneyVersion = get_or_404(rows.select_related("journey__program"), pk=pk)
    return found


class VersionListView(MapCommand):
    """The kept versions of a map, and the button that keeps one more."""

    permission = "journeys.view_journeys"
    http_method_names = ["get", "post", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(journey_found(self, pk), VersionForm(actor=self.actor))

    def command(self, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        form = VersionForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            return self.show(journey, form, status=422)
        version = version_keep(actor=self.actor, journey=journey, **form.cleaned_data)
        self.say(_("Version %(number)d is kept.") % {"number": version.number})
        return self.redirect("journeys:journey-versions", pk)

    def show(self, journey: Journey, form: Any, status: int = 200) -> HttpResponse:
        """The list."""
        rows = JourneyVersion.objects.for_actor(self.actor).filter(journey=journey)
        context = {
            "journey": journey,
            "versions": list(rows.defer("document").order_by("-number")[:MOST]),
            "form": form,
            "may_change": may(self.actor, "journeys.change_journeys", journey),
        }
        return self.render("journeys/version_list.html", context, status=status)


class VersionDetailView(PortalView):
    """What changed from a kept version to the map as it is now, or to a later version."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = version_found(self, pk)
        journey = version.journey
        before = None
        if request.GET.get("since") == "before":
            before = journey.kept_versions.filter(number__lt=version.number).first()
            pair = (before.document if before else {}, version.document)
        else:
            pair = (version.document, map_document(self.actor, journey))
        context = {
            "journey": journey,
            "version": version,
            "before": before,
            "since": request.GET.get("since", ""),
            "changes": changes_in_words(self.actor, *pair),
            "did": did_words(),
            "may_change": may(self.actor, "journeys.change_journeys", journey),
        }
        return self.render("journeys/version_detail.html", context)


class VersionRestoreView(MapCommand):
    """Make the map say what a kept version said."""

    def command(self, pk: int) -> HttpResponse:
        version = version_found(self, pk)
        journey = version_restore(actor=self.actor, version=version)
        said = _("The map is as version %(number)d kept it; what it said before is kept as well.")
        self.say(said % {"number": version.number}, undo=self.undo_url(journey))
        return self.redirect("journeys:journey-detail", journey.pk)


class JourneyCopyView(FormPage):
    """A copy of a journey with its map, as it should be."""

    permission = "journeys.change_journeys"
    form_class = CopyForm
    title = gettext_lazy("Copy the journey")
    submit_label = gettext_lazy("Make the copy")

    def form_kwargs(self) -> dict[str, Any]:
        journey = journey_found(self, self.kwargs["pk"])
        name = {code: f"{text} +" for code, text in journey.name.items()}
        initial = {"name": name, "kind": Journey.Kind.TO_BE}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        journey = journey_found(self, self.kwargs["pk"])
        made = journey_copy(actor=self.actor, journey=journey, **form.cleaned_data)
        self.say(_("The copy is there."))
        return self.redirect("journeys:journey-detail", made.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:journey-detail", self.kwargs["pk"])}


class JourneyCompareView(PortalView):
    """As it is beside as it should be: by stage and lane, with what differs."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        rows: Any = Journey.objects.for_actor(self.actor)
        others = list(rows.exclude(pk=pk).select_related("program").order_by("pk"))
        other = self._other(journey, others)
        context: dict[str, Any] = {"journey": journey, "other": other, "others": others}
        if other is not None:
            is_left = journey.counterpart_id != other.pk
            left, right = (journey, other) if is_left else (other, journey)
            context |= {
                "left": left,
                "right": right,
                "stages": compared(self.actor, left, right),
                "did": did_words(),
            }
        return self.render("journeys/compare.html", context)

    def _other(self, journey: Journey, others: list[Journey]) -> Journey | None:
        asked = self.request.GET.get("with", "")
        if asked:
            found = next((row for row in others if str(row.pk) == asked), None)
            if found is None:
                raise Http404
            return found
        near = [
            row
            for row in others
            if row.pk == journey.counterpart_id or row.counterpart_id == journey.pk
        ]
        return near[0] if near else None
