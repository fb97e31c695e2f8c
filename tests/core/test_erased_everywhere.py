"""After one person is erased, no table, file, log line or export holds what named them."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program
from cxportal.core.queries.customers import customers_listed, customers_matching
from cxportal.core.services.consent import suppression_add
from cxportal.core.services.customers import customer_create, customer_update
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.events import event_record
from cxportal.core.services.merges import customer_merge
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.services.privacy import person_data, privacy_link
from loyalty.services.transactions import transactions_bulk_upsert
from surveys.models import Score
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.api.conftest import Api, make_api
from tests.conftest import make_customers

pytestmark = pytest.mark.django_db

SEEDS = {
    "name": "Zebulon Quixote",
    "email": "zebulon@quixote.example",
    "phone": "010-7788-9911",
    "external_id": "ZQ-778899",
    "other": "ZQ-DOUBLE-1",
    "attribute": "lives behind the mill",
    "comment": "It was me who waited with the green umbrella",
    "place": "Windmill lane",
    "order": "ORDER-ZQ-1",
}


def seeded(api: Api, actor: Actor) -> Customer:
    """A person everywhere the portal keeps people."""
    values = {name: SEEDS[name] for name in ("name", "email", "phone", "external_id")}
    attributes = {"note": SEEDS["attribute"]}
    body = {**values, "attributes": attributes}
    assert api.call("POST", "customers/", body, idempotency_key="k")[0] == 201
    person = Customer.objects.for_actor(actor).get(external_id=SEEDS["external_id"])
    double = customer_create(
        actor=actor, external_id=SEEDS["other"], name=SEEDS["name"], email="zeb@quixote.example"
    )
    customer_update(actor=actor, customer=person, phone=SEEDS["phone"])
    event_record(
        actor=actor, customer=double, kind="visit", place=SEEDS["place"],
        data={"note": SEEDS["attribute"]},
    )  # fmt: skip
    suppression_add(actor=actor, address=SEEDS["email"])
    rows = [{"external_id": SEEDS["order"], "customer": SEEDS["external_id"], "amount": 9,
             "occurred_at": "2026-03-01"}]  # fmt: skip
    transactions_bulk_upsert(actor=actor, rows=rows)
    survey = survey_create(actor=actor, title="Visit", template="nps")
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    answers = [
        {"external_id": SEEDS["external_id"], "answers": {"nps": 3, "why": SEEDS["comment"]}},
        {"external_id": "C0", "answers": {"nps": 9, "why": "Fine"}},
    ]
    assert responses_record(actor=actor, survey=survey, rows=answers).failed == 0
    customer_merge(actor=actor, kept=person, merged=double)
    privacy_link(actor=actor, customer=person)
    return person


def rows_of_every_table() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # the test's own names
            yield from ((table, row) for (row,) in cursor.fetchall())


def held(folder: Path) -> list[str]:
    found = [
        f"{table}: {seed}"
        for table, row in rows_of_every_table()
        for seed in SEEDS.values()
        if seed in row
    ]
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            found += [f"{path.name}: {seed}" for seed in SEEDS.values() if seed in text]
    return found


def scores() -> list[tuple[Any, ...]]:
    rows = Score.unscoped.order_by("pk")  # unscoped: the whole test database
    return list(rows.values_list("metric", "day", "value"))


def test_no_table_file_log_or_export_holds_what_named_them(
    program: Program, system: Actor, settings: Any, tmp_path: Path, caplog: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    caplog.set_level(logging.DEBUG, logger="cxportal")
    make_customers(program, 1)
    api = make_api(program)
    person = seeded(api, system)
    outbox_drain_all()
    assert len(held(tmp_path)) > 10
    before = scores()
    customer_erase(actor=system, customer=person)
    outbox_drain_all()
    assert held(tmp_path) == []
    assert scores() == before and len(before) > 1
    assert not [seed for seed in SEEDS.values() if seed in caplog.text]
    assert not customers_matching(system, customers_listed(system), "Zebulon").exists()
    stored = Customer.objects.for_actor(system).get(pk=person.pk)
    exported = str(person_data(system, stored))
    assert not [seed for seed in SEEDS.values() if seed in exported]


def page_of(system: Actor, customer: Customer) -> str:
    return "/my/" + privacy_link(actor=system, customer=customer).split("/my/")[1]


def test_a_person_sees_corrects_decides_takes_along_and_erases(
    program: Program, system: Actor
) -> None:
    (person,) = make_customers(program, 1)
    path, client = page_of(system, person), Client(enforce_csrf_checks=True)
    page = client.get(path)
    assert page.status_code == 200 and "Customer 0" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer" and not page.cookies
    client.post(path, {"wish": "correct", "name": "Kim Sora", "phone": "010-1", "email": ""})
    person.refresh_from_db()
    assert (person.name, person.phone, person.email) == ("Kim Sora", "010-1", "")
    wrong = client.post(path, {"wish": "correct", "email": "no address", "name": "Typed"})
    assert wrong.status_code == 422 and "Typed" in wrong.content.decode()
    client.post(path, {"wish": "decide", "survey-email": "no", "marketing-sms": "yes"})
    client.post(path, {"wish": "decide", "survey-email": "no"})
    decided = [(c.purpose, c.channel, c.granted) for c in person.consents.order_by("pk")]
    assert decided == [("survey", "email", False), ("marketing", "sms", True)]
    data = client.get(path + "data.json")
    assert data.json()["person"]["name"] == "Kim Sora"
    assert {"events", "consents", "transactions", "answers"} <= set(data.json())
    assert client.post(path, {"wish": "erase"}).status_code == 422
    assert client.get(path + "?wish=erase").status_code == 200
    person.refresh_from_db()
    assert person.erased_at is None
    assert client.post(path, {"wish": "erase", "sure": "yes"}).status_code == 200
    person.refresh_from_db()
    assert person.erased_at is not None and person.name == ""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/my/", "/my/nothing/", "/my/" + "a" * 43 + "/", "/my/가/"])
def test_a_link_that_opens_nothing_says_so(db: None, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_the_page_is_in_the_persons_language(program: Program, system: Actor) -> None:
    (person,) = make_customers(program, 1)
    Customer.objects.for_actor(system).update(language="ko")
    page = Client().get(page_of(system, person)).content.decode()
    assert 'lang="ko"' in page
