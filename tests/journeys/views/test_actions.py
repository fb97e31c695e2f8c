"""Pages of actions: logged from anywhere, edited without overwriting, refused without a trace."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Note
from cxportal.core.services.notes import note_add
from journeys.models import Action, Column, Stage, TouchpointMetric
from journeys.services.actions import action_create, action_move, action_update
from journeys.services.boards import board_default
from surveys.models import Metric, Response, Score, Survey, SurveyVersion
from tests.journeys.services.test_actions import make_touchpoint

ActorFor = Callable[[str], Actor]
ClientFor = Callable[[str], Client]
BASE = "/p/acme/actions/"
FIELDS = {
    "title": "Shorter queue",
    "horizon": "mid",
    "importance": 5,
    "urgency": 4,
    "effect": 3,
    "cost": 2,
}


def column(actor: Actor, state: str) -> Column:
    return board_default(actor).columns.get(state=state)


def make_response(actor: Actor) -> Response:
    survey = Survey(program=actor.program, title={"en": "After buying"}, default_language="en")
    survey.save()
    version = SurveyVersion(program=actor.program, survey=survey, number=1, document={})
    version.save()
    response = Response(
        program=actor.program, survey=survey, version=version, started_at=timezone.now()
    )
    response.save()
    return response


def score(response: Response, metric: Metric) -> None:
    fact = Score(program_id=response.program_id, response=response, metric=metric)
    fact.day, fact.value = date(2026, 5, 1), 3
    fact.save()


def test_an_action_shows_everything_about_it(
    client_for: ClientFor, system: Actor, people: dict[str, Membership]
) -> None:
    place = make_touchpoint(system)
    action = action_create(
        actor=system, title="Shorter queue", owner=people["staff"], touchpoint=place, cost=1
    )
    note_add(actor=Actor.member(people["manager"]), obj=action, text="Ask the\nstores")
    action_move(actor=system, action=action, column=column(system, "doing"))
    page = client_for("viewer").get(f"{BASE}{action.pk}/").text
    for words in (
        "Shorter queue",
        "Staff",
        "Till",
        "Ask the<br>stores",
        "moved to In progress",
        "stayed there for less than a day",
        '<b class="num">60</b>',
    ):
        assert words in page, words
    assert "Move to…" not in page
    assert "journeys:action-edit" not in page


def test_the_side_panel_is_a_part_without_frame(client_for: ClientFor, system: Actor) -> None:
    action = action_create(actor=system, title="x")
    part = client_for("staff").get(f"{BASE}{action.pk}/", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "Open as a page" in part


def test_strangers_and_missing_actions_get_404(
    stranger_client: Client, client_for: ClientFor, system: Actor
) -> None:
    action = action_create(actor=system, title="x")
    paths = ["", "edit/", "move/", "delete/", "restore/"]
    for path in paths:
        for client, url in (
            (stranger_client, f"{BASE}{action.pk}/{path}"),
            (stranger_client, f"/p/other/actions/{action.pk}/{path}"),
            (client_for("owner"), f"{BASE}999999/{path}"),
        ):
            answer = client.get(url) if path in ("", "edit/") else client.post(url, {"to": "1"})
            assert answer.status_code == 404, url
    action.refresh_from_db()
    assert (action.deleted_at, action.version) == (None, 1)


@pytest.mark.parametrize(("role", "status"), [("owner", 302), ("staff", 302), ("viewer", 403)])
def test_an_action_is_logged_with_all_its_fields(
    client_for: ClientFor, system: Actor, people: dict[str, Membership], role: str, status: int
) -> None:
    place = make_touchpoint(system)
    more = {"owner": people["staff"].pk, "due": "2026-12-24", "touchpoint": place.pk}
    response = client_for(role).post(f"{BASE}new/", {**FIELDS, **more})
    assert response.status_code == status
    made = Action.objects.for_actor(system)
    if status == 403:
        assert not made.exists()
        return
    action = made.get()
    assert (action.title, action.owner, action.due) == (
        "Shorter queue",
        people["staff"],
        date(2026, 12, 24),
    )
    assert (action.importance, action.urgency, action.effect, action.cost) == (5, 4, 3, 2)
    assert (action.touchpoint, action.stage) == (place, Stage.objects.for_actor(system).get())


def test_foreign_choices_are_refused(
    client_for: ClientFor, system: Actor, stranger: Membership
) -> None:
    foreign = make_touchpoint(Actor.member(stranger))
    for name, value in {"touchpoint": foreign.pk, "owner": stranger.pk, "cost": 9}.items():
        response = client_for("owner").post(f"{BASE}new/", {**FIELDS, name: value})
        assert response.status_code == 422, name
    assert not Action.objects.for_actor(system).exists()


def test_from_a_response_the_place_is_known(client_for: ClientFor, system: Actor) -> None:
    place = make_touchpoint(system)
    metric = Metric(program=system.program, code="m", name={"en": "M"}, kind="nps")
    metric.save()
    TouchpointMetric(program=system.program, touchpoint=place, metric=metric).save()
    response = make_response(system)
    score(response, metric)
    page = client_for("staff").get(f"{BASE}new/?response={response.pk}")
    initial = page.context["form"].initial
    stage = Stage.objects.for_actor(system).get()
    assert (initial["response"], initial["touchpoint"], initial["stage"]) == (
        response,
        place,
        stage,
    )
    data = {**FIELDS, "response": response.pk, "touchpoint": place.pk, "stage": stage.pk}
    client_for("staff").post(f"{BASE}new/", data)
    assert Action.objects.for_actor(system).get().response == response


def test_from_a_stage_or_touchpoint_it_is_chosen_already(
    client_for: ClientFor, system: Actor, stranger: Membership
) -> None:
    place, client = make_touchpoint(system), client_for("staff")
    stage = Stage.objects.for_actor(system).get()
    by_stage = client.get(f"{BASE}new/?stage={stage.pk}").context["form"].initial
    by_place = client.get(f"{BASE}new/?touchpoint={place.pk}").context["form"].initial
    assert (by_stage["stage"], by_place["touchpoint"]) == (stage, place)
    foreign = make_touchpoint(Actor.member(stranger))
    for query in (f"touchpoint={foreign.pk}", "stage=x", "response=999999999999999999999"):
        assert client.get(f"{BASE}new/?{query}").status_code == 404


def test_an_edit_changes_what_was_typed(client_for: ClientFor, system: Actor) -> None:
    action = action_create(actor=system, title="x")
    url = f"{BASE}{action.pk}/edit/"
    assert client_for("manager").get(url).context["form"].initial["title"] == "x"
    assert client_for("manager").post(url, {**FIELDS, "version": 1}).status_code == 302
    action.refresh_from_db()
    assert (action.title, action.horizon, action.version) == ("Shorter queue", "mid", 2)


def test_a_stale_edit_is_409_shows_what_changed_and_can_be_saved_then(
    client_for: ClientFor, system: Actor
) -> None:
    action = action_create(actor=system, title="x", due=date(2026, 5, 1))
    action_update(actor=system, action=action, title="changed by another")
    url, client = f"{BASE}{action.pk}/edit/", client_for("manager")
    page = client.post(url, {**FIELDS, "due": "2026-05-01", "version": 1})
    assert page.status_code == 409
    assert page.context["stale"] == {
        "What is to be done": "changed by another",
        "Horizon": "short",
        "Importance": 3,
        "Urgency": 3,
        "Cost": 3,
        "Column": "Idea",
    }
    assert "Shorter queue" in page.text
    action.refresh_from_db()
    assert (action.title, action.version) == ("changed by another", 2)
    assert 'name="version" value="2"' in page.text
    assert client.post(url, {**FIELDS, "version": 2}).status_code == 302


def test_staff_cannot_edit_what_is_not_theirs(client_for: ClientFor, system: Actor) -> None:
    action = action_create(actor=system, title="x")
    client = client_for("staff")
    assert client.get(f"{BASE}{action.pk}/edit/").status_code == 403
    tries: list[tuple[str, dict[str, Any]]] = [
        ("edit/", {**FIELDS, "version": 1}),
        ("move/", {"to": column(system, "done").pk}),
        ("delete/", {}),
        ("restore/", {}),
    ]
    for path, data in tries:
        assert client.post(f"{BASE}{action.pk}/{path}", data).status_code == 403, path
    action.refresh_from_db()
    assert (action.title, action.column.state, action.deleted_at) == ("x", "idea", None)


def test_viewers_post_nothing(client_for: ClientFor, system: Actor) -> None:
    action = action_create(actor=system, title="x")
    for path in ("edit/", "move/", "delete/", "restore/"):
        assert client_for("viewer").post(f"{BASE}{action.pk}/{path}", {}).status_code == 403, path
    action.refresh_from_db()
    assert action.version == 1


def test_the_menu_moves_without_script_and_returns(client_for: ClientFor, system: Actor) -> None:
    action = action_create(actor=system, title="x")
    here = f"{BASE}{action.pk}/"
    data = {"to": column(system, "doing").pk, "version": 1, "next": here}
    moved = client_for("manager").post(f"{here}move/", data)
    assert moved.headers["Location"] == here
    action.refresh_from_db()
    assert (action.column.state, action.started_at is not None) == ("doing", True)
    away = {"to": column(system, "done").pk, "version": 2, "next": "//evil.example/"}
    assert client_for("manager").post(f"{here}move/", away).headers["Location"] == BASE


def test_a_stale_move_without_script_is_a_409_page(client_for: ClientFor, system: Actor) -> None:
    action = action_create(actor=system, title="x")
    action_update(actor=system, action=action, title="y")
    data = {"to": column(system, "done").pk, "version": 1}
    response = client_for("manager").post(f"{BASE}{action.pk}/move/", data)
    assert response.status_code == 409
    action.refresh_from_db()
    assert action.column.state == "idea"


def test_cards_trade_places(client_for: ClientFor, system: Actor) -> None:
    below, above = (action_create(actor=system, title=t) for t in ("below", "above"))
    idea = column(system, "idea")
    to = f"{idea.pk}:before:{above.pk}"
    client_for("manager").post(f"{BASE}{below.pk}/move/", {"to": to, "version": 1})
    assert [a.title for a in idea.actions.order_by("rank")] == ["below", "above"]


@pytest.mark.parametrize("to", ["", "x", "12:over:3", "1;2", "9" * 40])
def test_a_place_that_is_none_is_refused(client_for: ClientFor, system: Actor, to: str) -> None:
    action = action_create(actor=system, title="x")
    response = client_for("manager").post(f"{BASE}{action.pk}/move/", {"to": to})
    assert response.status_code == 422
    action.refresh_from_db()
    assert action.version == 1


def test_a_comment_is_kept_and_shown_as_text(client_for: ClientFor, system: Actor) -> None:
    action = action_create(actor=system, title="x")
    about = {"object_type": "journeys.action", "object_id": action.pk}
    url = "/p/acme/notes/"
    sent = client_for("staff").post(url, {**about, "text": "Try <b>this</b>"})
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{BASE}{action.pk}/")
    empty = client_for("staff").post(url, {**about, "text": ""})
    assert empty.status_code == 422
    page = client_for("viewer").get(f"{BASE}{action.pk}/").text
    assert "Try &lt;b&gt;this&lt;/b&gt;" in page
    assert client_for("viewer").post(url, {**about, "text": "me too"}).status_code == 403
    assert [note.text for note in Note.unscoped.all()] == ["Try <b>this</b>"]


def test_deleting_offers_to_undo(client_for: ClientFor, system: Actor) -> None:
    action, client = action_create(actor=system, title="x"), client_for("manager")
    page = client.post(f"{BASE}{action.pk}/delete/", follow=True)
    undo = f"{BASE}{action.pk}/restore/"
    assert undo in page.text
    assert client.get(f"{BASE}{action.pk}/").status_code == 404
    assert client.post(undo).status_code == 302
    action.refresh_from_db()
    assert action.deleted_at is None


def test_my_actions_are_the_open_ones_i_own(
    client_for: ClientFor, system: Actor, people: dict[str, Membership]
) -> None:
    mine = people["staff"]
    soon = timezone.now().date() + timedelta(days=3)
    action_create(actor=system, title="no day", owner=mine)
    action_create(actor=system, title="soon", owner=mine, due=soon)
    action_create(actor=system, title="over", owner=mine, column=column(system, "done"))
    action_create(actor=system, title="another's", owner=people["owner"])
    cards = client_for("staff").get(f"{BASE}mine/").context["cards"]
    assert [c.action.title for c in cards] == ["soon", "no day"]


def test_the_list_sorts_filters_and_pages(client_for: ClientFor, system: Actor) -> None:
    for number in range(32):
        due = date(2026, 1, 1) + timedelta(days=number)
        action_create(actor=system, title=f"{number:02d}", due=due)
    client = client_for("viewer")
    page = client.get(f"{BASE}list/?sort=-due")
    assert [c.action.title for c in page.context["cards"]][:2] == ["31", "30"]
    rest = client.get(f"{BASE}list/", {"sort": "-due", "cursor": page.context["page"].next})
    assert [c.action.title for c in rest.context["cards"]] == ["01", "00"]
    idea = column(system, "idea").pk
    for query, count in (("state=done", 0), ("state=idea", 30), (f"column={idea}&q=07", 1)):
        assert len(client.get(f"{BASE}list/?{query}").context["cards"]) == count, query


@pytest.mark.parametrize("page", ["list/", "mine/"])
def test_thirty_rows_cost_as_many_queries_as_one(
    client_for: ClientFor,
    system: Actor,
    people: dict[str, Membership],
    assert_same_queries: Callable[[Callable[[], object], Callable[[], object]], int],
    page: str,
) -> None:
    place, client = make_touchpoint(system), client_for("staff")

    def grow(count: int = 29) -> None:
        for number in range(count):
            action_create(actor=system, title=str(number), owner=people["staff"], touchpoint=place)

    grow(1)
    assert assert_same_queries(lambda: client.get(f"{BASE}{page}"), grow) < 20
