"""A survey as respondents see it, before and after it is published."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from cxportal.core.policies import may
from cxportal.core.views.base import PortalView, get_or_404
from surveys.forms.surveys import language_choices
from surveys.models import Survey
from surveys.queries.surveys import survey_document, surveys_visible
from surveys.rendering import (
    CompiledVersion,
    PageState,
    interface_language,
    page_context,
    page_html,
)

PHONE, DESKTOP = "phone", "desktop"


class PreviewPart(PortalView):
    """Base: which document, which language, which page."""

    permission = "surveys.view_surveys"

    def survey(self, pk: int) -> Survey:
        rows = surveys_visible(self.actor).select_related("current_version", "program")
        return get_or_404(rows, pk=pk)

    def document(self, survey: Survey) -> dict[str, Any]:
        """?version=3, the draft for those who may change it, else what is published."""
        asked = self.request.GET.get("version", "")
        if asked:
            number = int(asked) if asked.isdigit() and len(asked) < 9 else 0
            found: dict[str, Any] = get_or_404(survey.versions.all(), number=number).document
            return found
        if survey.current_version is None or may(self.actor, "surveys.change_surveys", survey):
            return survey_document(survey)
        published: dict[str, Any] = survey.current_version.document
        return published

    def language(self, document: dict[str, Any]) -> str:
        """The asked one, else the reader's, else the survey's main language."""
        offered: list[str] = document["languages"]
        main: str = document["default_language"]
        wanted = [self.request.GET.get("language", ""), translation.get_language() or ""]
        return next((code for code in wanted if code in offered), main)


class SurveyPreviewView(PreviewPart):
    """The frame around the preview: device, language, page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        document = self.document(survey)
        pages = [page for page in document["sections"] if page["questions"]]
        device = request.GET.get("device")
        return self.render(
            "surveys/survey_preview.html",
            {
                "survey": survey,
                "languages": language_choices(document["languages"]),
                "language": self.language(document),
                "device": device if device in (PHONE, DESKTOP) else PHONE,
                "page": self._page(len(pages)),
                "pages": range(1, len(pages) + 1),
                "number": request.GET.get("version", ""),
                "may_change": may(self.actor, "surveys.change_surveys", survey),
            },
        )

    def _page(self, pages: int) -> int:
        asked = self.request.GET.get("page", "")
        number = int(asked) if asked.isdigit() and len(asked) < 4 else 1
        return max(1, min(number, pages))


class SurveyPreviewFrameView(PreviewPart):
    """One page of the survey, exactly as respondents get it; nothing can be sent from it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        document = self.document(survey)
        pages = [page for page in document["sections"] if page["questions"]]
        asked = request.GET.get("page", "1")
        index = int(asked) - 1 if asked.isdigit() and len(asked) < 4 else 0
        if not pages:
            return self.render("surveys/survey_preview_empty.html", {"survey": survey})
        html = page_html(
            document,
            language=self.language(document),
            section_index=max(0, min(index, len(pages) - 1)),
            brand=str(survey.program),
        )
        return HttpResponse(html)


class QuestionPreviewView(PreviewPart):
    """One question of the draft as respondents see it, for the middle of the designer."""

    permission = "surveys.change_surveys"

    def get(self, request: HttpRequest, pk: int, question: int) -> HttpResponse:
        survey = self.survey(pk)
        document = survey_document(survey)
        code = get_or_404(survey.questions.all(), pk=question).code
        alone = [
            {**page, "title": {}, "questions": [q for q in page["questions"] if q["code"] == code]}
            for page in document["sections"]
        ]
        language = self.language(document)
        version = CompiledVersion.of({**document, "sections": alone})
        if not version.sections:
            raise Http404
        with translation.override(interface_language(language)):
            context = page_context(version, PageState(language=language, preview=True))
            return self.render("surveys/question_preview.html", context)
