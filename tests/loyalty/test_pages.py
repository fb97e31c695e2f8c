"""Pages of money and promises."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from cxportal.core.services.outbox import outbox_drain_all
from loyalty.models import Transaction, ValueProposition
from loyalty.services.propositions import proposition_create
from loyalty.services.transactions import transactions_bulk_upsert
from tests.conftest import make_customers

FILE = """external_id,customer,occurred_at,amount,margin
T1,C0,2026-03-01,1000,
T2,nobody,2026-03-01,5,
"""


def url(path: str = "") -> str:
    return f"/p/acme/loyalty/{path}"


def upload(client: Client, content: bytes) -> Any:
    return client.post(url("transactions/import/"), {"file": SimpleUploadedFile("t.csv", content)})


def sell(actor: Actor, first: int, count: int) -> None:
    rows = [
        {
            "external_id": f"T{i}",
            "customer": f"C{i}",
            "occurred_at": "2026-02-01",
            "amount": 1000 + i,
        }
        for i in range(first, first + count)
    ]
    assert transactions_bulk_upsert(actor=actor, rows=rows).failed == 0
    outbox_drain_all()


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04zip", b"\x00\x01\x02", b"", b"a,b\n", b"\xff\xfe\x81\x00x"]
)
def test_a_file_that_is_no_such_table_is_refused_with_a_sentence(
    program: Program, client_for: Callable[[str], Client], system: Actor, content: bytes
) -> None:
    answer = upload(client_for("manager"), content)
    assert answer.status_code in {400, 413, 422}
    assert answer.context["form"].errors
    assert not Transaction.objects.for_actor(system).exists()


@pytest.mark.parametrize("role", ["staff", "viewer", "designer"])
def test_only_owners_and_managers_import(
    program: Program, client_for: Callable[[str], Client], system: Actor, role: str
) -> None:
    make_customers(program, 1)
    assert upload(client_for(role), FILE.encode()).status_code == 403
    assert not Transaction.objects.for_actor(system).exists()


def test_staff_see_promises_but_no_money(
    program: Program, client_for: Callable[[str], Client], system: Actor
) -> None:
    make_customers(program, 1)
    sell(system, 0, 1)
    answer = client_for("staff").get(url())
    assert answer.status_code == 200
    assert answer.context["revenue"] is None
    assert ">C0<" not in answer.content.decode()
    assert client_for("staff").get(url("transactions/")).status_code == 403


def test_a_viewer_sees_pseudonyms(
    program: Program, client_for: Callable[[str], Client], system: Actor
) -> None:
    make_customers(program, 1)
    sell(system, 0, 1)
    page = client_for("viewer").get(url("value/")).content.decode()
    assert "Customer 0" not in page
    assert "Customer 0" in client_for("manager").get(url("value/")).content.decode()


def test_a_promise_is_written_changed_and_deleted_in_the_browser(
    program: Program, client_for: Callable[[str], Client], system: Actor
) -> None:
    client = client_for("manager")
    form = {"name_en": "On time", "promise_en": "On the day", "state": "draft"}
    assert client.post(url("propositions/new/"), form).status_code == 302
    made = ValueProposition.objects.for_actor(system).get()
    edited = {**form, "promise_ko": "그날에", "version": made.version}
    assert client.post(url(f"propositions/{made.pk}/edit/"), edited).status_code == 302
    made.refresh_from_db()
    assert made.promise == {"en": "On the day", "ko": "그날에"}
    stale = client.post(url(f"propositions/{made.pk}/edit/"), {**form, "version": 1})
    assert stale.status_code == 409
    made.refresh_from_db()
    assert made.promise["ko"] == "그날에"
    assert client.post(url(f"propositions/{made.pk}/delete/")).status_code == 302
    assert not ValueProposition.objects.for_actor(system).exists()


def test_a_promise_without_a_name_is_not_saved(
    program: Program, client_for: Callable[[str], Client], system: Actor
) -> None:
    answer = client_for("manager").post(url("propositions/new/"), {"state": "draft"})
    assert answer.status_code == 422
    assert not ValueProposition.objects.for_actor(system).exists()


def test_another_program_s_promise_is_not_there(
    program: Program, stranger_client: Client, system: Actor
) -> None:
    made = proposition_create(actor=system, name={"en": "A"}, promise={"en": "B"})
    path = f"/p/other/loyalty/propositions/{made.pk}/"
    assert stranger_client.get(path).status_code == 404
    assert stranger_client.post(path + "delete/").status_code == 404
    assert ValueProposition.objects.for_actor(system).exists()


def test_thirty_rows_cost_as_many_queries_as_one(
    program: Program,
    client_for: Callable[[str], Client],
    system: Actor,
    assert_same_queries: Callable[[Callable[[], Any], Callable[[], Any]], int],
) -> None:
    make_customers(program, 31)
    sell(system, 0, 1)
    proposition_create(actor=system, name={"en": "A"}, promise={"en": "B"})
    client = client_for("manager")

    def load() -> None:
        for path in ("", "value/", "value/model/", "transactions/", "propositions/"):
            assert client.get(url(path)).status_code == 200

    def grow() -> None:
        sell(system, 1, 30)
        for _ in range(29):
            proposition_create(actor=system, name={"en": "A"}, promise={"en": "B"})

    assert_same_queries(load, grow)


def test_a_customer_s_page_tells_what_they_bought_and_brought(
    program: Program, client_for: Callable[[str], Client], system: Actor
) -> None:
    (customer,) = make_customers(program, 1)
    sell(system, 0, 1)
    page = client_for("manager").get(f"/p/acme/customers/{customer.pk}/").content.decode()
    assert "Purchase ₩1,000" in page
    assert "What this customer is worth" in page
    hidden = client_for("staff").get(f"/p/acme/customers/{customer.pk}/").content.decode()
    assert "₩1,000" not in hidden
    assert "What this customer is worth" not in hidden


def test_another_program_s_promise_cannot_be_told_apart(
    program: Program, stranger_client: Client, system: Actor
) -> None:
    made = proposition_create(actor=system, name={"en": "A"}, promise={"en": "B"})
    path = f"/p/other/loyalty/propositions/{made.pk}/difference/"
    assert stranger_client.get(path).status_code == 404
    assert stranger_client.post(path, {"text_en": "x"}).status_code == 404
