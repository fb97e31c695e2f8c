"""Pages of taking a survey over: the file, then what became of every element of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.views.base import FormPage, PortalView, get_or_404
from surveys.exchange.ledger import RESULTS
from surveys.forms.imports import SurveyImportForm
from surveys.import_words import FORMATS
from surveys.import_words import RESULTS as RESULT_WORDS
from surveys.queries.imports import elements_of, imports_visible, kinds_of
from surveys.services.imports import survey_import


class SurveyImportView(FormPage):
    """A file becomes a draft; its report comes next."""

    permission = "surveys.change_surveys"
    template = "surveys/survey_import.html"
    form_class = SurveyImportForm
    title = gettext_lazy("Take a survey over")
    submit_label = gettext_lazy("Take over")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("surveys:survey-list")}

    def save(self, form: SurveyImportForm) -> HttpResponse:
        upload = form.cleaned_data["file"]
        done = survey_import(actor=self.actor, name=upload.name, content=upload.read())
        return self.redirect("surveys:survey-import-report", done.pk)


class SurveyImportReportView(PortalView):
    """Every element of the file: taken, changed or not, and why."""

    permission = "surveys.view_surveys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        done = get_or_404(imports_visible(self.actor), pk=pk)
        asked = request.GET
        result = asked.get("result", "")
        kind = asked.get("kind", "")
        start = asked.get("start", "")
        lines = elements_of(
            done.report,
            result=result if result in RESULTS else "",
            kind=kind if kind in done.report["kinds"] else "",
            text=asked.get("q", ""),
            start=int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0,
        )
        return self.render(
            "surveys/survey_import_report.html",
            {
                "done": done,
                "report": done.report,
                "format_name": FORMATS.get(done.format, done.format),
                "kinds": kinds_of(done.report),
                "lines": lines,
                "results": RESULT_WORDS,
                "asked": {"result": result, "kind": kind, "q": asked.get("q", "")},
                "may_change": may(self.actor, "surveys.change_surveys", done.survey),
            },
        )
