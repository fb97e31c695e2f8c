"""Meetings of the committee: planned with an agenda, decided in, their minutes sent."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import (
    audit,
    check_fields,
    expect_version,
    lock,
    refuse_foreign,
    save_version,
    tidy,
)
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership
from cxportal.core.policies import authorise
from journeys.models import Action, AgendaItem, Board, Decision, Meeting
from journeys.queries.actions import today_of
from journeys.queries.meetings import agenda_of, minutes_lines, points_of
from journeys.services.actions import action_create
from journeys.services.plain_mails import mail_put

EDITABLE = ("title", "held_on", "place", "board", "notes")
_MARKS = {"head": "\n{}\n", "point": "- {}", "note": "  {}", "decision": "  → {}"}


@transaction.atomic
def meeting_create(
    *,
    actor: Actor,
    title: str,
    held_on: date,
    place: str = "",
    board: Board | None = None,
    members: Iterable[Membership] = (),
    external_id: str | None = None,
) -> Meeting:
    """Plan a meeting; its agenda is filled with what calls for a word now.

    A known external_id returns the meeting it planned. Raises DomainError: "invalid", "not_found".
    """
    authorise(actor, "journeys.run_meetings")
    rows: Any = Meeting.objects.for_actor(actor)
    known: Meeting | None = rows.filter(external_id=external_id).first() if external_id else None
    if known is not None:
        return known
    people = list(members)
    refuse_foreign(actor, {"board": board, **{str(m.pk): m for m in people}})
    meeting = Meeting(
        program=actor.program,
        held_on=held_on,
        board=board,
        created_by=actor.user,
        external_id=external_id or None,
        **tidy({"title": title, "place": place}),
    )
    check_fields(meeting)
    meeting.save()
    meeting.members.set(people)
    audit(actor=actor, action="meeting.create", obj=meeting)
    _fill(actor, meeting)
    return meeting


@transaction.atomic
def meeting_update(
    *,
    actor: Actor,
    meeting: Meeting,
    version: int | None = None,
    members: Iterable[Membership] | None = None,
    **values: Any,
) -> Meeting:
    """Change fields of EDITABLE and who takes part. Raises DomainError "invalid"; StaleEdit."""
    authorise(actor, "journeys.run_meetings", meeting)
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"a meeting has no {', '.join(sorted(unknown))} to set")
    stored = lock(meeting)
    expect_version(stored, version, shown=tuple(values))
    people = None if members is None else list(members)
    refuse_foreign(actor, {"board": values.get("board"), **{str(m.pk): m for m in people or ()}})
    for name, value in tidy(values).items():
        setattr(stored, name, value)
    check_fields(stored)
    stored = lock(meeting)
    changes = save_version(stored, tidy(values))
    if people is not None:
        stored.members.set(people)
    if changes:
        words = {n: [None if v is None else str(v) for v in p] for n, p in changes.items()}
        words.pop("notes", None)
        audit(actor=actor, action="meeting.update", obj=stored, changes=words)
    return stored


@transaction.atomic
def agenda_fill(*, actor: Actor, meeting: Meeting) -> int:
    """Add what calls for a word by now and is not on the agenda yet; returns how many points."""
    authorise(actor, "journeys.run_meetings", meeting)
    return _fill(actor, lock(meeting))


def _fill(actor: Actor, meeting: Meeting) -> int:
    known = set(meeting.items.values_list("key", flat=True))
    new = [point for point in points_of(actor, meeting) if point.key not in known]
    AgendaItem.unscoped.bulk_create(  # unscoped: written for the actor's own program
        (
            AgendaItem(
                program=actor.program,
                meeting=meeting,
                kind=point.kind,
                key=point.key,
                text=point.text[:300],
                action=point.action,
                stage=point.stage,
                position=len(known) + place,
            )
            for place, point in enumerate(new)
        ),
        ignore_conflicts=True,
    )
    return len(new)


@transaction.atomic
def agenda_add(*, actor: Actor, meeting: Meeting, text: str) -> AgendaItem:
    """Put a point of one's own on the agenda. Raises DomainError "invalid"."""
    authorise(actor, "journeys.run_meetings", meeting)
    stored = lock(meeting)
    count = stored.items.count()
    item = AgendaItem(
        program=actor.program,
        meeting=stored,
        key=f"own:{timezone.now().timestamp():.6f}",
        position=count,
        **tidy({"text": text}),
    )
    check_fields(item)
    item.save()
    audit(actor=actor, action="meeting.point", obj=stored)
    return item


@transaction.atomic
def agenda_note(*, actor: Actor, item: AgendaItem, note: str) -> AgendaItem:
    """Write down what was said about a point. Raises DomainError "invalid"."""
    authorise(actor, "journeys.run_meetings", item)
    stored = lock(item)
    stored.note = tidy({"note": note})["note"]
    check_fields(stored)
    stored.save(update_fields=["note"])
    return stored


@transaction.atomic
def agenda_drop(*, actor: Actor, item: AgendaItem) -> None:
    """Take a point off the agenda; what was decided on it stays decided."""
    authorise(actor, "journeys.run_meetings", item)
    item.delete()


@transaction.atomic
def meeting_decide(
    *, actor: Actor, meeting: Meeting, item: AgendaItem | None = None, **values: Any
) -> Action:
    """Log a decision as an action: title, owner, due, stage. Raises as `action_create` does."""
    authorise(actor, "journeys.run_meetings", meeting)
    refuse_foreign(actor, {"item": item})
    if item is not None and item.meeting_id != meeting.pk:
        raise DomainError("not_found", _("This point is not of this meeting."), status=404)
    if item is not None and item.stage is not None:
        values.setdefault("stage", item.stage)
    if item is not None and item.action is not None:
        values.setdefault("touchpoint", item.action.touchpoint)
    action = action_create(actor=actor, board=meeting.board, **values)
    _decided(actor, meeting, action, item)
    return action


def _decided(actor: Actor, meeting: Meeting, action: Action, item: AgendaItem | None) -> None:
    Decision(
        program=actor.program, meeting=meeting, item=item, action=action, by=actor.label[:200]
    ).save()


def meeting_takes_in(*, actor: Actor, action: Action) -> Meeting | None:
    """Add what the stage review decided to a meeting of today that is not over; None without one.

    Asks no right of its own: who decided had the right to log the action.
    """
    rows: Any = Meeting.objects.for_actor(actor)
    today = rows.filter(held_on=today_of(actor), state=Meeting.State.PLANNED).order_by("-pk")
    meeting: Meeting | None = today.first()
    if meeting is not None:
        _decided(actor, meeting, action, None)
    return meeting


@transaction.atomic
def minutes_send(*, actor: Actor, meeting: Meeting, version: int | None = None) -> int:
    """Close the meeting and mail its minutes to who takes part; returns how many mails.

    Raises DomainError "nobody" (409) where nobody takes part; StaleEdit, so that a second press
    sends nothing.
    """
    authorise(actor, "journeys.run_meetings", meeting)
    stored = lock(meeting)
    expect_version(stored, version, shown=("state",))
    people = list(stored.members.filter(is_active=True).select_related("user"))
    if not people:
        message = _("Say first who takes part: they get the minutes.")
        raise DomainError("nobody", message, status=409)
    save_version(stored, {"state": Meeting.State.HELD, "minutes_sent_at": timezone.now()})
    texts: dict[str, tuple[str, str]] = {}
    for member in people:
        language = member.user.language or actor.program.default_language
        if language not in texts:
            texts[language] = _written(actor, stored, language)
        subject, body = texts[language]
        mail_put(
            actor=actor,
            address=member.user.email,
            subject=subject,
            body=body,
            reply_to=actor.user.email if actor.user is not None else "",
        )
    audit(actor=actor, action="meeting.minutes", obj=stored, changes={"mails": [None, len(people)]})
    return len(people)


def _written(actor: Actor, meeting: Meeting, language: str) -> tuple[str, str]:
    with translation.override(language):
        day: Mapping[str, Any] = {"title": meeting.title, "day": meeting.held_on.isoformat()}
        subject = _("Minutes: %(title)s, %(day)s") % day
        lines = minutes_lines(meeting, agenda_of(actor, meeting))
        body = "\n".join(_MARKS[kind].format(words) for kind, words in lines)
        return subject, f"{subject}\n{meeting.place}\n{body}\n\n{actor.program.name}\n"


@transaction.atomic
def meeting_delete(*, actor: Actor, meeting: Meeting) -> None:
    """Forget a meeting; the actions it decided stay. Raises DomainError "held" (409)."""
    authorise(actor, "journeys.run_meetings", meeting)
    stored = lock(meeting)
    if stored.state == Meeting.State.HELD:
        message = _("A meeting whose minutes were sent stays on record.")
        raise DomainError("held", message, status=409)
    audit(actor=actor, action="meeting.delete", obj=stored)
    stored.delete()
