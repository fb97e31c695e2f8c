"""Journeys in the browser: list, map, form; who may see and who may change."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from journeys.models import Journey, Stage, Step, Touchpoint
from journeys.services.journeys import journey_create
from journeys.services.personas import persona_create
from journeys.services.stages import stage_add
from journeys.services.steps import (
    step_add,
)
from journeys.services.touchpoints import (
    touchpoint_create,
)

ClientFor = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def journey(system: Actor) -> Journey:
    return journey_create(actor=system, name={"en": "Shopping", "ko": "쇼핑"}, template="retail")


def page(client: Client, path: str, **kwargs: Any) -> Any:
    return client.get(f"/p/acme/{path}", **kwargs)


def test_a_journey_from_the_template_has_seven_stages_in_both_languages(
    client_for: ClientFor, system: Actor
) -> None:
    answer = client_for("designer").post(
        "/p/acme/journeys/new/",
        {"name_en": "Shopping", "name_ko": "쇼핑", "template": "retail", "kind": "as_is"},
    )
    journey = Journey.objects.for_actor(system).get()
    assert answer.headers["Location"] == f"/p/acme/journeys/{journey.pk}/"
    stages = list(journey.stages.all())
    assert [stage.code for stage in stages] == [
        "find", "enter", "look", "ask", "buy", "use", "return",
    ]  # fmt: skip
    assert all(set(stage.name) == {"en", "ko"} for stage in stages)
    assert all(stage.steps.count() >= 2 for stage in stages)
    assert journey.name == {"en": "Shopping", "ko": "쇼핑"}


def test_a_second_journey_shares_the_touchpoints_of_the_library(system: Actor) -> None:
    for name in ("First", "Second"):
        journey_create(actor=system, name=name, template="retail")
    codes = list(Touchpoint.objects.for_actor(system).values_list("code", flat=True))
    steps = Step.objects.for_actor(system).exclude(touchpoint=None)
    assert len(codes) == len(set(codes)) == steps.count() / 2


def test_the_map_says_stages_and_touchpoints_in_the_readers_language(
    client_for: ClientFor, journey: Journey, people: Any
) -> None:
    user = people["viewer"].user
    user.language = "ko"
    user.save()
    html = page(client_for("viewer"), f"journeys/{journey.pk}/").content.decode()
    assert "둘러보기" in html
    assert "Look around" not in html
    assert "data-map" not in html  # a viewer is offered no change


def test_a_name_without_text_is_refused_beside_the_field_and_nothing_is_made(
    client_for: ClientFor, system: Actor
) -> None:
    answer = client_for("designer").post(
        "/p/acme/journeys/new/", {"template": "retail", "kind": "as_is"}
    )
    assert answer.status_code == 422
    assert not Journey.objects.for_actor(system).exists()


def test_a_stale_edit_answers_409_and_changes_nothing(
    client_for: ClientFor, journey: Journey
) -> None:
    client, path = client_for("designer"), f"/p/acme/journeys/{journey.pk}/edit/"
    values = {"kind": "as_is", "state": "live", "version": 1}
    assert client.post(path, {**values, "name_en": "Store"}).status_code == 302
    answer = client.post(path, {**values, "name_en": "Shop"})
    journey.refresh_from_db()
    assert (answer.status_code, journey.name) == (409, {"en": "Store"})
    html = answer.content.decode()
    assert 'value="Shop"' in html
    assert 'name="version" value="2"' in html


def test_an_owner_must_be_a_member(client_for: ClientFor, journey: Journey, stranger: Any) -> None:
    answer = client_for("designer").post(
        f"/p/acme/journeys/{journey.pk}/edit/",
        {"kind": "as_is", "state": "live", "name_en": "X", "owner": stranger.user.pk},
    )
    journey.refresh_from_db()
    assert (answer.status_code, journey.version) == (422, 1)


def test_the_form_opens_in_the_side_panel(client_for: ClientFor, journey: Journey) -> None:
    html = page(
        client_for("designer"), f"journeys/{journey.pk}/edit/", headers=HTMX
    ).content.decode()
    assert html.lstrip().startswith("<h2>")
    assert f'action="/p/acme/journeys/{journey.pk}/edit/"' in html


def test_deleting_a_journey_leaves_the_library(
    client_for: ClientFor, journey: Journey, system: Actor
) -> None:
    before = Touchpoint.objects.for_actor(system).count()
    answer = client_for("designer").post(f"/p/acme/journeys/{journey.pk}/delete/")
    assert answer.headers["Location"] == "/p/acme/journeys/"
    assert not Stage.objects.for_actor(system).exists()
    assert Touchpoint.objects.for_actor(system).count() == before


@pytest.mark.parametrize("role", ["manager", "staff", "viewer"])
def test_only_designers_change_journeys(
    client_for: ClientFor, journey: Journey, system: Actor, role: str
) -> None:
    stage = journey.stages.get(code="look")
    step = stage.steps.first()
    assert step is not None
    client = client_for(role)
    posts = [
        f"journeys/{journey.pk}/edit/",
        f"journeys/{journey.pk}/delete/",
        f"journeys/{journey.pk}/stages/",
        f"journeys/stages/{stage.pk}/move/",
        f"journeys/stages/{stage.pk}/delete/",
        f"journeys/stages/{stage.pk}/steps/",
        f"journeys/steps/{step.pk}/move/",
        f"journeys/steps/{step.pk}/remove/",
        f"journeys/touchpoints/{step.touchpoint_id}/delete/",
    ]
    for path in posts:
        assert client.post(f"/p/acme/{path}", {"to": "0", "name": "X"}).status_code == 403, path
    assert page(client, f"journeys/{journey.pk}/").status_code == 200
    assert Stage.objects.for_actor(system).count() == 7
    assert Step.objects.for_actor(system).filter(pk=step.pk).exists()


def test_a_stranger_finds_nothing(stranger_client: Client, journey: Journey) -> None:
    stage = journey.stages.first()
    assert stage is not None
    for path in (
        f"journeys/{journey.pk}/",
        f"journeys/stages/{stage.pk}/",
        f"journeys/{journey.pk}/edit/",
    ):
        assert stranger_client.get(f"/p/other/{path}").status_code == 404
        assert stranger_client.get(f"/p/acme/{path}").status_code in (403, 404)
    answer = stranger_client.post(f"/p/other/journeys/stages/{stage.pk}/move/", {"to": "3"})
    stage.refresh_from_db()
    assert (answer.status_code, stage.position) == (404, 0)


def test_the_list_costs_the_same_for_many_journeys(
    client_for: ClientFor, system: Actor, assert_same_queries: Any
) -> None:
    client = client_for("manager")
    persona = persona_create(actor=system, name="Commuter")

    def grow(count: int = 29) -> None:
        for number in range(count):
            made = journey_create(actor=system, name=f"Journey {number}", persona=persona)
            stage = stage_add(actor=system, journey=made, name="Find")
            touchpoint = touchpoint_create(actor=system, name=f"Website {number}")
            step_add(actor=system, stage=stage, touchpoint=touchpoint)

    grow(1)
    assert_same_queries(lambda: page(client, "journeys/"), grow)


def test_the_map_costs_the_same_for_many_stages(
    client_for: ClientFor, system: Actor, assert_same_queries: Any
) -> None:
    client = client_for("designer")
    journey = journey_create(actor=system, name="Long")

    def grow(count: int = 10) -> None:
        for number in range(count):
            stage = stage_add(actor=system, journey=journey, name=f"Stage {number}")
            for place in range(3):
                touchpoint = touchpoint_create(actor=system, name=f"Point {number} {place}")
                step_add(actor=system, stage=stage, touchpoint=touchpoint)

    grow(2)
    assert_same_queries(lambda: page(client, f"journeys/{journey.pk}/"), grow)
