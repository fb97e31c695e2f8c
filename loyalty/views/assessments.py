"""Assessments: frameworks, rounds, one's own answers, results."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from loyalty.calc.framework_outline import levels_write, outline_write
from loyalty.calc.frameworks import items_of
from loyalty.forms.frameworks import FrameworkFileForm, FrameworkForm
from loyalty.models import Assessment, Framework
from loyalty.queries.assessments import actions_of_gaps, levels_over_time, own_answers, result_of
from loyalty.services.assessments import (
    assessment_answer,
    assessment_begin,
    assessment_close,
    framework_import,
    framework_take,
    framework_write,
    gap_to_action,
    levels_to_begin_with,
    standard_frameworks,
)

CANNOT_SAY = "0"


class AssessmentListView(PortalView):
    """Rounds that are open or closed, and the frameworks one can begin with."""

    permission = "loyalty.view_assessments"

    def get(self, request: HttpRequest) -> HttpResponse:
        frameworks = list(Framework.objects.for_actor(self.actor))
        taken = {framework.code for framework in frameworks}
        rounds = Assessment.objects.for_actor(self.actor).select_related("framework", "owner")
        context = {
            "assessments": rounds[:60],
            "frameworks": frameworks,
            "offered": [d for code, d in standard_frameworks().items() if code not in taken],
            "may_change": may(self.actor, "loyalty.change_assessments"),
            "may_answer": may(self.actor, "loyalty.answer_assessments"),
        }
        return self.render("steering/assessment_list.html", context)


class FrameworkTakeView(CommandView):
    """Make one of the portal's frameworks the program's own and open a round."""

    permission = "loyalty.change_assessments"

    def command(self) -> HttpResponse:
        code = self.request.POST.get("code", "")
        framework = framework_take(actor=self.actor, code=code)
        made = assessment_begin(actor=self.actor, framework=framework)
        self.say(_("The round is open. Members of the program can answer it."))
        return self.redirect("steering:assessment-detail", made.pk)


class FrameworkImportView(FormPage):
    """Bring a framework of one's own."""

    permission = "loyalty.change_assessments"
    form_class = FrameworkFileForm
    title = gettext_lazy("Import a framework")
    submit_label = gettext_lazy("Import")

    def save(self, form: Any) -> HttpResponse:
        made = framework_import(actor=self.actor, content=form.cleaned_data["file"].read())
        self.say(_("“%(name)s” is ready for a round.") % {"name": str(made)})
        return self.redirect("steering:assessment-list")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("steering:assessment-list")}


class FrameworkCreateView(FormPage):
    """Write a framework of one's own, or begin with the lines of another."""

    permission = "loyalty.change_assessments"
    form_class = FrameworkForm
    title = gettext_lazy("Write a framework")

    def stored(self) -> Framework | None:
        return None

    def form_kwargs(self) -> dict[str, Any]:
        source = self.stored()
        languages = list(self.actor.program.languages)
        if source is None:
            begin = {"levels": levels_to_begin_with(languages), "outline": ""}
            return {**super().form_kwargs(), "initial": begin}
        initial = {
            "version": source.version,
            "name": source.name,
            "description": source.document["description"],
            "levels": levels_write(source.document, languages),
            "outline": outline_write(source.document, languages),
        }
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        made = framework_write(actor=self.actor, framework=self.stored(), **form.cleaned_data)
        self.say(_("“%(name)s” is ready for a round.") % {"name": str(made)})
        return self.redirect("steering:assessment-list")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("steering:assessment-list")}


class FrameworkEditView(FrameworkCreateView):
    """Change a framework for coming rounds; those that were begun keep theirs."""

    title = gettext_lazy("Change the framework")

    def stored(self) -> Framework:
        found: Framework = get_or_404(Framework.objects.for_actor(self.actor), pk=self.kwargs["pk"])
        return found


class FrameworkExportView(PortalView):
    """The framework as a file that another portal takes."""

    permission = "loyalty.view_assessments"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        framework = get_or_404(Framework.objects.for_actor(self.actor), pk=pk)
        text = json.dumps(framework.document, ensure_ascii=False, indent=1)
        answer = HttpResponse(text + "\n", content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="{framework.code}.json"'
        return answer


class AssessmentBeginView(CommandView):
    """Open another round of a framework."""

    permission = "loyalty.change_assessments"

    def command(self, pk: int) -> HttpResponse:
        framework = get_or_404(Framework.objects.for_actor(self.actor), pk=pk)
        made = assessment_begin(actor=self.actor, framework=framework)
        self.say(_("The round is open. Members of the program can answer it."))
        return self.redirect("steering:assessment-detail", made.pk)


class AssessmentPage(PortalView):
    """Base of the pages of one round."""

    def assessment(self, pk: int) -> Assessment:
        rounds = Assessment.objects.for_actor(self.actor).select_related("framework", "owner")
        return get_or_404(rounds, pk=pk)


class AssessmentDetailView(AssessmentPage):
    """Levels by section, where opinions differ, the largest gaps, the rounds before."""

    permission = "loyalty.view_assessments"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        assessment = self.assessment(pk)
        result = result_of(self.actor, assessment)
        made = actions_of_gaps(self.actor, assessment)
        context = {
            "assessment": assessment,
            "result": result,
            "gaps": [(row, made.get(row.item["code"])) for row in result.gaps],
            "over_time": levels_over_time(self.actor, assessment.framework_id),
            "history": history_of(self.actor, assessment),
            "may_change": may(self.actor, "loyalty.change_assessments"),
            "may_answer": may(self.actor, "loyalty.answer_assessments"),
            "may_log": may(self.actor, "journeys.create_actions"),
        }
        return self.render("steering/assessment_detail.html", context)


class AssessmentAnswerView(AssessmentPage):
    """One's own levels, all statements on one page."""

    permission = "loyalty.answer_assessments"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        assessment = self.assessment(pk)
        own = own_answers(self.actor, assessment)
        given = {code: (row.level, row.note) for code, row in own.items()}
        return self.show(assessment, given)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        assessment = self.assessment(pk)
        given = _given(request, assessment)
        assessment_answer(actor=self.actor, assessment=assessment, answers=given)
        self.say(_("Your levels are kept. You can change them until the round is closed."))
        return self.redirect("steering:assessment-detail", pk)

    def show(
        self, assessment: Assessment, given: dict[str, tuple[int | None, str]]
    ) -> HttpResponse:
        sections = [
            (section, [(item, *given.get(item["code"], ("", ""))) for item in section["items"]])
            for section in assessment.document["sections"]
        ]
        levels = list(enumerate(assessment.document["levels"], 1))
        context = {"assessment": assessment, "sections": sections, "levels": levels}
        return self.render("steering/assessment_answer.html", context)


def _given(request: HttpRequest, assessment: Assessment) -> dict[str, tuple[int | None, str]]:
    """What the form holds; statements left open are not answered."""
    given = {}
    for item in items_of(assessment.document):
        level = request.POST.get(f"level_{item['code']}", "")
        if level.isdigit() and len(level) < 3:
            note = request.POST.get(f"note_{item['code']}", "")
            given[item["code"]] = (None if level == CANNOT_SAY else int(level), note)
    return given


class AssessmentCloseView(CommandView):
    """Close the round and keep its level."""

    permission = "loyalty.change_assessments"

    def command(self, pk: int) -> HttpResponse:
        assessment = get_or_404(Assessment.objects.for_actor(self.actor), pk=pk)
        assessment_close(actor=self.actor, assessment=assessment)
        self.say(_("The round is closed."))
        return self.redirect("steering:assessment-detail", pk)


class GapActionView(CommandView):
    """Turn a gap into an action on the board."""

    permission = "journeys.create_actions"

    def command(self, pk: int) -> HttpResponse:
        assessment = get_or_404(Assessment.objects.for_actor(self.actor), pk=pk)
        item = self.request.POST.get("item", "")
        action = gap_to_action(actor=self.actor, assessment=assessment, item=item)
        self.say(_("The action is on the board. Give it an owner and a date."))
        return self.redirect("journeys:action-detail", action.pk)
