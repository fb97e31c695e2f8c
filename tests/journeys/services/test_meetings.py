"""The committee: the agenda finds itself, decisions are actions, minutes go out once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import Membership
from journeys.models import Action, Meeting
from journeys.queries.meetings import agenda_of
from journeys.services.action_parts import action_block
from journeys.services.actions import action_create, action_move
from journeys.services.boards import board_default
from journeys.services.journeys import journey_create
from journeys.services.meetings import (
    agenda_fill,
    meeting_create,
    meeting_decide,
    meeting_delete,
    minutes_send,
)
from journeys.services.plain_mails import mails_send_due
from journeys.services.review import decision_log

ActorFor = Callable[[str], Actor]
ClientFor = Callable[[str], Client]


def today() -> date:
    return timezone.now().date()


def test_the_agenda_is_what_is_due_blocked_and_watched(actor_for: ActorFor, system: Actor) -> None:
    late = action_create(actor=system, title="Late", due=today() - timedelta(days=3))
    action_create(actor=system, title="Far", due=today() + timedelta(days=60))
    waits = action_create(actor=system, title="Waits")
    action_block(actor=system, action=waits, by=late, on=True)
    watched = action_create(actor=system, title="Watched")
    column = board_default(system).columns.get(state="watching")
    action_move(actor=system, action=watched, column=column)
    manager = actor_for("manager")
    meeting = meeting_create(actor=manager, title="Committee", held_on=today())
    agenda = agenda_of(manager, meeting)
    assert [(label, [e.item.text for e in entries]) for label, entries in agenda.groups] == [
        ("Due or overdue", ["Late"]),
        ("Waits for another action", ["Waits"]),
        ("Did it work?", ["Watched"]),
    ]
    action_create(actor=system, title="New", due=today())
    assert (agenda_fill(actor=manager, meeting=meeting), meeting.items.count()) == (1, 4)
    assert agenda_fill(actor=manager, meeting=meeting) == 0
    with pytest.raises(Denied):
        meeting_create(actor=actor_for("staff"), title="x", held_on=today())


def test_decisions_are_actions_and_minutes_go_out_once(
    actor_for: ActorFor, system: Actor, people: dict[str, Membership]
) -> None:
    action_create(actor=system, title="Late", due=today())
    manager = actor_for("manager")
    members = [people["manager"], people["staff"]]
    meeting = meeting_create(
        actor=manager, title="Committee", held_on=today(), members=members, place="Room 2"
    )
    item = meeting.items.get()
    decided = meeting_decide(
        actor=manager, meeting=meeting, item=item, title="New signs", owner=people["staff"]
    )
    journey = journey_create(actor=system, name="Shopping")
    beside = decision_log(actor=manager, journey=journey, title="From the review").action
    assert [a.pk for a in agenda_of(manager, meeting).decided] == [decided.pk, beside.pk]
    assert minutes_send(actor=manager, meeting=meeting, version=1) == 2
    with pytest.raises(StaleEdit):
        minutes_send(actor=manager, meeting=meeting, version=1)
    assert mails_send_due() == 2
    assert {m.to[0] for m in mail.outbox} == {m.user.email for m in members}
    text = mail.outbox[0].body
    assert "- Late · Idea" in text
    assert "→ Decided: New signs (Staff)" in text
    assert "→ Decided: From the review (nobody yet)" in text
    with pytest.raises(DomainError) as kept:
        meeting_delete(actor=manager, meeting=meeting)
    assert kept.value.code == "held"


def test_a_meeting_is_run_on_its_page(
    client_for: ClientFor,
    system: Actor,
    people: dict[str, Membership],
    assert_same_queries: Callable[..., int],
) -> None:
    action_create(actor=system, title="Late", due=today())
    client, base = client_for("manager"), "/p/acme/meetings/"
    form = {"title": "Committee", "held_on": today().isoformat(), "members": [people["staff"].pk]}
    assert client.post(f"{base}new/", form).status_code == 302
    meeting = Meeting.objects.for_actor(system).get()
    page, item = f"{base}{meeting.pk}/", meeting.items.get()
    client.post(f"{page}note/", {"item": item.pk, "note": "Waits for the printer"})
    client.post(f"{page}points/", {"text": "The new shop"})
    client.post(f"{page}decide/", {"item": item.pk, "title": "Print elsewhere"})
    client.post(f"{page}notes/", {"notes": "A good hour", "version": meeting.version})
    shown = client.get(page).text
    for words in ("Waits for the printer", "The new shop", "Print elsewhere", "A good hour"):
        assert words in shown
    assert client.post(f"{page}decide/", {"title": ""}).status_code == 422
    assert client.get(f"{page}minutes/").content.startswith(b"%PDF")
    viewer = client_for("viewer")
    assert "Print elsewhere" in viewer.get(page).text
    assert viewer.post(f"{page}decide/", {"title": "x"}).status_code == 403
    assert Action.objects.for_actor(system).filter(title="Print elsewhere").count() == 1
    assert "Committee" in viewer.get(base).text

    def grow() -> None:
        for number in range(5):
            action_create(actor=system, title=f"Late {number}", due=today())
        agenda_fill(actor=system, meeting=meeting)

    assert_same_queries(lambda: client.get(page), grow)
