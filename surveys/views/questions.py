"""Commands of the designer on questions, pages and the survey's own words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from surveys.forms.question_parts import rearranged
from surveys.models import Question, Section
from surveys.queries.problems import question_name
from surveys.services.questions import (
    question_add,
    question_delete,
    question_duplicate,
    question_move,
    question_update,
    section_add,
    section_delete,
    section_move,
    section_update,
)
from surveys.services.surveys import survey_update
from surveys.templates_library import FIRST_WORDS
from surveys.views.designer import DesignPart, Selection


class DesignCommand(DesignPart):
    """A command of the designer: POST only."""

    http_method_names = ["post", "options"]


class SurveyWordsView(DesignCommand):
    """Save title, welcome, thanks, languages, anonymity and colour."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.save_part(Selection(), self._save)

    def _save(self, form: Any) -> None:
        survey_update(actor=self.actor, survey=self.survey, version=self.version, **form.values)
        self.reread()


class SectionAddView(DesignCommand):
    """A further page at the end."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        section = section_add(actor=self.actor, survey=self.survey)
        return self.back(Selection(section=section), "&new=1")


class SectionCommand(DesignCommand):
    """A command on one page."""

    def post(self, request: HttpRequest, pk: int, section: int) -> HttpResponse:
        return self.command(self.section(section))

    def command(self, section: Section) -> HttpResponse:
        raise LookupError("declare command()")


class SectionSaveView(SectionCommand):
    """Name a page."""

    def command(self, section: Section) -> HttpResponse:
        def save(form: Any) -> None:
            section_update(actor=self.actor, section=section, version=self.version, **form.values)
            self.reread()

        return self.save_part(Selection(section=section), save)


class SectionMoveView(SectionCommand):
    """Put a page before or after its neighbour, or at a place."""

    def command(self, section: Section) -> HttpResponse:
        place = _whole(self.request.POST.get("place"), section.position)
        section_move(actor=self.actor, section=section, position=place)
        return self.back(Selection(section=section))


class SectionDeleteView(SectionCommand):
    """Delete a page; its questions go to a neighbour."""

    def command(self, section: Section) -> HttpResponse:
        neighbour = section_delete(actor=self.actor, section=section)
        sentence = _("The page is gone. Its questions stand on the page beside it.")
        self.say(sentence, undo=self.undo_url())
        return self.back(Selection(section=neighbour))


def kind_meant(text: str) -> str:
    """The kind somebody typed: "/nps", a word of its name, or "stars"; else what was typed."""
    word = text.strip().lstrip("/").casefold().replace(" ", "_")
    names = {kind.value: str(kind.label).casefold() for kind in Question.Kind}
    if word in names or not word:
        return word
    short = {"matrix": "matrix_single", "text": "short_text", "comment": "long_text"}
    if word in short:
        return short[word]
    spoken = word.replace("_", " ")
    return next((kind for kind, name in names.items() if spoken in name), word)


class QuestionAddView(DesignCommand):
    """A new question of a kind, with the field's usual words where there are some."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        kind = kind_meant(request.POST.get("kind", ""))
        section = request.POST.get("section")
        words = FIRST_WORDS.get(kind, {})
        added = question_add(
            actor=self.actor,
            survey=self.survey,
            kind=kind,
            text={code: words[code] for code in self.survey.languages if code in words},
            section=self.section(section) if section else None,
            required=kind in FIRST_WORDS,
        )
        return self.back(Selection(question=added), "&new=1")


class QuestionCommand(DesignCommand):
    """A command on one question."""

    def post(self, request: HttpRequest, pk: int, question: int) -> HttpResponse:
        return self.command(self.question(question))

    def command(self, question: Question) -> HttpResponse:
        raise LookupError("declare command()")


class QuestionSaveView(QuestionCommand):
    """Save a question as it is being written; buttons of the choices come along as `do`."""

    def command(self, question: Question) -> HttpResponse:
        kind, command = question.kind, self.request.POST.get("do", "")
        selection = Selection(question=question)

        def save(form: Any) -> None:
            values = form.values
            _rearrange(values, command)
            question_update(actor=self.actor, question=question, version=self.version, **values)
            self.reread()

        response = self.save_part(selection, save)
        rebuilt = command or question.kind != kind
        if response.status_code != 200 or not rebuilt:
            return response
        fresh = Selection(question=self.question(question.pk))
        return self.show(fresh, self.form_for(fresh), rebuilt=True)


def _rearrange(values: dict[str, Any], command: str) -> None:
    """Obey a button of the choices ("up:c1"), rows ("row.up:r1") or columns ("column.up:k1")."""
    where, verb = command.split(".", 1) if "." in command.partition(":")[0] else ("", command)
    parts: Any = {"": values.get("choices"), "row": values.get("rows")}.get(where)
    if where == "column":
        settings = values.get("settings") or {}
        settings["columns"] = rearranged(settings.get("columns") or [], verb)
    elif command and parts is not None:
        values["rows" if where == "row" else "choices"] = rearranged(parts, verb)


class QuestionMoveView(QuestionCommand):
    """Put a question at "<page>:<position>"; positions count the other questions of the page."""

    def command(self, question: Question) -> HttpResponse:
        page, _colon, position = self.request.POST.get("place", "").partition(":")
        question_move(
            actor=self.actor,
            question=question,
            section=self.section(page),
            position=_whole(position, 0),
        )
        return self.back(Selection(question=question))


class QuestionDuplicateView(QuestionCommand):
    """Copy a question right below itself."""

    def command(self, question: Question) -> HttpResponse:
        copy = question_duplicate(actor=self.actor, question=question)
        return self.back(Selection(question=copy))


class QuestionDeleteView(QuestionCommand):
    """Delete a question; the message that confirms it takes it back."""

    def command(self, question: Question) -> HttpResponse:
        section, name = question.section, question_name(question)
        question_delete(actor=self.actor, question=question)
        self.say(_("“%(name)s” is deleted.") % {"name": name}, undo=self.undo_url())
        beside = section.questions.filter(position__gte=question.position).first()
        return self.back(Selection(question=beside or section.questions.last(), section=section))


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 6 else otherwise
