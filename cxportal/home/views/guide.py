"""Help on a subject, in the reader's language."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from cxportal.core.views.base import PortalView
from cxportal.home.queries.help import help_html, subject_of


class HelpView(PortalView):
    """One subject; `?for=` takes the address of a page and finds the subject."""

    permission = "core.view_program"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("subject", "")
        subject = asked or subject_of(request.GET.get("for", ""))
        text = help_html(subject, get_language() or "en")
        if text is None:
            raise Http404
        part = getattr(request, "htmx", None)
        template = "home/_help.html" if part and not part.boosted else "home/help.html"
        return self.render(template, {"text": text})
