"""Keys: who gets in, what a scope opens, what a key may see of persons, and how often."""

from typing import Any

import pytest
from django.test.utils import override_settings
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import ApiKey, Membership
from cxportal.core.services.api_keys import api_key_revoke
from tests.api.conftest import Api, World, make_api
from tests.conftest import make_customers

pytestmark = pytest.mark.django_db


def only_key(api: Api) -> ApiKey:
    return ApiKey.unscoped.get(program=api.program)


def test_no_key_a_wrong_key_and_half_a_key_are_refused(api: Api) -> None:
    for key in ("", "cx_" + "x" * 43, api.key[:-1], api.key + "x"):
        answer = Api(api.program, key).send("GET", "customers/")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_revoked_and_an_expired_key_open_nothing(api: Api) -> None:
    key = only_key(api)
    assert api.get("customers/")[0] == 200
    ApiKey.unscoped.filter(pk=key.pk).update(expires_at=timezone.now())
    assert api.get("customers/")[0] == 401
    ApiKey.unscoped.filter(pk=key.pk).update(expires_at=None)
    api_key_revoke(actor=Actor.system(api.program), api_key=key)
    assert api.get("customers/")[0] == 401
    assert api.post("customers/", {"external_id": "C1"})[0] == 401


def test_a_session_opens_no_api(client_for: Any) -> None:
    assert client_for("owner").get("/api/v1/customers/").status_code == 401


def test_reading_does_not_allow_writing(api_with: Any) -> None:
    reader = api_with("customers:read")
    assert reader.get("customers/")[0] == 200
    status, body = reader.post("customers/", {"external_id": "C1"})
    assert (status, body["code"]) == (403, "permission_denied")
    assert "scope" in body["detail"]
    assert reader.post("customers/bulk/", [{"external_id": "C1"}])[0] == 403
    assert reader.seen("customers/")["results"] == []


def test_writing_does_not_allow_reading(api_with: Any) -> None:
    writer = api_with("customers:write")
    assert writer.post("customers/", {"external_id": "C1"})[0] == 201
    assert writer.get("customers/")[0] == 403


def test_persons_are_shown_only_to_keys_that_may(world: World) -> None:
    plain = make_api(world.api.program, "customers:read", "responses:read", "customers:write")
    customer = plain.seen(world.path("customers/{customer}/"))
    assert (customer["external_id"], customer["id"]) == ("C0", world.ids["customer"])
    assert {customer[n] for n in ("name", "email", "phone", "account_manager")} == {None}
    assert customer["attributes"] is None
    response = plain.seen(world.path("responses/{response}/"))
    assert (response["external_id"], response["answers"]) == (None, {"nps": 9})
    assert plain.seen("responses/?customer=C0")["results"] == []
    assert plain.seen("customers/?search=Customer")["results"] == []
    full = world.api.seen(world.path("responses/{response}/"))
    assert full["external_id"] == "C0"


def test_a_stale_edit_shows_no_person_to_keys_that_may_not(world: World) -> None:
    plain = make_api(world.api.program, "customers:read", "customers:write")
    path = world.path("customers/{customer}/")
    status, body = plain.patch(path, {"name": "X"}, if_match='"99"')
    assert (status, body["current"]) == (409, {"version": 1})


def test_members_have_addresses_only_for_keys_that_may(
    api: Api, people: dict[str, Membership]
) -> None:
    names = [m["role"] for m in api.seen("program/")["members"]]
    assert sorted(names) == ["designer", "manager", "owner", "staff", "viewer"]
    assert all(m["email"] for m in api.seen("program/")["members"])
    plain = make_api(api.program, "program:read")
    assert {m["email"] for m in plain.seen("program/")["members"]} == {None}
    assert plain.seen("program/")["scopes"] == ["program:read"]


def test_erasure_needs_its_own_scope(api: Api) -> None:
    customer = make_customers(api.program, 1)[0]
    writer = make_api(api.program, "customers:write", "customers:read")
    assert writer.post(f"customers/{customer.pk}/erase/")[0] == 403
    assert api.post(f"customers/{customer.pk}/erase/") == (204, None)
    customer.refresh_from_db()
    assert (customer.name, customer.email) == ("", "")


def test_an_owner_is_a_member_named_by_address(
    api: Api, people: dict[str, Membership], stranger: Membership
) -> None:
    staff = people["staff"]
    made = api.made("actions/", {"title": "Do", "owner_email": staff.user.email.upper()})
    assert (made["owner"], made["owner_name"]) == (staff.pk, "Staff")
    status, body = api.post("actions/", {"title": "Do", "owner_email": stranger.user.email})
    assert (status, list(body["errors"])) == (422, ["owner_email"])


@override_settings(API_RATE_PER_MINUTE=3)
def test_too_many_requests_are_told_when_to_come_back(api: Api, own_minute: None) -> None:
    answers = [api.send("GET", "customers/") for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert [a.headers["RateLimit-Remaining"] for a in answers] == ["2", "1", "0", "0", "0"]
    assert {a.headers["RateLimit-Limit"] for a in answers} == {"3"}
    assert 0 < int(answers[0].headers["RateLimit-Reset"]) <= 60
    assert 0 < int(answers[4].headers["Retry-After"]) <= 61
    other = make_api(api.program, "customers:read")
    assert other.get("customers/")[0] == 200
