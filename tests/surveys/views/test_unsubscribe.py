"""Looking changes nothing; confirming, or the mail program's one click, stops the mails."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Consent, Customer, Program, Suppression
from cxportal.core.tokens import derive
from surveys.models import Invitation
from surveys.queries.audience import audience_preview
from surveys.services.links import unsubscribe_token, unsubscribe_url
from tests.conftest import make_customers
from tests.surveys.campaign_cast import make_campaign, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(system: Actor, program: Program) -> Invitation:
    make_customers(program, 2)
    running(system)
    return Invitation.unscoped.get(customer__external_id="C0")


def path_of(invitation: Invitation) -> str:
    return "/u/" + unsubscribe_url(invitation).partition("/u/")[2]


def test_opening_the_link_asks_and_changes_nothing(client: Client, invitation: Invitation) -> None:
    page = client.get(path_of(invitation))
    assert page.status_code == 200
    assert "Acme will not ask you" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"
    assert "sessionid" not in page.cookies
    assert "csrftoken" not in page.cookies
    assert not Consent.unscoped.exists()
    assert not Suppression.unscoped.exists()


@pytest.mark.parametrize("body", [{"List-Unsubscribe": "One-Click"}, {"confirm": "yes"}])
def test_a_post_stops_survey_mails_at_once(
    invitation: Invitation, system: Actor, body: dict[str, str]
) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.post(path_of(invitation), body)
    assert page.status_code == 200
    consent = Consent.unscoped.get()
    assert (consent.customer_id, consent.granted) == (invitation.customer_id, False)
    row = Suppression.unscoped.get()
    assert (row.address, row.reason) == ("c0@example.com", "unsubscribed")
    campaign = make_campaign(system, name="Next", contact_gap_days=0)
    assert audience_preview(actor=system, campaign=campaign).will_receive == 1


def test_a_second_time_writes_nothing_more(client: Client, invitation: Invitation) -> None:
    for _ in range(3):
        client.post(path_of(invitation), {"List-Unsubscribe": "One-Click"})
    assert Consent.unscoped.count() == 1
    assert Suppression.unscoped.count() == 1


def test_any_other_post_only_asks(client: Client, invitation: Invitation) -> None:
    page = client.post(path_of(invitation), {"List-Unsubscribe": "no"})
    assert page.status_code == 200
    assert not Consent.unscoped.exists()


def test_a_person_without_an_address_any_more_is_still_heard(
    client: Client, invitation: Invitation
) -> None:
    Customer.unscoped.filter(pk=invitation.customer_id).update(email="")
    client.post(path_of(invitation), {"confirm": "yes"})
    assert Consent.unscoped.get().granted is False
    assert not Suppression.unscoped.exists()


def test_wrong_cut_and_foreign_tokens_open_nothing(client: Client, invitation: Invitation) -> None:
    good = unsubscribe_token(invitation)
    other = Invitation.unscoped.exclude(pk=invitation.pk).get()
    proof = good.partition("-")[2]
    wrong = [
        "",
        "x",
        good[:-1],
        f"{other.pk}-{proof}",
        f"{invitation.pk}-{derive(invitation.nonce, 'invitation')}",
        derive(invitation.nonce, "invitation"),
        f"99999999999999999999-{proof}",
        f"²-{proof}",
        f"{invitation.pk}-é",
    ]
    for token in wrong:
        page = client.post(f"/u/{token}/", {"List-Unsubscribe": "One-Click"})
        assert page.status_code == 404, token
        assert "This link does not work" in page.content.decode()
    assert not Consent.unscoped.exists()


def test_other_methods_are_refused(client: Client, invitation: Invitation) -> None:
    assert client.delete(path_of(invitation)).status_code == 405


def test_the_page_speaks_the_customers_language(client: Client, system: Actor) -> None:
    make_customers(system.program, 2)
    running(system)
    korean = Invitation.unscoped.get(customer__external_id="C1")
    page = client.get(path_of(korean), HTTP_ACCEPT_LANGUAGE="en")
    assert '<html lang="ko">' in page.content.decode()


# ---- what a person is written to about ----------------------------------------------------------


def preferences_of(invitation: Invitation) -> str:
    return f"{path_of(invitation)}preferences/"


def test_each_purpose_and_channel_is_decided_by_a_post_only(invitation: Invitation) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(preferences_of(invitation))
    assert page.status_code == 200
    assert not page.cookies
    assert page.content.decode().count("<fieldset") == 4
    assert preferences_of(invitation) in strict.get(path_of(invitation)).content.decode()
    assert not Consent.unscoped.exists()
    said = {"survey-email": "yes", "marketing-email": "no", "marketing-sms": "no", "x-post": "yes"}
    for _n in range(2):
        answer = strict.post(preferences_of(invitation), said)
        assert answer.status_code == 303
    rows = Consent.unscoped.filter(customer=invitation.customer)
    assert set(rows.values_list("purpose", "channel", "granted")) == {
        ("survey", "email", True),
        ("marketing", "email", False),
        ("marketing", "sms", False),
    }
    assert rows.count() == 3
    assert {row.source for row in rows} == {"preference page"}
    assert 'value="yes" checked' in strict.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(("reason", "left"), [("unsubscribed", 0), ("complained", 1)])
def test_agreeing_again_takes_ones_own_unsubscription_back(
    client: Client, invitation: Invitation, reason: str, left: int
) -> None:
    client.post(path_of(invitation), {"confirm": "yes"})
    Suppression.unscoped.update(reason=reason)
    client.post(preferences_of(invitation), {"survey-email": "yes"})
    assert Suppression.unscoped.count() == left
    assert Consent.unscoped.order_by("-pk")[0].granted


def test_the_link_to_ones_data_goes_to_the_address_on_record(
    client: Client, invitation: Invitation
) -> None:
    cache.clear()
    mail.outbox.clear()
    for _n in range(5):
        answer = client.post(preferences_of(invitation), {"wish": "data"})
        assert "/my/" not in answer["Location"]
    assert [sent.to for sent in mail.outbox] == [["c0@example.com"]] * 3
    page = "/my/" + str(mail.outbox[0].body).partition("/my/")[2].split()[0]
    assert client.get(page).status_code == 200
    assert not Consent.unscoped.exists()


def test_preferences_of_wrong_tokens_and_erased_people_open_nothing(
    client: Client, invitation: Invitation
) -> None:
    assert client.get("/u/1-x/preferences/").status_code == 404
    assert client.get(f"{path_of(invitation)}other/").status_code == 404
    Customer.unscoped.filter(pk=invitation.customer_id).update(erased_at=invitation.created_at)
    answer = client.post(preferences_of(invitation), {"survey-email": "yes"})
    assert answer.status_code == 404
    assert not Consent.unscoped.exists()
