"""Rules in sentences: when a question or page is shown, and where to go on after it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError, StaleEdit
from surveys.calc.kinds import SOURCES
from surveys.forms.question_settings import WHICH_WORDS
from surveys.forms.rules import RulesForm
from surveys.models import Question, Section
from surveys.queries.logic_words import OPERATORS, rule_words
from surveys.queries.problems import question_name
from surveys.services.questions import question_update, section_update
from surveys.views.designer import DesignPart, Selection


class RulesPart(DesignPart):
    """Base: the page of rules of one question or page of the draft."""

    def chosen(self, pk: int) -> Question | Section:
        raise LookupError("declare chosen()")

    def page(self, part: Question | Section, *, error: str = "", status: int = 200) -> HttpResponse:
        words = rule_words(self.survey, self.sections)
        is_question = isinstance(part, Question)
        selection = Selection(question=part) if is_question else Selection(section=part)  # type: ignore[arg-type]
        earlier = [q for s in self.sections for q in s.questions.all() if q.kind in SOURCES]
        context = {
            "survey": self.survey,
            "part": part,
            "is_question": is_question,
            "name": question_name(part) if isinstance(part, Question) else str(part),
            "selection": selection,
            "form": RulesForm(part, words, self.request.POST if error else None),
            "words": words,
            "operators": OPERATORS.items(),
            "which": WHICH_WORDS.items(),
            "sources": [(q.code, question_name(q)) for q in earlier],
            "error": error,
        }
        return self.render("surveys/rules.html", context, status=status)

    def get(self, request: HttpRequest, pk: int, part: int) -> HttpResponse:
        return self.page(self.chosen(part))

    def post(self, request: HttpRequest, pk: int, part: int) -> HttpResponse:
        chosen = self.chosen(part)
        words = rule_words(self.survey, self.sections)
        logic = RulesForm(chosen, words, request.POST).values()
        try:
            self.save(chosen, logic)
        except StaleEdit:
            sentence = _("Somebody else changed this meanwhile. Look at it and save again.")
            return self.page(self.chosen(part), error=sentence, status=409)
        except DomainError as error:
            return self.page(chosen, error=error.message, status=error.status)
        self.say(_("The rules are stored."))
        if "more" in request.POST:
            return self.again(chosen)
        is_question = isinstance(chosen, Question)
        return self.back(Selection(question=chosen) if is_question else Selection(section=chosen))  # type: ignore[arg-type]

    def save(self, chosen: Any, logic: dict[str, Any]) -> None:
        raise LookupError("declare save()")

    def again(self, chosen: Any) -> HttpResponse:
        self.reread()
        return self.page(self.chosen(chosen.pk))


class QuestionRulesView(RulesPart):
    """The rules of a question."""

    def chosen(self, pk: int) -> Question:
        return self.question(pk)

    def save(self, chosen: Question, logic: dict[str, Any]) -> None:
        question_update(actor=self.actor, question=chosen, version=self.version, logic=logic)


class SectionRulesView(RulesPart):
    """The rules of a page."""

    def chosen(self, pk: int) -> Section:
        return self.section(pk)

    def save(self, chosen: Section, logic: dict[str, Any]) -> None:
        section_update(actor=self.actor, section=chosen, version=self.version, logic=logic)
