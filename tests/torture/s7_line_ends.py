"""S7: line ends in subject, names, addresses; no header is added and the campaign goes on."""

from email.message import EmailMessage
from typing import Any

from cxportal.core.errors import DomainError
from cxportal.core.models import Customer
from surveys.models import Campaign
from surveys.services.campaigns import campaign_create, campaign_start
from surveys.services.deliveries import deliveries_send
from surveys.services.invitations import occurrence_fill, occurrences_due
from tests.surveys.campaign_cast import make_survey
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, mail_settings, make_crowd, state_counts
from tests.torture.sink import Sink

FAULT = "S7"
BREAKS = ("\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "%0d%0a", "\r\n\r\n")
TAILS = ("Bcc: victim@example.com", "X-Injected: 1", "\tfolded: 1", ".\r\nMAIL FROM:<x@y>")
PAYLOADS = [f"Hi{line_end}{tail}" for line_end in BREAKS for tail in TAILS][:30]
EXPECTED = {
    "content-type", "mime-version", "subject", "from", "to", "date", "message-id",
    "content-language", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
    "content-transfer-encoding", "x-peer", "x-mailfrom", "x-rcptto",
}  # fmt: skip
SAFE = 5


def run(size: str) -> Line:
    """The same at every size: thirty payloads at each place, among people who are well."""
    with Sink() as sink, mail_settings(sink.env):
        extra, refused, wrong = 0, 0, 0
        for place in (_in_names, _in_addresses, _in_texts, _in_head):
            sink.taken.clear()
            refused += place()
            extra += sum(_extra_headers(one.message) for one in sink.taken)
            wrong += _unwell(place.__name__.strip("_").replace("_", "-"), sink)
    figures = {"payloads": len(PAYLOADS) * 4, "extra_headers": extra}
    return Line(FAULT, {**figures, "refused": refused, "held_up": wrong}, extra == wrong == 0)


def _send_all() -> None:
    for occurrence in occurrences_due():
        occurrence_fill(occurrence)
    deliveries_send(seconds=60)


def _unwell(slug: str, sink: Sink) -> int:
    """People whose mail should have come and did not, and messages without an end."""
    counts: dict[str, int] = {}
    for program in {c.program for c in Campaign.unscoped.filter(program__slug__startswith=slug)}:
        for state, number in state_counts(program).items():
            counts[state] = counts.get(state, 0) + number
    settled = counts.get("sent", 0) + counts.get("hard", 0)
    strangers = sum(not one.recipient.endswith("@example.com") for one in sink.taken)
    victims = sum("victim" in one.recipient for one in sink.taken)
    missing = counts.get("sent", 0) != len(sink.taken)
    return sum(counts.values()) - settled + strangers + victims + missing


def _in_names() -> int:
    actor, people = make_crowd("in-names", len(PAYLOADS) + SAFE)
    for customer, payload in zip(people, PAYLOADS, strict=False):
        Customer.unscoped.filter(pk=customer.pk).update(name=payload)
    campaign = crowd_campaign(actor, subject="Hello {{name}}", body="Dear {{name}}")
    campaign_start(actor=actor, campaign=campaign)
    _send_all()
    return 0


def _in_addresses() -> int:
    """Past every check of ours, straight in the table; such a row ends alone."""
    actor, people = make_crowd("in-addresses", len(PAYLOADS) + SAFE)
    for customer, payload in zip(people, PAYLOADS, strict=False):
        address = f"{customer.email}{payload.removeprefix('Hi')}"
        Customer.unscoped.filter(pk=customer.pk).update(email=address)
    campaign_start(actor=actor, campaign=crowd_campaign(actor))
    _send_all()
    return state_counts(actor.program).get("hard", 0)


def _in_texts() -> int:
    """Through the service, as a form or the API would bring it."""
    refused = 0
    for number, payload in enumerate(PAYLOADS):
        actor, _people = make_crowd(f"in-texts-{number}", 1)
        survey = make_survey(actor.program)
        values: dict[str, Any] = {"subject": payload, "sender_name": payload[:60], "body": payload}
        try:
            campaign = campaign_create(actor=actor, survey=survey, name=payload, **values)
        except DomainError:
            refused += 1
            continue
        campaign_start(actor=actor, campaign=campaign)
    _send_all()
    return refused


def _in_head() -> int:
    """Past the service: subject and sender straight in the table."""
    for number, payload in enumerate(PAYLOADS):
        actor, _people = make_crowd(f"in-head-{number}", 1, sender_name=payload)
        campaign = crowd_campaign(actor)
        Campaign.unscoped.filter(pk=campaign.pk).update(subject={"en": payload, "ko": payload})
        campaign.refresh_from_db()
        campaign_start(actor=actor, campaign=campaign)
    _send_all()
    return 0


def _extra_headers(message: EmailMessage) -> int:
    """Headers that do not belong there, and those that stand there twice."""
    names = [name.lower() for name in message]
    return sum(name not in EXPECTED for name in names) + len(names) - len(set(names))
