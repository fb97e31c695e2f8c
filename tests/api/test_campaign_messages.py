"""Messages of campaigns by API: read, tried on a member, and those that did not arrive."""

import pytest
from django.core import mail

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from surveys.models import Delivery
from tests.api.conftest import Api, make_api
from tests.conftest import make_customers, make_member
from tests.surveys.campaign_cast import make_campaign, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(program: Program) -> Api:
    return make_api(program)


def test_the_message_reads_as_it_will_in_each_language(api: Api, system: Actor) -> None:
    campaign = make_campaign(system, reminder_days=[3], reminder_subject={"en": "Still curious"})
    path = f"campaigns/{campaign.pk}/message/"
    status, told = api.get(f"{path}?language=ko")
    assert (status, told["language"]) == (200, "ko")
    assert "추천하시겠어요?" in told["text"]
    assert "추천하시겠어요?" in told["html"]
    _status, told = api.get(f"{path}?reminder=true&language=en")
    assert told["subject"] == "Still curious"
    status, told = api.get(f"{path}?language=fr")
    assert (status, told["code"]) == (422, "invalid")
    by_sms = make_campaign(system, channel="sms")
    _status, told = api.get(f"campaigns/{by_sms.pk}/message/")
    assert (told["subject"], told["html"]) == ("", "")
    assert "https://" in told["text"]
    open_link = make_campaign(system, channel="link")
    status, told = api.get(f"campaigns/{open_link.pk}/message/")
    assert (status, told["code"]) == (409, "no_messages")


def test_a_test_goes_to_a_member_and_to_nobody_else(
    api: Api, system: Actor, program: Program
) -> None:
    member = make_member(program, "designer")
    campaign = make_campaign(system, reminder_days=[3], reminder_subject={"en": "Still curious"})
    path = f"campaigns/{campaign.pk}/test/"
    body = {"address": member.user.email, "language": "en", "reminder": True}
    status, told = api.post(path, body)
    assert (status, told) == (200, {"address": member.user.email, "language": "en"})
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([member.user.email], "Still curious")
    for bad in ({"address": "a@else.example"}, {**body, "language": "fr"}, {"address": ""}):
        status, _told = api.post(path, bad)
        assert status == 422
    reader = make_api(program, "campaigns:read")
    assert reader.post(path, body)[0] == 403
    assert len(mail.outbox) == 1


def test_what_did_not_arrive_is_listed_with_what_the_server_said(
    api: Api, system: Actor, program: Program
) -> None:
    make_customers(program, 3)
    campaign = running(system)
    first, second, _third = Delivery.unscoped.order_by("pk")
    Delivery.unscoped.filter(pk=first.pk).update(state="hard", reason="550 no such user")
    Delivery.unscoped.filter(pk=second.pk).update(state="soft", reason="451 later")
    _status, told = api.get(f"campaigns/{campaign.pk}/failures/")
    rows = {row["state"]: row for row in told["results"]}
    assert set(rows) == {"hard", "soft"}
    assert (rows["hard"]["reason"], rows["hard"]["due_at"]) == ("550 no such user", None)
    assert rows["hard"]["external_id"] == first.invitation.customer.external_id
    assert rows["soft"]["due_at"] is not None
