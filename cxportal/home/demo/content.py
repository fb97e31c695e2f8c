"""What the demo program holds, in both languages. Data only."""

from typing import Any

Texts = dict[str, str]

PROGRAM = {"en": "Hanbit Ginseng", "ko": "한빛홍삼"}
STORES = (
    "Gangnam", "Hongdae", "Jamsil", "Pangyo", "Suwon", "Incheon", "Daejeon", "Daegu",
    "Gwangju", "Busan Seomyeon", "Busan Haeundae", "Jeju",
)  # fmt: skip
PRODUCTS = (
    ("Red ginseng extract 240 g", 189_000),
    ("Red ginseng stick 30", 98_000),
    ("Kids ginseng jelly", 42_000),
    ("Ginseng tea 50", 28_000),
    ("Omega-3 90", 45_000),
    ("Vitamin C 180", 32_000),
    ("Gift set Spring", 149_000),
    ("Gift set Prestige", 320_000),
)

STAGES: tuple[dict[str, Any], ...] = (
    {"code": "discover", "name": {"en": "Discover", "ko": "알게 되기"}, "target": 72},
    {"code": "visit", "name": {"en": "Visit", "ko": "찾아가기"}, "target": 74},
    {"code": "consult", "name": {"en": "Get advice", "ko": "상담받기"}, "target": 80},
    {"code": "buy", "name": {"en": "Buy", "ko": "구매하기"}, "target": 80},
    {"code": "receive", "name": {"en": "Receive", "ko": "배송받기"}, "target": 80},
    {"code": "use", "name": {"en": "Use", "ko": "섭취하기"}, "target": 78},
    {"code": "return", "name": {"en": "Come back", "ko": "다시 찾기"}, "target": 75},
)

# quality: start level 0–1; trend: change over two years; shifts: (months ago, change).
TOUCHPOINTS: tuple[dict[str, Any], ...] = (
    {
        "code": "website", "stage": "discover", "name": {"en": "Website", "ko": "홈페이지"},
        "area": "communication", "active": True, "importance": 5, "quality": 0.66, "trend": 0.05,
    },
    {
        "code": "display", "stage": "visit", "name": {"en": "Store display", "ko": "매장 진열"},
        "area": "product", "active": True, "importance": 5, "quality": 0.70, "trend": 0.0,
    },
    {
        "code": "advice", "stage": "consult", "name": {"en": "Advice in the store", "ko": "매장 상담"},
        "area": "people", "active": True, "importance": 9, "quality": 0.66, "trend": 0.0,
        "truth": True, "shifts": ((3, 0.17),),
    },
    {
        "code": "call-center", "stage": "consult", "name": {"en": "Call centre", "ko": "고객센터"},
        "area": "people", "active": True, "importance": 7, "quality": 0.63, "trend": 0.02,
    },
    {
        "code": "checkout", "stage": "buy", "name": {"en": "Checkout", "ko": "매장 계산"},
        "area": "people", "active": True, "importance": 6, "quality": 0.74, "trend": 0.0,
    },
    {
        "code": "online-order", "stage": "buy", "name": {"en": "Online order", "ko": "온라인 주문"},
        "area": "people", "active": True, "importance": 7, "quality": 0.68, "trend": 0.06,
        "shifts": ((11, 0.10),),
    },
    {
        "code": "delivery", "stage": "receive", "name": {"en": "Delivery", "ko": "배송"},
        "area": "product", "active": False, "importance": 8, "quality": 0.83, "trend": 0.0,
        "shifts": ((6, -0.06), (3, -0.07), (1, -0.09)), "truth": True,
    },
    {
        "code": "packaging", "stage": "receive", "name": {"en": "Packaging", "ko": "포장"},
        "area": "product", "active": False, "importance": 4, "quality": 0.79, "trend": -0.03,
        "shifts": ((3, -0.05),),
    },
    {
        "code": "product", "stage": "use", "name": {"en": "Product", "ko": "제품"},
        "area": "product", "active": True, "importance": 9, "quality": 0.82, "trend": 0.0,
    },
    {
        "code": "guide", "stage": "use", "name": {"en": "How-to guide", "ko": "섭취 안내"},
        "area": "communication", "active": False, "importance": 4, "quality": 0.60, "trend": 0.0,
    },
    {
        "code": "points", "stage": "return", "name": {"en": "Points", "ko": "포인트"},
        "area": "product", "active": False, "importance": 5, "quality": 0.63, "trend": 0.0,
    },
    {
        "code": "care-call", "stage": "return", "name": {"en": "Care call", "ko": "해피콜"},
        "area": "communication", "active": False, "importance": 6, "quality": 0.65, "trend": 0.03,
    },
)  # fmt: skip


def question(
    code: str, kind: str, en: str, ko: str, touchpoint: str = "", **settings: Any
) -> dict[str, Any]:
    """One question; a touchpoint makes its metric measure there."""
    return {
        "code": code, "kind": kind, "text": {"en": en, "ko": ko}, "touchpoint": touchpoint,
        "settings": settings,
    }  # fmt: skip


# share: part of all answers; channel: where it is asked.
SURVEYS: tuple[dict[str, Any], ...] = (
    {
        "code": "relation",
        "purpose": "nps",
        "share": 0.22,
        "channel": "email",
        "title": {"en": "How do you like Hanbit?", "ko": "한빛홍삼, 어떠세요?"},
        "questions": (
            question(
                "nps",
                "nps",
                "How likely are you to recommend Hanbit to family or friends?",
                "한빛홍삼을 가족이나 친구에게 추천하시겠어요?",
            ),
            question(
                "satisfied",
                "csat",
                "All in all, how satisfied are you with Hanbit?",
                "한빛홍삼에 전반적으로 얼마나 만족하세요?",
            ),
            question(
                "again",
                "rating",
                "How likely are you to buy from Hanbit again?",
                "한빛홍삼을 다시 구매하시겠어요?",
                min=1,
                max=5,
            ),
            question(
                "website",
                "rating",
                "How do you rate our website?",
                "홈페이지는 어떠셨어요?",
                "website",
                min=1,
                max=5,
            ),
            question(
                "points",
                "rating",
                "How do you rate our points?",
                "포인트 혜택은 어떠세요?",
                "points",
                min=1,
                max=5,
            ),
            question(
                "why",
                "long_text",
                "What is the main reason for your answer?",
                "그렇게 답하신 이유를 들려주세요.",
            ),
        ),
    },
    {
        "code": "store",
        "purpose": "purchase",
        "share": 0.26,
        "channel": "sms",
        "title": {"en": "Your visit to our store", "ko": "매장 방문은 어떠셨어요?"},
        "questions": (
            question(
                "advice",
                "csat",
                "How satisfied are you with the advice?",
                "상담에 얼마나 만족하셨어요?",
                "advice",
            ),
            question(
                "display",
                "rating",
                "How easy to look through was the display?",
                "진열은 보기 편하셨어요?",
                "display",
                min=1,
                max=5,
            ),
            question(
                "checkout",
                "ces",
                "The store made it easy to pay.",
                "계산이 쉽고 빨랐어요.",
                "checkout",
            ),
            question(
                "why",
                "long_text",
                "What should we keep, what should we change?",
                "좋았던 점이나 바꿀 점을 알려 주세요.",
            ),
        ),
    },
    {
        "code": "delivery",
        "purpose": "csat",
        "share": 0.22,
        "channel": "email",
        "title": {"en": "Your delivery", "ko": "배송은 어떠셨어요?"},
        "questions": (
            question(
                "delivery",
                "csat",
                "How satisfied are you with the delivery?",
                "배송에 얼마나 만족하셨어요?",
                "delivery",
            ),
            question(
                "packaging",
                "rating",
                "How do you rate the packaging?",
                "포장 상태는 어떠셨어요?",
                "packaging",
                min=1,
                max=5,
            ),
            question(
                "order",
                "ces",
                "Ordering online was easy.",
                "온라인 주문이 쉬웠어요.",
                "online-order",
            ),
            question("why", "long_text", "Tell us more about it.", "더 들려주실 말씀이 있나요?"),
        ),
    },
    {
        "code": "call",
        "purpose": "ces",
        "share": 0.14,
        "channel": "sms",
        "title": {"en": "Your call with us", "ko": "고객센터 상담은 어떠셨어요?"},
        "questions": (
            question(
                "effort",
                "ces",
                "The call centre made it easy to solve my question.",
                "문의를 쉽게 해결할 수 있었어요.",
                "call-center",
            ),
            question(
                "why",
                "long_text",
                "What could have gone better?",
                "더 나아졌으면 하는 점이 있나요?",
            ),
        ),
    },
    {
        "code": "use",
        "purpose": "csat",
        "share": 0.14,
        "channel": "email",
        "title": {"en": "Two weeks with your product", "ko": "드셔 보시니 어떠세요?"},
        "questions": (
            question(
                "product",
                "csat",
                "How satisfied are you with the product?",
                "제품에 얼마나 만족하세요?",
                "product",
            ),
            question(
                "guide",
                "rating",
                "How clear was the how-to guide?",
                "섭취 안내는 이해하기 쉬웠나요?",
                "guide",
                min=1,
                max=5,
            ),
            question(
                "care",
                "rating",
                "How helpful was our care call?",
                "해피콜은 도움이 되셨어요?",
                "care-call",
                min=1,
                max=5,
            ),
            question("why", "long_text", "How did it feel?", "드신 느낌을 들려주세요."),
        ),
    },
    {
        "code": "pulse",
        "purpose": "pulse",
        "share": 0.02,
        "channel": "link",
        "anonymous": True,
        "title": {"en": "Employee pulse", "ko": "직원 펄스"},
        "questions": (
            question(
                "enps",
                "nps",
                "How likely are you to recommend Hanbit as a place to work?",
                "한빛홍삼을 일하기 좋은 곳으로 추천하시겠어요?",
            ),
            question("good", "long_text", "What is good here?", "우리 회사의 좋은 점은요?"),
            question("better", "long_text", "What should be better?", "나아져야 할 점은요?"),
        ),
    },
)

# Sentences by touchpoint and mood; a comment joins one or two of them.
COMMENTS: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "advice": {
        "good": {
            "ko": ("직원분이 체질까지 물어보고 꼼꼼하게 설명해 주셨어요.", "상담이 친절해서 믿고 샀습니다.",
                   "부모님 선물로 뭘 살지 몰랐는데 딱 맞게 골라 주셨어요."),
            "en": ("The advisor took time and explained everything clearly.",
                   "Friendly advice, I felt in good hands."),
        },
        "bad": {
            "ko": ("상담 직원을 10분 넘게 기다렸어요.", "설명이 너무 빨라서 이해하기 어려웠습니다.",
                   "비싼 제품만 권해서 부담스러웠어요."),
            "en": ("I waited a long time before anyone could help me.",
                   "The advice felt pushy and did not fit my question."),
        },
    },
    "delivery": {
        "good": {
            "ko": ("주문한 다음 날 바로 받았어요.", "배송 기사님이 친절하셨습니다."),
            "en": ("It arrived the next day, well done.", "Fast and reliable delivery."),
        },
        "bad": {
            "ko": ("배송이 사흘이나 늦었는데 연락이 없었어요.", "배송 조회가 계속 같은 화면이에요.",
                   "선물 날짜에 못 맞춰서 속상했습니다.", "요즘 배송이 예전보다 훨씬 느려졌어요."),
            "en": ("The parcel was three days late and nobody told me.",
                   "Tracking never updated, I had to call twice.",
                   "Delivery has become much slower lately."),
        },
    },
    "call-center": {
        "good": {
            "ko": ("한 번 통화로 바로 해결됐어요.", "상담원이 끝까지 책임지고 도와주셨습니다."),
            "en": ("Solved in one call, thank you.", "The agent called me back as promised."),
        },
        "bad": {
            "ko": ("연결까지 너무 오래 걸려요.", "같은 설명을 세 번이나 해야 했어요."),
            "en": ("I had to explain the same thing three times.", "Far too long on hold."),
        },
    },
    "product": {
        "good": {
            "ko": ("피로가 확실히 덜해요.", "맛이 진하고 품질이 한결같습니다.", "부모님이 정말 좋아하세요."),
            "en": ("I feel less tired since I take it.", "Consistent quality, rich taste."),
        },
        "bad": {
            "ko": ("맛이 써서 아이가 안 먹어요.", "가격에 비해 효과를 모르겠어요."),
            "en": ("Too bitter for my children.", "I cannot feel any effect for the price."),
        },
    },
    "general": {
        "good": {
            "ko": ("늘 믿고 이용합니다.", "품질이 좋아서 주변에 추천하고 있어요.", "만족합니다."),
            "en": ("I trust this brand.", "Good quality, I recommend it to friends.", "All fine."),
        },
        "bad": {
            "ko": ("가격이 자꾸 올라서 부담돼요.", "포인트 쓰기가 너무 복잡합니다.", "매장이 멀어요."),
            "en": ("Prices keep going up.", "Using points is too complicated.",
                   "The store is too far away."),
        },
    },
    "staff": {
        "good": {
            "ko": ("동료들이 서로 도와줍니다.", "고객에게 도움이 된다는 보람이 있어요."),
            "en": ("Colleagues help each other.", "I feel useful to our customers."),
        },
        "bad": {
            "ko": ("주말 인력이 부족해요.", "시스템이 느려서 고객을 기다리게 합니다."),
            "en": ("We are short of people at weekends.", "Slow systems keep customers waiting."),
        },
    },
}  # fmt: skip

SEGMENTS: tuple[dict[str, Any], ...] = (
    {
        "code": "gold", "name": {"en": "Gold members", "ko": "골드 회원"},
        "rule": {"match": "all", "conditions": [
            {"field": "attributes.tier", "operator": "is", "value": "gold"}]},
        "is_reported": True,
    },
    {
        "code": "online", "name": {"en": "Online buyers", "ko": "온라인 구매 고객"},
        "rule": {"match": "all", "conditions": [
            {"field": "attributes.home_channel", "operator": "is", "value": "online"}]},
        "is_reported": True,
    },
    {
        "code": "korean", "name": {"en": "Korean speakers", "ko": "한국어 고객"},
        "rule": {"match": "all", "conditions": [
            {"field": "language", "operator": "is", "value": "ko"}]},
    },
)  # fmt: skip

# state; closed: months ago it was closed; due: days from today.
ACTIONS: tuple[dict[str, Any], ...] = (
    {"title": "상담 예약제와 체질 상담 교육 도입", "touchpoint": "advice", "state": "done",
     "closed": 3, "importance": 5, "effect": 5, "cost": 3},
    {"title": "Shorter online order form (2 steps instead of 5)", "touchpoint": "online-order",
     "state": "done", "closed": 11, "importance": 4, "effect": 4, "cost": 2},
    {"title": "매장 진열 안내판 새로 만들기", "touchpoint": "display", "state": "done", "closed": 9,
     "importance": 3, "effect": 3, "cost": 2},
    {"title": "포인트 안내 문자 문구 바꾸기", "touchpoint": "points", "state": "done", "closed": 5,
     "importance": 2, "effect": 2, "cost": 1},
    {"title": "Call-back within two hours", "touchpoint": "call-center", "state": "watching",
     "closed": 1, "importance": 4, "effect": 4, "cost": 3},
    {"title": "배송 지연 시 먼저 알림톡 보내기", "touchpoint": "delivery", "state": "doing", "due": 9,
     "importance": 5, "urgency": 5, "effect": 4, "cost": 2},
    {"title": "Second carrier for the Busan region", "touchpoint": "delivery", "state": "ready",
     "due": 30, "importance": 5, "urgency": 4, "effect": 5, "cost": 4, "horizon": "mid"},
    {"title": "배송 조회 화면 갱신 주기 점검", "touchpoint": "delivery", "state": "doing", "due": -6,
     "importance": 4, "urgency": 5, "effect": 3, "cost": 1},
    {"title": "Guide leaflet with pictures", "touchpoint": "guide", "state": "ready", "due": 21,
     "importance": 3, "effect": 3, "cost": 2},
    {"title": "어린이용 맛 개선 시제품 조사", "touchpoint": "product", "state": "idea",
     "horizon": "long", "importance": 3, "effect": 4, "cost": 5},
    {"title": "해피콜 대본을 고객 상황별로 나누기", "touchpoint": "care-call", "state": "doing",
     "due": 14, "importance": 3, "effect": 3, "cost": 2},
    {"title": "Self checkout in large stores", "touchpoint": "checkout", "state": "declined",
     "closed": 4, "importance": 2, "effect": 2, "cost": 5},
    {"title": "포장 완충재를 종이로 바꾸고 파손율 확인", "touchpoint": "packaging", "state": "idea",
     "importance": 3, "effect": 2, "cost": 3},
    {"title": "Weekend staff for advice in Gangnam and Jamsil", "touchpoint": "advice",
     "state": "ready", "due": 12, "importance": 4, "urgency": 4, "effect": 4, "cost": 3},
)  # fmt: skip

PROPOSITIONS: tuple[dict[str, Any], ...] = (
    {
        "name": {"en": "Advice that knows you", "ko": "나를 아는 상담"},
        "promise": {
            "en": "Whoever you ask at Hanbit knows your health and your last purchase.",
            "ko": "한빛의 누구에게 물어도 내 건강과 지난 구매를 알고 상담해 드립니다.",
        },
        "functional_value": {"en": "The right product at the first visit",
                             "ko": "첫 방문에 맞는 제품을 고를 수 있습니다"},
        "emotional_value": {"en": "Being cared for", "ko": "돌봄을 받는 느낌"},
        "proof": {"en": "Every advisor trained and certified",
                  "ko": "모든 상담 직원이 교육과 인증을 받습니다"},
        "segment": "gold", "state": "agreed", "touchpoints": ("advice", "call-center", "care-call"),
    },
    {
        "name": {"en": "On the day you need it", "ko": "필요한 그날에"},
        "promise": {"en": "Your parcel comes on the promised day, or we tell you before you ask.",
                    "ko": "약속한 날에 도착합니다. 늦어지면 묻기 전에 먼저 알려 드립니다."},
        "functional_value": {"en": "Gifts that arrive in time", "ko": "날짜에 맞는 선물"},
        "emotional_value": {"en": "Peace of mind", "ko": "안심"},
        "proof": {"en": "Delivery promise shown at checkout", "ko": "결제 화면에 도착 약속일 표시"},
        "segment": "online", "state": "draft", "touchpoints": ("delivery", "packaging",
                                                               "online-order"),
    },
)  # fmt: skip

MEMBERS: tuple[tuple[str, str, str, str], ...] = (
    ("owner", "한지원", "ko", "owner"),
    ("designer", "Dana Seo", "en", "designer"),
    ("manager", "문경숙", "ko", "manager"),
    ("staff", "Sam Noh", "en", "staff"),
    ("viewer", "유미라", "ko", "viewer"),
)
FAMILY_NAMES = "김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노하곽성차주우"
GIVEN_NAMES = (
    "민준", "서연", "도윤", "하은", "지우", "예준", "수아", "지호", "서준", "하윤", "은우", "채원",
    "현우", "지민", "준서", "다은", "유진", "성민", "영희", "철수", "미경", "상훈", "정숙", "태현",
    "혜진", "동현", "소영", "재호", "은정", "광수",
)  # fmt: skip
ENGLISH_NAMES = (
    "Grace Kim", "Daniel Park", "Emma Wilson", "Liam Chen", "Olivia Brown", "Noah Lee",
    "Ava Martin", "Ethan Choi", "Mia Garcia", "Lucas Meyer",
)  # fmt: skip
