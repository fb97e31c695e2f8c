"""The pages of campaigns: what each role sees, what the buttons do."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program
from surveys.models import Campaign, Delivery, Survey
from surveys.queries.campaigns import campaign_progress, problem_key
from surveys.services.campaigns import campaign_start
from surveys.services.deliveries import deliveries_send
from tests.conftest import make_customers
from tests.surveys.campaign_cast import make_campaign, make_survey, running

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
BASE = "/p/acme/campaigns/"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_list_shows_state_sent_and_answered(
    client_for: SignIn, system: Actor, program: Program
) -> None:
    make_customers(program, 2)
    running(system, name="Autumn")
    deliveries_send(seconds=5)
    page = text(client_for("viewer").get(BASE))
    assert "Autumn" in page
    assert "Sent to everyone" in page
    assert "New campaign" not in page
    assert "New campaign" in text(client_for("designer").get(BASE))


def test_the_list_filters_by_state_and_name(client_for: SignIn, system: Actor) -> None:
    make_campaign(system, name="Alpha")
    make_campaign(system, name="Beta", channel="link")
    client = client_for("owner")
    assert "Beta" not in text(client.get(BASE, {"search": "alph"}))
    assert "Alpha" not in text(client.get(BASE, {"channel": "link"}))
    assert "No campaign fits" in text(client.get(BASE, {"state": "stopped"}))
    for bad in ({"survey": "9" * 30}, {"search": "a\x00b"}, {"sort": "password"}, {"cursor": "x"}):
        assert client.get(BASE, bad).status_code == 200


def test_the_list_costs_the_same_at_one_and_at_thirty_rows(
    client_for: SignIn, system: Actor, program: Program, assert_same_queries: Any
) -> None:
    survey = make_survey(program)
    client = client_for("owner")
    make_campaign(system, survey=survey)

    def grow() -> None:
        for number in range(29):
            make_campaign(system, survey=survey, name=f"C{number}")

    assert_same_queries(lambda: client.get(BASE), grow)


def test_a_draft_says_who_gets_it_and_the_button_says_how_many(
    client_for: SignIn, system: Actor, program: Program
) -> None:
    make_customers(program, 12)
    Customer.unscoped.filter(external_id__in=["C1", "C2"]).update(email="")
    campaign = make_campaign(system)
    page = text(client_for("designer").get(f"{BASE}{campaign.pk}/"))
    assert "Send to 10 people" in page
    assert "No address or number" in page
    assert "Existing customers who said nothing about survey mails get them" in page
    seen = text(client_for("viewer").get(f"{BASE}{campaign.pk}/"))
    assert "Send to 10 people</button>" not in seen.split("<dialog")[0]


def test_a_campaign_is_made_started_paused_resumed_and_stopped_in_the_browser(
    client_for: SignIn, program: Program
) -> None:
    make_customers(program, 3)
    survey = make_survey(program)
    client = client_for("owner")
    form = {
        "name": "Autumn",
        "survey": survey.pk,
        "subject_en": "Hi {{name}}",
        "body_en": "Please.",
    }
    made = client.post(f"{BASE}new/", form)
    campaign = Campaign.unscoped.get()
    assert made["Location"] == f"{BASE}{campaign.pk}/"
    assert campaign.subject == {"en": "Hi {{name}}"}
    for verb, state in (
        ("start", "running"),
        ("pause", "paused"),
        ("resume", "running"),
        ("stop", "stopped"),
    ):
        assert client.post(f"{BASE}{campaign.pk}/{verb}/").status_code == 302
        campaign.refresh_from_db()
        assert campaign.state == state
        assert client.get(f"{BASE}{campaign.pk}/").status_code == 200
    assert client.post(f"{BASE}{campaign.pk}/resume/").status_code == 409


def test_an_unknown_tag_is_said_beside_the_text_and_nothing_typed_is_lost(
    client_for: SignIn, program: Program
) -> None:
    survey = make_survey(program)
    form = {"name": "A", "survey": survey.pk, "body_en": "Dear {{password}}"}
    page = client_for("owner").post(f"{BASE}new/", form)
    assert page.status_code == 422
    assert "There is no tag {{password}}" in page.content.decode()
    assert "Dear {{password}}" in page.content.decode()
    assert not Campaign.unscoped.exists()


def test_only_published_surveys_of_the_program_are_offered(
    client_for: SignIn, program: Program, other_program: Program
) -> None:
    make_survey(program, title={"en": "Mine"})
    closed = make_survey(program, title={"en": "Over"})
    closed.state = "closed"
    closed.save()
    foreign = make_survey(other_program, title={"en": "Theirs"})
    client = client_for("owner")
    page = text(client.get(f"{BASE}new/"))
    assert "Mine" in page
    assert "Over" not in page
    assert "Theirs" not in page
    assert client.post(f"{BASE}new/", {"name": "A", "survey": foreign.pk}).status_code == 422
    assert not Campaign.unscoped.exists()


def test_a_stale_edit_shows_what_is_stored(client_for: SignIn, system: Actor) -> None:
    campaign = make_campaign(system, channel="link", name="First")
    client = client_for("owner")
    data = {"name": "Second", "survey": campaign.survey_id, "version": 1}
    assert client.post(f"{BASE}{campaign.pk}/edit/", data).status_code == 302
    stale = client.post(f"{BASE}{campaign.pk}/edit/", {**data, "name": "Third"})
    assert stale.status_code == 409
    assert "Second" in stale.content.decode()
    campaign.refresh_from_db()
    assert campaign.name == "Second"


def test_progress_looks_often_while_something_moves_and_seldom_for_answers(
    client_for: SignIn, system: Actor, program: Program
) -> None:
    make_customers(program, 2)
    campaign = running(system)
    client = client_for("owner")
    url = f"{BASE}{campaign.pk}/progress/"
    assert 'hx-trigger="every 2s"' in text(client.get(url))
    deliveries_send(seconds=5)
    done = text(client.get(url))
    assert 'hx-trigger="every 15s"' in done
    assert "2 / 2" in done
    assert f"/responses/?campaign={campaign.pk}" in done
    # The end is announced once, not at every look.
    looks = [client.get(url, q, headers={"HX-Request": "true"}) for q in ({}, {"settled": "1"})]
    assert ["data-announce" in text(page) for page in looks] == [True, False]


def test_progress_costs_the_same_at_one_and_at_thirty(
    client_for: SignIn, system: Actor, program: Program, assert_same_queries: Any
) -> None:
    make_customers(program, 1)
    campaign = running(system)
    client = client_for("owner")

    def grow() -> None:
        Campaign.unscoped.update(state="draft")
        campaign.refresh_from_db()
        make_customers(program, 29, prefix="N")
        campaign.occurrences.all().delete()
        from tests.surveys.campaign_cast import fill_all

        campaign_start(actor=system, campaign=campaign)
        fill_all()

    assert_same_queries(lambda: client.get(f"{BASE}{campaign.pk}/"), grow)


def test_people_left_out_and_refused_are_listed_with_the_reason(
    client_for: SignIn, system: Actor, program: Program, assert_same_queries: Any
) -> None:
    make_customers(program, 4)
    Customer.unscoped.filter(external_id="C1").update(email="")
    campaign = running(system)
    refused = Delivery.unscoped.filter(invitation__customer__external_id="C2")
    refused.update(state="hard", reason="550 5.7.1 not wanted")
    client = client_for("owner")
    left_out = text(client.get(f"{BASE}{campaign.pk}/left-out/"))
    assert "Customer 1" in left_out
    assert "No address or number" in left_out
    failures = text(client.get(f"{BASE}{campaign.pk}/failures/"))
    assert "550 5.7.1 not wanted" in failures
    assert "c2@example.com" in failures
    only = client.get(f"{BASE}{campaign.pk}/left-out/", {"reason": "test"})
    assert "Customer 1" not in text(only)
    # Left out just before sending: counted and found by the same reason.
    late = Delivery.unscoped.filter(invitation__customer__external_id="C3")
    late.update(state="skipped", reason="answered")
    assert campaign_progress(campaign).left_out == {"no_address": 1, "answered": 1}
    only = client.get(f"{BASE}{campaign.pk}/left-out/", {"reason": "answered"})
    assert "Customer 3" in text(only)
    # Whose reminder was left out was asked; who answered an anonymous survey nobody may know.
    late.update(step=1)
    assert "Customer 3" not in text(client.get(f"{BASE}{campaign.pk}/left-out/"))
    late.update(step=0)
    Survey.unscoped.update(anonymous=True)
    assert "Customer 3" not in text(client.get(f"{BASE}{campaign.pk}/left-out/"))

    def grow() -> None:
        Delivery.unscoped.filter(state="queued").update(state="hard", reason="550 no")

    assert_same_queries(lambda: client.get(f"{BASE}{campaign.pk}/failures/"), grow)


def test_who_may_not_see_personal_data_sees_pseudonyms(
    client_for: SignIn, system: Actor, program: Program
) -> None:
    make_customers(program, 2)
    Customer.unscoped.filter(external_id="C1").update(email="")
    campaign = running(system)
    Delivery.unscoped.update(state="hard", reason="550 no")
    client = client_for("viewer")
    for part in ("left-out", "failures"):
        page = text(client.get(f"{BASE}{campaign.pk}/{part}/"))
        assert "Customer " not in page.partition("<tbody>")[2].partition("</tbody>")[0]
        assert "@example.com" not in page
        assert "#" in page.partition("<tbody>")[2]


def test_the_mail_is_shown_in_a_closed_frame(client_for: SignIn, system: Actor) -> None:
    campaign = make_campaign(system)
    page = client_for("viewer").get(f"{BASE}{campaign.pk}/mail/ko/")
    assert "추천하시겠어요?" in page.content.decode()
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "script-src" not in policy


def test_a_test_mail_goes_to_oneself(client_for: SignIn, system: Actor) -> None:
    campaign = make_campaign(system)
    client_for("manager").post(f"{BASE}{campaign.pk}/test/", {"language": "ko"})
    assert [m.to for m in mail.outbox] == [["manager@acme.example"]]
    assert client_for("staff").post(f"{BASE}{campaign.pk}/test/").status_code == 403
    assert len(mail.outbox) == 1


def test_the_open_link_has_its_qr_code(client_for: SignIn, system: Actor) -> None:
    campaign = make_campaign(system, channel="link")
    client = client_for("owner")
    assert client.get(f"{BASE}{campaign.pk}/qr/").status_code == 404
    assert client.get(f"{BASE}{campaign.pk}/").status_code == 200
    client.post(f"{BASE}{campaign.pk}/start/")
    assert "/s/" in text(client.get(f"{BASE}{campaign.pk}/"))
    qr = client.get(f"{BASE}{campaign.pk}/qr/")
    assert qr["Content-Type"] == "image/svg+xml"
    assert "http://www.w3.org/2000/svg" in qr.content.decode()


def test_a_mail_server_that_is_away_is_said_on_the_page(
    client_for: SignIn, system: Actor, program: Program
) -> None:
    make_customers(program, 1)
    campaign = running(system)
    cache.set(problem_key("email"), "Connection refused", 60)
    page = text(client_for("viewer").get(f"{BASE}{campaign.pk}/progress/"))
    assert "The mail server does not answer: Connection refused." in page
    assert "Nothing is lost" in page


def test_buttons_are_for_those_who_may_press_them(
    client_for: SignIn, system: Actor, program: Program
) -> None:
    make_customers(program, 1)
    campaign = make_campaign(system)
    for role in ("staff", "viewer"):
        for verb in ("start", "pause", "resume", "stop", "delete"):
            assert client_for(role).post(f"{BASE}{campaign.pk}/{verb}/").status_code == 403
    assert client_for("owner").get(f"{BASE}{campaign.pk}/start/").status_code == 405
    campaign.refresh_from_db()
    assert campaign.state == "draft"


def test_another_programs_campaign_is_not_there(
    stranger_client: Client, client_for: SignIn, system: Actor, other_program: Program
) -> None:
    campaign = make_campaign(system)
    foreign = make_campaign(Actor.system(other_program))
    assert stranger_client.get(f"{BASE}{campaign.pk}/").status_code == 404
    client = client_for("owner")
    for part in ("", "edit/", "progress/", "left-out/", "failures/", "mail/en/", "qr/"):
        assert client.get(f"{BASE}{foreign.pk}/{part}").status_code == 404
    for verb in ("start", "test", "delete"):
        assert client.post(f"{BASE}{foreign.pk}/{verb}/").status_code == 404
    assert Campaign.unscoped.filter(state="draft").count() == 2


def test_the_reminder_is_seen_and_tried_before_it_goes_out(
    client_for: SignIn, system: Actor
) -> None:
    words = {"reminder_subject": {"en": "Still curious"}, "reminder_body": {"en": "One more time"}}
    campaign = make_campaign(system, reminder_days=[3], **words)
    client, page = client_for("designer"), f"{BASE}{campaign.pk}/"
    assert "Still curious" not in text(client.get(page)).split("<main")[-1].split("mail-frame")[0]
    shown = text(client.get(page, {"reminder": "1", "language": "en"}))
    assert "Still curious" in shown
    assert "mail/en/?reminder=1" in shown
    assert "One more time" in text(client.get(f"{page}mail/en/", {"reminder": "1"}))
    client.post(f"{page}test/", {"language": "en", "reminder": "1"})
    assert mail.outbox[0].subject == "Still curious"
    without = make_campaign(system, survey=campaign.survey)
    assert "First message" not in text(client.get(f"{BASE}{without.pk}/", {"reminder": "1"}))
