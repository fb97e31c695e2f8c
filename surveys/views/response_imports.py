"""Answers from a table: the file, then the rows that were not taken."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy, ngettext

from cxportal.core.models import Job
from cxportal.core.views.base import FormPage, get_or_404
from surveys.exchange.answer_table import META, targets_of
from surveys.forms.imports import ResponseImportForm
from surveys.models import Survey
from surveys.queries.surveys import surveys_visible
from surveys.rendering import compiled_version
from surveys.services.response_imports import responses_import_begin

SHOWN_ERRORS = 100


class ResponseImportView(FormPage):
    """A CSV or Excel file onto a published survey."""

    permission = "surveys.change_responses"
    template = "surveys/response_import.html"
    form_class = ResponseImportForm
    title = gettext_lazy("Import answers")
    submit_label = gettext_lazy("Import")

    @property
    def survey(self) -> Survey:
        rows = surveys_visible(self.actor).filter(current_version__isnull=False)
        return get_or_404(rows, pk=self.kwargs["pk"])

    def form_kwargs(self) -> dict[str, Any]:
        self.survey  # noqa: B018  # 404 before anything is shown
        return super().form_kwargs()

    def extra(self) -> dict[str, Any]:
        survey = self.survey
        assert survey.current_version_id is not None
        columns = targets_of(compiled_version(survey.current_version_id).questions.values())
        return {
            "survey": survey,
            "columns": list(columns),
            "meta": META,
            "cancel_url": self.actor.url("surveys:survey-detail", survey.pk),
        }

    def save(self, form: ResponseImportForm) -> HttpResponse:
        survey, upload = self.survey, form.cleaned_data["file"]
        result = responses_import_begin(
            actor=self.actor, survey=survey, name=upload.name, content=upload.read()
        )
        if isinstance(result, Job):
            return self.redirect("core:job-detail", result.pk)
        if not result.failed:
            count = result.created
            sentence = ngettext("%(n)s answer was taken.", "%(n)s answers were taken.", count)
            self.say(sentence % {"n": count})
            return self.redirect("surveys:survey-detail", survey.pk)
        failed = [row for row in result.rows if row["status"] == "failed"]
        context = {"survey": survey, "result": result, "failed": failed[:SHOWN_ERRORS]}
        return self.render("surveys/response_import_result.html", context, status=422)
