"""The law's two notices: each decision told once, each consent confirmed every two years."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Consent, Customer, Program, Suppression
from cxportal.core.queries.timeline import customer_timeline
from cxportal.core.services.consent import consent_record, suppression_add
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.privacy import privacy_link
from surveys.calc.consent_law import reconfirm_day
from surveys.calc.delivery import Event
from surveys.models import ConsentNotice, Invitation
from surveys.queries.consent_notices import notice_counts, notices_unsent
from surveys.services.consent_notices import (
    LAPSED,
    notice_rules,
    notice_rules_update,
    notices_queue,
)
from surveys.services.couriers import Outcome
from surveys.services.notice_sending import Post, notices_send
from surveys.services.returns import report_take
from surveys.services.texters import Sms
from surveys.services.unsubscribes import invitation_unsubscribe
from tests.conftest import make_customers
from tests.surveys.campaign_cast import ScriptedCourier, running
from tests.surveys.services.test_returns import DSN

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Decide = Callable[..., Consent]


class ScriptedProvider:
    """Takes text messages and keeps them."""

    def __init__(self) -> None:
        self.taken: list[Sms] = []

    def ready(self) -> None:
        return

    def carry(self, message: Sms) -> Outcome:
        self.taken.append(message)
        return Outcome(Event.ACCEPTED)

    def close(self) -> None:
        return


@pytest.fixture
def person(program: Program, system: Actor) -> Customer:
    customer = make_customers(program, 1)[0]
    notice_rules_update(actor=system, tells_result=True, reconfirms=True)
    return customer


@pytest.fixture
def decide(person: Customer, system: Actor) -> Decide:
    def decided(granted: bool, *, days_ago: float = 0, channel: str = "email") -> Consent:
        return consent_record(
            actor=system, customer=person, channel=channel, purpose="marketing", granted=granted,
            at=timezone.now() - days_ago * DAY,
        )  # fmt: skip

    return decided


def sweep(post: Post | None = None) -> int:
    notices_queue()
    return notices_send(seconds=20, post=post)


def rows() -> list[tuple[str, str, str]]:
    found = ConsentNotice.unscoped.order_by("pk")
    return [(n.kind, n.state, n.reason) for n in found]


def test_a_decision_is_told_once_in_the_persons_language(
    decide: Decide, person: Customer, system: Actor
) -> None:
    Customer.unscoped.filter(pk=person.pk).update(language="ko")
    decide(True)
    assert [sweep(), sweep(), sweep()] == [1, 0, 0]
    [sent] = mail.outbox
    assert sent.to == ["c0@example.com"]
    assert "Acme" in sent.subject
    assert "동의" in sent.subject
    day = timezone.now().astimezone(system.program.zone)
    assert f"{day.year}년 {day.month}월 {day.day}일" in sent.body
    notice = ConsentNotice.unscoped.get()
    assert notice.due_on == day.date() + 14 * DAY
    assert sent.extra_headers["Message-ID"] == notice.message_id
    entries = [entry.text for entry in customer_timeline(system, person)]
    assert any("advertising" in text for text in entries)


def test_a_refusal_is_told_after_unsubscribing_but_not_to_a_bounced_address(
    decide: Decide, system: Actor
) -> None:
    suppression_add(actor=system, address="c0@example.com", reason="unsubscribed")
    decide(False)
    assert sweep() == 1
    assert "refused" in mail.outbox[0].body
    Suppression.unscoped.update(reason="bounced")
    decide(True)
    assert sweep() == 0
    assert rows()[-1] == ("result", "skipped", "suppressed")


def test_only_the_newest_decision_counts(decide: Decide, system: Actor) -> None:
    decide(True, days_ago=2)
    notices_queue()
    decide(False, days_ago=1)
    assert sweep() == 1
    assert rows() == [("result", "skipped", "superseded"), ("result", "sent", "")]


def test_surveys_tests_erased_people_and_old_decisions_are_not_told(
    decide: Decide, person: Customer, system: Actor
) -> None:
    consent_record(actor=system, customer=person, channel="email", granted=True)
    decide(True, days_ago=20)
    assert sweep() == 0
    decide(False)
    notices_queue()
    customer_erase(actor=system, customer=person)
    assert sweep() == 0
    assert rows() == [("result", "skipped", "erased")]


def test_nothing_goes_out_where_it_is_switched_off(decide: Decide, system: Actor) -> None:
    decide(True)
    notices_queue()
    notice_rules_update(actor=system, tells_result=False, reconfirms=False)
    assert sweep() == 0
    assert rows() == [("result", "queued", "")]


def test_a_text_message_waits_for_the_morning(decide: Decide, person: Customer) -> None:
    Customer.unscoped.filter(pk=person.pk).update(phone="010-1234-5678")
    decide(True, channel="sms")
    notices_queue()
    post = Post(ScriptedCourier(), ScriptedProvider())
    evening = (timezone.now() + DAY).replace(hour=13, minute=0, second=0, microsecond=0)
    with time_machine.travel(evening, tick=False):  # 22:00 in Seoul
        assert notices_send(seconds=20, post=post) == 0
    assert ConsentNotice.unscoped.get().next_at == evening.replace(hour=23)
    with time_machine.travel(evening + DAY / 2, tick=False):
        assert notices_send(seconds=20, post=post) == 1
    assert isinstance(post.provider, ScriptedProvider)
    assert "/preferences/" in post.provider.taken[0].text


def test_a_killed_sender_costs_one_message_with_the_same_id(
    decide: Decide, person: Customer, system: Actor
) -> None:
    decide(True)
    notices_queue()
    courier = ScriptedCourier()
    ids: list[str] = []

    def killed(message: EmailMessage) -> None:
        ids.append(message.extra_headers["Message-ID"])
        if len(ids) == 1:
            raise KeyboardInterrupt

    courier.before = killed
    with pytest.raises(KeyboardInterrupt):
        notices_send(seconds=20, post=Post(courier))
    # While the lease holds nobody else takes it.
    assert notices_send(seconds=20, post=Post(courier)) == 0
    ConsentNotice.unscoped.update(lease_until=timezone.now() - DAY)
    assert notices_send(seconds=20, post=Post(courier)) == 1
    assert notices_send(seconds=20, post=Post(courier)) == 0
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_refusals_of_the_server_are_retried_and_written_down(decide: Decide) -> None:
    script = {"c0@example.com": Outcome(Event.REFUSED_FOR_NOW, words="451 c0@example.com later")}
    decide(True)
    notices_queue()
    post = Post(ScriptedCourier(script))
    assert notices_send(seconds=20, post=post) == 1
    assert rows() == [("result", "soft", "451 … later")]
    ConsentNotice.unscoped.update(next_at=timezone.now())
    script["c0@example.com"] = Outcome(Event.REFUSED, bad_address=True, words="550 gone")
    notices_send(seconds=20, post=Post(ScriptedCourier(script)))
    assert rows() == [("result", "hard", "550 gone")]
    assert Suppression.unscoped.get().reason == "bounced"


def test_a_server_that_is_away_holds_nothing_for_good(decide: Decide) -> None:
    decide(True)
    courier = ScriptedCourier()
    courier.down = True
    assert sweep(Post(courier)) == 0
    assert rows() == [("result", "queued", "")]
    assert sweep() == 1


def test_every_two_years_once_and_silence_changes_nothing(decide: Decide, person: Customer) -> None:
    consent = decide(True, days_ago=2 * 365 - 20)
    assert [sweep(), sweep()] == [1, 0]
    assert "agreed" in mail.outbox[0].body
    assert "need not do anything" in mail.outbox[0].body
    first = ConsentNotice.unscoped.get()
    assert first.kind == "reconfirm"
    # The second round is due two years later, and asked once again.
    notices_queue(timezone.now() + timedelta(days=40))
    assert ConsentNotice.unscoped.count() == 1
    notices_queue(timezone.now() + timedelta(days=2 * 365 + 2))
    notices_queue(timezone.now() + timedelta(days=2 * 365 + 3))
    assert ConsentNotice.unscoped.filter(consent=consent).count() == 2
    assert Consent.unscoped.count() == 1


def test_a_consent_lapses_only_where_the_program_chose_it(decide: Decide, system: Actor) -> None:
    notice_rules_update(actor=system, lapses=True)
    decide(True, days_ago=2 * 365 - 20)
    sweep()
    assert "it ends on" in mail.outbox[0].body
    notices_queue(timezone.now() + timedelta(days=29))
    assert Consent.unscoped.count() == 1
    notices_queue(timezone.now() + timedelta(days=40))
    ended = Consent.unscoped.latest("pk")
    assert (ended.granted, ended.source) == (False, LAPSED)
    assert sweep() == 0


def test_a_notice_that_came_back_is_seen_and_its_silence_ends_no_consent(
    decide: Decide, system: Actor
) -> None:
    notice_rules_update(actor=system, lapses=True)
    decide(True, days_ago=2 * 365 - 20)
    sweep()
    given = str(mail.outbox[0].extra_headers["Message-ID"])
    assert vars(mail.outbox[0])["metadata"] == {"message_id": given}
    forged = given.replace(given[5:9], "0000")
    for named, taken in ((forged, 0), (given, 1), (given, 0)):
        report = DSN.format(action="failed", status="5.1.1", message_id=named)
        assert report_take(report.encode()) == taken
    notice = ConsentNotice.unscoped.get()
    assert (notice.state, notice.came_back) == ("sent", "bounced")
    assert notice.reason == "550 5.1.1 …: no such user"
    assert Suppression.unscoped.get().reason == "bounced"
    notices_queue(timezone.now() + timedelta(days=40))
    assert Consent.unscoped.get().granted
    assert [(c.sent, c.came_back) for c in notice_counts(system)] == [(0, 0), (0, 1)]
    assert list(notices_unsent(system)) == [notice]


def test_the_link_keeps_the_consent_by_one_press(client: Client, decide: Decide) -> None:
    decide(True, days_ago=2 * 365 - 20)
    sweep()
    path = "/u/" + str(mail.outbox[0].body).partition("/u/")[2].split()[0]
    page = client.get(path)
    assert "Keep my consent" in page.content.decode()
    assert Consent.unscoped.count() == 1
    for _n in range(2):
        answer = client.post(path, {"wish": "keep"})
        assert answer.status_code == 303
    assert Consent.unscoped.count() == 2
    assert Consent.unscoped.latest("pk").granted
    assert "Keep my consent" not in client.get(path).content.decode()
    token = path.split("/")[2]
    assert client.get(f"/u/{token[:-1]}/preferences/").status_code == 404
    assert client.get(f"/u/n999-{token.partition('-')[2]}/preferences/").status_code == 404
    assert client.post(f"/u/{token}/", {"confirm": "yes"}).status_code == 303
    assert not Suppression.unscoped.exists()


def test_ones_own_page_leads_to_the_preferences(
    client: Client, decide: Decide, person: Customer, system: Actor
) -> None:
    link = "/my/" + privacy_link(actor=system, customer=person).partition("/my/")[2]
    assert "/preferences/" not in client.get(link).content.decode()
    decide(True)
    sweep()
    page = client.get(link).content.decode()
    path = page.partition('href="/u/')[2].partition('"')[0]
    assert client.get(f"/u/{path}").status_code == 200


def test_the_link_in_advertising_by_text_refuses_both_by_text(
    program: Program, system: Actor
) -> None:
    person = make_customers(program, 1)[0]
    Customer.unscoped.filter(pk=person.pk).update(phone="010-1234-5678")
    for channel in ("email", "sms"):
        consent_record(
            actor=system, customer=person, channel=channel, purpose="marketing", granted=True
        )
    running(system, channel="sms", is_advertising=True)
    invitation_unsubscribe(invitation=Invitation.unscoped.get())
    refused = Consent.unscoped.filter(granted=False)
    assert set(refused.values_list("channel", "purpose")) == {
        ("sms", "survey"), ("sms", "marketing"),
    }  # fmt: skip
    assert Suppression.unscoped.get().channel == "sms"


def test_the_page_counts_and_switches(
    client_for: Callable[[str], Client], decide: Decide, system: Actor
) -> None:
    decide(True)
    decide(False, channel="sms")
    sweep()
    client = client_for("owner")
    page = client.get("/p/acme/campaigns/notices/").content.decode()
    assert "No address or number" in page
    version = page.partition('name="version" value="')[2].partition('"')[0]
    answer = client.post("/p/acme/campaigns/notices/", {"version": version, "reconfirms": "on"})
    assert answer.status_code == 302
    rules = notice_rules(system)
    assert (rules.tells_result, rules.reconfirms) == (False, True)
    assert client.post("/p/acme/campaigns/notices/", {"version": version}).status_code == 409
    assert client_for("designer").get("/p/acme/campaigns/notices/").status_code == 200
    assert client_for("designer").post("/p/acme/campaigns/notices/", {}).status_code == 403


@pytest.mark.parametrize(
    ("agreed", "until", "day"),
    [
        (date(2024, 3, 5), date(2024, 5, 1), date(2026, 3, 5)),
        (date(2024, 3, 5), date(2026, 3, 5), date(2026, 3, 5)),
        (date(2020, 3, 5), date(2026, 3, 4), date(2024, 3, 5)),
        (date(2020, 2, 29), date(2022, 3, 1), date(2022, 2, 28)),
        (date(2020, 2, 29), date(2024, 3, 1), date(2024, 2, 29)),
    ],
)
def test_the_day_of_each_round(agreed: date, until: date, day: date) -> None:
    assert reconfirm_day(agreed, until) == day
