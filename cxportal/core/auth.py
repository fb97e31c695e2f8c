"""Signing in: by invitation only, ended everywhere when a person is deactivated."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from cxportal.core.actors import ROLES
from cxportal.core.models import User
from cxportal.core.services.single_sign_on import roles_apply


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
    """Single sign-on: people who were invited, and people whose groups are given a role.

    Only a verified e-mail address counts. OIDC_ROLES maps a group of the provider to
    "<program>:<role>"; whoever is in such a group joins at the first sign-in, and roles given
    that way follow the groups at each one.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return bool(roles_of_groups(_groups(sociallogin))) and bool(_verified(sociallogin))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if not sociallogin.is_existing:
            for address in _verified(sociallogin):
                person = User.objects.filter(email__iexact=address, is_active=True).first()
                if person is not None:
                    sociallogin.connect(request, person)
                    break
        if sociallogin.is_existing:
            roles_apply(user=sociallogin.user, roles=roles_of_groups(_groups(sociallogin)))

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        user: User = super().save_user(request, sociallogin, form)
        roles_apply(user=user, roles=roles_of_groups(_groups(sociallogin)))
        return user

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        first, last = data.get("first_name") or "", data.get("last_name") or ""
        user.name = (data.get("name") or f"{first} {last}").strip()[:120]
        return user


def _verified(sociallogin: Any) -> list[str]:
    return [address.email for address in sociallogin.email_addresses if address.verified]


def _groups(sociallogin: Any) -> list[str]:
    """Groups the provider names, in its user information or in the identity token."""
    extra = sociallogin.account.extra_data or {}
    parts = [extra, *(extra.get(name) or {} for name in ("userinfo", "id_token"))]
    found = [part.get(settings.OIDC_GROUPS_CLAIM) or [] for part in parts]
    return [str(group) for groups in found if isinstance(groups, list) for group in groups]


def roles_of_groups(groups: list[str]) -> dict[str, str]:
    """Role by program's slug, the stronger one where groups give several."""
    wanted: dict[str, str] = {}
    for group in groups:
        slug, _colon, role = settings.OIDC_ROLES.get(group, "").partition(":")
        if role in ROLES:
            given = wanted.get(slug, role)
            wanted[slug] = min(role, given, key=ROLES.index)
    return wanted
