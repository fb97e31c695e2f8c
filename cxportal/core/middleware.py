"""What happens around every request."""

from collections.abc import Callable
from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.memory import memory_check
from cxportal.core.models import Membership, User

Handler = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "language"
#: In the session: the program whose owner asked for a second factor and is still setting it up.
FACTOR_LATER = "second_factor_later"


class HealthMiddleware:
    """Answers /healthz and /readyz before anything else can fail; else begins with a look whether
    what this process remembers still holds.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            from cxportal.core.health import healthz

            return healthz()
        if request.path == "/readyz":
            from cxportal.core.health import readyz

            return readyz()
        memory_check()
        return self.get_response(request)


class PublicFastLane:
    """Respondents' pages and the API need no session, no sign-in and no cookies.

    settings.PUBLIC_PAGES maps their path prefixes to views that skip the staff middlewares.
    Their forms are authorised by the unguessable token in the address (the API by the key in a
    header), which no other site can know, so a CSRF token would add a cookie and no protection.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for prefix, view in settings.PUBLIC_PAGES.items():
            if request.path.startswith(prefix):
                answer: HttpResponse = import_string(view)(request, request.path[len(prefix) :])
                return answer
        return self.get_response(request)


class LanguageMiddleware:
    """The signed-in person's language, else the cookie, else what the browser asks for."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        known = {code for code, _ in settings.LANGUAGES}
        language = chosen if chosen in known else translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response


class ProgramMiddleware:
    """Turns /p/<program>/… and the session into an actor; a stranger gets 404."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, object]
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated:
            return None
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        slug = kwargs.get("program")
        if slug is None:
            return None
        membership = self._membership(request, user, cast(str, slug))
        if self._lacks_factor(membership) and not self._may_finish(request, view):
            messages.warning(
                request,
                _("%(program)s asks your role for two-factor sign-in. Set it up to go on.")
                % {"program": membership.program.name},
            )
            return redirect("mfa_activate_totp")
        request.actor = Actor.member(membership)  # type: ignore[attr-defined]
        if request.session.get("program") != slug:
            request.session["program"] = slug
        timezone.activate(membership.program.zone)
        return None

    @staticmethod
    def _lacks_factor(membership: Membership) -> bool:
        asked = membership.role in membership.program.two_factor_roles
        return asked and not is_mfa_enabled(membership.user)

    @staticmethod
    def _may_finish(request: HttpRequest, view: object) -> bool:
        """Whoever asks their own role for it in the middle of the set-up finishes that first."""
        is_set_up = getattr(getattr(view, "view_class", None), "before_second_factor", False)
        slug = request.session.get(FACTOR_LATER)
        return bool(is_set_up and slug and request.path.startswith(f"/p/{slug}/"))

    def _membership(self, request: HttpRequest, user: User, slug: str) -> Membership:
        mine = list(
            Membership.unscoped.filter(user=user, is_active=True)  # unscoped: one's own
            .select_related("program", "user")
            .prefetch_related("teams")
            .order_by("program__name")
        )
        request.memberships = mine  # type: ignore[attr-defined]
        for membership in mine:
            if membership.program.slug == slug:
                return membership
        raise Http404
