"""Signing in: by invitation only, ended everywhere when a person is deactivated."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from cxportal.core.models import User


class ActiveUserBackend(ModelBackend):
    """Loads the session's person on each request; a deactivated one is signed out at once."""


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
