"""Signing in through a real OpenID Connect provider, and what its groups give."""

import html
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from cxportal.core.auth import roles_of_groups
from cxportal.core.models import Membership, Program, User
from cxportal.core.services.single_sign_on import roles_apply
from cxportal.launch.processes import free_port
from tests.conftest import make_member, make_program
from tests.sign_on.provider import CLIENT, PASSWORD, SECRET

_HIDDEN = re.compile(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"')
START = "/accounts/oidc/firm/login/"


@pytest.fixture
def provider(live_server: LiveServer, settings: Any, tmp_path: Path) -> Iterator[str]:
    """A provider that knows the portal; the portal knows it by its settings."""
    port = free_port()
    callback = f"{live_server.url}{START}callback/"
    script = Path(__file__).with_name("provider.py")
    run = subprocess.Popen(
        [sys.executable, str(script), str(port), callback, str(tmp_path)],
        env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
    )
    address = f"http://localhost:{port}"
    app = {
        "provider_id": "firm",
        "name": "Firm",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": f"{address}/.well-known/openid-configuration"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    settings.OIDC_ROLES = {"cx-managers": "acme:manager"}
    try:
        _wait(f"{address}/.well-known/openid-configuration")
        yield address
    finally:
        run.kill()
        run.wait(10)


def _wait(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the provider does not answer")


def sign_on(portal: str, provider: str, email: str) -> httpx.Response:
    """Press the button, sign in at the provider, come back."""
    with httpx.Client(follow_redirects=True, timeout=30) as browser:
        page = browser.get(f"{portal}/accounts/login/")
        assert START in page.text
        token = dict(_HIDDEN.findall(page.text))["csrfmiddlewaretoken"]
        page = browser.post(f"{portal}{START}", data={"csrfmiddlewaretoken": token})
        assert str(page.url).startswith(provider), page.url
        fields = dict(_HIDDEN.findall(page.text))
        return browser.post(
            str(page.url),
            data={
                **{
                    name: html.unescape(fields[name])
                    for name in ("csrfmiddlewaretoken", "next")
                    if name in fields
                },
                "login": email,
                "password": PASSWORD,
            },
            headers={"Referer": str(page.url)},
        )


@pytest.mark.django_db(transaction=True)
def test_a_group_of_the_provider_brings_its_role(live_server: LiveServer, provider: str) -> None:
    make_program("acme")
    arrived = sign_on(live_server.url, provider, "dana@firm.example")
    assert str(arrived.url) == f"{live_server.url}/p/acme/"
    member = Membership.unscoped.get()  # unscoped: test
    assert (member.role, member.user.email) == ("manager", "dana@firm.example")
    assert not member.user.has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_an_invited_person_signs_in_and_a_stranger_does_not(
    live_server: LiveServer, provider: str
) -> None:
    program = make_program("acme")
    stranger = sign_on(live_server.url, provider, "evan@firm.example")
    assert "/p/acme/" not in str(stranger.url)
    assert not User.objects.exists()
    make_member(program, "staff", "evan@firm.example")
    known = sign_on(live_server.url, provider, "evan@firm.example")
    assert str(known.url) == f"{live_server.url}/p/acme/"
    assert Membership.unscoped.get().role == "staff"  # unscoped: test


def test_the_strongest_of_several_groups_counts(settings: Any) -> None:
    settings.OIDC_ROLES = {"a": "acme:viewer", "b": "acme:manager", "c": "other:nobody"}
    assert roles_of_groups(["a", "b", "c", "d"]) == {"acme": "manager"}


def test_groups_never_take_the_last_owner_away(
    program: Program, people: dict[str, Membership]
) -> None:
    owner = people["owner"]
    assert roles_apply(user=owner.user, roles={"acme": "viewer"}) == []
    owner.refresh_from_db()
    assert owner.role == "owner"
    changed = roles_apply(user=people["staff"].user, roles={"acme": "manager"})
    assert [member.role for member in changed] == ["manager"]
    assert roles_apply(user=people["staff"].user, roles={"acme": "manager"}) == []


def test_a_role_that_needs_two_factors_sees_nothing_before(
    program: Program, client_for: Callable[[str], Client]
) -> None:
    program.two_factor_roles = ["manager"]
    program.save()
    answer = client_for("manager").get("/p/acme/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/2fa/totp/activate/"
    assert client_for("staff").get("/p/acme/").status_code == 200


def test_with_a_second_factor_the_role_works(
    program: Program, people: dict[str, Membership], client_for: Callable[[str], Client]
) -> None:
    from allauth.mfa.models import Authenticator

    program.two_factor_roles = ["manager"]
    program.save()
    Authenticator.objects.create(
        user=people["manager"].user, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    assert client_for("manager").get("/p/acme/").status_code == 200
