"""The board in the browser: seen by all, moved by those who may, never loaded without end."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Membership
from journeys.models import Action, Board, Column, Stage, Touchpoint
from journeys.queries.boards import CARDS
from journeys.services.actions import action_create, action_move, action_update
from journeys.services.boards import board_create, board_default
from tests.journeys.services.test_actions import make_touchpoint

ActorFor = Callable[[str], Actor]
ClientFor = Callable[[str], Client]
BOARD = "/p/acme/actions/"
ROLES = ["owner", "designer", "manager", "staff", "viewer"]


def titles(html: str) -> list[str]:
    return [part.split("</a>")[0].rsplit(">", 1)[1] for part in html.split("data-card-link")[1:]]


def column(actor: Actor, state: str) -> Column:
    return board_default(actor).columns.get(state=state)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_sees_an_empty_board_and_looking_makes_none(
    client_for: ClientFor, system: Actor, role: str
) -> None:
    response = client_for(role).get(BOARD)
    assert response.status_code == 200
    assert "In progress" in response.text
    assert ('id="log-title"' in response.text) == (role != "viewer")
    assert not Board.objects.for_actor(system).exists()


def test_a_stranger_gets_404(stranger_client: Client, system: Actor) -> None:
    board = board_default(system)
    for url in (BOARD, f"{BOARD}boards/{board.pk}/", f"/p/other/actions/boards/{board.pk}/"):
        assert stranger_client.get(url).status_code == 404


def test_another_programs_column_is_404(stranger_client: Client, system: Actor) -> None:
    place = column(system, "idea")
    assert stranger_client.get(f"/p/other/actions/columns/{place.pk}/").status_code == 404


def test_a_title_and_enter_log_an_action(client_for: ClientFor, system: Actor) -> None:
    response = client_for("staff").post(f"{BOARD}log/", {"title": "Shorter queue"}, follow=True)
    assert response.redirect_chain == [(BOARD, 302)]
    assert titles(response.text) == ["Shorter queue"]
    assert "“Shorter queue” is logged." in response.text


def test_a_viewer_cannot_log(client_for: ClientFor, system: Actor) -> None:
    assert client_for("viewer").post(f"{BOARD}log/", {"title": "x"}).status_code == 403
    assert not Action.objects.for_actor(system).exists()


def test_an_empty_title_is_refused_in_words(client_for: ClientFor, system: Actor) -> None:
    response = client_for("staff").post(f"{BOARD}log/", {"title": " "}, follow=True)
    assert "Write in a few words what is to be done." in response.text
    assert not Action.objects.for_actor(system).exists()


def test_a_full_column_says_so(client_for: ClientFor, system: Actor) -> None:
    doing = column(system, "doing")
    for number in range(9):
        action_create(actor=system, title=str(number), column=doing)
    page = client_for("viewer").get(BOARD).text
    assert "1 over the limit of 8" in page


def test_filters_stand_in_the_address(
    client_for: ClientFor, system: Actor, people: dict[str, Membership]
) -> None:
    place = make_touchpoint(system)
    stage = Stage.objects.for_actor(system).get()
    mine = action_create(actor=system, title="mine", owner=people["manager"], due=date(2020, 1, 1))
    action_create(actor=system, title="there", touchpoint=place, horizon="long")
    action_update(actor=system, action=mine, description="Parcel late")
    cases = {
        "mine=true": ["mine"],
        f"owner={people['manager'].pk}": ["mine"],
        f"owner={people['owner'].pk}": [],
        f"stage={stage.pk}": ["there"],
        f"touchpoint={place.pk}": ["there"],
        "due=overdue": ["mine"],
        "due=none": ["there"],
        "horizon=long": ["there"],
        "q=parcel": ["mine"],
        "worked=better": [],
    }
    client = client_for("manager")
    for query, expected in cases.items():
        assert titles(client.get(f"{BOARD}?{query}").text) == expected, query


def test_foreign_values_in_filters_show_nothing_of_others(
    client_for: ClientFor, system: Actor, stranger: Membership
) -> None:
    other = make_touchpoint(Actor.member(stranger))
    action_create(actor=system, title="ours")
    page = client_for("viewer").get(f"{BOARD}?touchpoint={other.pk}").text
    assert "Select a valid choice" in page
    assert Touchpoint.objects.for_actor(system).count() == 0


def test_a_column_shows_the_newest_and_the_rest_on_demand(
    client_for: ClientFor, system: Actor
) -> None:
    idea = column(system, "idea")
    for number in range(CARDS + 5):
        action_create(actor=system, title=f"No. {number}", column=idea)
    page = client_for("viewer").get(BOARD).text
    newest = [f"No. {n}" for n in range(CARDS + 4, 4, -1)]
    assert titles(page) == newest
    assert "Show more (5)" in page
    last = idea.actions.order_by("rank")[CARDS - 1]
    more = client_for("viewer").get(f"{BOARD}columns/{idea.pk}/", {"after": last.rank}).text
    assert titles(more) == ["No. 4", "No. 3", "No. 2", "No. 1", "No. 0"]
    assert "Show more" not in more


def test_thirty_cards_cost_as_many_queries_as_one(
    client_for: ClientFor,
    system: Actor,
    people: dict[str, Membership],
    assert_same_queries: Callable[[Callable[[], object], Callable[[], object]], int],
) -> None:
    place = make_touchpoint(system)

    def grow(count: int = 29) -> None:
        for number in range(count):
            action_create(actor=system, title=str(number), owner=people["staff"], touchpoint=place)

    grow(1)
    client = client_for("staff")
    assert assert_same_queries(lambda: client.get(BOARD), grow) < 25


def test_a_second_board_keeps_its_own_cards(client_for: ClientFor, system: Actor) -> None:
    board = board_create(actor=system, name="Branches")
    action_create(actor=system, title="there", board=board)
    action_create(actor=system, title="here")
    client = client_for("staff")
    assert titles(client.get(f"{BOARD}boards/{board.pk}/").text) == ["there"]
    assert titles(client.get(BOARD).text) == ["here"]
    client.post(f"{BOARD}log/", {"title": "new", "board": board.pk})
    assert titles(client.get(f"{BOARD}boards/{board.pk}/").text) == ["new", "there"]


def test_limits_and_names_are_set_by_leads(client_for: ClientFor, system: Actor) -> None:
    board = board_default(system)
    url = f"{BOARD}boards/{board.pk}/edit/"
    data: dict[str, object] = {"name_en": "Actions", "name_ko": "과제", "version": 1}
    for place in board.columns.all():
        data |= {f"name_{place.pk}_en": f"New {place.state}", f"limit_{place.pk}": 3}
    assert client_for("staff").post(url, data).status_code == 403
    assert client_for("staff").get(url).status_code == 403
    assert client_for("manager").post(url, data).status_code == 302
    board.refresh_from_db()
    assert (board.name, board.version) == ({"en": "Actions", "ko": "과제"}, 2)
    assert {(c.name["en"], c.limit) for c in board.columns.all()} == {
        (f"New {c.state}", 3) for c in board.columns.all()
    }
    stale = client_for("owner").post(url, {**data, "name_en": "Again"})
    board.refresh_from_db()
    assert (stale.status_code, board.name["en"]) == (409, "Actions")


def test_a_move_by_htmx_answers_the_board_under_its_filters(
    client_for: ClientFor, system: Actor, people: dict[str, Membership]
) -> None:
    mine = action_create(actor=system, title="mine", owner=people["manager"])
    action_create(actor=system, title="other")
    response = client_for("manager").post(
        f"{BOARD}{mine.pk}/move/",
        {"to": column(system, "doing").pk, "version": 1},
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{BOARD}?mine=true"},
    )
    assert response.status_code == 200
    assert titles(response.text) == ["mine"]
    assert "“mine” is in “In progress”." in response.text


def test_a_stale_move_by_htmx_is_409_with_the_board_as_it_is(
    client_for: ClientFor, system: Actor
) -> None:
    action = action_create(actor=system, title="x")
    action_move(actor=system, action=action, column=column(system, "done"))
    response = client_for("owner").post(
        f"{BOARD}{action.pk}/move/",
        {"to": column(system, "ready").pk, "version": 1},
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 409
    assert "was changed meanwhile and is in “Done” now" in response.text
    action.refresh_from_db()
    assert (action.column.state, action.version) == ("done", 2)


def test_a_card_goes_to_another_lane_by_menu_drag_and_keys_alike(
    client_for: ClientFor, system: Actor, people: dict[str, Membership]
) -> None:
    action = action_create(actor=system, title="Shorter queue", owner=people["staff"])
    action_create(actor=system, title="Other", owner=people["manager"])
    client = client_for("manager")
    page = client.get(f"{BOARD}?lanes=owner").text
    assert f'data-lane="owner:{people["staff"].pk}"' in page
    assert "@owner:" not in page  # a card's menu comes when it is opened
    menu = client.get(f"{BOARD}{action.pk}/menu/?lanes=owner&above=7&below=x").text
    goal = f"{action.column_id}@owner:{people['manager'].pk}"
    assert f'value="{goal}"' in menu
    assert f"@owner:{people['staff'].pk}" not in menu
    assert f'value="{action.column_id}:before:7"' in menu
    assert ":after:" not in menu
    assert client.post(f"{BOARD}{action.pk}/move/", {"to": goal, "version": 1}).status_code == 302
    action.refresh_from_db()
    assert action.owner == people["manager"]
    done = column(system, "done")
    both = f"{done.pk}@horizon:long"
    client.post(f"{BOARD}{action.pk}/move/", {"to": both, "version": action.version})
    action.refresh_from_db()
    assert (action.column, action.horizon) == (done, "long")
    stale = {"to": f"{done.pk}@owner:", "version": 1}
    assert client.post(f"{BOARD}{action.pk}/move/", stale).status_code == 409
    for wrong in ("@owner:99999999", "@horizon:never", "@title:x"):
        where = {"to": f"{done.pk}{wrong}", "version": action.version}
        assert client.post(f"{BOARD}{action.pk}/move/", where).status_code in (404, 422)
    action.refresh_from_db()
    assert (action.owner, action.horizon) == (people["manager"], "long")
    assert client_for("viewer").get(f"{BOARD}{action.pk}/menu/").status_code == 403


def test_a_board_gets_another_column_by_its_page(client_for: ClientFor, system: Actor) -> None:
    action = action_create(actor=system, title="Shorter queue")
    board, client = action.column.board, client_for("manager")
    url = f"{BOARD}boards/{board.pk}"
    form = {"name_en": "In review", "state": "doing"}
    assert client.post(f"{url}/columns/new/", form).status_code == 302
    page = client.get(f"{url}/edit/").text
    assert "In review" in page
    made = board.columns.get(position=3)
    assert str(made) == "In review"
    client.post(f"{BOARD}columns/{made.pk}/move/", {"to": "left"})
    assert board.columns.get(position=2) == made
    refused = client.post(f"{BOARD}columns/{action.column_id}/delete/", follow=True)
    assert "Move its cards to another column first." in refused.text
    client.post(f"{BOARD}columns/{made.pk}/delete/")
    assert board.columns.count() == 6
    assert client.post(f"{url}/columns/new/", {"state": "doing"}).status_code == 422
    assert client_for("staff").get(f"{url}/columns/new/").status_code == 403
