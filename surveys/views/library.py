"""The library of own questions and blocks, and putting them (or parts of other surveys) in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.views.base import PortalView, get_or_404
from surveys.models import LibraryItem, Question, Section, Survey
from surveys.queries.library import SHOWN_SURVEYS, library_items, library_rows, surveys_titled
from surveys.queries.outline import outline_of
from surveys.queries.surveys import sections_of
from surveys.services.library import (
    Inserted,
    library_delete,
    library_insert,
    library_rename,
    library_save,
    part_copy,
)
from surveys.views.designer import DesignPart, Selection
from surveys.views.questions import QuestionCommand, SectionCommand

SHOWN_ITEMS = 60


class LibraryView(PortalView):
    """Everything that is kept: search, rename, take out."""

    permission = "surveys.change_surveys"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()
        found = list(library_items(self.actor, text)[: SHOWN_ITEMS + 1])
        context = {
            "rows": library_rows(found[:SHOWN_ITEMS]),
            "more": len(found) > SHOWN_ITEMS,
            "text": text,
        }
        return self.render("surveys/library.html", context)


class LibraryItemCommand(PortalView):
    """A button on one item."""

    permission = "surveys.change_surveys"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, item: int) -> HttpResponse:
        self.command(get_or_404(library_items(self.actor), pk=item))
        return self.redirect("surveys:library")

    def command(self, item: LibraryItem) -> None:
        raise LookupError("declare command()")


class LibraryRenameView(LibraryItemCommand):
    """Call an item otherwise."""

    def command(self, item: LibraryItem) -> None:
        library_rename(actor=self.actor, item=item, name=self.request.POST.get("name", ""))
        self.say(_("Renamed."))


class LibraryDeleteView(LibraryItemCommand):
    """Take an item out."""

    def command(self, item: LibraryItem) -> None:
        name = item.name
        library_delete(actor=self.actor, item=item)
        self.say(_("“%(name)s” is no longer in the library.") % {"name": name})


class QuestionKeepView(QuestionCommand):
    """Keep a question in the library."""

    def command(self, question: Question) -> HttpResponse:
        item = library_save(actor=self.actor, part=question)
        self.say(_("“%(name)s” is in the library now.") % {"name": item.name})
        return self.back(Selection(question=question))


class SectionKeepView(SectionCommand):
    """Keep a page with its questions in the library."""

    def command(self, section: Section) -> HttpResponse:
        item = library_save(actor=self.actor, part=section)
        self.say(_("“%(name)s” is in the library now.") % {"name": item.name})
        return self.back(Selection(section=section))


class SurveyInsertView(DesignPart):
    """Choose from the library or from another survey; what is chosen is put into the draft."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = request.GET.get("q", "").strip()
        found = list(library_items(self.actor, text)[: SHOWN_ITEMS + 1])
        source = self._source(request.GET.get("survey", ""))
        context: dict[str, Any] = {
            "survey": self.survey,
            "page": self._page(request.GET.get("page", "")),
            "places": outline_of(self.survey, self.sections, []),
            "text": text,
            "rows": library_rows(found[:SHOWN_ITEMS]),
            "more": len(found) > SHOWN_ITEMS,
            "surveys": surveys_titled(self.actor, text, self.survey)[:SHOWN_SURVEYS],
            "source": source,
            "source_outline": outline_of(source, sections_of(source), []) if source else [],
        }
        return self.render("surveys/survey_insert.html", context)

    def _source(self, asked: str) -> Survey | None:
        if not asked:
            return None
        return get_or_404(Survey.objects.for_actor(self.actor), pk=asked)

    def _page(self, asked: str) -> Section:
        return self.section(asked) if asked else self.sections[-1]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = self._page(request.POST.get("page", ""))
        made = self._insert(page)
        count = len(made.questions)
        sentence = ngettext(
            "%(count)s question was inserted.", "%(count)s questions were inserted.", count
        ) % {"count": count}
        self.say(" ".join([sentence, *made.left_out]), undo=self.undo_url())
        chosen = Selection(section=made.section) if made.section else None
        return self.back(chosen or Selection(question=made.questions[0]))

    def _insert(self, page: Section) -> Inserted:
        actor, given = self.actor, self.request.POST
        if "item" in given:
            item = get_or_404(library_items(actor), pk=given["item"])
            return library_insert(actor=actor, survey=self.survey, item=item, section=page)
        rows: Any = Question.objects.for_actor(actor).select_related("survey")
        if "section" in given:
            rows = Section.objects.for_actor(actor).select_related("survey")
        part = get_or_404(rows, pk=given.get("section") or given.get("question") or 0)
        return part_copy(actor=actor, survey=self.survey, part=part, section=page)
