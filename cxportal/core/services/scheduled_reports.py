"""Reports mailed as PDF every week or month. Rows are the truth; the sweeper may come twice."""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.actors import Actor
from cxportal.core.calc.schedules import MONTHLY, WEEKLY, next_due
from cxportal.core.commands import audit, changed_fields, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import ReportMail, ScheduledReport, Suppression
from cxportal.core.pdf import CONTENT_TYPE, Document
from cxportal.core.policies import authorise
from cxportal.core.services.sharing import language_of, shareable_of, shared_values

logger = logging.getLogger(__name__)
MAX_RECIPIENTS = 50
MAX_ATTEMPTS = 5
LEASE = timedelta(minutes=15)
_DAYS = {WEEKLY: range(7), MONTHLY: range(1, 32)}
_WHEN = ("cadence", "day", "hour")


@transaction.atomic
def scheduled_report_create(
    *,
    actor: Actor,
    kind: str,
    object_id: int | None = None,
    title: str,
    recipients: Iterable[str],
    cadence: str = WEEKLY,
    day: int = 0,
    hour: int = 8,
    params: Mapping[str, Any] | None = None,
    content: Iterable[str] = (),
    language: str = "",
) -> ScheduledReport:
    """Have something mailed as PDF; `day` is a weekday (0 = Monday) or a day of the month.

    Raises DomainError: "unknown_kind", "no_document", "invalid".
    """
    values = shared_values(
        actor=actor,
        kind=kind,
        object_id=object_id,
        title=title,
        params=params,
        content=content,
        language=language,
    )
    if shareable_of(kind).document is None:
        sentence = _("This cannot be written as PDF.")
        raise DomainError("no_document", sentence, details={"kind": sentence})
    report = ScheduledReport(
        **values, cadence=cadence, day=day, hour=hour, recipients=_addresses(recipients)
    )
    report.due_at = _due(report)
    report.save()
    audit(actor=actor, action="scheduledreport.create", obj=report, changes={"kind": kind})
    return report


@transaction.atomic
def scheduled_report_update(
    *, actor: Actor, report: ScheduledReport, **values: Any
) -> ScheduledReport:
    """Change title, recipients, language, `is_active` and when it is sent."""
    authorise(actor, "core.change_shares", report)
    if set(values) - {"title", "recipients", "language", "is_active", *_WHEN}:
        raise TypeError(f"a scheduled report has no {sorted(values)}")
    report = lock(report)
    if "recipients" in values:
        values["recipients"] = _addresses(values["recipients"])
    if "language" in values:
        values["language"] = language_of(actor, values["language"])
    changes = changed_fields(report, values)
    for name in changes:
        setattr(report, name, values[name])
    if changes:
        report.due_at = _due(report)
        report.save(update_fields=[*changes, "due_at"])
        audit(actor=actor, action="scheduledreport.update", obj=report, changes=changes)
    return report


@transaction.atomic
def scheduled_report_delete(*, actor: Actor, report: ScheduledReport) -> None:
    """Send it no more."""
    authorise(actor, "core.change_shares", report)
    audit(actor=actor, action="scheduledreport.delete", obj=report)
    report.delete()


def _addresses(recipients: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(address.strip().lower() for address in recipients if address))
    try:
        for address in found:
            validate_email(address)
    except ValidationError:
        sentence = _("“%(address)s” is not an e-mail address.") % {"address": address[:80]}
        raise DomainError("invalid", sentence, details={"recipients": sentence}) from None
    if not 1 <= len(found) <= MAX_RECIPIENTS:
        sentence = _("Name one to %(most)d addresses.") % {"most": MAX_RECIPIENTS}
        raise DomainError("invalid", sentence, details={"recipients": sentence})
    return found


def _due(report: ScheduledReport) -> Any:
    fits = report.cadence in _DAYS and report.day in _DAYS[report.cadence]
    if not fits or not 0 <= report.hour <= 23:
        sentence = _("Choose a day and an hour from 0 to 23.")
        raise DomainError("invalid", sentence, details={"day": sentence})
    zone = report.program.zone
    return next_due(report.cadence, report.day, report.hour, zone, timezone.now())


def reports_mail_due(*, limit: int = 50) -> int:
    """Queue the mails of due reports, then send what waits; returns how many were sent."""
    while _queue_one():
        pass
    sent, documents = 0, dict[tuple[int, Any], bytes]()
    for _turn in range(limit):
        mail = _claim()
        if mail is None:
            break
        sent += _send(mail, documents)
    return sent


@transaction.atomic
def _queue_one() -> bool:
    """Turn one due report into rows, one per address, and set its next time."""
    report = (
        ScheduledReport.unscoped.select_for_update(  # unscoped: works for all programs
            skip_locked=True, of=("self",)
        )
        .filter(is_active=True, due_at__lte=timezone.now())
        .select_related("program")
        .order_by("due_at")
        .first()
    )
    if report is None:
        return False
    report_queue(report)
    report.due_at = _due(report)
    report.save(update_fields=["due_at"])
    return True


def report_queue(report: ScheduledReport) -> int:
    """Queue the mails of the occurrence that is due; a second call adds nothing."""
    gone = set(
        Suppression.unscoped.filter(  # unscoped: the report's own program
            program=report.program, address__in=report.recipients
        ).values_list("address", flat=True)
    )
    mails = [
        ReportMail(
            program=report.program,
            report=report,
            occurrence=report.due_at,
            address=address,
            due_at=timezone.now(),
        )
        for address in report.recipients
        if address not in gone
    ]
    made = ReportMail.unscoped.bulk_create(mails, ignore_conflicts=True)  # unscoped: its program
    return len(made)


@transaction.atomic
def scheduled_report_send_now(*, actor: Actor, report: ScheduledReport) -> int:
    """Send it within seconds, apart from its schedule; returns how many addresses get it."""
    authorise(actor, "core.change_shares", report)
    report.due_at = timezone.now()
    audit(actor=actor, action="scheduledreport.send", obj=report)
    return report_queue(report)


@transaction.atomic
def _claim() -> ReportMail | None:
    mail = (
        ReportMail.unscoped.select_for_update(  # unscoped: works for all programs
            skip_locked=True, of=("self",)
        )
        .filter(state=ReportMail.State.QUEUED, due_at__lte=timezone.now())
        .select_related("report__program")
        .order_by("due_at", "pk")
        .first()
    )
    if mail is not None:
        mail.attempts += 1
        mail.due_at = timezone.now() + LEASE
        mail.save(update_fields=["attempts", "due_at"])
    return mail


def _send(mail: ReportMail, documents: dict[tuple[int, Any], bytes]) -> bool:
    key = (mail.report_id, mail.occurrence)
    try:
        if key not in documents:
            documents[key] = report_document(mail.report).bytes()
        _message(mail, documents[key]).send()
    except Exception as error:  # whatever went wrong ends only this row
        _failed(mail, error)
        return False
    mail.state, mail.sent_at, mail.problem = ReportMail.State.SENT, timezone.now(), ""
    mail.save(update_fields=["state", "sent_at", "problem"])
    return True


def _failed(mail: ReportMail, error: Exception) -> None:
    """Try again after the lease, except when it can never succeed."""
    logger.warning("report %s was not mailed: %s", mail.report_id, type(error).__name__)
    final = isinstance(error, DomainError) or mail.attempts >= MAX_ATTEMPTS
    if final:
        mail.state = ReportMail.State.FAILED
    words = error.message if isinstance(error, DomainError) else type(error).__name__
    mail.problem = words[:200]
    mail.save(update_fields=["state", "problem"])


def report_document(report: ScheduledReport) -> Document:
    """The report as PDF, seen by a guest. Raises DomainError when its kind cannot."""
    shareable = shareable_of(report.kind)
    if shareable.document is None:
        raise DomainError("no_document", _("This cannot be written as PDF."))
    with override(report.language):
        return shareable.document(Actor.guest(report.program, report.language), report)


def _message(mail: ReportMail, document: bytes) -> EmailMultiAlternatives:
    report = mail.report
    context = {"report": report, "program": report.program, "brand_name": report.program.name}
    with override(report.language):
        message = EmailMultiAlternatives(
            " ".join(f"{report.program.name} · {report.title}".split()),
            render_to_string("core/mail/report.txt", context),
            to=[mail.address],
            headers={"Message-ID": f"<report-{mail.pk}@cxportal.invalid>"},
        )
        html = render_to_string("core/mail/report.html", context)
    message.attach_alternative(html, "text/html")
    day = mail.occurrence.astimezone(report.program.zone)
    message.attach(f"{report.kind}-{day:%Y-%m-%d}.pdf", document, CONTENT_TYPE)
    return message
