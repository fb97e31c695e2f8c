"""A mystery-shopping survey: weights, touchpoints, owners of stores, how they came out."""

from collections.abc import Callable
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from surveys.models import ChecklistItem, Survey
from surveys.queries.checklists import store_table
from surveys.services.checklists import checklist_add, checklist_set
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_duplicate, survey_publish
from tests.surveys.designing import make_draft

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]
ITEMS = ("clean", "greeting", "needs", "knowledge", "waiting", "goodbye")


@pytest.fixture
def survey(designer: Actor) -> Survey:
    return make_draft(designer, "mystery")


def visit(store: str, **answers: str) -> dict[str, Any]:
    return {"answers": {"store": store, **dict.fromkeys(ITEMS, "na"), **answers}}


def test_the_template_brings_weights_and_touchpoints(survey: Survey) -> None:
    found = {i.question_code: (i.touchpoint, int(i.weight)) for i in survey.checklist_items.all()}
    assert found["greeting"] == ("Entrance", 2)
    assert set(found) == set(ITEMS)


def test_stores_stand_beside_each_other_ours_first(designer: Actor, survey: Survey) -> None:
    items: list[dict[str, Any]] = [
             {"code": "greeting", "touchpoint": "Door", "weight": 2},
             {"code": "needs", "touchpoint": "Desk", "weight": "3.5"},
             {"code": "clean", "touchpoint": "Door", "weight": 0}]  # fmt: skip
    stores = [{"code": "other_1", "competitor": "Rival"}, {"code": "own_1", "competitor": ""}]
    checklist_set(actor=designer, survey=survey, items=items, stores=stores)
    survey_publish(actor=designer, survey=survey)
    survey.refresh_from_db()
    rows = [
        visit("own_1", greeting="yes", needs="no", clean="no"),
        visit("own_1", greeting="partly"),
        visit("other_1", greeting="yes", needs="yes"),
        {**visit("own_1", greeting="no", needs="no"), "is_test": True},
    ]
    assert responses_record(actor=designer, survey=survey, rows=rows).created == 4
    table = store_table(designer, survey)
    assert table.touchpoints == ["Door", "Desk"]
    assert [(s.code, s.competitor, s.whole.visits) for s in table.stores] == [
        ("own_1", "", 2), ("other_1", "Rival", 1)]  # fmt: skip
    assert table.own_whole.share == pytest.approx(3 / 7.5)  # 2 + 1 of 2 + 3.5 + 2
    assert [part.share for part in table.own] == [0.75, 0.0]
    assert table.others_whole.share == 1.0


def test_items_are_added_by_lines(designer: Actor, survey: Survey) -> None:
    lines = "Till | The receipt is offered. | 2\nA smile\n\n"
    first, second = checklist_add(actor=designer, survey=survey, lines=lines)
    assert [c.code for c in first.choices.order_by("position")] == ["yes", "partly", "no", "na"]
    items = ChecklistItem.objects.for_actor(designer).filter(survey=survey)
    assert items.get(question_code=first.code).touchpoint == "Till"
    assert items.get(question_code=second.code).weight == 1


@pytest.mark.parametrize(
    ("items", "stores"),
    [
        ([{"code": "store", "weight": 1}], []),
        ([{"code": "nothing", "weight": 1}], []),
        ([{"code": "clean", "weight": -1}], []),
        ([{"code": "clean", "weight": "many"}], []),
        ([{"code": "clean"}, {"code": "clean"}], []),
        ([], [{"code": "mars", "competitor": ""}]),
        ([{"code": "clean", "touchpoint": "x" * 121}], []),
    ],
)
def test_what_makes_no_sense_is_refused(
    designer: Actor, survey: Survey, items: list[Any], stores: list[Any]
) -> None:
    with pytest.raises(DomainError) as refused:
        checklist_set(actor=designer, survey=survey, items=items, stores=stores)
    assert refused.value.code == "invalid"
    assert survey.checklist_items.count() == 6


def test_a_bad_line_is_named(designer: Actor, survey: Survey) -> None:
    with pytest.raises(DomainError, match="Line 2"):
        checklist_add(actor=designer, survey=survey, lines="a | b\nc | d | 1 | more")
    with pytest.raises(DomainError, match="weight"):
        checklist_add(actor=designer, survey=survey, lines="a | b | heavy")


def test_only_designers_set_it_and_copies_keep_it(
    actor_for: As, designer: Actor, survey: Survey
) -> None:
    with pytest.raises(DomainError) as refused:
        checklist_set(actor=actor_for("manager"), survey=survey, items=[], stores=[])
    assert refused.value.code == "denied"
    assert survey_duplicate(actor=designer, survey=survey).checklist_items.count() == 6
