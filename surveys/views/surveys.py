"""Pages of surveys: the list, making one, one survey with its versions, publishing."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.forms.base import LANGUAGE_NAMES
from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from surveys.calc.duration import estimated_seconds, minutes
from surveys.filters.surveys import SurveyFilter
from surveys.forms.surveys import SurveyCreateForm
from surveys.models import Campaign, Survey
from surveys.queries.history import survey_history
from surveys.queries.outline import outline_of
from surveys.queries.problems import problems_of
from surveys.queries.surveys import (
    COUNTED_ANSWERS,
    sections_of,
    survey_document,
    survey_problems,
    surveys_listed,
    surveys_visible,
)
from surveys.queries.versions import draft_breaks, draft_changes, versions_of
from surveys.services.links import TestLink, test_link
from surveys.services.surveys import (
    survey_close,
    survey_create,
    survey_delete,
    survey_duplicate,
    survey_publish,
    survey_reopen,
)
from surveys.templates_library import MYSTERY, TEMPLATES

STATUS = {"draft": "draft", "open": "published", "closed": "closed"}
SHOWN_CAMPAIGNS = 5
SHOWN_HISTORY = 12


class SurveyListView(ListPage):
    """All surveys one may see, the last changed first."""

    permission = "surveys.view_surveys"
    template = "surveys/survey_list.html"
    filterset_class = SurveyFilter
    orderings = {"title": "sort_title", "state": "state", "changed": "updated_at"}
    default_ordering = "-updated_at"

    def queryset(self) -> QuerySet[Survey]:
        return surveys_listed(self.actor)

    def extra(self) -> dict[str, Any]:
        return {
            "may_change": may(self.actor, "surveys.change_surveys"),
            "counted": COUNTED_ANSWERS,
            "status_codes": STATUS,
        }


class SurveyCreateView(FormPage):
    """From a template or empty, then on to the designer."""

    permission = "surveys.change_surveys"
    template = "surveys/survey_create.html"
    form_class = SurveyCreateForm
    title = gettext_lazy("New survey")
    submit_label = gettext_lazy("Make the survey")

    def extra(self) -> dict[str, Any]:
        return {"templates": TEMPLATES, "cancel_url": self.actor.url("surveys:survey-list")}

    def save(self, form: Any) -> HttpResponse:
        clean = form.cleaned_data
        survey = survey_create(
            actor=self.actor,
            title=clean["title"],
            template=clean["template"],
            languages=clean["languages"] or [clean["default_language"]],
            default_language=clean["default_language"],
        )
        return self.redirect("surveys:survey-design", survey.pk)


class SurveyPage(PortalView):
    """A page about one survey the actor may see."""

    permission = "surveys.view_surveys"

    def survey(self, pk: int) -> Survey:
        rows = surveys_visible(self.actor).select_related("current_version", "owner", "program")
        return get_or_404(rows, pk=pk)

    def head(self, survey: Survey, tab: str) -> dict[str, Any]:
        """What the head of every page of a survey shows."""
        change = may(self.actor, "surveys.change_surveys", survey)
        return {
            "survey": survey,
            "status_code": STATUS[survey.state],
            "may_change": change,
            "tabs": survey_tabs(self.actor, survey, tab),
            "menu": _menu(self.actor, survey) if change else [],
        }


def survey_tabs(actor: Actor, survey: Survey, current: str) -> list[dict[str, Any]]:
    """The pages about a survey; those not there are left out."""
    pages = [
        ("overview", _("Overview"), "surveys:survey-detail", True, ""),
        ("report", _("Report"), "surveys:survey-report", True, ""),
        ("responses", _("Responses"), "surveys:response-list", False, f"?survey={survey.pk}"),
        ("campaigns", _("Campaigns"), "surveys:campaign-list", False, f"?survey={survey.pk}"),
        ("versions", _("Versions"), "surveys:survey-versions", True, ""),
    ]
    if survey.purpose == MYSTERY:
        pages[1:1] = [("stores", _("Stores"), "surveys:survey-stores", True, "")]
        if may(actor, "surveys.change_surveys", survey):
            pages.append(("checklist", _("Checklist"), "surveys:survey-checklist", True, ""))
    tabs = []
    for key, label, name, takes_pk, query in pages:
        url = _url(actor, name, *([survey.pk] if takes_pk else []))
        if url:
            tabs.append({"label": label, "url": url + query, "current": key == current})
    return tabs


def _url(actor: Actor, name: str, *args: Any) -> str:
    try:
        return actor.url(name, *args)
    except NoReverseMatch:
        return ""


def _menu(actor: Actor, survey: Survey) -> list[dict[str, Any] | None]:
    def entry(label: str, name: str, icon: str, **more: Any) -> dict[str, Any]:
        return {"label": label, "url": actor.url(name, survey.pk), "icon": icon, **more}

    items: list[dict[str, Any] | None] = [
        entry(_("Preview"), "surveys:survey-preview", "eye"),
        entry(_("Copy"), "surveys:survey-duplicate", "copy", method="post"),
        entry(_("Files"), "surveys:survey-files", "download"),
    ]
    if survey.state == Survey.State.OPEN:
        items.append(entry(_("Import answers"), "surveys:response-import", "box-arrow-in-down"))
    if survey.state == Survey.State.CLOSED:
        items.append(entry(_("Reopen"), "surveys:survey-reopen", "unlock", method="post"))
    elif survey.state == Survey.State.OPEN:
        items.append({"label": _("Close the survey"), "dialog": "close-survey", "icon": "lock"})
    gone = {"label": _("Delete"), "dialog": "delete-survey", "icon": "trash", "danger": True}
    return [*items, None, gone]


class SurveyDetailView(SurveyPage):
    """The survey at a glance: state, questions, campaigns, history."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = get_or_404(surveys_listed(self.actor).select_related("program"), pk=pk)
        sections = sections_of(survey)
        problems = problems_of(survey, sections)
        campaigns = Campaign.objects.for_actor(self.actor).filter(survey=survey)
        return self.render(
            "surveys/survey_detail.html",
            {
                **self.head(survey, "overview"),
                "outline": outline_of(survey, sections, problems),
                "problems": problems,
                "errors_left": sum(problem.blocks for problem in problems),
                "campaigns": campaigns.order_by("-pk")[:SHOWN_CAMPAIGNS],
                "languages": [LANGUAGE_NAMES.get(code, code) for code in survey.languages],
                "counted": COUNTED_ANSWERS,
                "test_link": self._test_link(survey),
                "history": survey_history(self.actor, survey, SHOWN_HISTORY),
            },
        )

    def _test_link(self, survey: Survey) -> TestLink | None:
        """None for who does not design it, and while nobody can answer."""
        if survey.state != Survey.State.OPEN or not may(
            self.actor, "surveys.change_surveys", survey
        ):
            return None
        return test_link(actor=self.actor, survey=survey)


class SurveyVersionsView(SurveyPage):
    """Every published version, what it changed, how often it was answered."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        context = self.head(survey, "versions")
        changes = draft_changes(survey) if context["may_change"] and survey.has_changes else []
        context |= {"versions": versions_of(survey), "changes": changes}
        return self.render("surveys/survey_versions.html", context)


class SurveyPublishView(SurveyPage):
    """What is to be mended and what changes, then one button."""

    permission = "surveys.change_surveys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        problems = survey_problems(survey)
        last = survey.versions.order_by("-number").first()
        return self.render(
            "surveys/survey_publish.html",
            {
                **self.head(survey, ""),
                "errors": [problem for problem in problems if problem.blocks],
                "advice": [problem for problem in problems if not problem.blocks],
                "changes": draft_changes(survey),
                "breaks": draft_breaks(survey),
                "minutes": minutes(estimated_seconds(survey_document(survey))),
                "number": last.number + 1 if last else 1,
            },
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        version = survey_publish(actor=self.actor, survey=survey)
        self.say(_("Version %(number)s is published.") % {"number": version.number})
        return self.redirect("surveys:survey-detail", pk)


class SurveyCommand(CommandView, SurveyPage):
    """A button on a survey's page."""

    permission = "surveys.change_surveys"


class SurveyCloseView(SurveyCommand):
    """Take no more answers."""

    def command(self, pk: int) -> HttpResponse:
        survey_close(actor=self.actor, survey=self.survey(pk))
        undo = self.actor.url("surveys:survey-reopen", pk)
        self.say(_("Closed. Its links now say that the survey is over."), undo=undo)
        return self.redirect("surveys:survey-detail", pk)


class SurveyReopenView(SurveyCommand):
    """Take answers again."""

    def command(self, pk: int) -> HttpResponse:
        survey_reopen(actor=self.actor, survey=self.survey(pk))
        self.say(_("Open again."))
        return self.redirect("surveys:survey-detail", pk)


class SurveyDuplicateView(SurveyCommand):
    """A new draft with the same questions."""

    def command(self, pk: int) -> HttpResponse:
        copy = survey_duplicate(actor=self.actor, survey=self.survey(pk))
        self.say(_("This is the copy. Give it a title of its own."))
        url = self.actor.url("surveys:survey-design", copy.pk)
        response = self.redirect("surveys:survey-design", copy.pk)
        response["Location"] = f"{url}?part=survey"
        return response


class SurveyDeleteView(SurveyCommand):
    """Delete a survey nobody answered."""

    def command(self, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        name = str(survey)
        survey_delete(actor=self.actor, survey=survey)
        self.say(_("“%(name)s” is deleted.") % {"name": name})
        return self.redirect("surveys:survey-list")
