"""The touchpoint library, places in stages, and the metrics attached."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import AuditEntry, Program
from journeys.models import Journey, Step, Touchpoint, TouchpointMetric
from journeys.queries.stage_scores import stage_scores
from journeys.services.actions import action_create
from journeys.services.journeys import journey_create
from journeys.services.stages import stage_add
from journeys.services.steps import (
    step_add,
    step_move,
)
from journeys.services.touchpoints import (
    touchpoint_create,
)
from surveys.models import Metric
from surveys.queries.scores import last_days
from tests.conftest import make_customers
from tests.journeys.mapping import Place, make_place, yesterday_of

ClientFor = Callable[[str], Client]


@pytest.fixture
def journey(system: Actor) -> Journey:
    return journey_create(actor=system, name="Shopping", template="retail")


def cards(journey: Journey, stage: str) -> list[str]:
    return [s.place.code for s in journey.stages.get(code=stage).steps.all()]


def post(client: Client, path: str, **values: Any) -> Any:
    return client.post(f"/p/acme/journeys/{path}", values)


def step_of(journey: Journey, code: str) -> Step:
    return Step.unscoped.get(stage__journey=journey, touchpoint__code=code)


def test_a_card_moves_to_another_stage_at_a_place(client_for: ClientFor, journey: Journey) -> None:
    stage, step = journey.stages.get(code="ask"), step_of(journey, "checkout")
    post(client_for("designer"), f"steps/{step.pk}/move/", to=f"{stage.pk}:1")
    assert cards(journey, "ask") == ["advice", "checkout", "call-center"]
    assert cards(journey, "buy") == ["delivery"]
    post(client_for("designer"), f"steps/{step.pk}/move/", to=f"{stage.pk}:0")
    assert cards(journey, "ask") == ["checkout", "advice", "call-center"]


def test_a_move_with_an_outdated_object_still_lands_where_asked(
    system: Actor, journey: Journey
) -> None:
    step = step_of(journey, "advice")
    outdated = step_of(journey, "advice")
    step_move(actor=system, step=step, position=1)
    step_move(actor=system, step=outdated, position=0)
    assert cards(journey, "ask") == ["advice", "call-center"]


def test_a_card_cannot_go_to_another_journey(
    client_for: ClientFor, journey: Journey, system: Actor
) -> None:
    other = journey_create(actor=system, name="Other", template="retail")
    step, stage = step_of(journey, "advice"), other.stages.get(code="buy")
    answer = post(client_for("designer"), f"steps/{step.pk}/move/", to=f"{stage.pk}:0")
    assert answer.status_code == 404
    assert cards(other, "buy") == ["checkout", "delivery"]
    assert cards(journey, "ask") == ["advice", "call-center"]


def test_a_stage_takes_a_touchpoint_once(
    client_for: ClientFor, journey: Journey, system: Actor
) -> None:
    look = journey.stages.get(code="look")
    step = step_of(journey, "advice")
    step_add(actor=system, stage=look, touchpoint=step.touchpoint)
    answer = post(client_for("designer"), f"steps/{step.pk}/move/", to=f"{look.pk}:0")
    assert answer.status_code == 409
    assert cards(journey, "ask") == ["advice", "call-center"]


def test_a_known_name_in_any_language_places_the_touchpoint_of_the_library(
    client_for: ClientFor, journey: Journey, system: Actor
) -> None:
    stage = journey.stages.get(code="find")
    before = Touchpoint.objects.for_actor(system).count()
    post(client_for("designer"), f"stages/{stage.pk}/steps/", name=" 상담 ")
    assert cards(journey, "find") == ["advert", "website", "advice"]
    assert Touchpoint.objects.for_actor(system).count() == before
    post(client_for("designer"), f"stages/{stage.pk}/steps/", name="Shop window")
    assert cards(journey, "find")[-1] == "shop-window"


def test_a_removed_card_comes_back_where_it_was(client_for: ClientFor, journey: Journey) -> None:
    client, step = client_for("designer"), step_of(journey, "advice")
    answer = client.post(f"/p/acme/journeys/steps/{step.pk}/remove/", follow=True)
    assert cards(journey, "ask") == ["call-center"]
    undo = f"/p/acme/journeys/{journey.pk}/undo/"
    assert undo in answer.content.decode()
    client.post(undo)
    assert cards(journey, "ask") == ["advice", "call-center"]


def test_attributes_are_edited_and_the_trail_says_by_whom(
    client_for: ClientFor, journey: Journey, system: Actor
) -> None:
    touchpoint = Touchpoint.objects.for_actor(system).get(code="display")
    values = {
        "name_en": "Display", "name_ko": "상담", "area": "people", "channel": "store",
        "importance": "9", "is_moment_of_truth": "on", "version": 1,
    }  # fmt: skip
    post(client_for("designer"), f"touchpoints/{touchpoint.pk}/edit/", **values)
    touchpoint.refresh_from_db()
    assert (float(touchpoint.importance), touchpoint.is_moment_of_truth) == (9, True)
    assert (touchpoint.is_active_contact, touchpoint.version) == (False, 2)
    entry = AuditEntry.objects.for_actor(system).get(action="touchpoint.update")
    assert entry.actor_label == "Designer"
    assert entry.changes["is_moment_of_truth"] == [False, True]


def test_a_stale_edit_of_a_touchpoint_is_refused(
    client_for: ClientFor, journey: Journey, system: Actor
) -> None:
    touchpoint = Touchpoint.objects.for_actor(system).get(code="advice")
    client, path = client_for("designer"), f"touchpoints/{touchpoint.pk}/edit/"
    values = {"name_en": "Advice", "area": "people", "version": 1}
    assert post(client, path, importance="9", **values).status_code == 302
    assert post(client, path, importance="2", **values).status_code == 409
    touchpoint.refresh_from_db()
    assert touchpoint.importance == 9


@pytest.fixture
def place(program: Program, system: Actor) -> Place:
    make_customers(program, 20)
    made = make_place(system)
    made.answer([(f"C{i}", {"nps": 10, "csat": 1}) for i in range(20)], yesterday_of(system))
    return made


def score_of(place: Place) -> float | None:
    rows = stage_scores(
        actor=place.actor, journey=place.journey, period=last_days(place.actor)
    ).rows
    return rows[0].roll_up.value


def test_an_attached_metric_counts_at_once_with_its_weight(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    client = client_for("designer")
    assert score_of(place) == pytest.approx(75)  # (12 · 100 + 4 · 0) ÷ 16
    path = f"touchpoints/{place.advice.pk}/metrics/"
    values = {"metric": place.csat.pk, "weight": "3", "aspect": "emotion"}
    assert post(client, path, **values).status_code == 302
    assert score_of(place) == pytest.approx(12 / 16 * 25)  # advice = (1 · 100 + 3 · 0) ÷ 4
    link = TouchpointMetric.objects.for_actor(system).get(metric=place.csat, weight=3)
    post(client, f"touchpoint-metrics/{link.pk}/edit/", weight="1", aspect="emotion")
    assert score_of(place) == pytest.approx(12 / 16 * 50)
    post(client, f"touchpoint-metrics/{link.pk}/remove/")
    assert score_of(place) == pytest.approx(75)


@pytest.mark.parametrize("weight", ["-1", "101", "", "heavy"])
def test_a_weight_off_its_range_changes_nothing(
    client_for: ClientFor, place: Place, system: Actor, weight: str
) -> None:
    link = TouchpointMetric.objects.for_actor(system).get(metric=place.nps)
    answer = post(
        client_for("designer"),
        f"touchpoint-metrics/{link.pk}/edit/",
        weight=weight,
        aspect="emotion",
    )
    link.refresh_from_db()
    assert (answer.status_code, float(link.weight), link.aspect) == (422, 1, "performance")


def test_a_foreign_metric_cannot_be_attached(
    client_for: ClientFor, place: Place, other_program: Program
) -> None:
    foreign = Metric.unscoped.create(program=other_program, code="theirs", kind="nps")
    answer = post(
        client_for("designer"),
        f"touchpoints/{place.advice.pk}/metrics/",
        metric=foreign.pk,
        weight="1",
        aspect="performance",
    )
    assert answer.status_code == 422
    assert not TouchpointMetric.unscoped.filter(metric=foreign).exists()


def test_the_page_shows_metrics_stages_and_actions(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    action_create(actor=system, title="Train the team", touchpoint=place.advice)
    html = client_for("viewer").get(f"/p/acme/journeys/touchpoints/{place.advice.pk}/")
    text = html.content.decode()
    assert "Advice NPS" in text
    assert "Train the team" in text
    assert f"/p/acme/journeys/stages/{place.stage.pk}/?touchpoint={place.advice.pk}" in text
    assert "<form" not in text.split('id="content"')[1].split("</main>")[0]


def test_the_library_is_searched_in_both_languages(client_for: ClientFor, journey: Journey) -> None:
    client = client_for("staff")
    for query, found in (("q=상담", True), ("q=ADVI", True), ("area=product", False)):
        html = client.get(f"/p/acme/journeys/touchpoints/?{query}").content.decode()
        assert ("Advice" in html) is found, query


def test_the_library_costs_the_same_for_many_touchpoints(
    client_for: ClientFor, system: Actor, assert_same_queries: Any
) -> None:
    client = client_for("viewer")
    journey = journey_create(actor=system, name="One", template="retail")
    stage = journey.stages.get(code="buy")

    def grow() -> None:
        for number in range(15):
            touchpoint = touchpoint_create(actor=system, name=f"Point {number}")
            step_add(actor=system, stage=stage, touchpoint=touchpoint)

    assert_same_queries(lambda: client.get("/p/acme/journeys/touchpoints/"), grow)


def test_numbers_of_the_library_do_not_multiply(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    from journeys.queries.touchpoints import touchpoints_listed

    other = journey_create(actor=system, name="Other")
    stage = stage_add(actor=system, journey=other, name="Find")
    step_add(actor=system, stage=stage, touchpoint=place.advice)
    for title in ("One", "Two", "Three"):
        action_create(actor=system, title=title, touchpoint=place.advice)
    row = touchpoints_listed(system).get(pk=place.advice.pk)
    assert (row.stage_count, row.metric_count, row.action_count) == (2, 1, 3)
