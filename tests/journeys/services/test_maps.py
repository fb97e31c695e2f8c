"""Lanes, cards, feelings and undo: what a map's editor relies on."""

from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from journeys.models import Card, EmotionPoint, EvidenceItem, Journey, Lane, Stage, Step
from journeys.services.cards import card_add, card_delete, card_move, card_update
from journeys.services.emotions import emotion_set
from journeys.services.evidence_items import evidence_add
from journeys.services.journeys import journey_create
from journeys.services.lanes import lane_add, lane_delete, lane_move
from journeys.services.map_documents import map_document, map_fill
from journeys.services.map_edits import map_undo
from journeys.services.stages import stage_delete
from journeys.services.steps import step_add, step_move, step_remove
from journeys.templates_library import TEMPLATES
from tests.conftest import make_program


@pytest.fixture
def designer(people: Any) -> Actor:
    return Actor.member(people["designer"])


@pytest.fixture
def journey(designer: Actor) -> Journey:
    return journey_create(actor=designer, name="Shopping", template="retail")


def lane_of(journey: Journey, kind: str) -> Lane:
    return journey.lanes.get(kind=kind)


def step_of(journey: Journey, code: str) -> Step:
    return Step.unscoped.get(stage__journey=journey, touchpoint__code=code)  # unscoped: test


def test_the_retail_template_brings_seven_stages_and_55_factors_in_both_languages(
    journey: Journey,
) -> None:
    factors = Card.unscoped.filter(lane__journey=journey, lane__kind="factor")  # unscoped: test
    assert journey.stages.count() == 7
    assert factors.count() == 55
    assert all(set(card.title) == {"en", "ko"} for card in factors)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_makes_a_map_whose_document_fills_an_equal_one(
    designer: Actor, name: str
) -> None:
    first = journey_create(actor=designer, name="First", template=name)
    document = map_document(designer, first)
    second = journey_create(actor=designer, name="Second")
    map_fill(designer, second, document)
    assert map_document(designer, second) == document


def test_a_card_refuses_lanes_that_the_portal_fills(designer: Actor, journey: Journey) -> None:
    for kind in ("metric", "interaction"):
        with pytest.raises(DomainError, match="filled by the portal"):
            card_add(
                actor=designer,
                lane=lane_of(journey, kind),
                step=step_of(journey, "advice"),
                title="No",
            )


def test_a_card_goes_to_another_cell_and_back_by_undo(designer: Actor, journey: Journey) -> None:
    lane, step = lane_of(journey, "pain"), step_of(journey, "advice")
    card = card_add(actor=designer, lane=lane, step=step, title="Loud", emotion=-2)
    other = lane_of(journey, "gain")
    card_move(actor=designer, card=card, lane=other, step=step_of(journey, "checkout"), position=0)
    assert (card.lane, card.step.place.code) == (other, "checkout")
    map_undo(actor=designer, journey=journey)
    card.refresh_from_db()
    assert (card.lane, card.step) == (lane, step)
    map_undo(actor=designer, journey=journey)
    assert not Card.unscoped.filter(pk=card.pk).exists()  # unscoped: test
    with pytest.raises(DomainError, match="nothing to take back"):
        map_undo(actor=designer, journey=journey)


def test_undo_brings_back_a_deleted_stage_with_all_that_hung_on_it(
    designer: Actor, journey: Journey
) -> None:
    step = step_of(journey, "advice")
    card = Card.unscoped.filter(step=step).first()  # unscoped: test
    assert card is not None
    evidence_add(actor=designer, card=card, kind="interview", text="She waited.")
    before = map_document(designer, journey)
    stage_delete(actor=designer, stage=step.stage)
    assert Stage.unscoped.filter(journey=journey).count() == 6  # unscoped: test
    assert not EvidenceItem.unscoped.filter(card=card).exists()  # unscoped: test
    map_undo(actor=designer, journey=journey)
    assert map_document(designer, journey) == before
    assert EvidenceItem.unscoped.get(card=card).text == "She waited."  # unscoped: test


def test_undo_never_takes_away_what_somebody_else_did_afterwards(
    designer: Actor, journey: Journey, system: Actor
) -> None:
    card = Card.unscoped.filter(lane__journey=journey).first()  # unscoped: test
    assert card is not None
    card_update(actor=designer, card=card, title="Mine")
    card_update(actor=system, card=card, title="Theirs")
    with pytest.raises(DomainError, match="stays"):
        map_undo(actor=designer, journey=journey)
    card.refresh_from_db()
    assert str(card) == "Theirs"


def test_undo_takes_back_ones_own_change_not_a_colleagues(
    designer: Actor, journey: Journey, system: Actor
) -> None:
    lane, step = lane_of(journey, "pain"), step_of(journey, "advice")
    mine = card_add(actor=designer, lane=lane, step=step, title="Mine")
    theirs = card_add(actor=system, lane=lane, step=step, title="Theirs")
    map_undo(actor=designer, journey=journey)
    kept = set(Card.unscoped.filter(lane=lane, step=step).values_list("pk", flat=True))
    assert theirs.pk in kept
    assert mine.pk not in kept


def test_a_stale_card_shows_what_is_stored_and_changes_nothing(
    designer: Actor, journey: Journey
) -> None:
    card = Card.unscoped.filter(lane__journey=journey).first()  # unscoped: test
    assert card is not None
    card_update(actor=designer, card=card, version=1, emotion=-1)
    with pytest.raises(StaleEdit) as stale:
        card_update(actor=designer, card=card, version=1, emotion=5)
    assert stale.value.details["current"]["emotion"] == -1
    card.refresh_from_db()
    assert card.emotion == -1


def test_a_feeling_is_set_replaced_and_taken_off(designer: Actor, journey: Journey) -> None:
    step = step_of(journey, "parking")
    points = EmotionPoint.unscoped.filter(step=step)  # unscoped: test
    emotion_set(actor=designer, step=step, value=5)
    assert [point.value for point in points.all()] == [5]
    with pytest.raises(DomainError, match="between"):
        emotion_set(actor=designer, step=step, value=6)
    emotion_set(actor=designer, step=step, value=None)
    assert not points.exists()
    map_undo(actor=designer, journey=journey)
    assert [point.value for point in points.all()] == [5]


def test_lanes_are_added_at_a_place_moved_and_deleted_with_their_cards(
    designer: Actor, journey: Journey
) -> None:
    lane = lane_add(actor=designer, journey=journey, name="Systems", position=0)
    assert journey.lanes.order_by("position").first() == lane
    lane_move(actor=designer, lane=lane, position=2)
    assert [x.pk for x in journey.lanes.order_by("position")][2] == lane.pk
    card_add(actor=designer, lane=lane, step=step_of(journey, "advice"), title="CRM")
    lane_delete(actor=designer, lane=lane)
    assert not Card.unscoped.filter(title__en="CRM").exists()  # unscoped: test
    map_undo(actor=designer, journey=journey)
    assert Card.unscoped.filter(title__en="CRM", lane__name__en="Systems").exists()


def test_a_lane_of_ones_own_needs_a_name(designer: Actor, journey: Journey) -> None:
    with pytest.raises(DomainError, match="name"):
        lane_add(actor=designer, journey=journey)


def test_a_step_without_us_has_a_name_and_no_score(designer: Actor, journey: Journey) -> None:
    stage = journey.stages.get(code="ask")
    with pytest.raises(DomainError):
        step_add(actor=designer, stage=stage)
    step = step_add(actor=designer, stage=stage, name="Sleeps on it", position=0)
    assert str(stage.steps.order_by("position").first()) == "Sleeps on it"
    step_move(actor=designer, step=step, position=0, stage=journey.stages.get(code="buy"))
    assert step.stage.code == "buy"
    pk = step.pk
    step_remove(actor=designer, step=step)
    map_undo(actor=designer, journey=journey)
    assert Step.unscoped.get(pk=pk).stage.code == "buy"  # unscoped: test


def test_staff_and_strangers_change_nothing(people: Any, designer: Actor, journey: Journey) -> None:
    card = Card.unscoped.filter(lane__journey=journey).first()  # unscoped: test
    assert card is not None
    stranger = Actor.system(make_program("other"))
    for actor in (Actor.member(people["staff"]), stranger):
        with pytest.raises(Denied):
            card_delete(actor=actor, card=card)
        with pytest.raises(Denied):
            map_undo(actor=actor, journey=journey)
    assert Card.unscoped.filter(pk=card.pk).exists()  # unscoped: test
