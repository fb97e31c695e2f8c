"""When a server we need is away, the page says so and nothing is lost."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
import redis.exceptions
from django.core.mail.backends.base import BaseEmailBackend
from django.db import OperationalError, ProgrammingError
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from cxportal.core.models import Membership
from cxportal.core.views.errors import broken


class Disconnecting(BaseEmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, email_messages: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone")


def raising(error: Exception) -> Callable[..., None]:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    return fail


@pytest.fixture
def client(client_for: Callable[[str], Client]) -> Client:
    signed_in = client_for("owner")
    signed_in.raise_request_exception = False
    return signed_in


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (OperationalError("connection refused"), 503, "database"),
        (redis.exceptions.ConnectionError(), 503, "A part of the portal"),
        (ProgrammingError("no such column"), 500, "500"),
        (ZeroDivisionError(), 500, "500"),
    ],
)
def test_a_page_says_what_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, word: str
) -> None:
    monkeypatch.setattr("cxportal.core.views.customers.customers_listed", raising(error))
    page = client.get("/p/acme/customers/")
    assert page.status_code == status
    assert word in page.content.decode()
    assert ("Retry-After" in page.headers) == (status == 503)


def test_no_database_before_any_page_could_begin(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "django.contrib.sessions.backends.db.SessionStore._get_session_from_db",
        raising(OperationalError("connection refused")),
    )
    assert client.get("/p/acme/customers/").status_code == 503


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/customers/", "application/problem+json"),
        ("/s/token/", "text/html; charset=utf-8"),
    ],
)
def test_clients_and_respondents_are_told_in_their_form(path: str, kind: str) -> None:
    request = RequestFactory().post(path)
    try:
        raise OperationalError
    except OperationalError:
        answer = broken(request)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, kind)


@pytest.mark.parametrize(
    "backend",
    ["tests.core.views.test_errors.Disconnecting", "django.core.mail.backends.smtp.EmailBackend"],
)
def test_no_mail_server_is_said_on_the_reset_page(
    people: dict[str, Membership], settings: Settings, backend: str
) -> None:
    settings.EMAIL_BACKEND = backend
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client = Client(raise_request_exception=False)
    page = client.post("/accounts/password/reset/", {"email": people["staff"].user.email})
    assert page.status_code == 503
    assert "mail server does not answer" in page.content.decode()


def test_the_language_of_the_page_is_the_readers(
    client: Client, monkeypatch: pytest.MonkeyPatch, people: dict[str, Membership]
) -> None:
    people["owner"].user.language = "ko"
    people["owner"].user.save()
    monkeypatch.setattr(
        "cxportal.core.views.customers.customers_listed", raising(OperationalError())
    )
    assert 'lang="ko"' in client.get("/p/acme/customers/").content.decode()


def test_a_refusal_says_who_can_give_the_right(client_for: Callable[[str], Client]) -> None:
    page = client_for("viewer").get("/p/acme/settings/keys/")
    assert page.status_code == 403
    assert "owner of the program can give" in page.content.decode()


@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "This step needs its button"), ("ko", "버튼을 눌러야 하는 단계입니다")],
)
def test_a_buttons_address_opened_after_signing_in_anew_has_a_way_out(
    client_for: Callable[[str], Client], people: Any, language: str, heading: str
) -> None:
    people["owner"].user.language = language
    people["owner"].user.save()
    page = client_for("owner").get("/p/acme/notifications/read/")
    assert (page.status_code, page.headers["Allow"]) == (405, "POST, OPTIONS")
    assert heading in page.content.decode()
    assert 'href="/p/acme/"' in page.content.decode()
