"""Signing in: by invitation only, ended everywhere when a person is deactivated."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from cxportal.core.models import User


class ActiveUserBackend(ModelBackend):
    """Loads the session's person on each request; a deactivated one is signed out at once."""


def login_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The address somebody tries to sign in with, as the lock after wrong passwords counts it."""
    given = credentials or {}
    name = given.get("email") or given.get("username") or request.POST.get("login", "")
    return str(name).strip().lower()[:254]


def client_address(request: HttpRequest) -> str:
    """Where a request comes from; X-Forwarded-For counts only behind our own proxies.

    With n trusted proxies the n-th entry from the right was written by the outermost of them.
    """
    remote: str = request.META.get("REMOTE_ADDR", "")
    hops = settings.TRUSTED_PROXIES
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return said[-hops] if hops and len(said) >= hops and said[-hops] else remote


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People join through an owner's invitation, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on connects to people who were invited before, by their verified e-mail."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        for address in sociallogin.email_addresses:
            person = User.objects.filter(email__iexact=address.email, is_active=True).first()
            if address.verified and person is not None:
                sociallogin.connect(request, person)
                return
