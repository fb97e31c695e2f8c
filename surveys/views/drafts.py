"""The designer's buttons over a whole draft: undo, redo; and who else is at it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.errors import Denied, DomainError
from cxportal.core.views.base import get_or_404
from surveys.models import DraftStep
from surveys.queries.draft_steps import others_present, step_words
from surveys.services.draft_steps import draft_redo, draft_undo
from surveys.services.presence import presence_renew
from surveys.views.designer import Selection
from surveys.views.questions import DesignCommand


class DraftTurn(DesignCommand):
    """Base of undo and redo: afterwards what was touched is chosen."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            step = self.turn()
        except Denied:
            raise
        except DomainError as refused:
            messages.warning(request, refused.message)
            return self._on(self._selection(None))
        words = {"what": step_words(step)}
        self.say(self.sentence() % words)
        self.reread()
        return self._on(self._selection(step))

    def turn(self) -> DraftStep:
        raise LookupError("declare turn()")

    def sentence(self) -> str:
        raise LookupError("declare sentence()")

    def _on(self, selection: Selection) -> HttpResponse:
        if self.request.GET.get("from") == "settings":
            return self.redirect("surveys:survey-workings", self.survey.pk)
        return self.back(selection)

    def _selection(self, step: DraftStep | None) -> Selection:
        """The question or page a step touched where it is still there; else what was chosen."""
        pages = {f"section:{page.pk}": page for page in self.sections}
        asked = {f"question:{q.pk}": q for page in self.sections for q in page.questions.all()}
        shown = self.request.POST.get("shown", "")
        for part in (*_parts(step), shown):
            if part in asked:
                return Selection(question=asked[part])
            if part in pages:
                return Selection(section=pages[part])
            if part == "survey":
                return Selection()
        first = next(iter(asked.values()), None)
        return Selection(question=first) if first is not None else Selection()


def _parts(step: DraftStep | None) -> list[str]:
    """What a step touched: what it changed, then what it moved."""
    changes = step.changes if step else {}
    moved = [p for pair in changes.get("order", {}).values() for p in _moved(*pair)]
    return [*(p for p in changes if p != "order"), *moved]


def _moved(before: list[str] | None, after: list[str] | None) -> list[str]:
    """What stands elsewhere than before."""
    old, new = before or [], after or []
    at = dict(zip(new, old, strict=False))
    return [part for part in new if at.get(part) != part]


class DraftUndoView(DraftTurn):
    """Take back one's own last change, or the one a message is about."""

    def turn(self) -> DraftStep:
        asked = self.request.GET.get("step")
        steps = DraftStep.objects.for_actor(self.actor).filter(survey=self.survey)
        step = get_or_404(steps.filter(user=self.actor.user), pk=asked) if asked else None
        return draft_undo(actor=self.actor, survey=self.survey, step=step)

    def sentence(self) -> str:
        return _("Undone: %(what)s.")


class DraftRedoView(DraftTurn):
    """Do again what was undone last."""

    def turn(self) -> DraftStep:
        return draft_redo(actor=self.actor, survey=self.survey)

    def sentence(self) -> str:
        return _("Done again: %(what)s.")


class DraftPresenceView(DesignCommand):
    """Heard of now; answers who else is at the draft, 204 where that is what the page shows."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        presence_renew(actor=self.actor, survey=self.survey)
        others = others_present(self.actor, self.survey)
        if request.POST.get("known", "") == others.mark:
            return HttpResponse(status=204)
        context = {"survey": self.survey, "others": others, "asked": True}
        return self.render("surveys/_designer_presence.html", context)
