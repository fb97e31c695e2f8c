"""Text messages: SOLAPI's documented request and answers, the local folder, the night."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Suppression
from cxportal.core.outbox_folder import mails_newest
from surveys.calc.delivery import Event
from surveys.calc.sms import is_long, number_normalised, sms_bytes
from surveys.models import Delivery, Invitation
from surveys.queries.audience import audience_preview
from surveys.services.campaign_tests import SMS_TESTS_A_DAY, campaign_send_test
from surveys.services.campaigns import campaign_start
from surveys.services.couriers import CourierDownError
from surveys.services.deliveries import deliveries_send
from surveys.services.senders import sender_create
from surveys.services.texters import Sms, SolapiProvider, authorization
from tests.conftest import make_customers
from tests.surveys.campaign_cast import make_campaign, running, states

# The answer in SOLAPI's documentation of POST /messages/v4/send.
TAKEN = {
    "groupId": "G4V202009091423236IK8I5YYTFB09VE",
    "to": "01000000001",
    "from": "029302266",
    "type": "SMS",
    "statusMessage": "정상 접수(이통사로 접수 예정) ",
    "country": "82",
    "messageId": "M4V20200909142323TVYRX0MQPPPXD3W",
    "statusCode": "2000",
    "accountId": "12925149",
}
DAY, NIGHT = datetime(2026, 5, 1, 3, 0, tzinfo=UTC), datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Network:
    """Stands in for the provider: keeps requests, answers as told."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.status, self.answer, self.hang_up = 200, dict(TAKEN), False
        network = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                network.requests.append((self.path, dict(self.headers), json.loads(body)))
                if network.hang_up:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
                    self.close_connection = True
                    return
                said = json.dumps(network.answer).encode()
                self.send_response(network.status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_args: Any) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def network(settings: Any) -> Iterator[Network]:
    made = Network()
    settings.SMS_PROVIDER = "solapi"
    settings.SOLAPI_URL = f"http://127.0.0.1:{made.server.server_port}"
    settings.SOLAPI_API_KEY, settings.SOLAPI_API_SECRET = "NCSAYU7YDBXYORXC", "geheim"
    yield made
    made.server.shutdown()
    made.server.server_close()


def carried(message: Sms) -> Any:
    provider = SolapiProvider()
    provider.ready()
    try:
        return provider.carry(message)
    finally:
        provider.close()


def test_the_request_is_the_documented_one(network: Network) -> None:
    outcome = carried(Sms("+82 10-0000-0001", "02-930-2266", "내용", "d1"))
    assert outcome.event is Event.ACCEPTED
    ((path, head, body),) = network.requests
    assert path == "/messages/v4/send"
    message = body["message"]
    assert message.pop("customFields") == {"reference": "d1"}
    assert message == {"to": "01000000001", "from": "029302266", "text": "내용", "type": "SMS"}
    kind, _space, rest = head["Authorization"].partition(" ")
    told = dict(part.split("=", 1) for part in rest.split(", "))
    assert kind == "HMAC-SHA256"
    assert told["apiKey"] == "NCSAYU7YDBXYORXC"
    assert 12 <= len(told["salt"]) <= 64
    signed = hmac.new(b"geheim", (told["date"] + told["salt"]).encode(), hashlib.sha256)
    assert told["signature"] == signed.hexdigest()


def test_each_signature_is_used_once(network: Network) -> None:
    assert authorization() != authorization()
    fixed = authorization(date="2019-07-01T00:41:48Z", salt="jqsba2jxjnrjor")
    assert fixed.startswith(
        "HMAC-SHA256 apiKey=NCSAYU7YDBXYORXC, date=2019-07-01T00:41:48Z, salt=jqsba2jxjnrjor,"
    )


@pytest.mark.parametrize(
    ("status", "answer", "event"),
    [
        (200, {"statusCode": "3040", "statusMessage": "차단"}, Event.REFUSED),
        (400, {"errorCode": "ValidationError", "errorMessage": "to"}, Event.REFUSED),
        (402, {"errorCode": "NotEnoughBalance"}, Event.REFUSED_FOR_NOW),
        (403, {"errorCode": "RequestTimeTooSkewed"}, Event.REFUSED_FOR_NOW),
        (429, {}, Event.REFUSED_FOR_NOW),
        (500, {}, Event.REFUSED_FOR_NOW),
    ],
)
def test_answers_mean_what_the_documentation_says(
    network: Network, status: int, answer: dict[str, str], event: Event
) -> None:
    network.status, network.answer = status, answer
    assert carried(Sms("01000000001", "029302266", "x")).event is event


def test_an_answer_cut_off_leaves_the_message_in_doubt(network: Network) -> None:
    network.hang_up = True
    assert carried(Sms("01000000001", "029302266", "x")).event is Event.REPLY_LOST


def test_without_a_key_or_a_line_nothing_is_tried(network: Network, settings: Any) -> None:
    settings.SOLAPI_API_SECRET = ""
    with pytest.raises(CourierDownError):
        SolapiProvider().ready()
    settings.SOLAPI_API_SECRET = "geheim"
    network.server.shutdown()
    network.server.server_close()
    with pytest.raises(CourierDownError):
        SolapiProvider().ready()


def test_length_is_counted_as_the_network_counts_it() -> None:
    assert sms_bytes("가나다abc") == 9
    assert not is_long("가" * 45)
    assert is_long("가" * 45 + "a")
    assert number_normalised("+82-10-1234-5678") == "01012345678"


def with_phones(actor: Actor, count: int) -> None:
    for number, customer in enumerate(make_customers(actor.program, count)):
        Customer.unscoped.filter(pk=customer.pk).update(phone=f"010-1234-000{number}")


@pytest.mark.django_db
def test_a_campaign_by_text_message_goes_out_by_day_only(
    system: Actor, settings: Any, tmp_path: Path
) -> None:
    settings.OUTBOX_DIR = tmp_path
    with_phones(system, 3)
    Customer.unscoped.filter(external_id="C2").update(phone="")
    Suppression.unscoped.create(
        program=system.program, channel="sms", address="01012340001", reason="manual"
    )
    campaign = make_campaign(system, channel="sms", body={"ko": "{{name}}님, 어떠셨어요?"})
    seen = audience_preview(actor=system, campaign=campaign)
    assert seen.skipped == {"no_address": 1, "suppressed": 1}
    with time_machine.travel(NIGHT, tick=False):
        campaign_start(actor=system, campaign=campaign)
        from tests.surveys.campaign_cast import fill_all

        fill_all()
        assert deliveries_send(seconds=5).handed_over == 0
    assert Delivery.unscoped.get().due_at == datetime(2026, 5, 1, 23, 0, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 5, 1, 23, 0, tzinfo=UTC), tick=False):
        assert deliveries_send(seconds=5).handed_over == 1
    (mail,) = mails_newest()
    assert mail.to == "01012340000@sms.invalid"
    assert "/s/" in mail.text
    assert states(campaign) == {"sent": 1}


@pytest.mark.django_db
def test_the_night_begins_between_claim_and_send(system: Actor, network: Network) -> None:
    with_phones(system, 1)
    sender = sender_create(actor=system, name="Service", phone="02-930-2266")
    evening = datetime(2026, 5, 1, 11, 59, 59, tzinfo=UTC)
    with time_machine.travel(evening, tick=False) as clock:
        running(system, channel="sms", sender=sender)
        from surveys.services.claims import deliveries_claim
        from surveys.services.deliveries import campaigns_due, delivery_send
        from tests.surveys.campaign_cast import desk_with

        (campaign,) = campaigns_due()
        (claim,) = deliveries_claim(campaign=campaign)
        clock.shift(1)
        desk, _courier = desk_with()
        assert delivery_send(desk=desk, campaign=campaign, delivery=claim) is False
    assert network.requests == []
    assert Delivery.unscoped.get().state == "queued"


@pytest.mark.django_db
def test_a_campaign_without_a_number_is_not_started(system: Actor, network: Network) -> None:
    with_phones(system, 1)
    with pytest.raises(DomainError) as refused:
        campaign_start(actor=system, campaign=make_campaign(system, channel="sms"))
    assert refused.value.code == "no_sender_number"


@pytest.mark.django_db
def test_the_provider_gets_one_message_per_person(system: Actor, network: Network) -> None:
    with_phones(system, 2)
    sender = sender_create(actor=system, name="Service", phone="02-930-2266")
    with time_machine.travel(DAY, tick=False):
        campaign = running(system, channel="sms", sender=sender)
        deliveries_send(seconds=5)
    assert states(campaign) == {"sent": 2}
    sent = [body["message"]["to"] for _path, _head, body in network.requests]
    assert sorted(sent) == ["01012340000", "01012340001"]


def test_a_test_message_goes_to_the_number_by_day_and_not_without_end(
    actor_for: Callable[[str], Actor], system: Actor, settings: Any, tmp_path: Path
) -> None:
    settings.TRYOUT, settings.SMS_PROVIDER, settings.OUTBOX_DIR = True, "folder", tmp_path
    campaign, designer = make_campaign(system, channel="sms"), actor_for("designer")

    def tried(number: str) -> str:
        try:
            campaign_send_test(actor=designer, campaign=campaign, address=number)
        except DomainError as error:
            return error.code
        return "sent"

    with time_machine.travel(DAY, tick=False):
        assert {tried("010-1234-5678") for _n in range(SMS_TESTS_A_DAY)} == {"sent"}
        assert tried("010-1234-5678") == "too_many_tests"
        assert tried("call me") == "invalid"
        assert len(mails_newest()) == SMS_TESTS_A_DAY
    with time_machine.travel(NIGHT, tick=False):
        assert tried("010-1234-5678") == "night"
    assert not Invitation.unscoped.exists()
