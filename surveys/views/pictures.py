"""Pictures of a question's choices: brought, described for who cannot see them, taken off."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.errors import Denied, DomainError
from cxportal.core.forms.base import LANGUAGE_NAMES
from surveys.models import Question
from surveys.queries.problems import question_name
from surveys.rendering_questions import image_url
from surveys.services.survey_pictures import (
    MOST_ALT,
    choice_picture_remove,
    choice_picture_set,
)
from surveys.views.designer import DesignPart


class QuestionPicturesView(DesignPart):
    """One small form for each choice; nothing needs a script."""

    def get(self, request: HttpRequest, pk: int, question: int) -> HttpResponse:
        return self._page(self.question(question))

    def post(self, request: HttpRequest, pk: int, question: int) -> HttpResponse:
        chosen, code = self.question(question), request.POST.get("choice", "")
        try:
            if "remove" in request.POST:
                choice_picture_remove(actor=self.actor, question=chosen, code=code)
            else:
                alt = {c: request.POST.get(f"alt_{c}", "") for c in self.survey.languages}
                file = request.FILES.get("file")
                choice_picture_set(actor=self.actor, question=chosen, code=code, alt=alt, file=file)
        except Denied:
            raise
        except DomainError as error:
            return self._page(chosen, code=code, error=error.message, status=error.status)
        self.say(_("Saved."))
        return self.redirect("surveys:question-pictures", self.survey.pk, chosen.pk)

    def _page(
        self, question: Question, *, code: str = "", error: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            "survey": self.survey,
            "question": question,
            "name": question_name(question),
            "rows": [self._row(choice, code) for choice in question.choices.all()],
            "failed": code,
            "error": error,
            "most_alt": MOST_ALT,
        }
        return self.render("surveys/question_pictures.html", context, status=status)

    def _row(self, choice: Any, failed: str) -> dict[str, Any]:
        stored = choice.settings.get("alt") or {}
        typed = self.request.POST if choice.code == failed else {}
        return {
            "choice": choice,
            "url": image_url(choice.settings.get("image")),
            "alts": [
                (c, LANGUAGE_NAMES.get(c, c), typed.get(f"alt_{c}", stored.get(c, "")))
                for c in self.survey.languages
            ],
        }
