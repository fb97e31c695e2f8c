"""Who may begin a program, and what the set-up refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Membership, Program, User
from cxportal.home.services.start import portal_begin, sender_test
from surveys.models import Campaign, Survey

BEGIN = {
    "company": "Tea House",
    "name": "Kim",
    "email": "kim@tea.example",
    "password": "green tea in the yard",
}


@pytest.fixture
def open_portal(settings: Any, db: None) -> None:
    settings.SETUP_OPEN = True


def test_the_first_person_becomes_owner_of_the_first_program(
    open_portal: None, client: Client
) -> None:
    assert client.get("/").headers["Location"] == "/setup/"
    answer = client.post("/setup/", BEGIN)
    assert answer.headers["Location"] == "/p/tea-house/start/"
    member = Membership.unscoped.get()  # unscoped: test
    assert (member.role, member.user.email) == ("owner", "kim@tea.example")
    assert client.get("/p/tea-house/start/").status_code == 200


def test_nobody_else_comes_in_by_that_door(open_portal: None, client: Client) -> None:
    client.post("/setup/", BEGIN)
    second = Client()
    assert second.get("/setup/").status_code == 404
    assert second.post("/setup/", {**BEGIN, "email": "b@tea.example"}).status_code == 404
    with pytest.raises(DomainError):
        portal_begin(language="en", **{**BEGIN, "email": "b@tea.example"})
    assert User.objects.count() == 1


def test_the_door_is_shut_on_a_server(settings: Any, db: None, client: Client) -> None:
    settings.SETUP_OPEN = False
    assert client.get("/setup/").status_code == 404
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("password", ["short", "password123", ""])
def test_a_weak_password_is_refused_and_nothing_is_made(
    open_portal: None, client: Client, password: str
) -> None:
    assert client.post("/setup/", {**BEGIN, "password": password}).status_code == 422
    assert not User.objects.exists()
    assert not Program.objects.exists()


def test_an_owner_begins_another_program_with_a_free_address(
    settings: Any, client_for: Callable[[str], Client], people: dict[str, Membership]
) -> None:
    settings.SETUP_OPEN = True
    form = {"company": "Acme", "language": "ko", "time_zone": "Asia/Seoul", "currency": "KRW"}
    answer = client_for("owner").post("/new-program/", form)
    assert answer.headers["Location"] == "/p/acme-2/start/"
    made = Membership.unscoped.get(program__slug="acme-2")  # unscoped: test
    assert (made.role, made.user) == ("owner", people["owner"].user)
    assert client_for("manager").post("/new-program/", form).status_code == 404
    assert client_for("owner").post("/new-program/", {**form, "currency": "W"}).status_code == 422
    assert Program.objects.count() == 2


def test_each_step_leaves_what_it_says(
    client_for: Callable[[str], Client], system: Actor, mailoutbox: list[Any]
) -> None:
    client = client_for("owner")
    page = "/p/acme/start/"
    rows = "external_id,name,email\nC1,Lee,lee@example.com\n,Nobody,\n"
    sent = {"step": "customers", "file": SimpleUploadedFile("c.csv", rows.encode())}
    assert client.post(page, sent).status_code == 302
    assert Customer.objects.for_actor(system).get().name == "Lee"
    assert client.post(page, {"step": "survey", "template": "csat"}).status_code == 302
    assert Survey.objects.for_actor(system).get().state == "open"
    assert client.post(page, {"step": "journey", "template": "retail"}).status_code == 302
    start = client.get(page).context["start"]
    assert start.current == "company" or start.touchpoints
    chosen = {"step": "measure", "touchpoint": start.touchpoints[0].pk}
    assert client.post(page, chosen).status_code == 302
    assert client.post(f"{page}ask/").status_code == 302
    assert client.post(f"{page}ask/").status_code == 302
    assert Campaign.objects.for_actor(system).get().state == "running"
    assert client.get(page).context["start"].current == "answer"


def test_only_owners_set_up(client_for: Callable[[str], Client]) -> None:
    for role in ("designer", "manager", "staff", "viewer"):
        assert client_for(role).get("/p/acme/start/").status_code == 403


def test_an_unknown_template_changes_nothing(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    answer = client_for("owner").post("/p/acme/start/", {"step": "survey", "template": "x"})
    assert answer.status_code == 422
    assert not Survey.objects.for_actor(system).exists()
    assert client_for("owner").post("/p/acme/start/", {"step": "other"}).status_code == 404


def test_a_mail_server_that_refuses_is_named(
    actor_for: Callable[[str], Actor], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(DomainError) as refused:
        sender_test(actor=actor_for("owner"))
    assert refused.value.code == "mail_failed"


def test_asking_one_s_own_role_for_a_second_factor_does_not_end_the_set_up(
    client_for: Callable[[str], Client],
) -> None:
    owner = client_for("owner")
    form = {"step": "people", "email": "", "role": "designer", "two_factor_roles": ["owner"]}
    assert owner.post("/p/acme/start/", form).headers["Location"] == "/p/acme/start/"
    page = owner.get("/p/acme/start/")
    assert page.status_code == 200
    assert "every other page waits for the second factor" in page.content.decode()
    assert owner.post("/p/acme/start/skip/", {"step": "sender"}).status_code == 302
    # Everything else waits, and so does the set-up in another session.
    assert owner.get("/p/acme/customers/").headers["Location"] == "/accounts/2fa/totp/activate/"
    another = client_for("owner").get("/p/acme/start/")
    assert another.headers["Location"] == "/accounts/2fa/totp/activate/"
