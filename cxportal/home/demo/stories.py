"""The journey, the actions and the promises of the demo."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxportal.core.services.notes import note_add
from cxportal.home.demo import content
from cxportal.home.demo.journey_map import build_map
from journeys.models import Action, Column, Journey, Stage, State
from journeys.services.actions import action_create, action_move
from journeys.services.boards import board_default
from journeys.services.journeys import journey_create
from journeys.services.personas import persona_create
from journeys.services.stages import stage_add
from journeys.services.steps import (
    step_add,
)
from journeys.services.touchpoints import (
    touchpoint_create,
    touchpoint_metric_attach,
)
from loyalty.models import ValueProposition
from loyalty.services.propositions import proposition_create

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

JOURNEY = "retail"
PERSONA: dict[str, Any] = {
    "name": {
        "en": "Mi-kyung, 48, buys for her family",
        "ko": "미경 님, 48세, 온 가족 건강을 챙겨요",
    },
    "description": {
        "en": "Buys ginseng twice a year for her parents and her children.",
        "ko": "부모님과 아이들을 위해 한 해에 두 번 홍삼을 삽니다.",
    },
    "goals": {
        "en": "The right product without reading labels for an hour",
        "ko": "성분표를 한참 읽지 않고도 맞는 제품을 고르는 것",
    },
}
DAYS_PER_MONTH = 30.4
WORK_DAYS = 40


def build_journey(build: "Build") -> None:
    """Seven stages with their touchpoints, measured by the surveys' metrics."""
    if Journey.objects.for_actor(build.actor).filter(code=JOURNEY).exists():
        return
    persona = persona_create(actor=build.actor, **PERSONA)
    journey = journey_create(
        actor=build.actor,
        code=JOURNEY,
        name={"en": "Buying ginseng", "ko": "홍삼을 사는 여정"},
        persona=persona,
        owner=build.members["manager"].user,
    )
    for stage in content.STAGES:
        build.stages[stage["code"]] = stage_add(
            actor=build.actor,
            journey=journey,
            owner=build.members["manager"].user,
            **stage,
        )
    for spec in content.TOUCHPOINTS:
        build.touchpoints[spec["code"]] = _touchpoint(build, spec)
    build_map(build, journey)


def _touchpoint(build: "Build", spec: dict[str, Any]) -> Any:
    touchpoint = touchpoint_create(
        actor=build.actor,
        code=spec["code"],
        name=spec["name"],
        area=spec["area"],
        is_active_contact=spec["active"],
        is_moment_of_truth=spec.get("truth", False),
        importance=spec["importance"],
    )
    step_add(actor=build.actor, stage=build.stages[spec["stage"]], touchpoint=touchpoint)
    for metric in build.metrics.get(spec["code"], []):
        touchpoint_metric_attach(actor=build.actor, touchpoint=touchpoint, metric=metric)
    return touchpoint


def build_actions(build: "Build") -> int:
    """Actions in every state; those that are done were done months ago."""
    if Action.objects.for_actor(build.actor).exists():
        return Action.objects.for_actor(build.actor).count()
    board = board_default(build.actor)
    columns = {column.state: column for column in board.columns.all()}
    stages = {s.code: s for s in Stage.objects.for_actor(build.actor)}
    places = {t["code"]: stages[t["stage"]] for t in content.TOUCHPOINTS}
    for number, spec in enumerate(content.ACTIONS):
        _action(build, spec, number, columns, places[spec["touchpoint"]])
    return len(content.ACTIONS)


def _action(
    build: "Build", spec: dict[str, Any], number: int, columns: dict[str, Column], stage: Stage
) -> None:
    closed = spec.get("closed")
    ended = build.now - timedelta(days=DAYS_PER_MONTH * closed) if closed else None
    began = (ended or build.now) - timedelta(days=WORK_DAYS if closed else 12 + number)
    owner = build.members["staff" if number % 2 else "manager"]
    facts = ("importance", "urgency", "effect", "cost", "horizon")
    action = action_create(
        actor=build.actor,
        board=columns[State.IDEA].board,
        title=spec["title"],
        owner=owner,
        stage=stage,
        touchpoint=build.touchpoints[spec["touchpoint"]],
        due=(build.now + timedelta(days=spec["due"])).date() if "due" in spec else None,
        at=began,
        **{name: spec[name] for name in facts if name in spec},
    )
    if spec["state"] in {State.DOING, State.WATCHING, State.DONE}:
        action = action_move(
            actor=build.actor, action=action, column=columns[State.DOING],
            at=began + timedelta(days=3),
        )  # fmt: skip
    if spec["state"] not in {State.IDEA, State.DOING}:
        action = action_move(
            actor=build.actor, action=action, column=columns[spec["state"]],
            at=ended or began + timedelta(days=5),
        )  # fmt: skip
    if spec["state"] == State.DOING:
        note_add(actor=build.actor, obj=action, text="매장 두 곳에서 먼저 시험 중입니다.")


def build_propositions(build: "Build") -> None:
    """Two promises, linked to their touchpoints and to the actions there."""
    if ValueProposition.objects.for_actor(build.actor).exists():
        return
    for spec in content.PROPOSITIONS:
        codes = spec["touchpoints"]
        actions = Action.objects.for_actor(build.actor).filter(touchpoint__code__in=codes)
        proposition_create(
            actor=build.actor,
            name=spec["name"],
            promise=spec["promise"],
            functional_value=spec["functional_value"],
            emotional_value=spec["emotional_value"],
            proof=spec["proof"],
            state=spec["state"],
            segment=build.segments[spec["segment"]],
            owner=build.members["manager"].user,
            touchpoints=[build.touchpoints[code] for code in codes],
            actions=actions.exclude(column__state=State.DECLINED),
        )
