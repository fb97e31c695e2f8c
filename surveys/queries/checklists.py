"""What a checklist measures, and how stores came out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from cxportal.core.actors import Actor
from cxportal.core.models import text_in
from cxportal.core.registry import touchpoint_names
from surveys.calc.checklists import EARNS, Item, Score, Visit, scores_by_store
from surveys.models import ChecklistItem, ChecklistStore, Choice, Question, Response, Survey

#: Code of the question that says which store was visited.
STORE = "store"
MOST_VISITS = 20_000


def item_questions(survey: Survey) -> list[Question]:
    """Questions of the draft that can be items: single choices of yes, partly, no, na only."""
    choices = Prefetch("choices", Choice.unscoped.order_by("position", "pk"))  # unscoped: below
    questions = survey.questions.filter(kind__in=("single", "dropdown"))
    ordered = questions.order_by("section__position", "position").prefetch_related(choices)
    return [q for q in ordered if _is_item({choice.code for choice in q.choices.all()})]


def _is_item(codes: set[str]) -> bool:
    return {"yes", "no"} <= codes <= set(EARNS)


def store_choices(survey: Survey) -> list[Choice]:
    """The stores that can be visited: choices of the question “store”."""
    rows = Choice.unscoped.filter(  # unscoped: of a survey the actor has
        question__survey=survey, question__code=STORE
    )
    return list(rows.order_by("position", "pk"))


@dataclass(frozen=True)
class StoreLine:
    """One store: how it did in all and at each touchpoint, in the touchpoints' order."""

    code: str
    name: str
    competitor: str
    whole: Score
    parts: list[Score]


@dataclass(frozen=True)
class StoreTable:
    """Stores beside each other, ours first, the best first among them."""

    touchpoints: list[str]
    stores: list[StoreLine]
    own: list[Score]
    others: list[Score]
    own_whole: Score
    others_whole: Score


def checklist_items(survey: Survey) -> list[Item]:
    """The items that count, in the order of their questions; touchpoint "" for the rest."""
    found: dict[str, ChecklistItem] = {i.question_code: i for i in survey.checklist_items.all()}
    return [
        Item(question.code, float(found[question.code].weight), found[question.code].touchpoint)
        for question in item_questions(survey)
        if question.code in found and found[question.code].weight > 0
    ]


def store_table(actor: Actor, survey: Survey) -> StoreTable:
    """How stores came out over all complete visits that are no tests."""
    items = checklist_items(survey)
    rows = Response.objects.for_actor(actor).filter(
        survey=survey, status=Response.Status.COMPLETE, is_test=False
    )
    answers = rows.order_by("-completed_at", "-pk").values_list("answers", flat=True)
    visits = [
        Visit(str(given.get(STORE, "")), given)
        for given in answers[:MOST_VISITS]
        if isinstance(given, Mapping)
    ]
    touchpoints = list(dict.fromkeys(item.touchpoint for item in items))
    scored = scores_by_store(items, visits)
    others = {s.code: s.competitor for s in ChecklistStore.objects.for_actor(actor).filter(
        survey=survey)}  # fmt: skip
    names = {choice.code: text_in(choice.text) for choice in store_choices(survey)}
    stores = [
        StoreLine(
            code=code,
            name=names.get(code) or code or "–",
            competitor=others.get(code, ""),
            whole=whole,
            parts=[parts[touchpoint] for touchpoint in touchpoints],
        )
        for code, (whole, parts) in scored.items()
    ]
    stores.sort(key=lambda line: (bool(line.competitor), -(line.whole.share or 0), line.name))
    mine = [line for line in stores if not line.competitor]
    theirs = [line for line in stores if line.competitor]
    return StoreTable(
        touchpoints=touchpoints,
        stores=stores,
        own=_sums(mine, len(touchpoints)),
        others=_sums(theirs, len(touchpoints)),
        own_whole=_sum(line.whole for line in mine),
        others_whole=_sum(line.whole for line in theirs),
    )


def _sums(lines: list[StoreLine], count: int) -> list[Score]:
    return [_sum(line.parts[place] for line in lines) for place in range(count)]


def _sum(scores: Iterable[Score]) -> Score:
    """Points of several stores: sums are added before they are divided."""
    earned = possible = 0.0
    visits = 0
    for score in scores:
        earned, possible = earned + score.earned, possible + score.possible
        visits += score.visits
    return Score(earned, possible, visits)


def checklist_shown(survey: Survey) -> dict[str, list[dict[str, Any]]]:
    """What is set: {"items": [{"code", "text", "touchpoint", "weight"}], "stores": [{"code",
    "text", "competitor"}]}; questions and stores not set yet come with weight 0 and as ours.
    """
    items = {item.question_code: item for item in survey.checklist_items.all()}
    stores = {store.code: store for store in survey.checklist_stores.all()}
    return {
        "items": [
            {
                "code": question.code,
                "text": question.text,
                "touchpoint": items[question.code].touchpoint if question.code in items else "",
                "weight": float(items[question.code].weight) if question.code in items else 0.0,
            }
            for question in item_questions(survey)
        ],
        "stores": [
            {
                "code": choice.code,
                "text": choice.text,
                "competitor": stores[choice.code].competitor if choice.code in stores else "",
            }
            for choice in store_choices(survey)
        ],
    }


def touchpoints_known(actor: Actor) -> list[str]:
    """Names of touchpoints to choose from, as the journeys tell them."""
    return sorted({name for names in touchpoint_names for name in names(actor) if name})
