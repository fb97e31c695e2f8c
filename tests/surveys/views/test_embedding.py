"""Website, kiosk, personal links as a table, senders."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Program
from surveys.models import Campaign, Response, SenderIdentity
from surveys.services.campaigns import campaign_pause, campaign_start, campaign_update
from surveys.services.deliveries import deliveries_send
from surveys.services.links import open_link_url
from surveys.services.senders import sender_create
from tests.conftest import make_customers
from tests.surveys.campaign_cast import make_campaign, make_survey, running

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
BASE = "/p/acme/campaigns/"


def opened(actor: Actor, channel: str, **values: Any) -> tuple[Campaign, str]:
    """A started campaign for whoever comes by, and its token."""
    draft = make_campaign(actor, channel=channel, **values)
    campaign = campaign_start(actor=actor, campaign=draft)
    return campaign, open_link_url(campaign).rstrip("/").rpartition("/")[2]


def test_the_script_fetches_rules_any_site_may_read(system: Actor, client: Client) -> None:
    campaign, token = opened(system, "embed", embed={"pages": ["/thanks*"], "share": 50})
    answer = client.get(f"/e/{token}/")
    assert answer["Access-Control-Allow-Origin"] == "*"
    rules = answer.json()
    assert (rules["open"], rules["pages"], rules["share"]) == (True, ["/thanks*"], 50)
    assert "origins" not in rules
    campaign_pause(actor=system, campaign=campaign)
    assert client.get(f"/e/{token}/").json()["open"] is False
    script = client.get("/e/embed.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert "data-survey" in script.content.decode()
    assert client.post("/e/embed.js").status_code == 405


def test_links_of_other_channels_have_no_rules(system: Actor, client: Client) -> None:
    _campaign, token = opened(system, "link")
    for address in (f"/e/{token}/", "/e/nothing/", "/e/"):
        assert client.get(address).status_code == 404


def test_only_the_named_sites_may_frame_the_survey(system: Actor, client: Client) -> None:
    _campaign, token = opened(system, "embed", embed={"origins": ["https://shop.example/"]})
    page = client.get(f"/s/{token}/")
    assert "frame-ancestors 'self' https://shop.example" in page["Content-Security-Policy"]
    assert "js/embed/frame.js" in page.content.decode()
    assert "X-Frame-Options" not in page
    _campaign, other = opened(system, "link", name="Link")
    plain = client.get(f"/s/{other}/")
    assert plain["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert "<script>" not in plain.content.decode()


def test_a_kiosk_shows_all_on_one_page_and_takes_answers_of_many(
    system: Actor, client: Client
) -> None:
    _campaign, token = opened(system, "kiosk")
    page = client.get(f"/s/{token}/").content.decode()
    assert "js/embed/kiosk.js" in page
    assert '<template id="kiosk-thanks"><main' in page
    assert 'name="page"' not in page
    for number in range(2):
        form = {"q_nps": "9", "submission_id": f"00000000-0000-4000-8000-00000000000{number}"}
        assert client.post(f"/s/{token}/", form).status_code == 200
        assert client.post(f"/s/{token}/", form).status_code == 200
    assert list(Response.unscoped.values_list("channel", flat=True)) == ["kiosk", "kiosk"]


@pytest.mark.parametrize(
    "embed",
    [
        {"mode": "banner"},
        {"origins": ["shop.example"]},
        {"origins": ["https://shop.example/path"]},
        {"share": 0},
        {"delay": "5"},
        {"pages": ["a b"]},
        {"colour": "red"},
    ],
)
def test_settings_nobody_could_use_are_refused(system: Actor, embed: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        make_campaign(system, channel="embed", embed=embed)
    assert "embed" in refused.value.details


def test_rules_may_change_while_the_website_shows_it(
    client_for: SignIn, system: Actor, program: Program
) -> None:
    client = client_for("designer")
    form = {
        "name": "Site",
        "survey": make_survey(program).pk,
        "mode": "popup",
        "position": "left",
        "origins": "https://shop.example",
        "pages": "/a*\n/b",
        "delay": "3",
        "scroll": "0",
        "share": "100",
        "again_days": "30",
    }
    assert client.post(f"{BASE}new/?channel=embed", form).status_code == 302
    campaign = Campaign.unscoped.get()
    assert campaign.embed["pages"] == ["/a*", "/b"]
    campaign_start(actor=system, campaign=campaign)
    page = client.get(f"{BASE}{campaign.pk}/").content.decode()
    assert "/e/embed.js" in page
    edit = client.get(f"{BASE}{campaign.pk}/edit/").content.decode()
    assert "https://shop.example" in edit
    del form["survey"]
    changed = client.post(f"{BASE}{campaign.pk}/edit/", {**form, "share": "10"})
    assert changed.status_code == 302
    campaign.refresh_from_db()
    assert campaign.embed["share"] == 10
    with pytest.raises(DomainError):
        campaign_update(actor=system, campaign=campaign, ends_on=None, embed={})


@pytest.mark.parametrize("channel", ["email", "sms", "list", "link", "embed", "kiosk"])
def test_each_channel_has_its_form_its_draft_and_its_page(
    client_for: SignIn, system: Actor, program: Program, channel: str
) -> None:
    make_customers(program, 1)
    Customer.unscoped.update(phone="01012345678")
    client = client_for("owner")
    assert client.get(f"{BASE}new/?channel={channel}").status_code == 200
    campaign = make_campaign(system, channel=channel, embed={})
    assert client.get(f"{BASE}{campaign.pk}/").status_code == 200
    assert client.get(f"{BASE}{campaign.pk}/edit/").status_code == 200
    assert client.post(f"{BASE}{campaign.pk}/start/").status_code == 302
    assert client.get(f"{BASE}{campaign.pk}/").status_code == 200
    assert client.get(f"{BASE}{campaign.pk}/edit/").status_code == 200
    assert client.get(BASE).status_code == 200


def test_personal_links_are_taken_away_as_a_table(client_for: SignIn, system: Actor) -> None:
    make_customers(system.program, 2)
    Customer.unscoped.filter(external_id="C1").update(name="=1+1", email="")
    campaign = running(system, channel="list")
    assert deliveries_send(seconds=2).claimed == 0
    owner = client_for("owner")
    answer = owner.get(f"{BASE}{campaign.pk}/links/")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert rows[0].startswith("external_id,name,email")
    assert len(rows) == 3
    assert "'=1+1" in rows[2]
    assert "/s/" in rows[1]
    sheet = owner.get(f"{BASE}{campaign.pk}/links/?format=xlsx")
    file = io.BytesIO(b"".join(sheet.streaming_content))  # type: ignore[attr-defined]
    assert len(CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()) == 3
    assert client_for("manager").get(f"{BASE}{campaign.pk}/links/").status_code == 403


def test_the_qr_code_comes_as_drawing_and_as_picture(client_for: SignIn, system: Actor) -> None:
    campaign, _token = opened(system, "link")
    client = client_for("viewer")
    svg = client.get(f"{BASE}{campaign.pk}/qr/")
    assert svg["Content-Type"] == "image/svg+xml"
    png = client.get(f"{BASE}{campaign.pk}/qr/?format=png&download")
    assert png.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert "survey-" in png["Content-Disposition"]


def test_senders_are_kept_used_and_not_removed_while_in_use(
    client_for: SignIn, system: Actor, mailoutbox: list[Any]
) -> None:
    make_customers(system.program, 1)
    client = client_for("designer")
    form = {"name": "Service team", "email": "care@acme.example", "reply_to": "who@acme.example"}
    assert client.post(f"{BASE}senders/new/", form).status_code == 302
    assert client.post(f"{BASE}senders/new/", form).status_code == 409
    sender = SenderIdentity.unscoped.get()
    assert "Service team" in client.get(f"{BASE}senders/").content.decode()
    running(system, sender=sender)
    deliveries_send(seconds=5)
    (mail,) = mailoutbox
    assert "care@acme.example" in mail.from_email
    assert mail.reply_to == ["who@acme.example"]
    assert client.post(f"{BASE}senders/{sender.pk}/delete/").status_code == 409
    other = sender_create(actor=system, name="Other")
    assert client.post(f"{BASE}senders/{other.pk}/delete/").status_code == 302
    changed = client.post(f"{BASE}senders/{sender.pk}/", {**form, "phone": "1"})
    assert changed.status_code == 422
