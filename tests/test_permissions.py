"""Every address × every visitor: nobody gets further than the policies say."""

from typing import Any

import pytest

from cxportal.core import models as core
from cxportal.core.models.base import TenantQuerySet
from surveys.models import Survey, SurveyVersion
from tests.permission_matrix import (
    API,
    INSIDE,
    Report,
    routes,
    send,
    signed_in,
    walk_api,
    walk_pages,
)
from tests.permission_world import keys_for, make_home, make_outsider

# Addresses outside programs and the API, by prefix, each with the reason it needs no role.
OPEN_TO_ALL = {
    "": "the root leads to one's program or to sign-in",
    "language/": "anybody may choose a language",
    "setup/": "the first account of a portal that nobody uses yet; 404 ever after",
    "new-program/": "owners and operators only; it makes a program of their own",
    "take-over/": "shows the takeover one began oneself, nobody else's",
    "join/": "an invitation's token opens it",
    "accounts/": "sign-in and one's own account, by django-allauth",
    "s/": "an invitation's token opens one survey",
    "my/": "a person's own link shows, corrects and erases their own data",
    "e/": "a website's script and one campaign's rules, which say nothing about anybody",
    "u/": "an invitation's token stops mails",
    "share/": "a share link's token opens one report, read only",
    "dev/outbox": "mails of a portal to try; answers 404 anywhere else",
    "api/schema": "the contract holds no data",
    "api/docs": "the contract holds no data",
    "api/<path:rest>": "there is nothing: it says so",
    "admin/": "operators only, by Django's admin",
}


@pytest.fixture
def home(db: None, settings: Any, tmp_path: Any) -> core.Program:
    settings.MEDIA_ROOT = str(tmp_path)
    return make_home()


@pytest.fixture
def outsider(db: None) -> core.Membership:
    return make_outsider()


def assert_tight(report: Report, kind: str) -> None:
    print(f"{kind} cells={report.cells} leaks={len(report.leaks)}")
    assert report.cells > 100
    assert report.leaks == []


def test_no_page_lets_anybody_too_far(home: core.Program, outsider: core.Membership) -> None:
    assert_tight(walk_pages(home, outsider), "pages")


def test_no_api_address_lets_anybody_too_far(home: core.Program, outsider: core.Membership) -> None:
    assert_tight(walk_api(home, keys_for(home, outsider)), "api")


def test_a_forgotten_tenant_scope_turns_the_matrix_red(
    home: core.Program, outsider: core.Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TenantQuerySet, "for_actor", lambda self, actor: self)
    assert walk_pages(home, outsider, until_first_leak=True).leaks
    assert walk_api(home, keys_for(home, outsider), until_first_leak=True).leaks


def test_a_member_put_out_finds_no_program(home: core.Program) -> None:
    member = core.Membership.unscoped.get(program=home, role="manager")
    client = signed_in(member.user)
    assert send(client, "GET", "/p/hanbit/") == 200
    core.Membership.unscoped.filter(pk=member.pk).update(is_active=False)
    assert send(client, "GET", "/p/hanbit/") == 404
    core.Membership.unscoped.filter(pk=member.pk).update(is_active=True)
    core.User.objects.filter(pk=member.user_id).update(is_active=False)
    assert send(client, "GET", "/p/hanbit/") == 302


def test_addresses_outside_programs_are_listed_with_their_reason() -> None:
    unlisted = {
        route.pattern
        for route in routes()
        if not route.pattern.startswith((INSIDE, API))
        and not any(route.pattern.startswith(prefix) for prefix in OPEN_TO_ALL if prefix)
        and route.pattern
    }
    assert unlisted == set()


def test_versions_hold_what_was_published(home: core.Program) -> None:
    """The matrix stands on real data: every demo survey was published once."""
    surveys = Survey.unscoped.filter(program=home)
    assert SurveyVersion.unscoped.filter(program=home).count() == surveys.count() == 10
