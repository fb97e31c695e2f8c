"""The map of the demo's journey: what the customer wants, does, feels and meets at each step."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from journeys.models import Card, Journey
from journeys.services.evidence_items import evidence_add
from journeys.services.insights import insight_create, opportunity_create
from journeys.services.journey_versions import journey_copy, version_keep
from journeys.services.journeys import journey_update
from journeys.services.map_documents import map_document, map_fill
from journeys.services.personas import persona_create
from journeys.services.touchpoints import touchpoint_update

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

#: Every lane of the map, from top to bottom.
LANES = (
    "goal", "doing", "touchpoint", "interaction", "factor", "emotion", "metric", "pain", "gain",
    "quote", "visibility", "backstage", "opportunity", "work",
)  # fmt: skip
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


#: What customers do at each step.
DOING: dict[str, tuple[str, str]] = {
    "website": ("Reads what friends of her age take", "또래가 먹는 제품을 찾아 읽는다"),
    "display": ("Compares gift sets on the shelf", "진열대에서 선물 세트를 비교한다"),
    "advice": ("Tells the advisor about her parents", "직원에게 부모님 이야기를 한다"),
    "call-center": ("Asks about her order by phone", "전화로 주문을 문의한다"),
    "checkout": ("Pays and collects points", "계산하고 포인트를 쌓는다"),
    "online-order": ("Orders again from her phone", "휴대전화로 다시 주문한다"),
    "delivery": ("Looks up the parcel twice a day", "하루에 두 번 배송을 조회한다"),
    "packaging": ("Unwraps it before her parents", "부모님 앞에서 포장을 연다"),
    "product": ("Takes a stick every morning", "아침마다 한 포씩 먹는다"),
    "guide": ("Looks for how long to take it", "얼마 동안 먹을지 찾아본다"),
    "points": ("Checks the points before a holiday", "명절 전에 포인트를 확인한다"),
    "care-call": ("Tells how her father is", "아버지 상태를 이야기한다"),
}
#: A second persona feels otherwise.
SECOND: dict[str, Any] = {
    "name": {"en": "Jun-ho, 34, buys on his phone", "ko": "준호 님, 34세, 휴대전화로 삽니다"},
    "description": {
        "en": "Orders between two meetings and expects it tomorrow.",
        "ko": "회의 사이에 주문하고 다음 날 받기를 기대합니다.",
    },
    "goals": {"en": "Done in two minutes", "ko": "2분 안에 끝내기"},
}
SECOND_FEELS = {
    "website": 3, "display": -1, "advice": 1, "call-center": -3, "checkout": 0,
    "online-order": 4, "delivery": -5, "packaging": 1, "product": 3, "guide": 0, "points": 2,
    "care-call": -1,
}  # fmt: skip
#: Kinds of events by which a visit shows, beside the answers.
EVENTS = {"checkout": ["purchase"], "online-order": ["purchase"], "call-center": ["call"]}
EXPECTATIONS = {"advice": 8, "delivery": 9, "call-center": 8, "product": 9, "points": 5}
#: What customers said in interviews, by the touchpoint of the insight.
INTERVIEWS = {
    "delivery": ("김OO, 52세", "하루쯤 늦는 건 괜찮아요. 아무 말이 없는 게 속상하죠."),
    "call-center": ("박OO, 47세", "전화할 때마다 처음부터 다시 말해야 했어요."),
    "guide": ("이OO, 61세", "언제까지 먹어야 하는지 몰라서 중간에 그만뒀어요."),
    "points": ("최OO, 39세", "포인트가 얼마인지 몰라서 안 써요."),
}
OPPORTUNITIES: tuple[dict[str, Any], ...] = (
    {
        "touchpoint": "delivery",
        "title": {"en": "Tell customers before a parcel is late", "ko": "늦기 전에 먼저 알리기"},
        "importance": Decimal("9.2"), "satisfaction": Decimal("4.8"),
        "value": 5, "ease": 4, "urgency": 5,
        "reach": 4200, "impact": 2, "confidence": 80, "effort": 3,
        "insight": {
            "en": "What hurts is the silence, not the delay",
            "ko": "늦는 것보다 연락이 없는 것이 더 아프다",
        },
    },
    {
        "touchpoint": "call-center",
        "title": {"en": "One history of contacts for all agents", "ko": "상담 이력 하나로 모으기"},
        "importance": Decimal("7.8"), "satisfaction": Decimal("5.5"),
        "value": 4, "ease": 2, "urgency": 3,
        "reach": 1900, "impact": 2, "confidence": 50, "effort": 9,
        "insight": {"en": "Repeating oneself feels like not counting",
                    "ko": "다시 설명하면 존중받지 못한다고 느낀다"},
    },
    {
        "touchpoint": "guide",
        "title": {"en": "A card that says how long to take it", "ko": "섭취 기간 안내 카드"},
        "importance": Decimal("5.1"), "satisfaction": Decimal("4.9"),
        "value": 2, "ease": 5, "urgency": 2,
        "reach": 6000, "impact": 0.5, "confidence": 100, "effort": 1,
        "insight": {"en": "Doubt begins in the second week", "ko": "둘째 주에 의심이 시작된다"},
    },
    {
        "touchpoint": "points",
        "title": {"en": "Show points as money", "ko": "포인트를 금액으로 보여 주기"},
        "importance": Decimal("6.0"), "satisfaction": Decimal("5.6"),
        "value": 3, "ease": 4, "urgency": 2,
        "reach": 8000, "impact": 1, "confidence": 80, "effort": 2,
        "insight": {"en": "Points one cannot value are not saved for",
                    "ko": "값어치를 모르는 포인트는 모으지 않는다"},
    },
)  # fmt: skip


def build_map(build: "Build", journey: Journey) -> None:
    """Lanes, cards and feelings, kept as a version; insights, opportunities, a better journey."""
    actor = build.actor
    second = persona_create(actor=actor, **SECOND)
    journey_update(actor=actor, journey=journey, personas=[journey.persona, second])
    document = map_document(actor, journey)
    keys = {step["touchpoint"]: step for stage in document["stages"] for step in stage["steps"]}
    lanes = [{"key": str(uuid4()), "kind": kind, "name": {}} for kind in LANES]
    by_kind = {lane["kind"]: lane["key"] for lane in lanes}
    cards = []
    for code, (feeling, own) in STEPS.items():
        first = journey.persona_id
        keys[code]["emotions"] = {str(first): feeling, str(second.pk): SECOND_FEELS[code]}
        for kind, titles in {"doing": (DOING[code],), **own}.items():
            cards += [
                {
                    "key": str(uuid4()),
                    "lane": by_kind[kind],
                    "step": keys[code]["key"],
                    "title": {"en": en, "ko": ko},
                }
                for en, ko in titles
            ]
    map_fill(actor, journey, {**document, "lanes": lanes, "cards": cards})
    version_keep(actor=actor, journey=journey, note="워크숍 결과")
    _add_opportunities(build, journey)
    _draw_better(build, journey)


def _add_opportunities(build: "Build", journey: Journey) -> None:
    for code, kinds in EVENTS.items():
        touchpoint_update(actor=build.actor, touchpoint=build.touchpoints[code], event_kinds=kinds)
    for code, value in EXPECTATIONS.items():
        touchpoint_update(actor=build.actor, touchpoint=build.touchpoints[code], expectation=value)
    for spec in OPPORTUNITIES:
        values = {name: spec[name] for name in spec if name not in {"touchpoint", "insight"}}
        place = build.touchpoints[spec["touchpoint"]]
        step = place.steps.filter(stage__journey=journey).select_related("stage").get()
        cards = Card.objects.for_actor(build.actor).filter(step=step, lane__kind="pain")
        insight = insight_create(
            actor=build.actor,
            title=spec["insight"],
            kind="pain",
            touchpoint=place,
            stage=step.stage,
            cards=cards,
        )
        who, said = INTERVIEWS[spec["touchpoint"]]
        evidence_add(actor=build.actor, insight=insight, kind="interview", source=who, text=said)
        opportunity_create(
            actor=build.actor, touchpoint=place, stage=step.stage, insights=[insight], **values
        )


def _draw_better(build: "Build", journey: Journey) -> None:
    """The journey as it should be: told before it is late, and a guide that answers."""
    better = journey_copy(
        actor=build.actor,
        journey=journey,
        name={"en": "Buying ginseng, as it should be", "ko": "홍삼을 사는 여정(목표)"},
    )
    document = map_document(build.actor, better)
    late = {"Three days late without a word", "Does not say how long to take it"}
    gain = next(lane["key"] for lane in document["lanes"] if lane["kind"] == "gain")
    cards = [card for card in document["cards"] if card["title"].get("en") not in late]
    for stage in document["stages"]:
        for step in stage["steps"]:
            told = BETTER.get(step["touchpoint"])
            if told is None:
                continue
            step["emotions"] = dict.fromkeys(step["emotions"], 3)
            title = {"en": told[0], "ko": told[1]}
            cards.append({"key": str(uuid4()), "lane": gain, "step": step["key"], "title": title})
    map_fill(build.actor, better, {**document, "cards": cards})
    journey_update(actor=build.actor, journey=better, state=Journey.State.DRAFT)


BETTER = {
    "delivery": ("Told a day before it is late", "늦기 하루 전에 연락을 받는다"),
    "guide": ("A card says how long to take it", "섭취 기간이 카드에 적혀 있다"),
}
