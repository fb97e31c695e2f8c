"""Languages of a survey side by side, out to translators and back."""

import io

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.errors import DomainError
from cxportal.core.exports import CONTENT_TYPES, write_rows
from surveys.forms.surveys import language_choices
from surveys.services.translations import (
    translation_columns,
    translation_rows,
    translation_table,
    translations_apply,
    translations_of,
)
from surveys.views.designer import DesignPart


class SurveyTranslationsView(DesignPart):
    """How much is translated, the table to take along, and the way back in."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page()

    def _page(self, error: str = "", status: int = 200) -> HttpResponse:
        survey = self.survey
        texts = translations_of(survey, self.sections)
        main = survey.default_language
        names = dict(language_choices(list(survey.languages)))
        others = [code for code in survey.languages if code != main]
        progress = [(names[c], sum(bool(t.texts.get(c)) for t in texts)) for c in others]
        missing = [t for t in texts if any(not t.texts.get(code) for code in others)]
        context = {
            "survey": survey,
            "main": names[main],
            "others": [(code, names[code]) for code in others],
            "total": len(texts),
            "progress": progress,
            "missing": [
                (t.place, t.texts.get(main, ""), [t.texts.get(c, "") for c in others])
                for t in missing
            ],
            "error": error,
        }
        return self.render("surveys/survey_translations.html", context, status=status)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        upload = request.FILES.get("file")
        if upload is None:
            return self._page(_("Choose the translated table first."), status=422)
        try:
            rows = translation_table(upload.read())
            result = translations_apply(actor=self.actor, survey=self.survey, rows=rows)
        except DomainError as error:
            return self._page(error.message, status=error.status)
        said = ngettext(
            "%(count)s text was translated.", "%(count)s texts were translated.", result.changed
        ) % {"count": result.changed}
        if result.unknown:
            said += " " + _("Places we do not know: %(places)s.") % {
                "places": ", ".join(result.unknown[:10])
            }
        if result.outdated:
            said += " " + _("The original changed meanwhile: %(places)s.") % {
                "places": ", ".join(result.outdated[:10])
            }
        self.say(said)
        return self.redirect("surveys:survey-translations", self.survey.pk)


class SurveyTranslationsFileView(DesignPart):
    """The table as XLSX or CSV."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        file = io.BytesIO()
        survey = self.survey
        write_rows(file, translation_columns(survey), translation_rows(survey), kind=kind)
        answer = HttpResponse(file.getvalue(), content_type=CONTENT_TYPES[kind])
        name = f"survey-{survey.pk}-translations.{kind}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
