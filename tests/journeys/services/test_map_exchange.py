"""Maps out and in again, exactly; versions, restore and copies."""

import csv
import io
from typing import Any

import orjson
import pytest
from django.core.files.base import ContentFile

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from journeys.models import Card, Journey, Lane, Step, TouchpointMetric
from journeys.queries.map_files import FORMATS, map_file
from journeys.services.actions import action_create
from journeys.services.cards import card_add, card_delete
from journeys.services.emotions import emotion_set
from journeys.services.journey_versions import journey_copy, version_keep, version_restore
from journeys.services.journeys import journey_create, journey_update
from journeys.services.lanes import lane_add
from journeys.services.map_documents import map_document
from journeys.services.map_edits import map_undo
from journeys.services.map_exchange import map_import, own_document
from journeys.services.personas import persona_create
from journeys.services.pictures import picture_store
from surveys.services.metrics import metric_create
from tests.conftest import make_program
from tests.journeys.mapping import make_place

NASTY = {"en": '=1+1; it\'s, "quoted"\nline', "ko": "'작은따옴표'로 시작"}


@pytest.fixture
def journey(system: Actor) -> Journey:
    persona = persona_create(actor=system, name={"en": "Kim", "ko": "김 씨"})
    journey = journey_create(
        actor=system, name={"en": "Shopping", "ko": "장보기"}, template="retail", persona=persona
    )
    step = Step.unscoped.filter(stage__journey=journey).first()  # unscoped: test
    assert step is not None
    emotion_set(actor=system, step=step, value=-4, persona=persona)
    card_add(
        actor=system,
        lane=journey.lanes.get(kind=Lane.Kind.PAIN),
        step=step,
        title=NASTY,
        text={"ko": "@내용"},
        emotion=-3,
        severity="high",
        persona=persona,
        tags=["a;b", "-1"],
        details={"blueprint": {"evidence": [{"item": "Sign"}]}},
        is_moment_of_truth=True,
    )
    journey_update(actor=system, journey=journey, description={"en": "From need to return"})
    journey.refresh_from_db()
    return journey


@pytest.mark.parametrize("kind", ["ojf", "csv"])
def test_a_file_read_elsewhere_makes_exactly_the_same_map(
    system: Actor, journey: Journey, kind: str
) -> None:
    content = map_file(system, journey, kind)
    other = Actor.system(make_program("elsewhere"))
    made = map_import(actor=other, content=content, filename=f"map.{kind}")
    assert made.notes == ()
    assert own_document(other, made.journey) == own_document(system, journey)
    assert map_file(other, made.journey, kind) == content


def test_the_summary_has_a_row_per_stage_and_is_read_again(system: Actor, journey: Journey) -> None:
    content = map_file(system, journey, "summary")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["StageOrder"] for row in rows] == list("1234567")
    assert rows[3]["Stakeholder"] == "Kim"
    assert "Waits too long for an advisor" in rows[3]["Barriers"].split(";")
    made = map_import(actor=system, content=content, filename="summary.csv")
    assert [str(s) for s in made.journey.stages.order_by("position")][:2] == ["Find", "Enter"]
    assert made.journey.lanes.get(kind="pain").cards.count() > 5


def test_a_summary_written_elsewhere_loses_nothing_in_silence(system: Actor) -> None:
    head = "Stage,Stakeholder,Goal,Motivation,Barriers,Opportunities,KPI,Emotions,Quotes,Evidence"
    content = f"{head},StageOrder,Colour\nBuy,Kim,,,Queue,,NPS;≥ 70,anxious;-2,,,1,red\n"
    made = map_import(actor=system, content=content.encode(), filename="theirs.csv")
    stage = made.journey.stages.get()
    assert stage.target == 70
    said = {(str(c.lane), str(c)) for c in Card.objects.for_actor(system)}
    assert said == {("Pains", "Queue"), ("KPI", "NPS"), ("Emotions", "anxious")}
    assert [(note.place, note.reason) for note in made.notes] == [("1 (colour)", "unread")]


def test_metrics_and_pictures_travel_beside_the_map_and_actions_stay(system: Actor) -> None:
    place = make_place(system, anonymous=True)
    action_create(actor=system, title="Second till", stage=place.stage, touchpoint=place.paying)
    step = place.stage.steps.get(touchpoint=place.paying)
    lane = place.journey.lanes.filter(kind="pain").first() or lane_add(
        actor=system, journey=place.journey, kind="pain"
    )
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
    image = picture_store(actor=system, name="queue.png", content=ContentFile(png))
    card_add(actor=system, lane=lane, step=step, title="Queue", image=image)
    content = map_file(system, place.journey, "ojf")
    other = Actor.system(make_program("elsewhere"))
    known = metric_create(actor=other, code="nps", name="Theirs", kind="nps", sources=[])
    made = map_import(actor=other, content=content, filename="map.ojf")
    assert {(note.place, note.said) for note in made.notes} == {
        ("$.cxPortal.metrics[1]", "csat"),
        ("$.cxPortal.actions", "1"),
    }
    link = TouchpointMetric.objects.for_actor(other).get()
    assert (link.metric, link.touchpoint.code) == (known, place.advice.code)
    brought = Card.objects.for_actor(other).get(lane__journey=made.journey).image
    assert brought is not None
    assert (brought.name, brought.file.read()) == ("queue.png", png)


def test_every_kind_of_file_is_what_it_says(system: Actor, journey: Journey) -> None:
    starts = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "mermaid": b"journey\n"}
    for kind in FORMATS:
        content = map_file(system, journey, kind)
        assert content.startswith(starts.get(kind, b""))
    text = map_file(system, journey, "mermaid").decode()
    assert "    section Find\n      Advertising: " in text
    drawn = map_file(system, journey, "svg").decode()
    assert "=1+1; it's," in drawn
    assert "Advice" in drawn


def test_nodes_of_the_open_format_stand_in_the_file(system: Actor, journey: Journey) -> None:
    value = orjson.loads(map_file(system, journey, "ojf"))
    node = next(n for n in value["nodes"] if n["title"] == NASTY["en"])
    assert (node["score"], node["severity"], node["isMomentOfTruth"]) == (-3, "high", True)
    assert node["blueprint"] == {"evidence": [{"item": "Sign"}]}
    assert node["stageId"] in {stage["id"] for stage in value["stages"]}
    assert node["swimlaneId"] in {lane["id"] for lane in value["swimlanes"]}


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{"stages": [', "1:13"),
        (b'{"stages": [{"id": 1}]}', "$.stages[0].name"),
        (b"record,key,parent\nstage,a,\n", "2 (name)"),
        (b"record,key,parent,title_en\nrocket,a,,x\n", "2"),
        (b"a,b\n1,2\n", "1"),
    ],
)
def test_a_bad_file_says_where_and_leaves_nothing(
    system: Actor, content: bytes, place: str
) -> None:
    with pytest.raises(DomainError) as refused:
        map_import(actor=system, content=content, filename="bad")
    assert place in refused.value.message or place in str(refused.value.details)
    assert not Journey.objects.for_actor(system).exists()


def test_a_deep_or_huge_file_is_refused(system: Actor) -> None:
    for content in (b"[" * 100_000, b'{"a":' * 50_000, b" " * (5 * 1024 * 1024 + 1)):
        with pytest.raises(DomainError):
            map_import(actor=system, content=content, filename="deep.ojf")


def test_a_version_is_restored_and_what_was_there_is_kept(
    system: Actor, journey: Journey, people: Any
) -> None:
    designer = Actor.member(people["designer"])
    first = version_keep(actor=designer, journey=journey, note="Workshop")
    assert version_keep(actor=designer, journey=journey).pk == first.pk
    before = map_document(designer, journey)
    card = journey.lanes.get(kind="pain").cards.first()
    assert card is not None
    card_delete(actor=designer, card=card)
    journey.lanes.get(kind="gain").delete()
    changed = map_document(designer, journey)
    version_restore(actor=designer, version=first)
    assert map_document(designer, journey) == before
    assert journey.kept_versions.count() == 2
    assert journey.kept_versions.get(number=2).document == changed
    map_undo(actor=designer, journey=journey)
    assert map_document(designer, journey) == changed


def test_a_copy_as_it_should_be_says_the_same_and_knows_what_it_departs_from(
    system: Actor, journey: Journey
) -> None:
    copy = journey_copy(actor=system, journey=journey, name="Better shopping")
    assert map_document(system, copy) == map_document(system, journey)
    assert (copy.kind, copy.counterpart) == ("to_be", journey)


def test_a_journey_cannot_be_a_part_of_itself(system: Actor, journey: Journey) -> None:
    child = journey_create(actor=system, name="Part")
    journey_update(actor=system, journey=child, parent=journey)
    with pytest.raises(DomainError, match="part of itself"):
        journey_update(actor=system, journey=journey, parent=child)
