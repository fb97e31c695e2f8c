"""Sending twice does nothing twice."""

import json
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from cxportal.core.models import Customer, CustomerEvent, IdempotencyRecord
from loyalty.models import Transaction
from surveys.models import Response
from tests.api.conftest import Api, World, make_api
from tests.conftest import make_program

CUSTOMERS = [{"external_id": f"B{i}", "name": f"Buyer {i}"} for i in range(20)]


def count(model: Any, api: Api) -> int:
    return int(model.unscoped.filter(program=api.program).count())


@pytest.mark.django_db
def test_the_same_key_repeats_the_first_answer(api: Api) -> None:
    body = {"external_id": "C1", "name": "Kim"}
    first = api.send("POST", "customers/", body, idempotency_key="k1")
    again = api.send("POST", "customers/", body, idempotency_key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(Customer, api) == 1


@pytest.mark.django_db
def test_another_body_or_address_with_the_key_is_refused(api: Api) -> None:
    assert api.post("customers/", {"external_id": "C1"}, idempotency_key="k1")[0] == 201
    for path, body in (("customers/", {"external_id": "C2"}), ("segments/", {"code": "s"})):
        status, answer = api.post(path, body, idempotency_key="k1")
        assert (status, answer["code"]) == (422, "idempotency_key_reused")
    assert count(Customer, api) == 1


@pytest.mark.django_db
def test_another_client_may_use_the_same_key(api: Api) -> None:
    other = make_api(api.program)
    assert api.post("customers/", {"external_id": "C1"}, idempotency_key="k1")[0] == 201
    assert other.post("customers/", {"external_id": "C2"}, idempotency_key="k1")[0] == 201


@pytest.mark.django_db
def test_a_refusal_is_not_kept(api: Api) -> None:
    assert api.post("customers/", {"email": "x"}, idempotency_key="k1")[0] == 422
    assert count(IdempotencyRecord, api) == 0
    assert api.post("customers/", {"external_id": "C1"}, idempotency_key="k1")[0] == 201


@pytest.mark.django_db
def test_a_key_has_a_bounded_length(api: Api) -> None:
    status, body = api.post("customers/", {"external_id": "C1"}, idempotency_key="k" * 256)
    assert (status, body["code"]) == (422, "bad_idempotency_key")
    assert count(Customer, api) == 0


@pytest.mark.django_db
def test_every_post_honours_the_key(world: World) -> None:
    api = world.api
    action = world.path("actions/{action}/")
    for path, body in (
        ("actions/", {"title": "Again"}),
        (f"{action}comments/", {"text": "Again"}),
        (f"{action}move/", {"state": "doing"}),
        (world.path("surveys/{survey}/duplicate/"), {}),
        ("segments/preview/", {"rule": {"match": "all", "conditions": []}}),
    ):
        key = str(uuid4())
        first = api.send("POST", path, body, idempotency_key=key)
        again = api.send("POST", path, body, idempotency_key=key)
        assert again.headers["Idempotent-Replayed"] == "true", path
        assert first.content == again.content
    assert len(api.seen("actions/?search=Again")["results"]) == 1


@pytest.mark.django_db
def test_the_same_bulk_again_doubles_nothing(world: World) -> None:
    api = world.api
    base = count(Customer, api)
    status, first = api.post("customers/bulk/", CUSTOMERS)
    assert (status, first["created"], first["failed"]) == (200, 20, 0)
    _status, again = api.post("customers/bulk/", CUSTOMERS)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 20)
    assert count(Customer, api) == base + 20

    bought = [
        {"external_id": f"X{i}", "customer": f"B{i}", "occurred_at": "2026-11-01", "amount": "5"}
        for i in range(20)
    ]
    kinds = [{"external_id": f"X{i}", "customer": f"B{i}", "kind": "call",
              "occurred_at": "2026-11-01T09:00:00+09:00"} for i in range(20)]  # fmt: skip
    said = [{"submission_id": str(uuid4()), "answers": {"nps": i % 11}} for i in range(20)]
    responses = world.path("responses/bulk/?survey={survey}")
    for path, rows, model in (
        ("transactions/bulk/", bought, Transaction),
        ("events/bulk/", kinds, CustomerEvent),
        (responses, said, Response),
    ):
        before = count(model, api)
        assert api.post(path, rows)[1]["created"] == 20, path
        _status, again = api.post(path, rows)
        assert (again["created"], again["unchanged"], again["failed"]) == (0, 20, 0), path
        assert count(model, api) == before + 20


@pytest.mark.django_db
def test_a_bulk_changes_what_differs_and_says_so_row_by_row(world: World) -> None:
    rows = [
        {"external_id": "C0", "name": "New name"},
        {"external_id": "C1"},
        {"external_id": "C9", "email": "new@example.com"},
        {"external_id": "C8", "email": "no address"},
    ]
    status, body = world.api.post("customers/bulk/", rows)
    assert status == 200
    assert [r["status"] for r in body["rows"]] == ["updated", "unchanged", "created", "failed"]
    assert [r["external_id"] for r in body["rows"]] == ["C0", "C1", "C9", "C8"]
    assert list(body["rows"][3]["errors"]) == ["email"]


@pytest.mark.django_db
def test_rows_may_come_as_lines(api: Api) -> None:
    lines = b"\n".join(json.dumps(row).encode() for row in CUSTOMERS) + b"\n\n"
    answer = api.send("POST", "customers/bulk/", lines, kind="application/x-ndjson")
    assert json.loads(answer.content)["created"] == 20
    broken = b'{"external_id": "L1"}\n{"external_id\n{"external_id": "L3"}'
    answer = api.send("POST", "customers/bulk/", broken, kind="application/x-ndjson")
    body = json.loads(answer.content)
    assert answer.status_code == 200
    assert [row["status"] for row in body["rows"]] == ["created", "failed", "created"]
    assert body["rows"][1]["errors"]


@pytest.mark.django_db
def test_the_same_submission_answers_the_first(world: World) -> None:
    body = {
        "survey": world.ids["survey"],
        "answers": {"nps": 4},
        "submission_id": str(uuid4()),
    }
    first, again = world.api.post("responses/", body), world.api.post("responses/", body)
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == {**again[1], "status": "created"}
    assert again[1]["status"] == "unchanged"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_key_make_one_record() -> None:
    api = make_api(make_program("acme"))
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        mine = Api(api.program, api.key)
        answer = mine.send("POST", "customers/", {"external_id": "C1"}, idempotency_key="one")
        answers.append((answer.status_code, answer.content))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == 20
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert count(Customer, api) == 1
