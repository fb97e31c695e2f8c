"""The map's pages: the same number of queries at any size, cells swapped in place."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from journeys.models import Card, Journey, Lane, Step
from journeys.services.cards import card_add
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
