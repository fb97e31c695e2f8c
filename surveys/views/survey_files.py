"""A survey's files: what there is, the download, the form for paper."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from cxportal.core.policies import may
from surveys.exchange.ledger import shortened
from surveys.paper import paper_of
from surveys.queries.survey_files import FILES, exported_document, survey_file
from surveys.rendering import LANGUAGE_NAMES
from surveys.views.surveys import SurveyPage


class SurveyFilesView(SurveyPage):
    """Everything a survey can be written as."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        context = self.head(survey, "")
        languages = [(code, LANGUAGE_NAMES.get(code, code)) for code in survey.languages]
        return self.render(
            "surveys/survey_files.html", {**context, "files": FILES, "languages": languages}
        )


class SurveyFileView(SurveyPage):
    """One file."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        survey = self.survey(pk)
        made = survey_file(self.actor, survey, kind, request.GET.get("lang", ""))
        answer = HttpResponse(made.content, content_type=made.content_type)
        answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
        answer["Cache-Control"] = "no-store"
        return answer


class SurveyPrintView(SurveyPage):
    """The form for paper, as a page of its own."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        document = exported_document(self.actor, survey)
        # The one asked for, else the reader's own, where the survey speaks it.
        wanted = [request.GET.get("lang", ""), get_language() or "", document["default_language"]]
        language = next(code for code in wanted if code in document["languages"])
        paper = paper_of(document, language)
        context = {
            "survey": survey,
            "paper": paper,
            "language": language,
            "title": shortened(paper.title),
            "may_change": may(self.actor, "surveys.change_surveys", survey),
        }
        return self.render("surveys/survey_print.html", context)
