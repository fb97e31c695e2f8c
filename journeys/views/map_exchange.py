"""Maps as files: taken over from .ojf and CSV, downloaded in seven kinds."""

from typing import Any
from urllib.parse import quote

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.forms.base import ScopedForm
from cxportal.core.views.base import FormPage, PortalView
from journeys.queries.map_files import FORMATS, map_file, map_filename
from journeys.services.map_exchange import map_import, reasons
from journeys.views.journeys import journey_found


class MapFileForm(ScopedForm):
    """A file with a map."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("OpenJourney (.ojf) or CSV, at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ojf,.json,.csv"}),
    )


class MapImportView(FormPage):
    """A journey from a file; what did not come over as it was is listed."""

    permission = "journeys.change_journeys"
    form_class = MapFileForm
    title = gettext_lazy("Take over a journey map")
    submit_label = gettext_lazy("Read the file")

    def save(self, form: Any) -> HttpResponse:
        upload = form.cleaned_data["file"]
        made = map_import(actor=self.actor, content=upload.read(), filename=upload.name)
        words = reasons()
        notes = [
            {"place": n.place, "why": words[n.reason], "said": n.said, "became": n.became}
            for n in made.notes
        ]
        context = {"made": made, "journey": made.journey, "shown_notes": notes}
        if not made.notes:
            self.say(_("The journey is there; the whole file came over."))
            return self.redirect("journeys:journey-detail", made.journey.pk)
        return self.render("journeys/map_imported.html", context)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:journey-list")}


class MapFileView(PortalView):
    """The map as a file."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        kind = request.GET.get("format", "ojf")
        if kind not in FORMATS:
            raise Http404
        return file_answer(map_file(self.actor, journey, kind), map_filename(journey, kind), kind)


def file_answer(content: bytes, name: str, kind: str) -> HttpResponse:
    """A download that no browser runs."""
    answer = HttpResponse(content, content_type=FORMATS[kind][0])
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
