"""Actions: logged in a word, moved in order, changed without overwriting, deleted with undo."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import AuditEntry, Membership, Note, Notification, OutboxEvent, Team
from cxportal.core.services.notes import note_add
from journeys.models import Action, ActionMove, Column, Journey, Stage, State, Step, Touchpoint
from journeys.services import actions as service
from journeys.services.actions import (
    action_create,
    action_delete,
    action_move,
    action_restore,
    action_update,
)
from journeys.services.boards import board_default

ActorFor = Callable[[str], Actor]


def column(actor: Actor, state: str) -> Column:
    return board_default(actor).columns.get(state=state)


def order(actor: Actor, state: str) -> list[str]:
    rows: Any = Action.objects.for_actor(actor)
    return [a.title for a in rows.filter(column=column(actor, state)).order_by("rank")]


def make_touchpoint(actor: Actor, stages: int = 1) -> Touchpoint:
    program = actor.program
    place = Touchpoint(program=program, code="till", name={"en": "Till"})
    place.save()
    journey = Journey(program=program, code="buy", name={"en": "Buying"})
    journey.save()
    for number in range(stages):
        stage = Stage(program=program, journey=journey, code=f"s{number}", name={"en": "Pay"})
        stage.save()
        Step(program=program, stage=stage, touchpoint=place).save()
    return place


def test_a_title_is_enough(actor_for: ActorFor) -> None:
    staff = actor_for("staff")
    action = action_create(actor=staff, title="  Answer within a day ")
    assert (action.title, action.column.state, action.version) == (
        "Answer within a day",
        "idea",
        1,
    )
    assert (action.created_by, action.owner, action.closed_at) == (staff.user, None, None)
    move = action.moves.get()
    assert (move.from_state, move.to_state, move.by) == ("", "idea", "Staff")
    event = OutboxEvent.objects.for_actor(staff).get()
    assert (event.payload["event"], event.payload["data"]["title"]) == (
        "action.created",
        "Answer within a day",
    )


def test_the_newest_action_lies_on_top(actor_for: ActorFor) -> None:
    staff = actor_for("staff")
    for title in ("first", "second", "third"):
        action_create(actor=staff, title=title)
    assert order(staff, State.IDEA) == ["third", "second", "first"]


def test_the_stage_follows_from_a_touchpoint_in_one_stage_only(actor_for: ActorFor) -> None:
    place = make_touchpoint(actor_for("staff"))
    made = action_create(actor=actor_for("staff"), title="Shorter queue", touchpoint=place)
    assert made.stage == Stage.objects.for_actor(actor_for("staff")).get()


def test_a_touchpoint_in_two_stages_leaves_the_stage_open(actor_for: ActorFor) -> None:
    place = make_touchpoint(actor_for("staff"), stages=2)
    assert action_create(actor=actor_for("staff"), title="Queue", touchpoint=place).stage is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "x", "importance": 6}, "importance"),
        ({"title": "x", "cost": 0}, "cost"),
        ({"title": "x", "horizon": "some day"}, "horizon"),
    ],
)
def test_values_out_of_bounds_are_named_and_nothing_is_kept(
    actor_for: ActorFor, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        action_create(actor=actor_for("staff"), **values)
    assert list(refused.value.details) == [field]
    assert not Action.objects.for_actor(actor_for("staff")).exists()


def test_an_external_id_is_taken_once(actor_for: ActorFor) -> None:
    action_create(actor=actor_for("owner"), title="A", external_id="T-1")
    with pytest.raises(DomainError) as refused:
        action_create(actor=actor_for("owner"), title="B", external_id="T-1")
    assert (refused.value.code, refused.value.status) == ("external_id_taken", 409)


def test_rows_of_another_program_cannot_be_linked(
    actor_for: ActorFor, stranger: Membership
) -> None:
    owner, other = actor_for("owner"), Actor.member(stranger)
    foreign: dict[str, Any] = {
        "owner": stranger,
        "touchpoint": make_touchpoint(other),
        "stage": Stage.objects.for_actor(other).get(),
        "board": board_default(other),
        "column": column(other, State.IDEA),
    }
    for name, value in foreign.items():
        with pytest.raises(DomainError) as refused:
            action_create(actor=owner, title="x", **{name: value})
        assert refused.value.status == 404, name
    mine = action_create(actor=owner, title="mine")
    with pytest.raises(DomainError):
        action_move(actor=owner, action=mine, column=foreign["column"])
    assert order(other, State.IDEA) == []


def test_work_is_dated_by_the_states_it_passes(system: Actor) -> None:
    days = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in range(1, 7)]
    action = action_create(actor=system, title="Training", at=days[0])
    for state, at in zip(
        [State.DOING, State.READY, State.DOING, State.WATCHING, State.DONE],
        days[1:],
        strict=True,
    ):
        action = action_move(actor=system, action=action, column=column(system, state), at=at)
    # Started when first in progress; closed when the work was done, not when watching ended.
    assert (action.started_at, action.closed_at) == (days[1], days[4])
    assert action.entered_column_at == days[5]
    assert [m.to_state for m in action.moves.all()] == [
        "idea",
        "doing",
        "ready",
        "doing",
        "watching",
        "done",
    ]
    reopened = action_move(actor=system, action=action, column=column(system, State.DOING))
    assert (reopened.started_at, reopened.closed_at) == (days[1], None)


def test_people_cannot_date_back(actor_for: ActorFor) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert (
        action_create(actor=actor_for("owner"), title="x", at=long_ago).entered_column_at.year
        > 2020
    )


def test_closing_is_told_once(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    action = action_create(actor=owner, title="x")
    for state in (State.WATCHING, State.DONE):
        action = action_move(actor=owner, action=action, column=column(owner, state))
    events = [e.payload["event"] for e in OutboxEvent.objects.for_actor(owner).order_by("pk")]
    assert events == ["action.created", "action.closed"]


def test_an_action_goes_where_it_is_put(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    c, _b, a = (action_create(actor=owner, title=t) for t in ("c", "b", "a"))
    idea = column(owner, State.IDEA)
    action_move(actor=owner, action=a, column=idea, after=c)
    assert order(owner, State.IDEA) == ["b", "c", "a"]
    action_move(actor=owner, action=a, column=idea, before=c)
    assert order(owner, State.IDEA) == ["b", "a", "c"]
    moved = action_move(actor=owner, action=c, column=idea)
    assert order(owner, State.IDEA) == ["c", "b", "a"]
    # The order within a column is no change of the action.
    assert (moved.version, moved.moves.count()) == (1, 1)


def test_a_neighbour_that_left_puts_it_on_top(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    gone, stays, moving = (action_create(actor=owner, title=t) for t in ("gone", "stays", "m"))
    action_move(actor=owner, action=gone, column=column(owner, State.DONE))
    action_move(actor=owner, action=moving, column=column(owner, State.READY))
    action_move(actor=owner, action=moving, column=column(owner, State.IDEA), after=gone)
    assert order(owner, State.IDEA) == ["m", stays.title]


def test_a_crowded_column_is_numbered_anew(
    actor_for: ActorFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "CROWDED", 4)
    owner = actor_for("owner")
    last, first = (action_create(actor=owner, title=t) for t in ("last", "first"))
    idea = column(owner, State.IDEA)
    between = [first.title]
    for number in range(40):
        made = action_create(actor=owner, title=str(number))
        action_move(actor=owner, action=made, column=idea, before=last)
        between.append(made.title)
    assert order(owner, State.IDEA) == [*between, "last"]
    assert max(len(a.rank) for a in idea.actions.all()) <= 5


def test_a_stale_move_says_where_it_is_now(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    action = action_create(actor=owner, title="x")
    action_move(actor=owner, action=action, column=column(owner, State.DOING), version=1)
    with pytest.raises(StaleEdit) as stale:
        action_move(actor=owner, action=action, column=column(owner, State.DONE), version=1)
    assert stale.value.details["current"] == {
        "version": 2,
        "column": "In progress",
        "state": "doing",
    }
    action.refresh_from_db()
    assert (action.column.state, action.moves.count()) == ("doing", 2)


def test_a_stale_edit_shows_what_is_stored_and_changes_nothing(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    action = action_create(actor=owner, title="x")
    action_update(actor=owner, action=action, version=1, title="y", due=date(2026, 5, 1))
    with pytest.raises(StaleEdit) as stale:
        action_update(actor=owner, action=action, version=1, title="z", due=None)
    assert stale.value.details["current"]["title"] == "y"
    assert stale.value.details["current"]["due"] == "2026-05-01"
    action.refresh_from_db()
    assert (action.title, action.version) == ("y", 2)


def test_an_edit_is_audited_in_words(actor_for: ActorFor, people: dict[str, Membership]) -> None:
    owner = actor_for("owner")
    action = action_create(actor=owner, title="x")
    changed = action_update(actor=owner, action=action, title="y", owner=people["staff"], urgency=3)
    entry = AuditEntry.objects.for_actor(owner).get(action="action.update")
    assert entry.changes == {"title": ["x", "y"], "owner": [None, "Staff"]}
    assert changed.version == 2
    assert action_update(actor=owner, action=action, title="y").version == 2


def test_a_refused_edit_keeps_everything(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    action = action_create(actor=owner, title="x")
    with pytest.raises(DomainError):
        action_update(actor=owner, action=action, title="y", importance=9)
    action.refresh_from_db()
    assert (action.title, action.importance, action.version) == ("x", 3, 1)


def test_an_unknown_field_is_a_mistake_of_ours(actor_for: ActorFor) -> None:
    action = action_create(actor=actor_for("owner"), title="x")
    with pytest.raises(TypeError, match="closed_at"):
        action_update(actor=actor_for("owner"), action=action, closed_at=None)


def test_who_gets_it_is_told_but_not_of_own_doing(
    actor_for: ActorFor, people: dict[str, Membership]
) -> None:
    owner, staff = actor_for("owner"), people["staff"]
    action = action_create(actor=owner, title="Call back", owner=staff)
    action_update(actor=owner, action=action, owner=people["owner"])
    action_update(actor=owner, action=action, urgency=5)
    note_add(actor=actor_for("staff"), obj=action, text="Done that")
    told = Notification.objects.for_actor(owner).order_by("pk")
    assert [(n.membership, n.kind) for n in told] == [
        (staff, "action_assigned"),
        (people["owner"], "note_added"),
    ]
    assert told[0].params == {"title": "Call back", "who": "Owner"}
    assert told[0].url == f"/p/acme/actions/{action.pk}/"


def test_an_empty_comment_is_refused(actor_for: ActorFor) -> None:
    action = action_create(actor=actor_for("owner"), title="x")
    with pytest.raises(DomainError):
        note_add(actor=actor_for("owner"), obj=action, text="  \x00 ")
    assert Note.unscoped.count() == 0


def test_a_deleted_action_comes_back_to_its_place(actor_for: ActorFor) -> None:
    owner = actor_for("owner")
    c, b, a = (action_create(actor=owner, title=t) for t in ("c", "b", "a"))
    action_delete(actor=owner, action=b)
    with pytest.raises(DomainError) as refused:
        action_update(actor=owner, action=b, title="z")
    assert (refused.value.code, refused.value.status) == ("deleted", 409)
    # Its place is kept: what is put between its neighbours does not take its rank.
    action_move(actor=owner, action=c, column=column(owner, State.IDEA), after=a)
    restored = action_restore(actor=owner, action=b)
    assert (restored.deleted_at, restored.title) == (None, "b")
    assert order(owner, State.IDEA) == ["a", "c", "b"]


def changes_of(actor: Actor, action: Action) -> list[Callable[[], object]]:
    return [
        lambda: action_update(actor=actor, action=action, title="taken over"),
        lambda: action_move(actor=actor, action=action, column=column(actor, State.DONE)),
        lambda: action_delete(actor=actor, action=action),
        lambda: action_restore(actor=actor, action=action),
    ]


def test_viewers_only_see(actor_for: ActorFor) -> None:
    viewer, action = actor_for("viewer"), action_create(actor=actor_for("staff"), title="x")
    tries: list[Callable[[], object]] = [
        *changes_of(viewer, action),
        lambda: action_create(actor=viewer, title="y"),
        lambda: note_add(actor=viewer, obj=action, text="y"),
    ]
    for attempt in tries:
        with pytest.raises(Denied):
            attempt()
    action.refresh_from_db()
    assert (action.title, action.column.state, Note.unscoped.count()) == ("x", "idea", 0)
    assert Action.objects.for_actor(viewer).count() == 1


def test_staff_leave_the_actions_of_others_alone_but_may_comment(actor_for: ActorFor) -> None:
    staff, action = actor_for("staff"), action_create(actor=actor_for("manager"), title="x")
    for attempt in changes_of(staff, action):
        with pytest.raises(Denied):
            attempt()
    assert note_add(actor=staff, obj=action, text="Why?").author_label == "Staff"
    action.refresh_from_db()
    assert (action.title, action.column.state) == ("x", "idea")


@pytest.mark.parametrize("tie", ["created_by", "owner", "team"])
def test_staff_change_what_is_theirs(
    actor_for: ActorFor, people: dict[str, Membership], tie: str
) -> None:
    team = Team(program=people["staff"].program, name="Store")
    team.save()
    people["staff"].teams.add(team)
    staff = actor_for("staff")
    maker = staff if tie == "created_by" else actor_for("manager")
    tied: dict[str, Any] = {"owner": {"owner": people["staff"]}, "team": {"team": team}}
    action = action_create(actor=maker, title="x", **tied.get(tie, {}))
    assert action_update(actor=staff, action=action, title="y").title == "y"


@pytest.mark.parametrize("role", ["owner", "designer", "manager"])
def test_leads_change_every_action(actor_for: ActorFor, role: str) -> None:
    action = action_create(actor=actor_for("staff"), title="x")
    for attempt in changes_of(actor_for(role), action):
        attempt()
    action.refresh_from_db()
    assert (action.title, action.column.state, action.deleted_at) == ("taken over", "done", None)


def test_a_stranger_cannot_touch_an_action(actor_for: ActorFor, stranger: Membership) -> None:
    other, action = Actor.member(stranger), action_create(actor=actor_for("staff"), title="x")
    for attempt in changes_of(other, action):
        with pytest.raises(Denied):
            attempt()
    action.refresh_from_db()
    assert (action.title, Action.objects.for_actor(other).count()) == ("x", 0)


@pytest.mark.django_db(transaction=True)
def test_moves_at_the_same_time_keep_one_order() -> None:
    from tests.conftest import make_program

    system = Actor.system(make_program("race"))
    made = [action_create(actor=system, title=str(n)) for n in range(8)]
    ready, doing = column(system, State.READY), column(system, State.DOING)
    errors: list[Exception] = []

    def shove(own: list[Action]) -> None:
        try:
            for turn in range(6):
                for action in own:
                    place = (ready, doing)[turn % 2]
                    action_move(actor=system, action=action, column=place, after=made[0])
        except Exception as error:  # a deadlock or a doubled rank
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=shove, args=(made[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == []
    ranks = list(doing.actions.values_list("rank", flat=True))
    assert (len(ranks), len(set(ranks))) == (8, 8)
    assert ActionMove.objects.for_actor(system).count() == 8 + 8 * 6
