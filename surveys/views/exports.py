"""Asking for an export; the job's page shows progress and the file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from cxportal.core.views.base import FormPage, get_or_404
from surveys.forms.exports import ExportForm, ResponsesExportForm
from surveys.queries.surveys import surveys_visible
from surveys.services.exports import responses_export, scores_export


class ResponsesExportView(FormPage):
    """Answers of a survey, as the address filters them."""

    permission = "surveys.export_responses"
    form_class = ResponsesExportForm
    title = gettext_lazy("Export answers")
    submit_label = gettext_lazy("Export")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def extra(self) -> dict[str, Any]:
        survey = get_or_404(surveys_visible(self.actor), pk=self.pk)
        return {"cancel_url": self.actor.url("surveys:survey-report", survey.pk)}

    def save(self, form: ResponsesExportForm) -> HttpResponse:
        survey = get_or_404(surveys_visible(self.actor), pk=self.pk)
        query = self.request.GET.urlencode()
        job = responses_export(actor=self.actor, survey=survey, query=query, **form.cleaned_data)
        return self.redirect("core:job-detail", job.pk)


class ScoresExportView(FormPage):
    """Every score of the program, enough to compute its report anew."""

    permission = "surveys.export_responses"
    form_class = ExportForm
    title = gettext_lazy("Export scores")
    submit_label = gettext_lazy("Export")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("surveys:metric-list")}

    def save(self, form: ExportForm) -> HttpResponse:
        query = self.request.GET.urlencode()
        job = scores_export(actor=self.actor, query=query, **form.cleaned_data)
        return self.redirect("core:job-detail", job.pk)
