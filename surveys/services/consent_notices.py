"""Which notices of consent are owed: the law's two, filled from the log of consents.

Network Act, article 50(7): whoever agrees to advertising, refuses it or takes a consent back is
told within 14 days what became of it. Article 50(8): a consent is confirmed every two years.
Rows are the truth; a sweep that runs twice adds nothing. `notice_sending.py` sends them.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.models import Channel, Consent
from cxportal.core.policies import authorise
from cxportal.core.services.consent import consent_record
from cxportal.core.tokens import new_secret
from surveys.calc.consent_law import RESULT_DAYS, ROUND_YEARS, reconfirm_day, years_from
from surveys.models import ConsentNotice, Delivery, NoticeRules, SenderIdentity
from surveys.queries.skip_rules import ADVERTISING
from surveys.services.preference_links import Door

CHANNELS = (Channel.EMAIL, Channel.SMS)
#: A confirmation goes out so long before its last day, and is waited for so long.
AHEAD = timedelta(days=30)
#: Decisions are looked for so far back; the hourly sweep needs a minute of it.
LOOKED_BACK = timedelta(days=90)
LAPSED = "no confirmation"
CONFIRMED = "confirmed when asked"
_FIELDS = ("tells_result", "reconfirms", "lapses", "sender")
_CHUNK = 500
_KEEP: Any = object()


def notice_rules(actor: Actor) -> NoticeRules:
    """What the program has chosen; an unsaved row with everything off where nobody has."""
    found = NoticeRules.objects.for_actor(actor).select_related("sender").first()
    return found or NoticeRules(program=actor.program, version=0)


@transaction.atomic
def notice_rules_update(
    *,
    actor: Actor,
    version: int | None = None,
    tells_result: bool = _KEEP,
    reconfirms: bool = _KEEP,
    lapses: bool = _KEEP,
    sender: SenderIdentity | None = _KEEP,
) -> NoticeRules:
    """Switch the notices on or off. Decisions of the last 14 days are told as well.

    Raises Denied, StaleEdit.
    """
    authorise(actor, "surveys.change_consent_notices")
    row, is_new = NoticeRules.unscoped.get_or_create(  # unscoped: the actor's own program
        program=actor.program, defaults={"version": 0}
    )
    stored = row if is_new else lock(row)
    expect_version(stored, version, _FIELDS)
    given: dict[str, Any] = {
        "tells_result": tells_result, "reconfirms": reconfirms, "lapses": lapses, "sender": sender,
    }  # fmt: skip
    values = {name: value for name, value in given.items() if value is not _KEEP}
    if values.get("tells_result") and not stored.tells_result:
        values["tells_since"] = timezone.now() - timedelta(days=RESULT_DAYS)
    changes = save_version(stored, values)
    if changes:
        audit(actor=actor, action="consent_notices.update", obj=stored, changes=changes)
    return stored


def notices_queue(now: datetime | None = None) -> int:
    """Write a row for every notice that is owed by now and end what lapsed; returns the rows."""
    moment = now or timezone.now()
    added = 0
    wanted = Q(tells_result=True) | Q(reconfirms=True)
    for rules in NoticeRules.unscoped.filter(  # unscoped: the worker serves all programs
        wanted
    ).select_related("program"):
        added += sum(_write(rows) for rows in _owed(rules, moment))
        if rules.reconfirms and rules.lapses:
            _lapse(rules, moment)
    return added


def newest_decisions(program_id: int) -> QuerySet[Consent]:
    """The last word of each person on advertising by each channel we can tell them by."""
    later = Consent.unscoped.filter(  # unscoped: the program is named in the outer query
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")),
        customer=OuterRef("customer"),
        channel=OuterRef("channel"),
        purpose=ADVERTISING,
    )
    return Consent.unscoped.filter(  # unscoped: one program, named by the worker
        ~Exists(later), program_id=program_id, purpose=ADVERTISING, channel__in=CHANNELS
    )


def _owed(rules: NoticeRules, now: datetime) -> Iterator[list[ConsentNotice]]:
    """Rows to write, some hundred at a time."""
    zone = rules.program.zone
    today = now.astimezone(zone).date()
    people = newest_decisions(rules.program_id).filter(
        customer__erased_at=None, customer__is_test=False
    )
    rows: list[ConsentNotice] = []
    for consent, kind in _decisions(rules, people, today, now):
        day = consent.at.astimezone(zone).date()
        told = kind == ConsentNotice.Kind.RESULT
        due = day + timedelta(days=RESULT_DAYS) if told else reconfirm_day(day, today + AHEAD)
        rows.append(
            ConsentNotice(
                program_id=rules.program_id, consent=consent, kind=kind, due_on=due, next_at=now,
                nonce=new_secret(),
            )
        )  # fmt: skip
        if len(rows) >= _CHUNK:
            yield rows
            rows = []
    yield rows


def _decisions(
    rules: NoticeRules, people: QuerySet[Consent], today: date, now: datetime
) -> Iterator[tuple[Consent, str]]:
    """Decisions with the kind of notice they are owed and have not got."""
    told = ConsentNotice.unscoped.filter(consent=OuterRef("pk"))  # unscoped: of the outer rows
    if rules.tells_result and rules.tells_since is not None:
        kind = ConsentNotice.Kind.RESULT.value
        since = max(rules.tells_since, now - LOOKED_BACK)
        fresh = people.filter(~Exists(told.filter(kind=kind)), at__gte=since)
        for consent in fresh.exclude(source=LAPSED).iterator(chunk_size=2000):
            yield consent, kind
    if rules.reconfirms:
        kind = ConsentNotice.Kind.RECONFIRM.value
        last = today + AHEAD
        # The round that is due now; two years ago was another one.
        asked = told.filter(kind=kind, due_on__gt=years_from(last, -ROUND_YEARS))
        old = people.filter(~Exists(asked), granted=True, reconfirm_by__lte=last)
        for consent in old.iterator(chunk_size=2000):
            yield consent, kind


def _write(rows: list[ConsentNotice]) -> int:
    """The constraint keeps two sweepers from writing one twice."""
    ConsentNotice.unscoped.bulk_create(  # unscoped: rows name their program
        rows, ignore_conflicts=True
    )
    return len(rows)


def _lapse(rules: NoticeRules, now: datetime) -> None:
    """End consents whose confirmation was asked for and never came."""
    today = now.astimezone(rules.program.zone).date()
    silent = ConsentNotice.unscoped.filter(  # unscoped: one program, named by the worker
        program_id=rules.program_id,
        kind=ConsentNotice.Kind.RECONFIRM,
        state=Delivery.State.SENT,
        # Whom the question did not reach has not kept silent.
        came_back="",
        sent_at__lt=now - AHEAD,
        due_on__lt=today,
        consent__in=newest_decisions(rules.program_id).filter(granted=True),
    ).select_related("consent__customer")
    actor = Actor.system(rules.program)
    for notice in silent:
        consent = notice.consent
        consent_record(
            actor=actor, customer=consent.customer, channel=consent.channel, purpose=ADVERTISING,
            granted=False, source=LAPSED,
        )  # fmt: skip


def consent_to_keep(door: Door) -> Consent | None:
    """The consent the link's notice asks about, while it is the person's last word."""
    notice = door.notice
    if notice is None or notice.kind != ConsentNotice.Kind.RECONFIRM:
        return None
    return newest_decisions(notice.program_id).filter(pk=notice.consent_id, granted=True).first()


@transaction.atomic
def consent_keep(*, door: Door) -> bool:
    """Record that the person still agrees; False where they have decided anew meanwhile."""
    lock(door.person)
    consent = consent_to_keep(door)
    if consent is None:
        return False
    consent_record(
        actor=door.actor, customer=door.person, channel=consent.channel, purpose=ADVERTISING,
        granted=True, source=CONFIRMED, text_version="notice-1", night=consent.night,
    )  # fmt: skip
    return True
