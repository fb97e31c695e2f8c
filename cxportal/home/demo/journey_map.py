"""The map of the demo's journey: what the customer wants, does, feels and meets at each step."""

from typing import TYPE_CHECKING, Any

from journeys.models import Journey, Lane, Step
from journeys.services.cards import card_add
from journeys.services.emotions import emotion_set
from journeys.services.lanes import lane_add, lane_move

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

LANES = ("factor", "interaction", "gain", "visibility", "backstage", "quote")
# Touchpoint → feeling, and cards by lane in English and Korean.
STEPS: dict[str, tuple[int, dict[str, tuple[tuple[str, str], ...]]]] = {
    "website": (1, {
        "goal": (("Find what suits her parents", "부모님께 맞는 제품을 찾고 싶다"),),
        "factor": (("Compares effects side by side", "효능을 나란히 비교하기"),),
        "pain": (("Ingredient lists in small print", "성분표 글씨가 작다"),),
    }),
    "display": (0, {
        "factor": (("A gift shelf sorted by age", "나이대별 선물 진열"),),
        "pain": (("Gift sets without prices", "선물 세트에 가격표가 없다"),),
    }),
    "advice": (4, {
        "goal": (("Be sure it fits", "맞는 제품이라는 확신"),),
        "factor": (("Asked about body type first", "체질부터 물어보는 상담"),),
        "gain": (("Feels understood", "이해받았다고 느낀다"),),
        "backstage": (("Advisors are trained every month", "상담 직원 월례 교육"),),
        "quote": (("“They picked just the right one.”", "“딱 맞게 골라 주셨어요.”"),),
    }),
    "call-center": (-2, {
        "pain": (("Explains the same thing three times", "같은 설명을 세 번 한다"),),
        "backstage": (("No shared history of contacts", "상담 이력이 나뉘어 있다"),),
    }),
    "checkout": (1, {
        "factor": (("Points counted without asking", "말하지 않아도 적립되는 포인트"),),
    }),
    "online-order": (2, {
        "gain": (("Orders again in one minute", "1분 만에 다시 주문한다"),),
        "pain": (("Gift wrapping is hard to find", "선물 포장 선택이 숨어 있다"),),
    }),
    "delivery": (-4, {
        "goal": (("Arrives before the holiday", "명절 전에 도착하기"),),
        "pain": (("Three days late without a word", "연락 없이 사흘 늦는다"),),
        "backstage": (("New carrier since spring", "봄부터 바뀐 택배사"),),
        "opportunity": (("Tell before it is late", "늦기 전에 먼저 알리기"),),
        "quote": (("“It missed the gift day.”", "“선물 날짜에 못 맞췄어요.”"),),
    }),
    "packaging": (2, {
        "gain": (("Worthy of a gift", "선물하기 부끄럽지 않은 포장"),),
    }),
    "product": (4, {
        "goal": (("Feel the effect", "효과를 느끼고 싶다"),),
        "gain": (("Parents like it", "부모님이 좋아하신다"),),
    }),
    "guide": (-1, {
        "pain": (("Does not say how long to take it", "얼마나 먹어야 하는지 나오지 않는다"),),
    }),
    "points": (0, {
        "pain": (("Hard to see what they are worth", "값어치를 알기 어렵다"),),
    }),
    "care-call": (2, {
        "gain": (("Somebody asks how it went", "어땠는지 물어봐 준다"),),
        "opportunity": (("Offer the next season's set", "다음 철 제품 제안"),),
    }),
}  # fmt: skip


def build_map(build: "Build", journey: Journey) -> None:
    """Lanes, cards and feelings, by the portal's own services."""
    for place, kind in enumerate(LANES):
        lane_move(
            actor=build.actor,
            lane=lane_add(actor=build.actor, journey=journey, kind=kind),
            position=2 + 2 * place,
        )
    lanes: dict[Any, Lane] = {lane.kind: lane for lane in journey.lanes.all()}
    steps = Step.objects.for_actor(build.actor).filter(stage__journey=journey)
    by_code = {step.place.code: step for step in steps.select_related("touchpoint", "stage")}
    for code, (feeling, cards) in STEPS.items():
        step = by_code[code]
        emotion_set(actor=build.actor, step=step, value=feeling, persona=journey.persona)
        for kind, titles in cards.items():
            for en, ko in titles:
                card_add(actor=build.actor, lane=lanes[kind], step=step, title={"en": en, "ko": ko})
