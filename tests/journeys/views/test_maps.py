"""The map's pages: the same number of queries at any size, cells swapped in place."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.queries.sharing import share_path
from cxportal.core.services.sharing import share_create
from journeys.models import Card, Journey, Lane, Step
from journeys.services.cards import card_add, card_update
from journeys.services.journeys import journey_create
from journeys.services.stages import stage_add
from journeys.services.steps import step_add

ClientFor = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def journey(system: Actor) -> Journey:
    return journey_create(actor=system, name={"en": "Shopping", "ko": "장보기"}, template="retail")


def add_steps(actor: Actor, journey: Journey, first: int, last: int) -> None:
    stage, lane = journey.stages.get(), journey.lanes.get(kind="pain")
    for number in range(first, last):
        step = step_add(actor=actor, stage=stage, name=f"Step {number}")
        card_add(actor=actor, lane=lane, step=step, title=f"Card {number}")


def test_a_map_of_60_steps_asks_as_much_as_one_of_6(
    client_for: ClientFor, system: Actor, assert_same_queries: Any
) -> None:
    client, journey = client_for("designer"), journey_create(actor=system, name="Long")
    stage_add(actor=system, journey=journey, name="All")
    add_steps(system, journey, 0, 6)
    pages = [f"/p/acme/journeys/{journey.pk}/{path}" for path in ("", "table/", "outline/")]
    assert_same_queries(
        lambda: [client.get(page) for page in pages],
        lambda: add_steps(system, journey, 6, 60),
    )


def test_the_map_shows_stages_steps_lanes_and_cards(
    client_for: ClientFor, journey: Journey
) -> None:
    html = client_for("viewer").get(f"/p/acme/journeys/{journey.pk}/").content.decode()
    for words in ("Look around", "Call centre", "Line of visibility", "Solved in one call"):
        assert words in html
    assert "data-editable" not in html


def test_a_card_added_by_htmx_answers_the_panel_and_the_cell(
    client_for: ClientFor, journey: Journey
) -> None:
    lane = journey.lanes.get(kind="pain")
    step = Step.unscoped.get(stage__journey=journey, touchpoint__code="advice")  # unscoped: test
    path = f"/p/acme/journeys/lanes/{lane.pk}/steps/{step.pk}/"
    html = client_for("designer").post(path, {"title": "Loud"}, headers=HTMX).content.decode()
    assert f'<td id="cell-{lane.pk}-{step.pk}"' in html
    assert 'hx-swap-oob="true"' in html
    assert "Undo" in html
    answer = client_for("designer").post(path, {"title": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert Card.unscoped.filter(lane=lane, step=step, title__en="Loud").count() == 1


def test_a_conflict_shows_what_is_stored_and_keeps_what_was_typed(
    client_for: ClientFor, journey: Journey
) -> None:
    card = Card.unscoped.filter(lane__journey=journey).first()  # unscoped: test
    assert card is not None
    path = f"/p/acme/journeys/cards/{card.pk}/"
    values = {"title_en": "First", "version": card.version}
    assert client_for("designer").post(path, values, headers=HTMX).status_code == 200
    answer = client_for("owner").post(path, {**values, "title_en": "Second"}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Stored meanwhile" in html
    assert 'value="Second"' in html
    card.refresh_from_db()
    assert card.title["en"] == "First"


def test_the_table_edits_the_same_card(client_for: ClientFor, journey: Journey) -> None:
    card = Card.unscoped.filter(lane__journey=journey).first()  # unscoped: test
    assert card is not None
    korean = card.title["ko"]
    path = f"/p/acme/journeys/cards/{card.pk}/row/"
    values = {"title": "Renamed", "emotion": "4", "version": card.version}
    assert client_for("designer").post(path, values, headers=HTMX).status_code == 200
    card.refresh_from_db()
    assert (card.title, card.emotion) == ({"en": "Renamed", "ko": korean}, 4)
    assert client_for("designer").post(path, values, headers=HTMX).status_code == 409
    lane = Lane.unscoped.get(journey=journey, kind="gain")  # unscoped: test
    html = client_for("designer").get(f"/p/acme/journeys/{journey.pk}/table/?lane={lane.pk}")
    assert "Feels understood" in html.content.decode()
    assert "Renamed" not in html.content.decode()


def test_a_map_nobody_looked_over_says_so_until_somebody_has(
    client_for: ClientFor, journey: Journey
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    old = timezone.now() - timedelta(days=100)
    Journey.unscoped.filter(pk=journey.pk).update(updated_at=old)  # unscoped: test
    client, path = client_for("designer"), f"/p/acme/journeys/{journey.pk}/"
    assert "for 100 days" in client.get(path).content.decode()
    client.post(f"{path}reviewed/")
    assert "for 100 days" not in client.get(path).content.decode()


def test_a_version_is_kept_compared_and_restored_by_hand(
    client_for: ClientFor, journey: Journey
) -> None:
    client, path = client_for("designer"), f"/p/acme/journeys/{journey.pk}/versions/"
    client.post(path, {"note": "Workshop"})
    version = journey.kept_versions.get()
    card = Card.unscoped.filter(lane__journey=journey).first()  # unscoped: test
    assert card is not None
    card_update(actor=Actor.system(journey.program), card=card, title={"en": "Another word"})
    detail = f"/p/acme/journeys/kept-versions/{version.pk}/"
    html = client.get(detail).content.decode()
    assert "Another word" in html
    assert "Workshop" in client.get(path).content.decode()
    client.post(f"{detail}restore/")
    card.refresh_from_db()
    assert card.title["en"] != "Another word"
    assert "Nothing has changed" in client.get(detail).content.decode()


def test_as_it_should_be_stands_beside_as_it_is_with_what_differs(
    client_for: ClientFor, journey: Journey
) -> None:
    client = client_for("designer")
    answer = client.post(
        f"/p/acme/journeys/{journey.pk}/copy/", {"name_en": "Better", "kind": "to_be"}
    )
    made = Journey.unscoped.get(counterpart=journey)  # unscoped: test
    assert answer.headers["Location"].endswith(f"/{made.pk}/")
    lane = made.lanes.get(kind="gain")
    step = Step.unscoped.filter(stage__journey=made).first()  # unscoped: test
    assert step is not None
    card_add(actor=Actor.system(made.program), lane=lane, step=step, title="Told in advance")
    html = client.get(f"/p/acme/journeys/{made.pk}/compare/").content.decode()
    assert html.index("Shopping</a> · As it is") < html.index("Better</a> · As it should be")
    assert "Told in advance" in html


def test_a_file_is_taken_over_by_hand_and_its_losses_are_listed(
    client_for: ClientFor, journey: Journey
) -> None:
    client = client_for("designer")
    got = client.get(f"/p/acme/journeys/{journey.pk}/file/?format=ojf")
    assert got.headers["Content-Disposition"].endswith("Shopping.ojf")
    upload = SimpleUploadedFile("Shopping.ojf", got.content)
    answer = client.post("/p/acme/journeys/import/", {"file": upload}, follow=True)
    assert "the whole file came over" in answer.content.decode()
    lossy = b'{"stages": [{"id": "a", "name": "A"}], "nodes": [{"stageId": "b", "title": "x"}]}'
    answer = client.post(
        "/p/acme/journeys/import/", {"file": SimpleUploadedFile("lossy.ojf", lossy)}
    )
    assert "$.nodes[0].stageId" in answer.content.decode()
    bad = SimpleUploadedFile("bad.ojf", b"{nothing")
    answer = client.post("/p/acme/journeys/import/", {"file": bad})
    assert answer.status_code == 422
    assert "cannot be read at 1:" in answer.content.decode()


def test_a_shared_map_shows_the_map_and_no_address_inside(
    client: Client, journey: Journey, system: Actor
) -> None:
    link = share_create(actor=system, kind="journeys.map", object_id=journey.pk, title="For you")
    html = client.get(share_path(link)).content.decode()
    assert "Feels understood" in html
    assert "/p/acme/" not in html
