"""Surveys to begin with, in both languages. Data only."""

from typing import Any

Texts = dict[str, str]

WHY: Texts = {
    "en": "What is the main reason for your answer?",
    "ko": "그렇게 답하신 이유를 들려주세요.",
}
THANKS: Texts = {
    "en": "We read every answer.",
    "ko": "남겨 주신 의견은 하나하나 읽어 볼게요.",
}


def _question(code: str, kind: str, en: str, ko: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "text": {"en": en, "ko": ko}, "required": True, **more}


def _why(code: str = "why", text: Texts | None = None) -> dict[str, Any]:
    return {"code": code, "kind": "long_text", "text": text or WHY}


def _choice(code: str, en: str, ko: str) -> dict[str, Any]:
    return {"code": code, "text": {"en": en, "ko": ko}}


NPS = _question(
    "nps",
    "nps",
    "How likely are you to recommend us to family or friends?",
    "저희를 가족이나 친구에게 추천할 마음이 얼마나 있으세요?",
)
CSAT = _question(
    "csat", "csat", "How satisfied are you overall?", "전반적으로 얼마나 만족하셨어요?"
)

CES = _question(
    "ces",
    "ces",
    "The company made it easy to handle my request.",
    "이번 일을 쉽게 해결할 수 있었어요.",
)

#: Purpose of surveys whose answers are visits to stores.
MYSTERY = "mystery"
_CHECK = [
    _choice("yes", "Yes", "예"),
    _choice("partly", "Partly", "부분적으로"),
    _choice("no", "No", "아니요"),
    _choice("na", "Not applicable", "해당 없음"),
]
_ENTRANCE, _SALES, _TILL = (
    {"en": "Entrance", "ko": "입구"},
    {"en": "Advice", "ko": "상담"},
    {"en": "Till", "ko": "계산대"},
)


def _check(code: str, en: str, ko: str, touchpoint: Texts, weight: int) -> dict[str, Any]:
    check = {"touchpoint": touchpoint, "weight": weight}
    return _question(code, "single", en, ko, choices=_CHECK, check=check)


#: Usual words of a kind of question, for one that is just being added.
FIRST_WORDS: dict[str, Texts] = {kind["kind"]: kind["text"] for kind in (NPS, CSAT, CES)}

TEMPLATES: dict[str, dict[str, Any]] = {
    "empty": {
        "name": {"en": "Empty", "ko": "빈 설문"},
        "icon": "plus-lg",
        "about": {
            "en": "Nothing but a page: you add every question.",
            "ko": "빈 페이지에서 시작해 질문을 하나씩 추가합니다.",
        },
        "purpose": "custom",
        "questions": [],
    },
    "nps": {
        "name": {"en": "NPS and why", "ko": "NPS와 이유"},
        "icon": "speedometer2",
        "about": {
            "en": "Would they recommend you, and why. The shortest way to hear from many.",
            "ko": "추천할 마음과 그 이유를 묻습니다. 고객의 목소리를 가장 짧게 듣는 방법입니다.",
        },
        "purpose": "nps",
        "questions": [NPS, _why()],
    },
    "csat": {
        "name": {"en": "Satisfaction (CSAT)", "ko": "만족도(CSAT)"},
        "icon": "emoji-smile",
        "about": {
            "en": "How satisfied they are with one contact, and why.",
            "ko": "한 번의 접점에 얼마나 만족했는지와 그 이유를 묻습니다.",
        },
        "purpose": "csat",
        "questions": [CSAT, _why()],
    },
    "ces": {
        "name": {"en": "Effort (CES)", "ko": "고객 노력(CES)"},
        "icon": "signpost",
        "about": {
            "en": "How easy it was to get something done.",
            "ko": "원하는 일을 얼마나 쉽게 해결했는지 묻습니다.",
        },
        "purpose": "ces",
        "questions": [
            CES,
            _why(
                text={
                    "en": "What would have made it easier?",
                    "ko": "무엇이 있었다면 더 쉬웠을까요?",
                }
            ),
        ],
    },
    "purchase": {
        "name": {"en": "After a purchase", "ko": "구매 후"},
        "icon": "bag",
        "about": {
            "en": "Satisfaction, advice and the reason for coming, right after a purchase.",
            "ko": "구매 직후 만족도와 상담, 방문 이유를 묻습니다.",
        },
        "purpose": "purchase",
        "questions": [
            CSAT,
            _question(
                "advice", "rating", "How do you rate the advice?", "상담은 어떠셨어요?",
                settings={"min": 1, "max": 5}, required=False,
            ),
            {
                "code": "reason",
                "kind": "single",
                "text": {"en": "Why did you come to us today?", "ko": "오늘 어떤 일로 오셨어요?"},
                "choices": [
                    _choice("self", "For myself", "직접 쓰려고"),
                    _choice("gift", "As a gift", "선물하려고"),
                    _choice("again", "To buy again", "다시 사려고"),
                    _choice("look", "To look around", "둘러보려고"),
                ],
            },
            _why(
                text={
                    "en": "What should we keep, what should we change?",
                    "ko": "좋았던 점이나 바꿀 점을 알려 주세요.",
                }
            ),
        ],
    },
    "pulse": {
        "name": {"en": "Employee pulse (eNPS)", "ko": "직원 펄스(eNPS)"},
        "icon": "people",
        "about": {
            "en": "eNPS and two open questions for your own people. Anonymous.",
            "ko": "직원에게 eNPS와 주관식 두 문항을 익명으로 묻습니다.",
        },
        "purpose": "pulse",
        "anonymous": True,
        "questions": [
            _question(
                "enps",
                "nps",
                "How likely are you to recommend us as a place to work?",
                "우리 회사를 일하기 좋은 곳으로 추천할 마음이 얼마나 있으세요?",
            ),
            _why("good", {"en": "What is good here?", "ko": "우리 회사의 좋은 점은 무엇인가요?"}),
            _why("better", {"en": "What should be better?", "ko": "나아져야 할 점은 무엇인가요?"}),
        ],
    },
    MYSTERY: {
        "name": {"en": "Mystery shopping", "ko": "미스터리 쇼핑"},
        "icon": "shop",
        "about": {
            "en": "A checklist for visits to your own stores and competitors', scored by weight.",
            "ko": "자사와 경쟁사 매장을 방문해 점검하고 가중치로 점수를 매깁니다.",
        },
        "purpose": MYSTERY,
        "questions": [
            _question(
                "store", "dropdown", "Which store did you visit?", "어느 매장을 방문하셨어요?",
                choices=[
                    _choice("own_1", "Our store 1", "자사 매장 1"),
                    _choice("own_2", "Our store 2", "자사 매장 2"),
                    _choice("other_1", "Competitor's store", "경쟁사 매장"),
                ],
                competitors={"other_1": {"en": "Competitor", "ko": "경쟁사"}},
            ),
            _check("clean", "The entrance is clean and inviting.",
                   "입구가 깨끗하고 들어가고 싶어 보여요.", _ENTRANCE, 1),
            _check("greeting", "Somebody greeted you within a minute.",
                   "1분 안에 직원이 인사했어요.", _ENTRANCE, 2),
            _check("needs", "Staff asked what you need before showing anything.",
                   "제품을 보여 주기 전에 필요한 점을 물었어요.", _SALES, 3),
            _check("knowledge", "Your questions were answered correctly.",
                   "질문에 정확하게 답해 주었어요.", _SALES, 3),
            _check("waiting", "You waited less than three minutes to pay.",
                   "계산을 3분 안에 마쳤어요.", _TILL, 2),
            _check("goodbye", "You were thanked and seen off.",
                   "감사 인사와 배웅을 받았어요.", _TILL, 1),
            {"code": "note", "kind": "long_text",
             "text": {"en": "What stood out?", "ko": "눈에 띈 점을 적어 주세요."}},
        ],
    },
}  # fmt: skip
