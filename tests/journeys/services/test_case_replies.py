"""Canned replies: worded per language, sent to who may be written to, noted as an attempt."""

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, Notification
from cxportal.core.services.consent import suppression_add
from cxportal.core.services.erasure import customer_erase
from journeys.models import CannedReply, Case, CaseContact, PlainMail
from journeys.queries.cases import case_history
from journeys.services.canned_replies import canned_reply_save
from journeys.services.case_replies import case_reply, reply_language, reply_words
from journeys.services.cases import case_open, case_take
from journeys.services.plain_mails import MAX_ATTEMPTS, mails_send_due
from tests.conftest import make_customers

ActorFor = Callable[[str], Actor]
ClientFor = Callable[[str], Client]


def make_case(actor: Actor, email: str = "kim@home.example", language: str = "ko") -> Case:
    (customer,) = make_customers(actor.program, 1)
    Customer.unscoped.filter(pk=customer.pk).update(email=email, name="김하나", language=language)
    customer.refresh_from_db()
    return case_open(actor=actor, title="x", customer=customer)


def test_a_reply_speaks_the_customers_language_unless_another_is_asked(
    actor_for: ActorFor, system: Actor
) -> None:
    case, manager = make_case(system), actor_for("manager")
    reply = CannedReply.objects.for_actor(system).get(code="apology")
    assert reply_language(manager, case.customer) == "ko"
    assert reply_language(manager, case.customer, "en") == "en"
    assert reply_language(manager, case.customer, "xx") == "ko"
    words = reply_words(manager, case, reply, "ko")
    assert words["body"].startswith("김하나님, 안녕하세요.")
    assert "{{" not in words["body"]
    assert "Hello 김하나," in reply_words(manager, case, reply, "en")["body"]


def test_what_is_sent_is_noted_as_an_attempt_and_starts_the_work(
    actor_for: ActorFor, system: Actor
) -> None:
    case, manager = make_case(system), actor_for("manager")
    contact = case_reply(
        actor=manager, case=case, subject="Sorry\nBcc: a@b.example", body="New one sent."
    )
    assert not mail.outbox
    assert (mails_send_due(), mails_send_due()) == (1, 0)
    (message,) = mail.outbox
    assert (message.to, message.bcc) == (["kim@home.example"], [])
    assert message.subject == "Sorry Bcc: a@b.example"
    assert manager.user is not None
    assert message.reply_to == [manager.user.email]
    case.refresh_from_db()
    assert (case.state, case.reached_at) == ("working", None)
    assert case.contacted_at == contact.at
    assert (contact.channel, contact.reached) == ("email", False)
    assert contact.note.endswith("New one sent.")
    with pytest.raises(DomainError) as twice:
        case_reply(actor=manager, case=case, subject="Sorry Bcc: a@b.example", body="New one sent.")
    assert (twice.value.code, len(mail.outbox)) == ("sent_already", 1)


def test_nobody_is_written_to_who_must_not_be(actor_for: ActorFor, system: Actor) -> None:
    case, manager = make_case(system), actor_for("manager")
    suppression_add(actor=system, address="KIM@home.example")
    with pytest.raises(DomainError) as barred:
        case_reply(actor=manager, case=case, subject="a", body="b")
    assert barred.value.code == "suppressed"
    nameless = case_open(actor=system, title="y")
    with pytest.raises(DomainError) as nowhere:
        case_reply(actor=manager, case=nameless, subject="a", body="b")
    assert nowhere.value.code == "no_address"
    with pytest.raises(Denied):
        case_reply(actor=actor_for("viewer"), case=case, subject="a", body="b")
    blind = actor_for("staff")
    assert blind.membership is not None
    blind.membership.sees_personal_data = False
    with pytest.raises(Denied):
        case_reply(actor=blind, case=case, subject="a", body="b")
    assert not mail.outbox
    assert not CaseContact.objects.for_actor(system).exists()


def test_a_mail_that_cannot_be_sent_is_tried_again_and_then_said(
    actor_for: ActorFor, system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_more: Any) -> int:
        raise ConnectionRefusedError

    case, manager = make_case(system), actor_for("manager")
    case_take(actor=manager, case=case)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        case_reply(actor=manager, case=case, subject="a", body="b")
        assert (mails_send_due(), len(mail.outbox)) == (0, 0)
        waits = PlainMail.objects.for_actor(system)
        assert "E-mail: is being sent" in [e.text for e in case_history(manager, case)]
        waits.update(due_at=timezone.now(), attempts=MAX_ATTEMPTS - 1)
        mails_send_due()
    case.refresh_from_db()
    assert (case.contacted_at, waits.get().body) == (None, "")
    assert "E-mail: could not be sent" in [e.text for e in case_history(manager, case)]
    notice = Notification.unscoped.get(kind="case_mail_failed")
    assert notice.membership == manager.membership


def test_an_erased_customer_gets_no_mail_that_was_waiting(
    actor_for: ActorFor, system: Actor
) -> None:
    case = make_case(system)
    case_reply(actor=actor_for("manager"), case=case, subject="a", body="b")
    assert case.customer is not None
    customer_erase(actor=actor_for("owner"), customer=Customer.unscoped.get(pk=case.customer.pk))
    assert (mails_send_due(), mail.outbox) == (0, [])


def test_nothing_goes_out_when_the_note_is_rolled_back(
    actor_for: ActorFor, system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case(system)
    monkeypatch.setattr(
        "journeys.services.case_replies.personal_data_looked", Mock(side_effect=OSError)
    )
    with pytest.raises(OSError):
        case_reply(actor=actor_for("manager"), case=case, subject="a", body="b")
    assert (mails_send_due(), mail.outbox) == (0, [])


def test_a_tag_nothing_fills_is_refused(actor_for: ActorFor, system: Actor) -> None:
    manager = actor_for("manager")
    with pytest.raises(DomainError) as refused:
        canned_reply_save(actor=manager, code="a", name="A", subject="S", body="{{birthday}}")
    assert list(refused.value.details) == ["body"]
    made = canned_reply_save(actor=manager, code="a", name="A", subject="S", body="{{name}}")
    again = canned_reply_save(actor=manager, code="a", name="B", subject="S", body="{{name}}")
    assert (made.pk, again.version) == (again.pk, 2)
    with pytest.raises(Denied):
        canned_reply_save(actor=actor_for("staff"), code="b", name="B", subject="S", body="B")


def test_a_reply_is_chosen_edited_and_sent_on_the_page(
    client_for: ClientFor, system: Actor
) -> None:
    case = make_case(system)
    reply = CannedReply.objects.for_actor(system).get(code="not_reached")
    client, address = client_for("manager"), f"/p/acme/cases/{case.pk}/reply/"
    assert f"{address}?reply={reply.pk}" in client.get(f"/p/acme/cases/{case.pk}/").text
    page = client.get(f"{address}?reply={reply.pk}&language=ko")
    assert "전화드렸으나" in page.text
    assert client.post(address, {"subject": "", "body": "kept words"}).status_code == 422
    sent = client.post(address, {"subject": "S", "body": "Edited"})
    assert "is being sent" in client.get(f"/p/acme/cases/{case.pk}/").text
    mails_send_due()
    assert (sent.status_code, mail.outbox[0].body) == (302, "Edited")
    assert "written, no answer noted" in client.get(f"/p/acme/cases/{case.pk}/").text
    assert client_for("viewer").get(address).status_code == 403


def test_a_reply_is_worded_on_the_page(client_for: ClientFor, system: Actor) -> None:
    client = client_for("manager")
    form = {
        "name_en": "Later",
        "code": "later",
        "subject_en": "Soon",
        "body_en": "Soon, {{name}}",
        "position": 9,
        "is_active": "on",
    }
    assert client.post("/p/acme/cases/replies/new/", form).status_code == 302
    made = CannedReply.objects.for_actor(system).get(code="later")
    address = f"/p/acme/cases/replies/{made.pk}/"
    assert "Soon, {{name}}" in client.get(address).text
    assert client.post(address, form | {"version": 7}).status_code == 409
    assert client.post(address, form | {"version": 1, "subject_en": "Now"}).status_code == 302
    made.refresh_from_db()
    assert made.subject == {"en": "Now"}
    assert "Later" in client.get("/p/acme/cases/rules/").text
