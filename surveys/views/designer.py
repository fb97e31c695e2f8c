"""The designer's page, and what its commands answer: the page, its parts, or a way back to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.forms.base import ScopedForm
from cxportal.core.views.base import PortalView, get_or_404
from surveys.calc.answers import CHOICE_KINDS
from surveys.forms.questions import QuestionForm, SectionForm
from surveys.forms.surveys import DEFAULT_BRAND, SurveyWordsForm, language_choices
from surveys.models import Question, Section, Survey
from surveys.queries.accessibility import contrasts_of
from surveys.queries.conflicts import conflict_rows
from surveys.queries.draft_steps import others_present, step_words, steps_for
from surveys.queries.logic_words import rule_words
from surveys.queries.outline import ICONS, outline_of, places_for
from surveys.queries.surveys import problems_found, sections_of
from surveys.services.choices import next_choice_number

Row = TypeVar("Row", Question, Section)
SAVED, INVALID, CONFLICT = "saved", "invalid", "conflict"


@dataclass(frozen=True)
class Selection:
    """What the designer shows in the middle: a question, a page, or the survey's own words."""

    question: Question | None = None
    section: Section | None = None

    @property
    def query(self) -> str:
        """The part of the address that chooses it."""
        if self.question is not None:
            return f"?question={self.question.pk}"
        return f"?page={self.section.pk}" if self.section is not None else "?part=survey"

    @property
    def part(self) -> str:
        """Its name among the parts of a draft (surveys/calc/draft_steps.py)."""
        if self.question is not None:
            return f"question:{self.question.pk}"
        return f"section:{self.section.pk}" if self.section is not None else "survey"


class DesignPart(PortalView):
    """Base of the designer's page and commands, about one survey of the actor's program."""

    permission = "surveys.change_surveys"
    kwargs: dict[str, Any]

    @cached_property
    def survey(self) -> Survey:
        found = Survey.objects.for_actor(self.actor).select_related("current_version", "program")
        return get_or_404(found, pk=self.kwargs["pk"])

    @cached_property
    def sections(self) -> list[Section]:
        return sections_of(self.survey)

    def section(self, pk: Any) -> Section:
        return _picked(self.sections, pk)

    def question(self, pk: Any) -> Question:
        return _picked([q for section in self.sections for q in section.questions.all()], pk)

    def reread(self) -> None:
        """Forget what was read before a command changed it."""
        for name in ("survey", "sections"):
            self.__dict__.pop(name, None)

    @property
    def version(self) -> int | None:
        """The survey version the edit began from; `keep` insists after a conflict."""
        given = self.request.POST.get("keep") or self.request.POST.get("version") or ""
        return int(given) if given.isdigit() and len(given) < 10 else None

    def back(self, selection: Selection, more: str = "") -> HttpResponseRedirect:
        """Go on to the designer's page with this chosen."""
        url = self.actor.url("surveys:survey-design", self.survey.pk)
        return HttpResponseRedirect(f"{url}{selection.query}{more}")

    def undo_url(self, place: str = "") -> str:
        """Where the message about what was just done takes it back; `place` leads back there."""
        step = steps_for(self.actor, self.survey).undo
        url = self.actor.url("surveys:survey-undo", self.survey.pk)
        return f"{url}?step={step.pk}{place and f'&from={place}'}" if step else ""

    def form_for(self, selection: Selection, data: Any = None) -> Any:
        """The form of what is chosen."""
        survey = self.survey
        if selection.question is not None:
            question = selection.question
            has_choices = question.kind in CHOICE_KINDS
            number = next_choice_number(survey, question) if has_choices else 1
            return QuestionForm(
                data, actor=self.actor, survey=survey, question=question, next_choice=number
            )
        if selection.section is not None:
            section = selection.section
            return SectionForm(data, actor=self.actor, survey=survey, section=section)
        return SurveyWordsForm(data, actor=self.actor, survey=survey)

    def context(self, selection: Selection, form: ScopedForm, **more: Any) -> dict[str, Any]:
        """What the page and its parts need."""
        survey, sections = self.survey, self.sections
        problems = problems_found(survey, sections)
        outline = outline_of(survey, sections, problems)
        question = selection.question
        lines = [line for page in outline for line in page.questions]
        return {
            "survey": survey,
            "selection": selection,
            "outline": outline,
            "line": next((n for n in lines if n.question.pk == question.pk), None)
            if question
            else None,
            "page": next((p for p in outline if p.section == selection.section), None),
            "places": places_for(question, outline) if question else [],
            "place": f"{question.section_id}:{question.position}" if question else "",
            "problems": problems,
            "errors_left": sum(problem.blocks for problem in problems),
            "kinds": [(kind.value, kind.label, ICONS[kind]) for kind in Question.Kind],
            "languages": language_choices(list(survey.languages)),
            "canvas_language": _reader_language(survey),
            "form": form,
            "rules": self._rules(selection),
            "save_state": SAVED,
            "contrasts": contrasts_of(survey.theme.get("brand") or DEFAULT_BRAND),
            **self._steps(),
            **more,
        }

    def _steps(self) -> dict[str, str]:
        """What the buttons undo and redo are called; "" for one that has nothing to do."""
        steps = steps_for(self.actor, self.survey)
        return {
            "undo_words": step_words(steps.undo) if steps.undo else "",
            "redo_words": step_words(steps.redo) if steps.redo else "",
        }

    def _rules(self, selection: Selection) -> list[str]:
        """The rules of what is chosen, in sentences."""
        part: Question | Section | None = selection.question or selection.section
        if part is None or not part.logic:
            return []
        words, logic = rule_words(self.survey, self.sections), part.logic
        shown = words.sentence(logic.get("show_if"))
        said = [_("Only when %(rule)s") % {"rule": shown}] if shown else []
        return [*said, *(words.rule(rule) for rule in logic.get("skip") or ())]

    def show(
        self, selection: Selection, form: ScopedForm, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        """The whole page, or for HTMX the parts that stand outside the form."""
        context = self.context(selection, form, **more)
        if self.request.htmx and self.request.method == "POST":
            response = self.render("surveys/_designer_saved.html", context, status=status)
            if status == 200:
                response["HX-Trigger-After-Settle"] = "designer:saved"
            return response
        return self.render("surveys/survey_design.html", context, status=status)

    def save_part(self, selection: Selection, save: Any) -> HttpResponse:
        """Validate the form of what is chosen and call `save(form)`.

        What was typed is kept on the page when it is refused: 422 beside the fields, 409 with
        what somebody else stored meanwhile.
        """
        form = self.form_for(selection, self.request.POST)
        if not form.is_valid():
            return self.show(selection, form, status=422, save_state=INVALID)
        try:
            save(form)
        except StaleEdit as stale:
            return self._conflict(selection, form, stale.details["current"])
        except DomainError as error:
            if error.code not in {"invalid", "code_taken", "anonymity_fixed"}:
                raise
            _place_error(form, error)
            return self.show(selection, form, status=error.status, save_state=INVALID)
        return self.show(selection, form) if self.request.htmx else self.back(selection)

    def _conflict(
        self, selection: Selection, form: ScopedForm, current: Mapping[str, Any]
    ) -> HttpResponse:
        changed = current.get("changed_at")
        conflict = {
            "version": current["version"],
            "who": current.get("changed_by", ""),
            "at": datetime.fromisoformat(changed) if changed else None,
            "rows": conflict_rows(self.survey, current, form.values),  # type: ignore[attr-defined]
        }
        return self.show(selection, form, status=409, save_state=CONFLICT, conflict=conflict)


def _picked(rows: Sequence[Row], pk: Any) -> Row:
    found = next((row for row in rows if str(row.pk) == str(pk)), None)
    if found is None:
        raise Http404
    return found


def _reader_language(survey: Survey) -> str:
    """The reader's language where the survey has it, else its main one."""
    active = (get_language() or "").split("-")[0]
    return active if active in survey.languages else survey.default_language


def _place_error(form: ScopedForm, error: DomainError) -> None:
    for name, sentence in (error.details or {"": error.message}).items():
        form.add_error(name if name in form.fields else None, sentence)


class SurveyDesignView(DesignPart):
    """Outline, the chosen part as respondents see it, and its settings."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        selection = self._selection()
        form = self.form_for(selection)
        if "new" in request.GET:
            first = form.fields.get("text") or form.fields["title"]
            first.widget.widgets[0].attrs["autofocus"] = True
        others = others_present(self.actor, self.survey)
        return self.show(selection, form, others=others)

    def _selection(self) -> Selection:
        asked = self.request.GET
        if "question" in asked:
            return Selection(question=self.question(asked["question"]))
        if "page" in asked:
            return Selection(section=self.section(asked["page"]))
        first = next((q for section in self.sections for q in section.questions.all()), None)
        return Selection(question=None if "part" in asked else first)
