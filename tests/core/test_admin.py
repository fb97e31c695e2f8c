"""Operators look at everything and change people and programs only."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.admin import NEVER_SHOWN, tenant_tables_left_out
from cxportal.core.models import Membership, Program, TenantModel, User
from cxportal.core.services.api_keys import api_key_create
from tests.conftest import PASSWORD, make_customers

TENANTS = [m for m in apps.get_models() if issubclass(m, TenantModel)]


@pytest.fixture
def operator(db: None) -> Client:
    user = User.objects.create_superuser("operator@example.com", PASSWORD)
    client = Client()
    client.force_login(user, backend="cxportal.core.auth.ActiveUserBackend")
    return client


def place(model: type[TenantModel]) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def test_every_tenant_table_can_be_looked_at() -> None:
    assert tenant_tables_left_out() == []


@pytest.mark.parametrize("model", TENANTS, ids=lambda m: m.__name__)
def test_lists_open_search_and_write_nothing(model: type[TenantModel], operator: Client) -> None:
    address = place(model)
    assert operator.get(address).status_code == 200
    assert operator.get(address, {"q": "x"}).status_code == 200
    assert operator.get(f"{address}add/").status_code == 403


def test_a_row_can_be_read_and_not_changed(operator: Client, program: Program) -> None:
    customer = make_customers(program, 1)[0]
    address = f"/admin/core/customer/{customer.pk}/"
    assert operator.get(f"{address}change/").status_code == 200
    assert operator.post(f"{address}change/", {"name": "Other"}).status_code == 403
    assert operator.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    customer.refresh_from_db()
    assert customer.name == "Customer 0"


def test_secrets_are_never_shown(operator: Client, system: Actor) -> None:
    key, _secret = api_key_create(actor=system, name="Shop", scopes=["customers:read"])
    shown = operator.get(f"/admin/core/apikey/{key.pk}/change/").content.decode()
    assert "Shop" in shown and key.key_hash not in shown
    assert "key_hash" in NEVER_SHOWN


def test_people_and_programs_can_be_changed(
    operator: Client, program: Program, people: dict[str, Membership]
) -> None:
    user = people["staff"].user
    form = {"email": user.email.upper(), "name": "New Name", "language": "ko", "is_active": "on"}
    assert operator.post(f"/admin/core/user/{user.pk}/change/", form).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.email, user.is_active) == ("New Name", "staff@acme.example", True)
    assert operator.get("/admin/core/user/add/").status_code == 200
    assert operator.get(f"/admin/core/program/{program.pk}/change/").status_code == 200
    assert operator.post(f"/admin/core/program/{program.pk}/delete/").status_code == 403
    assert Program.objects.count() == 1


def test_members_are_no_operators(client_for: Callable[[str], Client]) -> None:
    assert client_for("owner").get("/admin/core/customer/").status_code in (302, 403)
    outside = Client().get("/admin/", follow=True)
    assert outside.redirect_chain[-1][0].startswith("/accounts/login/")


def test_the_admin_index_has_every_floor(operator: Client) -> None:
    page = operator.get("/admin/").content.decode()
    for label in ("core", "surveys", "journeys", "loyalty"):
        assert f"/admin/{label}/" in page
    assert admin.site.is_registered(User)
