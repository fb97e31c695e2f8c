"""A message that was given up goes out again when somebody says so, and only then."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import AuditEntry
from cxportal.core.services.consent import suppression_add
from surveys.models import Campaign, Delivery
from surveys.queries.retries import GAVE_UP, retries_open
from surveys.services.campaigns import campaign_stop
from surveys.services.deliveries import deliveries_send
from surveys.services.retries import campaign_retry
from tests.conftest import make_customers
from tests.surveys.campaign_cast import running, states

pytestmark = pytest.mark.django_db

ENDS = [
    ("hard", GAVE_UP),
    ("unknown", "timed out"),
    ("hard", "550 5.1.1 no such user"),
    ("sent", ""),
]


@pytest.fixture
def campaign(system: Actor) -> Campaign:
    """Given up, in doubt, wrong address, sent: one message each."""
    make_customers(system.program, 4)
    campaign = running(system, contact_gap_days=0)
    rows = Delivery.unscoped.filter(campaign=campaign).order_by("invitation__customer_id")
    for row, (state, reason) in zip(rows, ENDS, strict=True):
        Delivery.unscoped.filter(pk=row.pk).update(state=state, reason=reason, attempt=7)
    return campaign


def test_only_what_was_given_up_is_tried_again(system: Actor, campaign: Campaign) -> None:
    assert retries_open(campaign) == {"refused": 1, "unknown": 1}
    assert campaign_retry(actor=system, campaign=campaign) == 1
    mail.outbox.clear()
    deliveries_send(seconds=5)
    assert [sent.to[0] for sent in mail.outbox] == ["c0@example.com"]
    assert states(campaign) == {"sent": 2, "unknown": 1, "hard": 1}
    entry = AuditEntry.unscoped.get(action="campaign.retry")
    assert entry.changes == {"refused": 1}
    with pytest.raises(DomainError, match="no message") as refused:
        campaign_retry(actor=system, campaign=campaign)
    assert refused.value.code == "nothing_to_retry"


def test_those_in_doubt_go_out_again_only_on_wish(system: Actor, campaign: Campaign) -> None:
    assert campaign_retry(actor=system, campaign=campaign, unknown=True) == 2
    deliveries_send(seconds=5)
    assert states(campaign) == {"sent": 3, "hard": 1}


def test_who_asked_not_to_be_written_to_stays_left_out(system: Actor, campaign: Campaign) -> None:
    suppression_add(actor=system, address="c0@example.com", reason="unsubscribed")
    campaign_retry(actor=system, campaign=campaign)
    deliveries_send(seconds=5)
    assert states(campaign)["skipped"] == 1


def test_a_stopped_campaign_and_a_reader_retry_nothing(
    system: Actor, campaign: Campaign, actor_for: Callable[[str], Actor]
) -> None:
    with pytest.raises(Denied):
        campaign_retry(actor=actor_for("viewer"), campaign=campaign)
    campaign_stop(actor=system, campaign=campaign)
    with pytest.raises(DomainError, match="running or paused"):
        campaign_retry(actor=system, campaign=campaign)
    assert states(campaign) == {"hard": 2, "unknown": 1, "sent": 1}


def test_the_button_says_how_many_and_asks_before_doubling(
    client_for: Callable[[str], Client], campaign: Campaign
) -> None:
    browser, page = client_for("manager"), f"/p/acme/campaigns/{campaign.pk}/"
    html = browser.get(page).content.decode()
    assert "Retry failed" in html
    assert "they may get it twice" in html
    answer = browser.post(f"{page}retry/", {"unknown": "on"}, follow=True)
    assert "2 messages are tried again." in answer.content.decode()
    assert "Retry failed" not in browser.get(page).content.decode()
