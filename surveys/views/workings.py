"""How a survey looks, runs, ends and whom it lets in: a page of small forms."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError
from surveys.forms.workings import AccessForm, ListedForm, LookForm, RunForm
from surveys.queries.logic_words import OPERATORS, rule_words
from surveys.rendering_questions import image_url
from surveys.services.survey_pictures import survey_picture_store
from surveys.services.surveys import survey_set_access, survey_update
from surveys.views.designer import DesignPart

_FORMS: dict[str, type[Any]] = {"look": LookForm, "run": RunForm, "access": AccessForm}


class SurveyWorkingsView(DesignPart):
    """Look, flow, access, quotas and pages of thanks; each form is saved by itself."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page()

    def _page(self, *, status: int = 200, error: str = "", **bound: Any) -> HttpResponse:
        survey = self.survey
        words = rule_words(survey, self.sections)
        context = {
            "survey": survey,
            **{name: form(actor=self.actor, survey=survey) for name, form in _FORMS.items()},
            **bound,
            "words": words,
            "operators": OPERATORS.items(),
            "quotas": ListedForm(survey, words).blocks(survey.quotas),
            "endings": ListedForm(survey, words).blocks(survey.endings),
            "logo_url": image_url(survey.theme.get("logo")),
            "error": error,
        }
        return self.render("surveys/survey_workings.html", context, status=status)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        part = request.POST.get("part", "")
        form: Any = None
        if part in _FORMS:
            files = request.FILES if part == "look" else None
            form = _FORMS[part](request.POST, files, actor=self.actor, survey=self.survey)
            if not form.is_valid():
                return self._page(status=422, **{part: form})
        try:
            self._save(part, form)
        except DomainError as error:
            bound = {part: form} if form is not None else {}
            return self._page(status=error.status, error=error.message, **bound)
        # Who may answer is no part of the draft: it holds at once.
        undo = self.undo_url("settings") if part != "access" else ""
        self.say(_("Saved."), undo=undo)
        self.reread()
        return self.redirect("surveys:survey-workings", self.survey.pk)

    def _save(self, part: str, form: Any) -> None:
        actor, survey = self.actor, self.survey
        listed = ListedForm(survey, rule_words(survey, self.sections), self.request.POST)
        if part == "look":
            survey_update(actor=actor, survey=survey, theme=form.theme(self._logo(form)))
        elif part == "run":
            survey_update(actor=actor, survey=survey, settings=form.values)
        elif part == "access":
            survey_set_access(actor=actor, survey=survey, access=form.values)
        elif part == "quotas":
            survey_update(actor=actor, survey=survey, quotas=listed.quotas(survey.quotas))
        elif part == "endings":
            survey_update(actor=actor, survey=survey, endings=listed.endings(survey.endings))

    def _logo(self, form: LookForm) -> str:
        clean = form.cleaned_data
        if clean.get("no_logo"):
            return ""
        if clean.get("logo"):
            return survey_picture_store(actor=self.actor, survey=self.survey, file=clean["logo"])
        return str(self.survey.theme.get("logo") or "")
