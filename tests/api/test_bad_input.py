"""Whatever a client sends: a clear refusal, never a broken answer, never another's record."""

import json
import random
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings

from tests.api.bodies import BODIES, BULKS, with_ids
from tests.api.conftest import Api, World

pytestmark = pytest.mark.django_db

NASTY: list[Any] = [
    None,
    "",
    "\x00",
    "a\x00b",
    "x" * 70_000,
    "<script>alert(1)</script>",
    "9999-99-99",
    "0001-01-01T00:00:00+14:00",
    -1,
    2**31,
    2**63,
    10**40,
    1e308,
    1.5,
    True,
    [],
    ["\x00"],
    [[[]]],
    [None],
    [{}],
    {},
    {"en": "\x00"},
    {"\x00": "x"},
    {"en": 5},
    {"en": {"en": "x"}},
    {"min": -1, "max": 10**20},
    {"match": "all", "conditions": [{"field": "attributes.x", "operator": "is", "value": "\x00"}]},
    {"match": "all", "conditions": [{"field": "created_at", "operator": "before", "value": 10**9}]},
]


# Each field meets this many of them, chosen by address and name: the same ones every time, and
# over all addresses every one of them.
SHARE = 6


def nasty(*seed: str) -> list[Any]:
    """A few bad values for a field."""
    return random.Random(" ".join(seed)).sample(NASTY, SHARE)


def tried(api: Api, method: str, path: str, body: Any) -> Any:
    """The answer; what it changed is taken back."""
    point = transaction.savepoint()
    try:
        return api.send(method, path, body)
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_good_bodies_are_taken(
    world_made: World, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = tried(world_made.api, method, world_made.path(path), with_ids(body, world_made.ids))
    assert answer.status_code in {200, 201}, answer.content


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_no_value_of_a_field_breaks_the_answer(
    world_made: World, method: str, path: str, body: dict[str, Any]
) -> None:
    good = with_ids(body, world_made.ids)
    broken = []
    for name in good:
        for value in nasty(method, path, name):
            answer = tried(world_made.api, method, world_made.path(path), {**good, name: value})
            if answer.status_code not in {200, 201, 400, 404, 409, 422}:
                broken.append((name, str(value)[:60], answer.status_code))
    assert broken == []


@pytest.mark.parametrize(("path", "row"), BULKS)
def test_a_bad_row_of_a_bulk_fails_alone(world_made: World, path: str, row: dict[str, Any]) -> None:
    """Each bad value in one batch of its own with a good row beside it."""
    other = {"submission_id": "0b0c1c3e-6f0e-4c55-9a53-0d5a3a6f0b11"}
    good = {**row, **(other if "answers" in row else {"external_id": "GOOD"})}
    for name in row:
        for value in [*nasty(path, name)[:2], "\x00"]:
            answer = tried(
                world_made.api, "POST", world_made.path(path), [{**row, name: value}, good]
            )
            assert answer.status_code == 200, (name, str(value)[:60], answer.content)
            body = json.loads(answer.content)
            assert body["rows"][1]["status"] == "created", (name, str(value)[:60], body)
    strange: list[Any] = [None, 5, "x", [], {}]
    for rows in ([one] for one in strange):
        answer = tried(world_made.api, "POST", world_made.path(path), rows)
        assert json.loads(answer.content)["failed"] == 1


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_fields_nobody_declared_are_refused_and_change_nothing(
    world_made: World, method: str, path: str, body: dict[str, Any]
) -> None:
    foreign = {"program": 999, "is_staff": True, "owner": 1, "status": "done", "id": 7}
    foreign = {name: value for name, value in foreign.items() if name not in body}
    path = world_made.path(path)
    kept = world_made.api.send("GET", path).content if method == "PATCH" else b""
    sent = {**with_ids(body, world_made.ids), **foreign}
    status, answer = world_made.api.call(method, path, sent)
    assert (status, answer["code"]) == (422, "invalid")
    assert set(answer["errors"]) == set(foreign)
    if method == "PATCH":
        assert world_made.api.send("GET", path).content == kept


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_ids_of_another_program_are_not_found(
    world_made: World, foreign_world: World, method: str, path: str, body: dict[str, Any]
) -> None:
    """One foreign id at a time, in the body and in the address."""
    good = with_ids(body, world_made.ids)
    for name, value in body.items():
        if with_ids(value, world_made.ids) == value:
            continue
        sent = {**good, name: with_ids(value, foreign_world.ids)}
        answer = tried(world_made.api, method, world_made.path(path), sent)
        assert answer.status_code in {404, 422}, (name, answer.content)
    if "{" in path:
        answer = tried(world_made.api, method, foreign_world.path(path), good)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("customers/?cursor=broken", "bad_cursor"),
        ("customers/?cursor=WyJuIiwgIlx1MDAwMCIsIDFd&ordering=external_id", "bad_cursor"),
        ("customers/?ordering=name", "invalid"),
        ("customers/?page_size=0", "invalid"),
        ("customers/?page_size=many", "invalid"),
        ("customers/?updated_since=yesterday", "invalid"),
        ("customers/?kind=alien", "invalid"),
        ("customers/?search=%00", "invalid"),
        ("responses/?survey=99999999999999999999999", None),
        ("responses/?since=never", "invalid"),
        ("metrics/scores/?from=2026-13-01", "invalid"),
        ("metrics/scores/?from=0001-01-01&to=0001-01-02", "invalid"),
        ("metrics/scores/?from=2026-02-01&to=2026-01-01", "invalid"),
        ("metrics/scores/?dimension=store:%00", "not_found"),
        ("metrics/scores/?dimension=99999999999999999999", "not_found"),
        ("customers/99999999999999999999999/", "not_found"),
    ],
)
def test_bad_addresses_are_answered_in_words(
    world_made: World, path: str, code: str | None
) -> None:
    status, body = world_made.api.get(path)
    if code is None:
        assert (status, body["results"]) == (200, [])
    else:
        assert 400 <= status < 500
        assert body["code"] == code
        assert body["status"] == status
        assert body["detail"]


@pytest.mark.parametrize(
    ("raw", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "parse_error"),
        (b"\xff\xfe", "application/json", 400, "parse_error"),
        (b'{"a": "\\ud800"}', "application/json", 400, "parse_error"),
        (b"[" * 5000 + b"]" * 5000, "application/json", 400, "parse_error"),
        (b"[]", "application/json", 400, "invalid"),
        (b"5", "application/json", 400, "invalid"),
        (b"name=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    ],
)
def test_bad_bodies_are_answered_in_words(
    world_made: World, raw: bytes, kind: str, status: int, code: str
) -> None:
    for path in ("customers/", "transactions/", "surveys/"):
        answer = tried_raw(world_made.api, path, raw, kind)
        assert (answer.status_code, answer.headers["Content-Type"]) == (
            status,
            "application/problem+json",
        )
        assert json.loads(answer.content)["code"] == code


def tried_raw(api: Api, path: str, raw: bytes, kind: str) -> Any:
    return api.send("POST", path, raw, kind=kind)


def test_a_body_beyond_the_limit_is_refused(world_made: World) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = world_made.api.send("POST", "customers/bulk/", [{"name": "x" * 2000}])
    assert (answer.status_code, json.loads(answer.content)["code"]) == (413, "too_large")


def test_more_rows_than_allowed_are_refused(world_made: World) -> None:
    rows: list[Any] = [{} for _ in range(10_001)]
    for path in ("customers/bulk/", "transactions/bulk/", "events/bulk/"):
        status, body = world_made.api.post(path, rows)
        assert (status, body["code"]) == (413, "too_many_rows")


def test_wrong_methods_and_addresses(world_made: World) -> None:
    assert world_made.api.call("PUT", "customers/", {})[0] == 405
    assert world_made.api.delete("customers/")[0] == 405
    answer = world_made.api.send("GET", "no-such-thing/")
    assert answer.status_code == 404
    assert json.loads(answer.content)["code"] == "not_found"


def test_refusals_speak_the_client_s_language(world_made: World) -> None:
    status, body = world_made.api.get("customers/0/", accept_language="ko")
    assert (status, body["code"]) == (404, "not_found")
    assert "기록" in body["detail"] or "없" in body["detail"]
