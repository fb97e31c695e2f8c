"""After one person is erased, no table, file, log line or export holds what named them."""

import logging
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.http import SafeResponse
from cxportal.core.models import Customer, Membership, Program, Webhook
from cxportal.core.outbox_folder import FOLDER_BACKEND
from cxportal.core.queries.customers import customers_listed, customers_matching
from cxportal.core.services.consent import suppression_add
from cxportal.core.services.customers import customer_create, customer_update
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.events import event_record
from cxportal.core.services.files import file_store
from cxportal.core.services.jobs import jobs_run_due
from cxportal.core.services.merges import customer_merge
from cxportal.core.services.notes import note_add
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.services.privacy import person_data, privacy_link
from cxportal.core.services.table_imports import table_import_start
from cxportal.core.services.webhooks import webhooks_deliver_due
from journeys.services.actions import action_create
from journeys.services.cases import case_contact, case_open
from loyalty.services.points import member_enrol, points_earn
from loyalty.services.points_scheme import scheme_save
from loyalty.services.points_tiers import points_prove
from loyalty.services.transactions import transactions_bulk_upsert
from surveys.models import Comment, Score, Survey, Tally, TextVector
from surveys.services.answer_files import PERMISSION as ANSWER_FILE
from surveys.services.exports import responses_export
from surveys.services.questions import question_add
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
    "case": "Slipped on the marble stairs",
    "contact": "Reached at the lighthouse number",
    "note": "Prefers to be called Zebbie",
    "attached": "Scan of the sailing licence",
    "action": "Bring the lost violin back",
    "points": "Paid for the windmill calendar",
    "till": "TILL-ZQ-0042",
    "answer file": "Photo of the broken umbrella",
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
    question_add(actor=actor, survey=survey, kind="file", code="photo", text="Photo")
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    photo = file_store(
        actor=actor, name="p.txt", content=SEEDS["answer file"].encode(), permission=ANSWER_FILE
    )
    file = {"id": photo.pk, "name": photo.name, "size": photo.size}
    words = {"nps": 3, "why": SEEDS["comment"], "photo": [file]}
    answers = [
        {"external_id": SEEDS["external_id"], "answers": words},
        {"external_id": "C0", "answers": {"nps": 9, "why": "Fine"}},
    ]
    assert responses_record(actor=actor, survey=survey, rows=answers).failed == 0
    customer_merge(actor=actor, kept=person, merged=double)
    privacy_link(actor=actor, customer=person)
    return person


def seeded_work(actor: Actor, person: Customer, owner: Membership) -> None:
    """What people wrote about the person, and where the person was quoted, counted, mailed."""
    case = case_open(actor=actor, title=SEEDS["case"], customer=person, description=SEEDS["name"])
    case_contact(actor=actor, case=case, channel="phone", reached=True, note=SEEDS["contact"])
    file = file_store(actor=actor, name="a.txt", content=SEEDS["attached"].encode())
    note_add(actor=actor, obj=case, text=SEEDS["note"], mentions=[owner], files=[file])
    action_create(
        actor=actor, title=f"Call {SEEDS['name']}", customer=person, owner=owner,
        description=SEEDS["action"],
    )  # fmt: skip
    # Work for everybody that quotes the person and names them.
    quoting = action_create(
        actor=actor, title="Put up umbrellas", description=f"“{SEEDS['comment']}”"
    )
    note_add(actor=actor, obj=quoting, text=f"Said {SEEDS['name']}, {SEEDS['email']}")
    scheme_save(actor=actor, name={"en": "Club"}, earn_rate=1)
    account = member_enrol(actor=actor, customer=person)
    points_earn(actor=actor, account=account, points=5, key=SEEDS["till"], note=SEEDS["points"])
    mail = EmailMessage("Hello", f"Dear {SEEDS['name']}, 안녕하세요", to=[SEEDS["email"]])
    mail.send()
    waiting = f"id,name\n{SEEDS['external_id']},{SEEDS['name']}\n".encode()
    table_import_start(actor=actor, kind="customers", name="waiting.csv", content=waiting)


def exported(actor: Actor, survey: Survey, owner: Actor) -> None:
    """Exports that are kept: one plain, one packed."""
    for kind in ("csv", "xlsx"):
        responses_export(actor=owner, survey=survey, format=kind)
    assert jobs_run_due() == 2


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
            text = readable(path)
            found += [f"{path.name}: {seed}" for seed in SEEDS.values() if seed in text]
    return found


def readable(path: Path) -> str:
    """A file's text, out of its packing."""
    content = path.read_bytes()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            return "".join(
                archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
            )
    if path.suffix == ".eml":
        body = message_from_bytes(content, policy=policy.default).get_body()
        return content.decode() + (body.get_content() if body else "")
    return content.decode("utf-8", "replace")


def scores() -> list[tuple[Any, ...]]:
    rows = Score.unscoped.order_by("pk")  # unscoped: the whole test database
    return list(rows.values_list("metric", "day", "value"))


def tallied() -> list[tuple[Any, ...]]:
    rows = Tally.unscoped.order_by("metric", "dimension", "day")  # unscoped: the test database
    return list(rows.values_list("metric", "dimension", "day", "n", "total"))


def test_no_table_file_log_or_export_holds_what_named_them(  # noqa: PLR0917 - fixtures
    program: Program,
    system: Actor,
    people: dict[str, Membership],
    settings: Any,
    tmp_path: Path,
    caplog: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.MEDIA_ROOT, settings.OUTBOX_DIR = str(tmp_path / "files"), str(tmp_path / "mails")
    settings.EMAIL_BACKEND = FOLDER_BACKEND
    caplog.set_level(logging.DEBUG, logger="cxportal")
    make_customers(program, 1)
    Webhook.unscoped.create(
        program=program, url="https://crm.example/", events=["*"], secret="whsec_c2VjcmV0"
    )
    person = seeded(make_api(program), system)
    outbox_drain_all()
    seeded_work(system, person, people["staff"])
    exported(system, Survey.objects.for_actor(system).get(), Actor.member(people["owner"]))
    outbox_drain_all()
    key = Comment.unscoped.get(customer=person).text_key  # unscoped: the test's own
    assert key is not None
    TextVector.unscoped.create(program=program, key=key, vector=b"said")
    found = {hit.split(": ", 1)[1] for hit in held(tmp_path)}
    assert found == set(SEEDS.values())
    before, counted = scores(), tallied()
    with django_capture_on_commit_callbacks(execute=True):
        customer_erase(actor=system, customer=person)
    outbox_drain_all()
    # Other systems hear once whom to erase as well; then nobody knows it here any more.
    assert held(tmp_path) == [f"core_webhookdelivery: {SEEDS['external_id']}"]
    sent = Mock(return_value=SafeResponse(200))
    monkeypatch.setattr("cxportal.core.services.webhooks.safe_request", sent)
    webhooks_deliver_due(limit=500)
    assert SEEDS["external_id"] in str(sent.call_args_list)
    assert held(tmp_path) == []
    assert (scores(), tallied()) == (before, counted) and len(before) > 1
    assert not TextVector.unscoped.filter(vector=b"said").exists()
    assert points_prove(system).is_right
    assert not [seed for seed in SEEDS.values() if seed in caplog.text]
    assert not customers_matching(system, customers_listed(system), "Zebulon").exists()
    stored = Customer.objects.for_actor(system).get(pk=person.pk)
    told = str(person_data(system, stored))
    assert not [seed for seed in SEEDS.values() if seed in told]


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
