"""From nothing to the first answer, on one page; and the pages that begin a program."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django_htmx.http import HttpResponseClientRefresh

from cxportal.core.errors import Denied, DomainError
from cxportal.core.forms.customers import TableFileForm
from cxportal.core.middleware import FACTOR_LATER
from cxportal.core.queries.people import may_begin_program, setup_is_open, sign_on_name
from cxportal.core.services.invitations import invitation_send, member_invite
from cxportal.core.services.programs import program_update
from cxportal.core.services.table_imports import table_import_begin, table_import_start
from cxportal.core.views.base import CommandView, PortalView, add_domain_error
from cxportal.core.views.site import BACKEND
from cxportal.home.forms.start import (
    BeginForm,
    CompanyForm,
    JourneyTemplateForm,
    MeasureForm,
    PeopleForm,
    ProgramBeginForm,
    SenderForm,
    SurveyTemplateForm,
)
from cxportal.home.queries.start import OPTIONAL, STEPS, Start, start_of
from cxportal.home.services.start import (
    first_campaign,
    first_journey,
    first_survey,
    measure_touchpoint,
    portal_begin,
    program_begin,
    sender_test,
)
from journeys.queries.stage_scores import stage_scores
from journeys.templates_library import TEMPLATES as JOURNEYS
from surveys.queries.scores import last_days
from surveys.services.links import open_link_url

VISITED = "start_visited"
FORMS: dict[str, type[forms.Form]] = {
    "company": CompanyForm,
    "people": PeopleForm,
    "sender": SenderForm,
    "customers": TableFileForm,
    "survey": SurveyTemplateForm,
    "journey": JourneyTemplateForm,
    "measure": MeasureForm,
}


class SetupView(View):
    """The first account of a portal that nobody uses yet."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not setup_is_open():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "home/setup.html", {"form": BeginForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BeginForm(request.POST)
        if form.is_valid():
            language = get_language() or settings.LANGUAGE_CODE
            try:
                user = portal_begin(language=language, **form.cleaned_data)
            except DomainError as error:
                add_domain_error(form, error)
            else:
                login(request, user, backend=BACKEND)
                slug = user.memberships.get().program.slug
                return HttpResponseRedirect(f"/p/{slug}/start/")
        return render(request, "home/setup.html", {"form": form}, status=422)


class ProgramBeginView(View):
    """Another program, owned by whoever begins it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"/accounts/login/?next={request.path}")
        if not may_begin_program(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {
            "language": get_language() or settings.LANGUAGE_CODE,
            "time_zone": "Asia/Seoul",
            "currency": "KRW",
        }
        return render(
            request, "home/program_begin.html", {"form": ProgramBeginForm(initial=initial)}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProgramBeginForm(request.POST)
        if form.is_valid():
            try:
                program = program_begin(user=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            except Denied:
                raise
            except DomainError as error:
                add_domain_error(form, error)
            else:
                return HttpResponseRedirect(f"/p/{program.slug}/start/")
        return render(request, "home/program_begin.html", {"form": form}, status=422)


class Visits:
    """Steps confirmed in this program that leave no record of their own, kept in the session."""

    request: Any
    actor: Any
    before_second_factor = True

    def visited(self) -> frozenset[str]:
        kept = self.request.session.get(VISITED, {})
        return frozenset(kept.get(str(self.actor.program_id), ()))

    def visit(self, step: str) -> None:
        kept = self.request.session.get(VISITED, {})
        kept[str(self.actor.program_id)] = sorted({*self.visited(), step})
        self.request.session[VISITED] = kept


class StartView(Visits, PortalView):
    """Nine steps, one open at a time; each can be left and come back to."""

    permission = "core.change_program"

    def get(self, request: HttpRequest) -> HttpResponse:
        start = start_of(self.actor, self.visited())
        htmx = getattr(request, "htmx", None)
        if htmx and not htmx.boosted:
            # The page waits for the first answer and asks now and then.
            answer = HttpResponse(status=204)
            return answer if not start.answers else HttpResponseClientRefresh()
        asked = request.GET.get("step", "")
        step = asked if start.may_open(asked) else start.current
        return self.show(start, step, self.form(step, start))

    def post(self, request: HttpRequest) -> HttpResponse:
        step = request.POST.get("step", "")
        if step not in FORMS:
            raise Http404
        start = start_of(self.actor, self.visited())
        form = self.form(step, start, request.POST, request.FILES)
        assert form is not None
        if not form.is_valid():
            return self.show(start, step, form, status=422)
        try:
            getattr(self, f"do_{step}")(form, start)
        except Denied:
            raise
        except DomainError as error:
            add_domain_error(form, error)
            return self.show(start, step, form, status=error.status)
        self.visit(step)
        return self.redirect("home:start")

    def form(self, step: str, start: Start, data: Any = None, files: Any = None) -> Any:
        form_class: Any = FORMS.get(step)
        if form_class is None:
            return None
        program = self.actor.program
        initial = {name: getattr(program, name, None) for name in form_class.base_fields}
        known = {name: value for name, value in initial.items() if value not in (None, "")}
        form = form_class(data=data, files=files, actor=self.actor, initial=known)
        if step == "measure":
            form.fields["touchpoint"].queryset = form.fields["touchpoint"].queryset.filter(
                pk__in=[touchpoint.pk for touchpoint in start.touchpoints]
            )
        return form

    def show(self, start: Start, step: str, form: Any, *, status: int = 200) -> HttpResponse:
        context = {
            "start": start,
            "step": step,
            "steps": [(name, start.done[name]) for name in STEPS],
            "number": STEPS.index(step) + 1 if step else len(STEPS),
            "optional": step in OPTIONAL,
            "editable": [name for name in STEPS if start.may_open(name)],
            "provider": sign_on_name(),
            "form": form,
            "link": open_link_url(start.campaign) if start.campaign else "",
            "stage_score": self.stage_score(start),
            "factor_due": self.factor_due(),
            "may_begin": may_begin_program(self.actor.user) if self.actor.user else False,
        }
        return self.render("home/start.html", context, status=status)

    def factor_due(self) -> bool:
        """Whether the reader's own role asks for a second factor that is not there yet."""
        asked = self.actor.role in self.actor.program.two_factor_roles
        return asked and not is_mfa_enabled(self.actor.user)

    def stage_score(self, start: Start) -> Any:
        """The first stage's score as soon as there is an answer."""
        if start.stage is None or not start.answers:
            return None
        journey, period = start.stage.journey, last_days(self.actor)
        rows = stage_scores(actor=self.actor, journey=journey, period=period).rows
        return next((row.plain for row in rows if row.stage.pk == start.stage.pk), None)

    def do_company(self, form: CompanyForm, start: Start) -> None:
        program_update(actor=self.actor, program=self.actor.program, **form.cleaned_data)

    def do_people(self, form: PeopleForm, start: Start) -> None:
        roles = form.cleaned_data["two_factor_roles"]
        program_update(actor=self.actor, program=self.actor.program, two_factor_roles=roles)
        if self.actor.role in roles and not is_mfa_enabled(self.actor.user):
            self.request.session[FACTOR_LATER] = self.actor.program.slug
        if address := form.cleaned_data["email"]:
            role = form.cleaned_data["role"]
            invitation, token = member_invite(actor=self.actor, email=address, role=role)
            if invitation_send(actor=self.actor, invitation=invitation, token=token):
                self.say(_("The invitation went to %(address)s.") % {"address": address})
            else:
                self.say(_("No mail server took the invitation; send it again from Members."))

    def do_sender(self, form: SenderForm, start: Start) -> None:
        program_update(actor=self.actor, program=self.actor.program, **form.cleaned_data)
        address = sender_test(actor=self.actor)
        self.say(_("Saved. A test mail went to %(address)s.") % {"address": address})

    def do_customers(self, form: TableFileForm, start: Start) -> None:
        file = form.cleaned_data["file"]
        started = table_import_start(
            actor=self.actor, kind="customers", name=file.name, content=file.read()
        )
        done = table_import_begin(actor=self.actor, table_import=started)
        if done.finished_at is not None:
            counts = {"good": done.created + done.updated, "failed": done.failed}
            self.say(_("%(good)s customers are in, %(failed)s rows were refused.") % counts)
        else:
            self.say(_("The file is being read; you can go on meanwhile."))

    def do_survey(self, form: SurveyTemplateForm, start: Start) -> None:
        first_survey(actor=self.actor, template=form.cleaned_data["template"])
        self.say(_("The survey is published. You can design it further at any time."))

    def do_journey(self, form: JourneyTemplateForm, start: Start) -> None:
        template = form.cleaned_data["template"]
        first_journey(actor=self.actor, template=template, name=JOURNEYS[template]["name"])
        self.say(_("The journey is drawn. Its stages and touchpoints can be changed."))

    def do_measure(self, form: MeasureForm, start: Start) -> None:
        measure_touchpoint(actor=self.actor, touchpoint=form.cleaned_data["touchpoint"])
        self.say(_("Answers now become the score of this touchpoint and its stage."))


class StartSkipView(Visits, CommandView):
    """Go on without customers, or without changing what is set."""

    permission = "core.change_program"

    def command(self) -> HttpResponse:
        step = self.request.POST.get("step", "")
        if step in OPTIONAL:
            self.visit(step)
        return self.redirect("home:start")


class StartAskView(CommandView):
    """Open the link by which the first answer comes."""

    permission = "core.change_program"
    before_second_factor = True

    def command(self) -> HttpResponse:
        start = start_of(self.actor)
        if start.survey is None:
            raise DomainError("invalid", _("Choose a survey first."))
        if start.campaign is None:
            first_campaign(actor=self.actor, survey=start.survey)
        self.say(_("The link is open."))
        return self.redirect("home:start")
