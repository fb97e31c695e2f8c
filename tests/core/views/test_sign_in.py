"""Signing in, and everything that ends it."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.test.utils import override_settings

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Program, User
from cxportal.core.services.invitations import member_invite
from cxportal.core.services.people import member_deactivate
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **headers: str) -> int:
    return client.post(LOGIN, {"login": email, "password": password}, headers=headers).status_code


def test_the_root_leads_to_the_last_program(
    people: dict[str, Membership], other_program: Program
) -> None:
    client, user = Client(), people["owner"].user
    assert client.get("/").headers["Location"] == LOGIN
    assert sign_in(client, user.email) == 302
    assert client.get("/").headers["Location"] == "/p/acme/"
    Membership.unscoped.create(program=other_program, user=user, role="viewer")
    session = client.session
    session["program"] = "other"
    session.save()
    assert client.get("/").headers["Location"] == "/p/other/"


def test_without_a_program_the_page_says_what_to_do(db: None) -> None:
    user = User.objects.create_user("alone@example.com", PASSWORD)
    client = Client()
    client.force_login(user, backend="cxportal.core.auth.ActiveUserBackend")
    page = client.get("/")
    assert page.status_code == 200
    assert "alone@example.com" in page.content.decode()


def test_after_too_many_wrong_passwords_the_door_is_closed(people: dict[str, Membership]) -> None:
    client, email = Client(), people["owner"].user.email
    for _ in range(7):
        assert sign_in(client, email, "wrong") == 200
    assert sign_in(client, email, "wrong") == 429
    page = client.post(LOGIN, {"login": email.upper(), "password": PASSWORD})
    assert page.status_code == 429
    assert "Too many tries" in page.content.decode()
    assert sign_in(Client(), people["staff"].user.email) == 302


def test_a_made_up_address_of_a_proxy_opens_nothing(people: dict[str, Membership]) -> None:
    email = people["owner"].user.email
    for number in range(8):
        sign_in(Client(), email, "wrong", **{"X-Forwarded-For": f"203.0.113.{number}"})
    assert sign_in(Client(), email, **{"X-Forwarded-For": "198.51.100.9"}) == 429


@override_settings(TRUSTED_PROXIES=1, ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_proxy_each_client_counts_alone(people: dict[str, Membership]) -> None:
    email = people["owner"].user.email
    for _ in range(8):
        sign_in(Client(), email, "wrong", **{"X-Forwarded-For": "1.1.1.1, 203.0.113.5"})
    assert sign_in(Client(), email, **{"X-Forwarded-For": "2.2.2.2, 203.0.113.5"}) == 429
    assert sign_in(Client(), email, **{"X-Forwarded-For": "203.0.113.6"}) == 302


def test_a_new_password_ends_every_other_session(people: dict[str, Membership]) -> None:
    email = people["staff"].user.email
    here, there = Client(), Client()
    sign_in(here, email)
    sign_in(there, email)
    new = "another long passphrase"
    answer = here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert answer.status_code == 302
    assert here.get("/").headers["Location"] == "/p/acme/"
    assert there.get("/").headers["Location"] == LOGIN


def test_a_reset_ends_sessions_and_works_once(people: dict[str, Membership]) -> None:
    email = people["staff"].user.email
    there = Client()
    sign_in(there, email)
    client = Client()
    client.post("/accounts/password/reset/", {"email": email})
    link = next(w for w in mail.outbox[0].body.split() if "/password/reset/key/" in w)
    path = link.split("testserver", 1)[-1].split("8000", 1)[-1]
    form = client.get(path, follow=True)
    new = "another long passphrase"
    form = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert form.status_code == 302
    assert there.get("/").headers["Location"] == LOGIN
    assert sign_in(Client(), email, new) == 302
    assert User.objects.get(email=email).check_password(new)
    again = Client().get(path, follow=True)
    assert "password1" not in again.content.decode()


def test_a_reset_tells_nobody_who_has_an_account(people: dict[str, Membership]) -> None:
    known = Client().post("/accounts/password/reset/", {"email": people["staff"].user.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )


def test_nobody_signs_up(db: None) -> None:
    form = {"email": "x@example.com", "password1": PASSWORD, "password2": PASSWORD}
    Client().post("/accounts/signup/", form)
    assert not User.objects.exists()


def test_a_deactivated_person_is_out_at_once(
    people: dict[str, Membership], client_for: Callable[[str], Client], system: Actor
) -> None:
    client = client_for("staff")
    assert client.get("/").headers["Location"] == "/p/acme/"
    member_deactivate(actor=system, membership=people["staff"])
    assert client.get("/p/acme/settings/").status_code == 404
    User.objects.filter(pk=people["staff"].user.pk).update(is_active=False)
    assert client.get("/").headers["Location"] == LOGIN
    again = Client()
    sign_in(again, people["staff"].user.email)
    assert again.get("/").headers["Location"] == LOGIN


def test_the_language_is_kept_with_the_person(
    people: dict[str, Membership], client_for: Callable[[str], Client]
) -> None:
    client = client_for("staff")
    answer = client.post("/language/", {"language": "ko", "next": "/p/acme/customers/"})
    assert answer.headers["Location"] == "/p/acme/customers/"
    assert answer.cookies["language"].value == "ko"
    people["staff"].user.refresh_from_db()
    assert people["staff"].user.language == "ko"
    assert Client().get(LOGIN).headers["Content-Language"] == "en"


def test_the_language_of_a_visitor_is_a_cookie(db: None) -> None:
    client = Client()
    client.post("/language/", {"language": "ko"})
    assert client.get(LOGIN).headers["Content-Language"] == "ko"
    client.post("/language/", {"language": "xx"})
    assert client.get(LOGIN).headers["Content-Language"] == "ko"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_the_language_switch_leads_nowhere_else(db: None, away: str) -> None:
    answer = Client().post("/language/", {"language": "ko", "next": away})
    assert answer.headers["Location"] == "/"
    assert Client().get("/language/").status_code == 405


def test_the_link_of_an_invitation_lets_somebody_in(system: Actor) -> None:
    _invitation, token = member_invite(actor=system, email="new@person.example", role="staff")
    client = Client()
    page = client.get(f"/join/{token}/")
    assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
    # The token goes to no other site, and the form's own Origin header is still sent.
    assert page.headers["Referrer-Policy"] == "same-origin"
    refused = client.post(f"/join/{token}/", {"name": "New", "password": "short"})
    assert refused.status_code == 422
    assert not User.objects.filter(email="new@person.example").exists()
    joined = client.post(f"/join/{token}/", {"name": "New", "password": PASSWORD})
    assert joined.headers["Location"] == "/p/acme/"
    assert client.get("/").headers["Location"] == "/p/acme/"
    used = Client().get(f"/join/{token}/")
    assert used.status_code == 410 and "used already" in used.content.decode()
    assert Client().get("/join/unknown/").status_code == 404


def test_a_known_person_signs_in_to_join(system: Actor, stranger: Membership) -> None:
    _invitation, token = member_invite(actor=system, email=stranger.user.email, role="staff")
    path = f"/join/{token}/"
    client = Client()
    assert client.get(path).headers["Location"] == f"{LOGIN}?next={path}"
    refused = client.post(path, {"name": "Thief", "password": "another long passphrase"})
    assert refused.status_code == 302
    assert sign_in(client, stranger.user.email) == 302
    assert client.get(path).status_code == 200
    assert client.post(path).headers["Location"] == "/p/acme/"
    assert Membership.objects.for_actor(system).get().user == stranger.user
