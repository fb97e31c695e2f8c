"""The page of the contact policy, and the form of schedules."""

from collections.abc import Callable

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from surveys.models import Campaign, ContactPolicy
from surveys.services.campaigns import campaign_start
from tests.conftest import make_customers
from tests.surveys.campaign_cast import make_survey

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
PAGE = "/p/acme/campaigns/policy/"


def test_rules_are_written_and_read_again(client_for: SignIn) -> None:
    client = client_for("designer")
    assert client.get(PAGE).status_code == 200
    form = {"rule0_most": "2", "rule0_days": "30", "rule0_channel": "email", "version": "0"}
    form |= {"quiet_from": "21:00", "quiet_until": "08:00"}
    assert client.post(PAGE, form).status_code == 302
    stored = ContactPolicy.unscoped.get()
    assert stored.rules == [{"channel": "email", "most": 2, "days": 30}]
    assert 'value="21:00"' in client.get(PAGE).content.decode()
    # Somebody else saved meanwhile: nothing is overwritten, nothing typed is lost.
    again = client.post(PAGE, {**form, "rule0_most": "9"})
    assert again.status_code == 409
    assert 'value="9"' in again.content.decode()
    assert ContactPolicy.unscoped.get().rules[0]["most"] == 2


def test_half_a_rule_is_said_beside_the_field(client_for: SignIn) -> None:
    page = client_for("owner").post(PAGE, {"rule0_most": "2", "version": "0"})
    assert page.status_code == 422
    assert "Give both numbers, or neither." in page.content.decode()


def test_staff_read_the_policy_and_do_not_change_it(client_for: SignIn) -> None:
    client = client_for("staff")
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, {"version": "0"}).status_code == 403
    assert not ContactPolicy.unscoped.exists()


def test_a_schedule_is_made_in_the_browser_and_shows_when_it_goes_out(
    client_for: SignIn, program: Program, system: Actor
) -> None:
    make_customers(program, 3)
    client = client_for("owner")
    form = {
        "name": "Pulse",
        "survey": make_survey(program).pk,
        "timing": "recurring",
        "send_on": "2030-01-31",
        "send_time": "10:00",
        "every": "1",
        "unit": "month",
        "parts": "1",
        "event_conditions": "",
        "reminder_days": "3, 7",
    }
    missing = client.post("/p/acme/campaigns/new/", {**form, "send_time": ""})
    assert missing.status_code == 422
    assert "Say on which day and at what time." in missing.content.decode()
    assert client.post("/p/acme/campaigns/new/", form).status_code == 302
    campaign = Campaign.unscoped.get()
    assert campaign.reminder_days == [3, 7]
    draft = client.get(f"/p/acme/campaigns/{campaign.pk}/").content.decode()
    assert "Start the schedule" in draft
    assert "every month" in draft
    campaign_start(actor=system, campaign=campaign)
    page = client.get(f"/p/acme/campaigns/{campaign.pk}/").content.decode()
    assert "2030-01-31 10:00" in page
    assert "to come" in page


def test_an_event_campaign_is_made_in_the_browser(client_for: SignIn, program: Program) -> None:
    client = client_for("owner")
    form = {
        "name": "Delivery",
        "survey": make_survey(program).pk,
        "timing": "event",
        "event_kind": "delivery",
        "event_conditions": "data.amount at_least 50000\nplace is Seoul",
        "delay_minutes_number": "3",
        "delay_minutes_unit": "days",
    }
    bad = client.post("/p/acme/campaigns/new/", {**form, "event_conditions": "amount > 5"})
    assert "“amount &gt; 5” is no condition" in bad.content.decode()
    assert client.post("/p/acme/campaigns/new/", form).status_code == 302
    campaign = Campaign.unscoped.get()
    assert (campaign.event_kind, campaign.delay_minutes) == ("delivery", 3 * 24 * 60)
    assert campaign.event_conditions[1] == {"field": "place", "operator": "is", "value": "Seoul"}
    edit = client.get(f"/p/acme/campaigns/{campaign.pk}/edit/").content.decode()
    assert "data.amount at_least 50000" in edit
