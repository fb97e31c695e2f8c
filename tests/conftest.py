"""The cast: people of one program, and a stranger from another."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from cxportal.core.actors import ROLES, Actor
from cxportal.core.models import ApiKey, Customer, Membership, Program, User
from cxportal.core.tokens import hash_of, new_secret

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A busy machine is no fault of a property.
hypothesis.settings.register_profile(
    "portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("portal")
PASSWORD = "long enough to be a passphrase"
ALL_SCOPES = [
    f"{subject}:{verb}"
    for subject in [
        "program",
        "customers",
        "segments",
        "surveys",
        "campaigns",
        "responses",
        "comments",
        "metrics",
        "journeys",
        "actions",
        "cases",
        "transactions",
        "propositions",
        "scorecard",
        "value",
        "points",
        "events",
        "shares",
        "personal_data",
    ]
    for verb in ("read", "write")
]


@pytest.fixture(autouse=True)
def _fresh_surroundings() -> Iterator[None]:
    """Rate limits, rendered pages and the language never leak from one test into the next."""
    cache.clear()
    with override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """The browser, started once for all tests of a process: Playwright allows no second one."""
    from playwright.sync_api import sync_playwright

    from tests.browser.window import CHROMIUM, CHROMIUM_ARGS

    path = shutil.which(os.environ.get("CHROMIUM", CHROMIUM))
    if path is None:
        reason = "Chromium is not installed (on Debian: apt-get install chromium)"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Playwright's loop runs in this thread; Django must not take it for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def make_program(slug: str = "acme", **values: Any) -> Program:
    """A program in Korean time with English as its first language."""
    return Program.objects.create(
        slug=slug, name=values.pop("name", slug.title()), default_language="en", **values
    )


def make_member(program: Program, role: str, email: str = "", **values: Any) -> Membership:
    """A member with the role; sees personal data unless a viewer."""
    address = email or f"{role}@{program.slug}.example"
    user = User.objects.create_user(address, PASSWORD, name=role.title(), language="en")
    values.setdefault("sees_personal_data", role != "viewer")
    values.setdefault("exports_personal_data", role == "owner")
    return Membership.unscoped.create(program=program, user=user, role=role, **values)


def make_key(program: Program, *scopes: str) -> str:
    """An API key with these scopes (all when none is named); returns the secret to send."""
    secret = "cx_" + new_secret()
    ApiKey.unscoped.create(
        program=program,
        name="tests",
        prefix=secret[:12],
        key_hash=hash_of(secret, "api-key"),
        scopes=list(scopes) or ALL_SCOPES,
    )
    return secret


def make_customers(program: Program, count: int, prefix: str = "C") -> list[Customer]:
    """Customers C0, C1 … with an e-mail each."""
    return Customer.unscoped.bulk_create(
        Customer(
            program=program,
            external_id=f"{prefix}{i}",
            name=f"Customer {i}",
            email=f"{prefix.lower()}{i}@example.com",
            language="ko" if i % 2 else "en",
        )
        for i in range(count)
    )


@pytest.fixture
def program(db: None) -> Program:
    return make_program("acme")


@pytest.fixture
def other_program(db: None) -> Program:
    return make_program("other")


@pytest.fixture
def people(program: Program) -> dict[str, Membership]:
    """One member per role of `program`."""
    return {role: make_member(program, role) for role in ROLES}


@pytest.fixture
def stranger(other_program: Program) -> Membership:
    """The owner of another program."""
    return make_member(other_program, "owner", "stranger@other.example")


@pytest.fixture
def actor_for(people: dict[str, Membership]) -> Callable[[str], Actor]:
    """actor_for("designer") → that member as an actor."""
    return lambda role: Actor.member(people[role])


@pytest.fixture
def system(program: Program) -> Actor:
    return Actor.system(program)


@pytest.fixture
def client_for(people: dict[str, Membership]) -> Callable[[str], Client]:
    """client_for("staff") → a signed-in browser without JavaScript."""

    def signed_in(role: str) -> Client:
        client = Client()
        client.force_login(people[role].user, backend="cxportal.core.auth.ActiveUserBackend")
        return client

    return signed_in


@pytest.fixture
def stranger_client(stranger: Membership) -> Client:
    client = Client()
    client.force_login(stranger.user, backend="cxportal.core.auth.ActiveUserBackend")
    return client


@contextmanager
def count_queries() -> Iterator[CaptureQueriesContext]:
    """Count the queries of a block."""
    with CaptureQueriesContext(connection) as captured:
        yield captured


@pytest.fixture
def assert_same_queries() -> Callable[[Callable[[], Any], Callable[[], Any]], int]:
    """assert_same_queries(load, grow): load, grow the data, load again; equal query counts."""

    def check(load: Callable[[], Any], grow: Callable[[], Any]) -> int:
        load()
        with count_queries() as before:
            load()
        grow()
        load()
        with count_queries() as after:
            load()
        assert len(after) == len(before), [q["sql"] for q in after.captured_queries]
        return len(after)

    return check
