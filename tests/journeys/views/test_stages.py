"""Stages on the map, and a stage's page with the answers behind its score."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from journeys.models import Journey, Stage
from journeys.services.actions import action_create
from journeys.services.journeys import journey_create
from surveys.models import Dimension
from tests.conftest import make_customers
from tests.journeys.mapping import Place, make_place, yesterday_of

ClientFor = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def journey(system: Actor) -> Journey:
    return journey_create(actor=system, name="Shopping", template="retail")


def codes(journey: Journey) -> list[str]:
    return list(journey.stages.values_list("code", flat=True))


def post(client: Client, path: str, **values: Any) -> Any:
    return client.post(f"/p/acme/journeys/{path}", values)


def test_a_name_and_enter_add_a_stage_in_the_readers_language(
    client_for: ClientFor, journey: Journey
) -> None:
    answer = post(client_for("designer"), f"{journey.pk}/stages/", name="Recommend")
    assert answer.status_code == 302
    assert codes(journey)[-1] == "recommend"
    assert journey.stages.get(code="recommend").name == {"en": "Recommend"}


def test_a_stage_moves_to_a_place_and_the_others_close_up(
    client_for: ClientFor, journey: Journey
) -> None:
    stage = journey.stages.get(code="buy")
    post(client_for("designer"), f"stages/{stage.pk}/move/", to="1")
    assert codes(journey) == ["find", "buy", "enter", "look", "ask", "use", "return"]
    assert list(journey.stages.values_list("position", flat=True)) == list(range(7))
    post(client_for("designer"), f"stages/{stage.pk}/move/", to="99")
    assert codes(journey)[-1] == "buy"


@pytest.mark.parametrize("to", ["", "-1", "x", "3:1", "9" * 30])
def test_a_place_that_is_none_is_refused(client_for: ClientFor, journey: Journey, to: str) -> None:
    stage = journey.stages.get(code="buy")
    answer = post(client_for("designer"), f"stages/{stage.pk}/move/", to=to)
    assert answer.status_code == 422
    assert codes(journey)[4] == "buy"


def test_a_refused_change_of_the_map_keeps_the_page_and_says_why(
    client_for: ClientFor, journey: Journey
) -> None:
    answer = client_for("designer").post(
        f"/p/acme/journeys/{journey.pk}/stages/", {"name": ""}, headers=HTMX
    )
    assert (answer.status_code, answer.content) == (422, b"")
    assert "Give%20the%20stage%20a%20name" in answer.headers["X-Portal-Message"]
    assert len(codes(journey)) == 7


def test_the_answer_to_htmx_is_the_map_as_stored(client_for: ClientFor, journey: Journey) -> None:
    stage = journey.stages.get(code="find")
    answer = client_for("designer").post(
        f"/p/acme/journeys/stages/{stage.pk}/move/",
        {"to": "6"},
        headers={**HTMX, "HX-Target": "map"},
    )
    html = answer.content.decode()
    assert html.lstrip().startswith('<div class="map"')
    assert html.index("Come back") < html.index(f"stage-{stage.pk}")
    assert "is stage 7 now" in html


def test_target_owner_and_both_names_are_edited(
    client_for: ClientFor, journey: Journey, people: Any
) -> None:
    stage = journey.stages.get(code="buy")
    values = {"name_en": "Pay", "name_ko": "결제하기", "target": "72.5", "version": 1}
    owner = people["manager"].user.pk
    assert (
        post(client_for("designer"), f"stages/{stage.pk}/edit/", owner=owner, **values).status_code
        == 302
    )
    stage.refresh_from_db()
    assert stage.name == {"en": "Pay", "ko": "결제하기"}
    assert (float(stage.target or 0), stage.owner_id) == (72.5, owner)


@pytest.mark.parametrize("target", ["101", "-1", "many"])
def test_a_target_off_the_scale_is_refused(
    client_for: ClientFor, journey: Journey, target: str
) -> None:
    stage = journey.stages.get(code="buy")
    answer = post(client_for("designer"), f"stages/{stage.pk}/edit/", name_en="Pay", target=target)
    stage.refresh_from_db()
    assert (answer.status_code, stage.version, stage.target) == (422, 1, None)


def test_a_deleted_stage_leaves_its_actions(
    client_for: ClientFor, journey: Journey, system: Actor
) -> None:
    stage = journey.stages.get(code="buy")
    action = action_create(actor=system, title="A second till", stage=stage)
    post(client_for("designer"), f"stages/{stage.pk}/delete/")
    action.refresh_from_db()
    assert action.stage is None
    assert not Stage.objects.for_actor(system).filter(code="buy").exists()


@pytest.fixture
def place(program: Program, system: Actor) -> Place:
    make_customers(program, 40)
    made = make_place(system)
    rows: list[tuple[str, dict[str, Any]]] = [
        (f"C{i}", {"nps": 10, "csat": 5 if i % 4 else 1}) for i in range(20)
    ]
    rows[3] = ("C3", {"nps": 0, "why": "Nobody knew <b>anything</b>"})
    made.answer(rows, yesterday_of(system))
    return made


def stage_page(client: Client, place: Place, query: str = "") -> str:
    answer = client.get(f"/p/acme/journeys/stages/{place.stage.pk}/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_prints_the_sum_behind_the_score(client_for: ClientFor, place: Place) -> None:
    html = stage_page(client_for("manager"), place)
    # Advice: 19 of 20 promote; paying: 14 of 19 are satisfied, C3 did not say.
    assert "(12 × 95.0 + 4 × 73.7) ÷ 16 = 89.7" in html
    assert "stage = Σ(weight × touchpoint) ÷ Σ weight" in html
    assert "times 1.5" in html


def test_the_answers_behind_it_are_listed_with_their_words(
    client_for: ClientFor, place: Place
) -> None:
    client = client_for("manager")
    html = stage_page(client, place)
    assert html.count('class="answer-values"') == 20
    assert "Nobody knew &lt;b&gt;anything&lt;/b&gt;" in html
    assert "customer 3" not in html.lower()  # answers, not persons
    assert stage_page(client, place, "?comments=true").count('class="answer-values"') == 1
    only = stage_page(client, place, f"?touchpoint={place.paying.pk}")
    assert only.count('class="answer-values"') == 19


def test_answers_of_another_period_and_group_are_not_behind_it(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    day = yesterday_of(system)
    place.answer([("C30", {"nps": 3})], day - timedelta(days=60))
    place.answer([("C31", {"nps": 3})], day, dimensions={"store": "Gangnam"})
    store = Dimension.objects.for_actor(system).get(kind="store")
    client = client_for("viewer")
    assert stage_page(client, place, "?period=90").count('class="answer-values"') == 20  # a page
    only = stage_page(client, place, f"?dimension={store.pk}")
    assert only.count('class="answer-values"') == 1
    assert "too few (1 of 10)" in only


def test_too_few_answers_of_an_anonymous_survey_are_not_shown_one_by_one(
    client_for: ClientFor, program: Program, system: Actor
) -> None:
    place, day = make_place(system, anonymous=True), yesterday_of(system)
    client = client_for("owner")
    place.answer([("", {"nps": 3, "why": "It was me"}) for _ in range(4)], day)
    html = stage_page(client, place)
    assert "It was me" not in html
    assert html.count('class="answer-values"') == 0
    place.answer([("", {"nps": 3})], day)
    assert stage_page(client, place).count('class="answer-values"') == 5


def test_an_unknown_or_foreign_group_is_404(
    client_for: ClientFor, place: Place, other_program: Program
) -> None:
    foreign = Dimension.unscoped.create(program=other_program, kind="store", key="X")
    for asked in (foreign.pk, 10**17, "x", "-1"):
        answer = client_for("manager").get(
            f"/p/acme/journeys/stages/{place.stage.pk}/?dimension={asked}"
        )
        assert answer.status_code == 404, asked


def test_the_page_costs_the_same_for_more_answers(
    client_for: ClientFor, place: Place, system: Actor, assert_same_queries: Any
) -> None:
    client = client_for("manager")
    stage = place.stage.pk
    assert_same_queries(
        lambda: client.get(f"/p/acme/journeys/stages/{stage}/?comments=true"),
        lambda: place.answer(
            [(f"C{i}", {"nps": 5, "csat": 3, "why": f"Because {i}"}) for i in range(15)],
            yesterday_of(system),
        ),
    )
