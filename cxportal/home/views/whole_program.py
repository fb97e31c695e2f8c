"""Take a whole program along, take one over, or erase it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views import View
from django_htmx.http import HttpResponseClientRedirect

from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, Program, StoredFile, Takeover, User
from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, PortalView, add_domain_error
from cxportal.home.forms.start import TakeOverForm
from cxportal.home.services.takeover import (
    programs_in_the_way,
    progress_of,
    takeover_begin,
    takeover_discard,
    takeover_look,
    takeover_of,
)
from cxportal.home.services.whole_program import PERMISSION, whole_erase, whole_export
from surveys.models import Response


class WholeProgramView(PortalView):
    """What the file holds, and what erasing takes away."""

    permission = "core.change_program"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def show(self, status: int = 200, **more: Any) -> HttpResponse:
        counts = {
            "customers": Customer.objects.for_actor(self.actor).count(),
            "responses": Response.objects.for_actor(self.actor).count(),
            "files": StoredFile.objects.for_actor(self.actor).count(),
        }
        context = {"counts": counts, "may_export": may(self.actor, PERMISSION), **more}
        return self.render("home/whole_program.html", context, status=status)


class TakeOverView(PortalView):
    """Bring another program's file and see what it holds, before anything is taken over."""

    permission = "core.change_program"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = takeover_of(self.user)
        if found is not None and found.is_open:
            return HttpResponseRedirect(reverse("begin:take-over"))
        return self.show(found, TakeOverForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TakeOverForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                takeover_look(actor=self.actor, file=form.cleaned_data["file"])
            except Denied:
                raise
            except DomainError as error:
                add_domain_error(form, error)
            else:
                return self.redirect("home:take-over")
        return self.show(None, form, status=422)

    @property
    def user(self) -> User:
        assert self.actor.user is not None
        return self.actor.user

    def show(self, found: Takeover | None, form: Any, *, status: int = 200) -> HttpResponse:
        is_draft = found is not None and found.state == Takeover.State.DRAFT
        others = programs_in_the_way(self.user)
        context = {
            "form": form,
            "draft": found if is_draft else None,
            "failed": found if found is not None and found.message else None,
            "others": others,
            "leaving": [] if others else list(Program.objects.order_by("pk")),
        }
        return self.render("home/take_over.html", context, status=status)


class TakeOverBeginView(CommandView):
    """Take over what was looked at; its progress has a page outside every program."""

    permission = "core.change_program"

    def command(self) -> HttpResponse:
        takeover_begin(actor=self.actor)
        return HttpResponseRedirect(reverse("begin:take-over"))


class TakeOverDiscardView(CommandView):
    """Let the file go."""

    permission = "core.change_program"

    def command(self) -> HttpResponse:
        takeover_discard(actor=self.actor)
        return self.redirect("home:take-over")


class TakeOverProgressView(View):
    """How far one's own takeover is. The program it began in may be gone, so it stands outside."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"/accounts/login/?next={request.path}")
        found = takeover_of(request.user)
        if found is None or found.state == Takeover.State.DRAFT:
            raise Http404
        if found.state == Takeover.State.DONE and getattr(request, "htmx", None):
            return HttpResponseClientRedirect(f"/p/{found.summary['slug']}/")
        done, total = progress_of(found)
        context = {"takeover": found, "done": done, "total": total}
        return render(request, "home/take_over_progress.html", context)


class WholeExportView(CommandView):
    """Begin the export; its job's page has the file when it is done."""

    permission = "core.change_program"

    def command(self) -> HttpResponse:
        return self.redirect("core:job-detail", whole_export(actor=self.actor).pk)


class WholeEraseView(CommandView, WholeProgramView):
    """Begin the erasure, once its address was typed."""

    permission = "core.change_program"

    def command(self) -> HttpResponse:
        try:
            job = whole_erase(actor=self.actor, confirmed=self.request.POST.get("confirmed", ""))
        except Denied:
            raise
        except DomainError as error:
            return self.show(422, error=error.message)
        return self.redirect("core:job-detail", job.pk)
