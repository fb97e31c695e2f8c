"""Sign-in, password and two-factor pages stand in the portal's frame, in both languages."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD, make_member

pytestmark = pytest.mark.django_db
OPEN = ["account_login", "account_reset_password", "account_reset_password_done", "account_signup"]
OWN = ["account_change_password", "account_logout", "mfa_index", "mfa_activate_totp"]


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    """The portal's own addresses, not the drawn ones of this folder."""
    settings.ROOT_URLCONF = "cxportal.urls"


@pytest.fixture
def manager(program: Any) -> Client:
    """Somebody who signed in and gave the password again, as the second factor asks for."""
    person = make_member(program, "manager", email="own@acme.example").user
    browser = Client()
    answer = browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    page_of(browser.get(reverse("account_reauthenticate")))
    answer = browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.status_code == 302
    return browser


def page_of(answer: Any) -> str:
    assert answer.status_code == 200
    html: str = answer.content.decode()
    assert 'class="entrance"' in html
    assert html.count("<h1>") == 1
    return html


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_pages_before_sign_in_have_the_frame(client: Client, name: str, language: str) -> None:
    html = page_of(client.get(reverse(name), headers={"accept-language": language}))
    assert f'<html lang="{language}">' in html


@pytest.mark.parametrize("name", OWN)
def test_a_persons_own_pages_have_the_frame(manager: Client, name: str) -> None:
    page_of(manager.get(reverse(name)))


def test_the_second_factor_shows_its_code_as_a_picture_and_as_text(manager: Client) -> None:
    html = page_of(manager.get(reverse("mfa_activate_totp")))
    assert re.search(r'<img class="qr" src="data:image/svg\+xml', html)
    assert 'id="authenticator_secret"' in html


def test_a_wrong_password_keeps_the_address_and_says_so(client: Client) -> None:
    answer = client.post(reverse("account_login"), {"login": "a@acme.example", "password": "no"})
    html = page_of(answer)
    assert "error-summary" in html
    assert 'value="a@acme.example"' in html


def test_a_used_up_link_offers_a_fresh_one(client: Client) -> None:
    html = page_of(client.get(reverse("account_reset_password_from_key", args=("1", "x-y"))))
    assert reverse("account_reset_password") in html


def test_the_way_through_a_forgotten_password_is_open(client: Client, program: Any) -> None:
    person = make_member(program, "staff", email="forgot@acme.example").user
    client.post(reverse("account_reset_password"), {"email": person.email})
    assert [message.to for message in mail.outbox] == [[person.email]]
    link = re.search(
        r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body)
    )
    assert link
    html = page_of(client.get(link[1], follow=True))
    assert 'type="password"' in html


def test_a_form_from_a_stale_page_gets_a_page_with_a_way_out() -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(reverse("account_login"), {"login": "a@acme.example", "password": "x"})
    assert answer.status_code == 403
    assert "This page was open too long" in answer.content.decode()


def test_who_has_no_account_is_told_so_by_mail_and_not_on_the_page(client: Client) -> None:
    answer = client.post(reverse("account_reset_password"), {"email": "nobody@acme.example"})
    assert answer["Location"] == reverse("account_reset_password_done")
    body = str(mail.outbox[0].body)
    assert "no account has this address" in body
    assert "/signup" not in body


def test_the_mail_for_a_new_password_comes_in_the_persons_language(
    client: Client, program: Any
) -> None:
    person = make_member(program, "staff", email="ko@acme.example").user
    page = {"email": person.email}
    client.post(reverse("account_reset_password"), page, headers={"accept-language": "ko"})
    message = mail.outbox[0]
    assert isinstance(message, EmailMultiAlternatives)
    assert "새 비밀번호" in message.subject
    assert "한 번만" in str(message.body)
    assert "한 번만" in str(message.alternatives[0][0])
