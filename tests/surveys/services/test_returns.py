"""What comes back after sending: reports, complaints, provider webhooks; and anonymous answers."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection

from cxportal.core.actors import Actor
from cxportal.core.models import Suppression
from surveys.calc.returned_mail import returned_read
from surveys.models import Delivery, Invitation, Response
from surveys.queries.campaigns import campaign_progress
from surveys.queries.links import target_of
from surveys.rendering import compiled_version
from surveys.services.anonymity import anonymous_blur
from surveys.services.deliveries import deliveries_send
from surveys.services.letters import message_id
from surveys.services.links import invitation_url
from surveys.services.responses import response_complete
from surveys.services.returns import provider_event, report_take
from tests.conftest import make_customers
from tests.surveys.campaign_cast import make_survey, running

pytestmark = pytest.mark.django_db

# RFC 3464, appendix E.1, with our Message-ID and a modern status.
DSN = """\
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>
To: portal@example.com
Subject: Returned mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

The following address had a permanent error.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Original-Recipient: rfc822;c0@example.com
Final-Recipient: rfc822;C0@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 c0@example.com: no such user

--B
Content-Type: message/rfc822

From: portal@example.com
To: c0@example.com
Message-ID: {message_id}
Subject: Hi

Text
--B--
"""
# RFC 5965, appendix B.2, shortened.
ARF = """\
From: <abuse@provider.example>
To: <portal@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an email abuse report.
--B
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <c0@example.com>

--B
Content-Type: message/rfc822

Message-ID: {message_id}
From: portal@example.com

Spam
--B--
"""


def sent(actor: Actor) -> Delivery:
    make_customers(actor.program, 1)
    running(actor)
    deliveries_send(seconds=5)
    return Delivery.unscoped.get()


def test_a_bounce_is_written_beside_its_message_and_stops_the_address(system: Actor) -> None:
    row = sent(system)
    report = DSN.format(action="failed", status="5.1.1", message_id=message_id(row)).encode()
    assert report_take(report) == 1
    assert report_take(report) == 0
    row.refresh_from_db()
    assert (row.state, row.came_back) == ("sent", "bounced")
    assert row.reason == "550 5.1.1 …: no such user"
    assert Suppression.unscoped.get().reason == "bounced"
    assert campaign_progress(row.campaign).came_back == {"bounced": 1}


def test_a_full_mailbox_is_no_reason_to_stop_writing(system: Actor) -> None:
    row = sent(system)
    report = DSN.format(action="failed", status="5.2.2", message_id=message_id(row)).encode()
    assert report_take(report) == 1
    assert not Suppression.unscoped.exists()


@pytest.mark.parametrize(
    ("action", "forged"), [("delayed", False), ("delivered", False), ("failed", True)]
)
def test_delays_successes_and_forgeries_change_nothing(
    system: Actor, action: str, forged: bool
) -> None:
    row = sent(system)
    named = f"<d{row.pk}.{'0' * 24}@localhost>" if forged else message_id(row)
    report = DSN.format(action=action, status="5.1.1", message_id=named).encode()
    assert report_take(report) == 0
    assert not Suppression.unscoped.exists()


def test_a_complaint_is_never_written_to_again(system: Actor) -> None:
    row = sent(system)
    assert report_take(ARF.format(message_id=message_id(row)).encode()) == 1
    assert Suppression.unscoped.get().reason == "complained"


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 50, b"Subject: hello\n\nNot a report"])
def test_other_mail_is_left_alone(raw: bytes) -> None:
    assert returned_read(raw) == []


def test_a_providers_webhook_says_the_same(system: Actor) -> None:
    row = sent(system)
    event = SimpleNamespace(
        event_type="bounced",
        metadata={"message_id": message_id(row)},
        message_id="provider-7",
        reject_reason="invalid",
        mta_response="550 unknown",
        description="",
        recipient="c0@example.com",
    )
    provider_event(None, event=event, esp_name="Postmark")
    row.refresh_from_db()
    assert row.came_back == "bounced"
    assert Suppression.unscoped.get().address == "c0@example.com"


def answer_all(actor: Actor) -> None:
    """Each invited person answers an anonymous survey by their own link."""
    for invitation in Invitation.unscoped.order_by("pk"):
        target = target_of(invitation_url(invitation).rstrip("/").rpartition("/")[2])
        assert target is not None
        assert target.version_id is not None
        response_complete(
            target=target,
            version=compiled_version(target.version_id),
            submission_id=uuid4(),
            language="en",
            answers={"nps": invitation.customer_id % 11},
        )


def linked() -> int:
    """Answers the database itself would give away: written by the transaction of one mark."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM surveys_response r JOIN surveys_invitation i"
            " ON i.xmin::text = r.xmin::text WHERE (SELECT count(*) FROM surveys_invitation o"
            " WHERE o.xmin::text = i.xmin::text) = 1"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_an_anonymous_answer_has_no_way_back_not_even_in_the_database(system: Actor) -> None:
    make_customers(system.program, 5)
    survey = make_survey(system.program, anonymous=True)
    survey.anonymous = True
    survey.save()
    running(system, survey=survey)
    deliveries_send(seconds=5)
    answer_all(system)
    assert linked() == 5
    assert anonymous_blur() == 1
    assert linked() == 0
    assert anonymous_blur() == 0
    answers = Response.unscoped.all()
    assert all(r.customer_id is None and r.invitation_id is None for r in answers)
    # Marks and answers carry their day only.
    moments = {i.answered_at for i in Invitation.unscoped.all()} | {r.completed_at for r in answers}
    assert len(moments) == 1
