"""Parts of actions: steps, roles, order, pilots, several at once, undo, templates, links."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Membership, Notification
from journeys.models import Action, ActionRole, BoardLink, ChecklistItem, State
from journeys.services.action_bulk import action_move_undo, actions_bulk_change
from journeys.services.action_parts import (
    action_block,
    action_pilot_set,
    action_roles_set,
    action_watch,
    checklist_add,
    checklist_remove,
    checklist_tick,
)
from journeys.services.action_templates import (
    next_day,
    template_save,
    template_use,
    templates_run_due,
)
from journeys.services.actions import action_create, action_move
from journeys.services.board_links import board_link_actor, board_link_create, board_link_revoke
from journeys.services.boards import board_default
from surveys.models import Dimension

ActorFor = Callable[[str], Actor]


def test_steps_are_added_ticked_and_removed(actor_for: ActorFor) -> None:
    staff = actor_for("staff")
    action = action_create(actor=staff, title="x")
    one, two = (checklist_add(actor=staff, action=action, text=t) for t in (" Ask ", "Do"))
    ticked = checklist_tick(actor=staff, item=one, done=True)
    assert (ticked.text, ticked.done_by, ticked.done_at is not None) == ("Ask", "Staff", True)
    assert checklist_tick(actor=staff, item=one, done=False).done_at is None
    checklist_remove(actor=staff, item=one)
    assert list(action.checklist.all()) == [two]
    for text in ("", " ", "x" * 301):
        with pytest.raises(DomainError):
            checklist_add(actor=staff, action=action, text=text)
    with pytest.raises(Denied):
        checklist_add(actor=actor_for("viewer"), action=action, text="x")


def test_one_person_is_accountable(
    actor_for: ActorFor, people: dict[str, Membership], stranger: Membership
) -> None:
    owner, action = actor_for("owner"), action_create(actor=actor_for("owner"), title="x")
    roles = {
        "responsible": [people["staff"], people["manager"]],
        "accountable": [people["manager"]],
    }
    action_roles_set(actor=owner, action=action, roles=roles)
    action_roles_set(actor=owner, action=action, roles={"informed": [people["viewer"]]})
    assert [(r.role, r.membership.role) for r in action.roles.all()] == [("informed", "viewer")]
    for bad in (
        {"accountable": [people["staff"], people["manager"]]},
        {"king": [people["staff"]]},
        {"informed": [stranger]},
    ):
        with pytest.raises(DomainError):
            action_roles_set(actor=owner, action=action, roles=bad)
    assert ActionRole.unscoped.count() == 1


def test_watchers_are_told_of_moves(actor_for: ActorFor, people: dict[str, Membership]) -> None:
    action = action_create(actor=actor_for("owner"), title="x")
    action_watch(actor=actor_for("viewer"), action=action, on=True)
    column = board_default(actor_for("owner")).columns.get(state=State.READY)
    action_move(actor=actor_for("owner"), action=action, column=column)
    notice = Notification.unscoped.get(membership=people["viewer"])
    assert (notice.kind, notice.params["column"]) == ("action_moved", "Ready")
    action_watch(actor=actor_for("viewer"), action=action, on=False)
    assert action.watchers.count() == 0


def test_actions_never_wait_for_each_other_in_a_circle(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    a, b, c = (action_create(actor=owner, title=t) for t in "abc")
    action_block(actor=owner, action=a, by=b)
    action_block(actor=owner, action=b, by=c)
    for action, by in ((c, a), (b, a), (a, a)):
        with pytest.raises(DomainError) as refused:
            action_block(actor=owner, action=action, by=by)
        assert refused.value.code == "circle"
    action_block(actor=owner, action=a, by=b, on=False)
    action_block(actor=owner, action=c, by=a)
    assert list(c.blocked_by.all()) == [a]


def make_dimensions(actor: Actor, kind: str, *keys: str) -> list[int]:
    rows = [Dimension(program=actor.program, kind=kind, key=key) for key in keys]
    return [row.pk for row in Dimension.unscoped.bulk_create(rows)]


def test_a_pilot_is_chosen_before_the_work_is_done(
    actor_for: ActorFor, stranger: Membership
) -> None:
    owner = actor_for("owner")
    stores = make_dimensions(owner, "store", "Gangnam", "Jongno", "Busan")
    segments = make_dimensions(owner, "segment", "vip", "new")
    foreign = make_dimensions(Actor.member(stranger), "store", "Gangnam")
    (channel,) = make_dimensions(owner, "channel", "web")
    action = action_create(actor=owner, title="x")
    set_to = action_pilot_set(
        actor=owner, action=action, pilot=stores[:1], comparison=stores[1:], version=1
    )
    assert (set_to.pilot, set_to.comparison, set_to.version) == (stores[:1], stores[1:], 2)
    for pilot, comparison in (
        (foreign, []),
        ([channel], []),
        (segments, []),
        ([stores[0], segments[0]], []),
        (stores[:1], stores[:1]),
        ([], stores),
    ):
        with pytest.raises(DomainError):
            action_pilot_set(actor=owner, action=action, pilot=pilot, comparison=comparison)
    done = board_default(owner).columns.get(state=State.DONE)
    action_move(actor=owner, action=action, column=done)
    with pytest.raises(DomainError) as late:
        action_pilot_set(actor=owner, action=action, pilot=[])
    assert late.value.code == "closed"


def test_several_change_at_once_and_one_refused_stops_none(
    actor_for: ActorFor, people: dict[str, Membership]
) -> None:
    staff = actor_for("staff")
    mine = [action_create(actor=staff, title=f"m{n}") for n in range(2)]
    other = action_create(actor=actor_for("owner"), title="o")
    due = date(2027, 1, 31)
    result = actions_bulk_change(
        actor=staff, actions=[*mine, other], state=State.READY, due=due, owner=people["staff"]
    )
    assert (result.changed, [action for action, _why in result.refused]) == (2, [other])
    rows = Action.objects.for_actor(staff).filter(pk__in=[a.pk for a in mine])
    assert {(a.due, a.column.state, a.owner) for a in rows} == {(due, "ready", people["staff"])}
    other.refresh_from_db()
    assert (other.due, other.column.state) == (None, "idea")


def test_a_move_is_taken_back_for_a_day(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    columns = {c.state: c for c in board_default(owner).columns.all()}
    with time_machine.travel(timezone.now(), tick=True) as clock:
        action = action_create(actor=owner, title="x")
        with pytest.raises(DomainError):
            action_move_undo(actor=owner, action=action)
        action_move(actor=owner, action=action, column=columns["done"])
        back = action_move_undo(actor=owner, action=action)
        assert (back.column, back.closed_at) == (columns["idea"], None)
        clock.shift(timedelta(days=2))
        with pytest.raises(DomainError) as refused:
            action_move_undo(actor=owner, action=action)
    assert refused.value.code == "nothing_to_undo"


@pytest.mark.parametrize(
    ("day", "every", "following"),
    [
        (date(2026, 1, 31), "month", date(2026, 2, 28)),
        (date(2026, 12, 15), "month", date(2027, 1, 15)),
        (date(2026, 11, 30), "quarter", date(2027, 2, 28)),
        (date(2026, 12, 28), "week", date(2027, 1, 4)),
    ],
)
def test_the_next_day_of_a_rhythm(day: date, every: str, following: date) -> None:
    assert next_day(day, every) == following


def test_a_template_is_used_and_comes_again_once(actor_for: ActorFor, system: Actor) -> None:
    today = timezone.now().astimezone(system.program.zone).date()
    template = template_save(
        actor=actor_for("designer"),
        name={"en": "Store walk"},
        title="Walk through the store",
        checklist=["Entrance", "", "Till"],
        every="month",
        next_on=today - timedelta(days=40),
        due_days=5,
    )
    by_hand = template_use(actor=actor_for("staff"), template=template)
    steps = ChecklistItem.unscoped.filter(action=by_hand).values_list("text", flat=True)
    assert (list(steps), by_hand.due) == (["Entrance", "Till"], today + timedelta(days=5))
    assert (templates_run_due(), templates_run_due()) == (1, 0)
    template.refresh_from_db()
    assert template.next_on is not None
    assert template.next_on > today
    assert Action.objects.for_actor(system).count() == 2
    with pytest.raises(DomainError) as refused:
        template_save(actor=actor_for("designer"), name="x", title="y", every="week")
    assert "next_on" in refused.value.details
    with pytest.raises(Denied):
        template_save(actor=actor_for("staff"), name="x", title="y")


def test_a_link_opens_one_purpose_until_it_is_ended(
    actor_for: ActorFor, people: dict[str, Membership], client: Client
) -> None:
    staff = actor_for("staff")
    action_create(actor=staff, title="회의실, 예약; 확인", owner=people["staff"],
                  due=date(2027, 1, 31))  # fmt: skip
    link, token = board_link_create(actor=staff, kind="calendar")
    answer = client.get(f"/calendar/{token}.ics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.content.decode().replace("\r\n ", "")
    assert "SUMMARY:회의실\\, 예약\\; 확인" in text
    assert "DTSTART;VALUE=DATE:20270131" in text
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert client.get(f"/capture/{token}/").status_code == 404
    _second, fresh = board_link_create(actor=staff, kind="calendar")
    assert client.get(f"/calendar/{token}.ics").status_code == 404
    assert board_link_actor(fresh, "calendar") is not None
    with pytest.raises(DomainError):
        board_link_revoke(actor=actor_for("owner"), link=BoardLink.unscoped.get(revoked_at=None))
    board_link_revoke(actor=staff, link=BoardLink.unscoped.get(revoked_at=None))
    assert client.get(f"/calendar/{fresh}.ics").status_code == 404
    assert not BoardLink.unscoped.filter(token_hash__contains=token[:10]).exists()
    assert link.pk != _second.pk


def test_an_action_is_logged_from_a_phone_without_signing_in(
    actor_for: ActorFor, people: dict[str, Membership], client: Client
) -> None:
    _link, token = board_link_create(actor=actor_for("staff"), kind="capture")
    page = client.get(f"/capture/{token}/")
    assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")
    assert client.post(f"/capture/{token}/", {"title": "Door is stuck"}).status_code == 200
    wrong = client.post(f"/capture/{token}/", {"title": " ", "description": "kept words"})
    assert (wrong.status_code, "kept words" in wrong.text) == (422, True)
    action = Action.unscoped.get()
    assert (action.title, action.created_by) == ("Door is stuck", people["staff"].user)
    people["staff"].is_active = False
    people["staff"].save()
    assert client.get(f"/capture/{token}/").status_code == 404
