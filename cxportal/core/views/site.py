"""Pages outside any program: the way in, the language, joining by invitation.

They carry no program, so no policy can be asked: the root only forwards, the language is one's
own, and the link of an invitation is its own right.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from cxportal.core.errors import DomainError
from cxportal.core.forms.people import JoinForm
from cxportal.core.middleware import LANGUAGE_COOKIE
from cxportal.core.models import MemberInvitation, Membership, User
from cxportal.core.queries.people import invitation_by_token, programs_of, setup_is_open
from cxportal.core.services.invitations import (
    invitation_accept,
    invitation_accept_new,
    invitation_check,
)
from cxportal.core.views.base import add_domain_error

LANGUAGE_KEPT = 365 * 24 * 3600  # seconds
BACKEND = "cxportal.core.auth.ActiveUserBackend"


class RootView(View):
    """The last program one worked in, else the first, else a page that says what to do."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect("begin:setup" if setup_is_open() else "account_login")
        programs = programs_of(request.user)
        last = request.session.get("program")
        chosen = next((p for p in programs if p.slug == last), programs[0] if programs else None)
        if chosen is None:
            return render(request, "core/site/no_program.html")
        return HttpResponseRedirect(f"/p/{chosen.slug}/")


class LanguageView(View):
    """Remembers the language with the person, and in a cookie for the pages before sign-in."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get("language", "")
        response = HttpResponseRedirect(_next(request))
        if language not in {code for code, _name in settings.LANGUAGES}:
            return response
        user = request.user
        if user.is_authenticated and user.language != language:
            user.language = language
            user.save(update_fields=["language"])
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=LANGUAGE_KEPT,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response


def _next(request: HttpRequest) -> str:
    """Back to where one was: an address of this site only."""
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()):
        return asked
    return "/"


class JoinView(View):
    """The link of an invitation: a new person sets name and password, a known one signs in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.invitation = self._invitation(kwargs.pop("token"))
        try:
            invitation_check(self.invitation)
            response = super().dispatch(request, *args, **kwargs)
        except DomainError as error:
            context = {"error": error, "invitation": self.invitation}
            response = render(request, "core/site/join_closed.html", context, status=error.status)
        response.headers["Cache-Control"] = "no-store"
        # Not "no-referrer": browsers then post with "Origin: null", which the CSRF check refuses.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    def _invitation(self, token: str) -> MemberInvitation:
        found = invitation_by_token(token)
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest) -> HttpResponse:
        known = self._known()
        if known is None:
            return self._show(JoinForm(initial={"name": ""}))
        if request.user.is_authenticated:
            return self._show(None)
        login_url = reverse("account_login")
        messages.info(request, _("You have an account already. Sign in to accept the invitation."))
        return HttpResponseRedirect(f"{login_url}?next={request.path}")

    def post(self, request: HttpRequest) -> HttpResponse:
        if self._known() is not None:
            if not request.user.is_authenticated:
                return self.get(request)
            joined = invitation_accept(invitation=self.invitation, user=request.user)
            return self._welcome(joined)
        form = JoinForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            membership = invitation_accept_new(
                invitation=self.invitation,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                language=get_language() or settings.LANGUAGE_CODE,
            )
        except DomainError as error:
            if error.code != "invalid":
                raise
            add_domain_error(form, error)
            return self._show(form, status=422)
        login(request, membership.user, backend=BACKEND)
        return self._welcome(membership)

    def _known(self) -> User | None:
        return User.objects.filter(email__iexact=self.invitation.email).first()

    def _show(self, form: JoinForm | None, status: int = 200) -> HttpResponse:
        context = {"form": form, "invitation": self.invitation}
        return render(self.request, "core/site/join.html", context, status=status)

    def _welcome(self, membership: Membership) -> HttpResponse:
        messages.success(
            self.request, _("Welcome to %(program)s.") % {"program": membership.program}
        )
        return HttpResponseRedirect(f"/p/{membership.program.slug}/")
