"""What leaves the frame: links by token, password and end; reports by mail, each once."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Program, ReportMail, ScheduledReport, ShareLink, Suppression
from cxportal.core.pdf import Document
from cxportal.core.policies import may
from cxportal.core.queries.sharing import share_path
from cxportal.core.registry import Shareable, SharedPage, shareables
from cxportal.core.services.scheduled_reports import (
    reports_mail_due,
    scheduled_report_create,
    scheduled_report_send_now,
    scheduled_report_update,
)
from cxportal.core.services.sharing import MAX_TRIES, share_create, share_revoke

pytestmark = pytest.mark.django_db
SEEN: list[Actor] = []


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kind of one's own: shows the title, writes it as PDF, has one optional part."""

    def check(actor: Actor, object_id: int | None) -> None:
        if object_id == 404:
            raise DomainError("not_found", "no such paper", status=404)

    def page(actor: Actor, shared: Any, query: Any) -> SharedPage:
        SEEN.append(actor)
        return SharedPage("components/frame/shared.html", {})

    def document(actor: Actor, shared: Any) -> Document:
        return Document(shared.title, program="p", made_at=timezone.now())

    kind = Shareable(
        "Paper", "surveys.view_reports", check, page, document, (("comments", "Comments"),)
    )
    monkeypatch.setitem(shareables, "paper", kind)
    SEEN.clear()
    yield


def make_link(actor: Actor, **values: Any) -> ShareLink:
    return share_create(actor=actor, kind="paper", title="Quarterly 보고서", **values)


def test_whoever_has_the_link_sees_the_page_and_its_pdf_and_no_cookie(
    actor_for: Callable[[str], Actor], client: Client
) -> None:
    link = make_link(actor_for("manager"))
    answer = client.get(share_path(link))
    assert answer.status_code == 200
    assert "Quarterly 보고서" in answer.content.decode()
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    document = client.get(share_path(link) + "report.pdf")
    assert document.content.startswith(b"%PDF-")


def test_a_guest_may_do_nothing_and_sees_no_personal_data(
    actor_for: Callable[[str], Actor], client: Client
) -> None:
    client.get(share_path(make_link(actor_for("owner"))))
    guest = SEEN[-1]
    assert not guest.sees_personal_data
    assert not guest.exports_personal_data
    permissions = ("core.view_customers", "surveys.view_responses", "core.change_shares")
    assert not any(may(guest, permission) for permission in permissions)


def test_the_database_alone_opens_nothing(actor_for: Callable[[str], Actor]) -> None:
    link = make_link(actor_for("owner"), password="open sesame")
    token = share_path(link).split("/")[2]
    stored = ShareLink.unscoped.filter(pk=link.pk).values().get()
    assert token not in str(stored)
    assert "open sesame" not in str(stored)
    assert len(token) >= 43


@pytest.mark.parametrize("path", ["nonsense/", "nonsense/report.pdf", "", "x/../"])
def test_an_unknown_link_shows_nothing(path: str, client: Client) -> None:
    assert client.get(f"/share/{path}").status_code == 404


def test_an_ended_and_a_revoked_link_show_nothing(
    actor_for: Callable[[str], Actor], client: Client
) -> None:
    ended = make_link(actor_for("owner"), expires_at=timezone.now() + timedelta(days=1))
    ShareLink.unscoped.filter(pk=ended.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked = make_link(actor_for("owner"))
    share_revoke(actor=actor_for("owner"), link=revoked)
    for link in (ended, revoked):
        assert client.get(share_path(link)).status_code == 404
        assert client.get(share_path(link) + "report.pdf").status_code == 404


def test_a_password_stands_before_page_and_pdf(
    actor_for: Callable[[str], Actor], client: Client
) -> None:
    link = make_link(actor_for("owner"), password="open sesame")
    other = make_link(actor_for("owner"), password="open sesame")
    asked = client.get(share_path(link))
    assert 'type="password"' in asked.content.decode()
    assert "Quarterly" not in asked.content.decode()
    assert client.get(share_path(link) + "report.pdf")["Content-Type"].startswith("text/html")
    assert client.post(share_path(link), {"password": "wrong"}).status_code == 403
    assert client.post(share_path(link), {"password": "open sesame"}).status_code == 303
    assert "Quarterly" in client.get(share_path(link)).content.decode()
    # It opens this link alone.
    client.cookies["share"]["path"] = "/"
    assert "Quarterly" not in client.get(share_path(other)).content.decode()


def test_passwords_cannot_be_tried_for_ever(
    actor_for: Callable[[str], Actor], client: Client
) -> None:
    link = make_link(actor_for("owner"), password="open sesame")
    for _try in range(MAX_TRIES):
        client.post(share_path(link), {"password": "wrong"})
    assert client.post(share_path(link), {"password": "open sesame"}).status_code == 429


def test_who_may_share_what(actor_for: Callable[[str], Actor]) -> None:
    for role in ("staff", "viewer"):
        with pytest.raises(Denied):
            make_link(actor_for(role))
    refusals: tuple[tuple[dict[str, Any], str], ...] = (
        ({"kind": "nothing"}, "unknown_kind"),
        ({"object_id": 404}, "not_found"),
        ({"title": "  "}, "invalid"),
        ({"content": ["secrets"]}, "invalid"),
        ({"password": "short"}, "weak_password"),
        ({"expires_at": timezone.now()}, "invalid"),
    )
    for values, code in refusals:
        with pytest.raises(DomainError) as refused:
            share_create(actor=actor_for("owner"), **{"kind": "paper", "title": "t", **values})
        assert refused.value.code == code
    assert not ShareLink.unscoped.exists()


# ---- reports by mail ---------------------------------------------------------------------------


def schedule(actor: Actor, **values: Any) -> ScheduledReport:
    values = {"recipients": ["a@example.com", "b@example.com"], **values}
    return scheduled_report_create(actor=actor, kind="paper", title="Weekly", **values)


def make_due(report: ScheduledReport) -> None:
    ScheduledReport.unscoped.filter(pk=report.pk).update(due_at=timezone.now())


@pytest.fixture
def outbox(settings: Any) -> list[Any]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


def test_a_due_report_goes_to_each_address_once_with_the_pdf(
    actor_for: Callable[[str], Actor], outbox: list[Any]
) -> None:
    report = schedule(actor_for("manager"), language="ko")
    assert reports_mail_due() == 0
    make_due(report)
    assert reports_mail_due() == 2
    assert reports_mail_due() == 0
    assert sorted(m.to[0] for m in outbox) == ["a@example.com", "b@example.com"]
    name, content, kind = outbox[0].attachments[0]
    assert re.fullmatch(r"paper-\d{4}-\d\d-\d\d\.pdf", name)
    assert content.startswith(b"%PDF-")
    assert kind == "application/pdf"
    assert "PDF로 첨부" in outbox[0].body
    report.refresh_from_db()
    assert report.due_at > timezone.now()


def test_a_second_sweeper_at_the_same_time_adds_nothing(
    actor_for: Callable[[str], Actor], outbox: list[Any]
) -> None:
    report = schedule(actor_for("manager"))
    make_due(report)
    due = ScheduledReport.unscoped.get(pk=report.pk).due_at
    reports_mail_due()
    ScheduledReport.unscoped.filter(pk=report.pk).update(due_at=due)  # as if not yet advanced
    reports_mail_due()
    assert len(outbox) == 2


def test_a_mail_server_that_is_away_is_tried_again_and_one_row_stops_no_other(
    actor_for: Callable[[str], Actor], outbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.mail import EmailMultiAlternatives

    sent = EmailMultiAlternatives.send

    def send(message: Any, *args: Any) -> Any:
        if message.to == ["a@example.com"]:
            raise ConnectionRefusedError
        return sent(message, *args)

    report = schedule(actor_for("manager"))
    make_due(report)
    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    assert reports_mail_due() == 1
    waiting = ReportMail.unscoped.get(state="queued")
    assert waiting.address == "a@example.com"
    monkeypatch.setattr(EmailMultiAlternatives, "send", sent)
    ReportMail.unscoped.filter(pk=waiting.pk).update(due_at=timezone.now())
    assert reports_mail_due() == 1
    assert len({m.extra_headers["Message-ID"] for m in outbox}) == 2


def test_a_paused_report_and_a_suppressed_address_get_nothing(
    actor_for: Callable[[str], Actor], outbox: list[Any], program: Program
) -> None:
    actor = actor_for("manager")
    paused, other = schedule(actor), schedule(actor)
    scheduled_report_update(actor=actor, report=paused, is_active=False)
    Suppression.unscoped.create(program=program, address="a@example.com", reason="manual")
    make_due(paused)
    make_due(other)
    reports_mail_due()
    assert [m.to[0] for m in outbox] == ["b@example.com"]


def test_a_report_can_be_sent_at_once(actor_for: Callable[[str], Actor], outbox: list[Any]) -> None:
    report = schedule(actor_for("manager"))
    due = report.due_at
    assert scheduled_report_send_now(actor=actor_for("designer"), report=report) == 2
    reports_mail_due()
    assert len(outbox) == 2
    report.refresh_from_db()
    assert report.due_at == due


@pytest.mark.parametrize(
    "values",
    [
        {"recipients": ["no address"]},
        {"recipients": []},
        {"day": 9},
        {"cadence": "monthly", "day": 0},
        {"hour": 24},
        {"cadence": "hourly"},
    ],
)
def test_a_schedule_that_cannot_be_kept_is_refused(
    values: dict[str, Any], actor_for: Callable[[str], Actor]
) -> None:
    with pytest.raises(DomainError):
        schedule(actor_for("manager"), **values)
    assert not ScheduledReport.unscoped.exists()


# ---- pages -------------------------------------------------------------------------------------


def test_links_and_mails_are_made_and_ended_by_page(
    client_for: Callable[[str], Client], program: Program, client: Client
) -> None:
    browser, base = client_for("manager"), f"/p/{program.slug}"
    form = f"{base}/shares/new/?kind=paper&title=Q1&query=days%3D90"
    assert 'value="Q1"' in browser.get(form).content.decode()
    made = browser.post(form, {"title": "Q1", "language": "ko", "lifetime": "7", "password": ""})
    link = ShareLink.unscoped.get()
    assert share_path(link) in made.content.decode()
    assert link.params == {"query": "days=90"}
    assert "Q1" in browser.get(f"{base}/shares/").content.decode()
    browser.post(f"{base}/shares/{link.pk}/revoke/")
    assert client.get(share_path(link)).status_code == 404
    values = {
        "title": "Week", "language": "en", "recipients": "a@example.com\nb@example.com",
        "cadence": "weekly", "weekday": "4", "month_day": "1", "hour": "7",
    }  # fmt: skip
    answer = browser.post(f"{base}/scheduled-reports/new/?kind=paper", values, follow=True)
    assert "Every Friday at 07:00" in answer.content.decode()
    report = ScheduledReport.unscoped.get()
    assert report.recipients == ["a@example.com", "b@example.com"]
    edit = f"{base}/scheduled-reports/{report.pk}/edit/"
    assert "a@example.com\nb@example.com" in browser.get(edit).content.decode()
    changed = values | {"recipients": "c@example.com", "cadence": "monthly", "month_day": "31"}
    answer = browser.post(edit, changed, follow=True)
    assert "Every month on day 31 at 07:00" in answer.content.decode()
    report.refresh_from_db()
    assert (report.recipients, report.title) == (["c@example.com"], "Week")
    refused = browser.post(edit, changed | {"recipients": "nobody"})
    assert (refused.status_code, "nobody" in refused.content.decode()) == (422, True)
    browser.post(f"{base}/scheduled-reports/{report.pk}/switch/")
    report.refresh_from_db()
    assert not report.is_active
    browser.post(f"{base}/scheduled-reports/{report.pk}/delete/")
    assert not ScheduledReport.unscoped.exists()


def test_a_refused_form_keeps_what_was_typed(
    client_for: Callable[[str], Client], program: Program
) -> None:
    path = f"/p/{program.slug}/shares/new/?kind=paper"
    answer = client_for("owner").post(
        path, {"title": "My title", "language": "en", "lifetime": "7", "password": "short"}
    )
    assert answer.status_code == 422
    assert 'value="My title"' in answer.content.decode()
    assert not ShareLink.unscoped.exists()


def test_fonts_go_along_with_the_assets() -> None:
    from cxportal.launch.assets import FONTS, font_file

    assert all(isinstance(font_file(weight), Path) for weight in FONTS)
