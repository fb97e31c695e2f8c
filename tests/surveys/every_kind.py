"""A question of every kind, what is answered, and how a form without scripts sends it."""

from typing import Any


def _text(en: str, ko: str) -> dict[str, str]:
    return {"en": en, "ko": ko}


def _parts(*pairs: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"code": code, "text": _text(en, ko)} for code, en, ko in pairs]


PLACES = _parts(("app", "App", "앱"), ("store", "Store", "매장"), ("phone", "Phone", "전화"))
ROWS = _parts(("price", "Price", "가격"), ("staff", "Staff", "직원"))
MARKS = _parts(("good", "Good", "좋음"), ("bad", "Bad", "나쁨"))


def _asked(kind: str, en: str, ko: str, **more: Any) -> dict[str, Any]:
    return {"code": kind, "kind": kind, "text": _text(en, ko), **more}


EVERY_KIND: list[dict[str, Any]] = [
    _asked("statement", "First, about your visit.", "먼저 방문에 대해 여쭤볼게요."),
    _asked("nps", "Would you recommend us?", "추천하시겠어요?", required=True),
    _asked("csat", "How satisfied are you?", "얼마나 만족하셨어요?", settings={"look": "smileys"}),
    _asked("ces", "It was easy.", "쉬웠어요."),
    _asked("rating", "Rate the advice.", "상담을 평가해 주세요.", settings={"look": "stars"}),
    _asked("single", "Where did you buy?", "어디서 구매하셨어요?", choices=PLACES),
    _asked(
        "multiple",
        "What did you use?",
        "무엇을 이용하셨어요?",
        choices=[*PLACES, {"code": "other", "text": _text("Other", "기타"), "other": True}],
    ),
    _asked("dropdown", "Which city?", "어느 도시인가요?", choices=PLACES),
    _asked("image_choice", "Which one do you like?", "어떤 것이 좋으세요?", choices=PLACES),
    _asked("ranking", "Put them in order.", "순서를 정해 주세요.", choices=PLACES),
    _asked("matrix_single", "How were they?", "어땠나요?", rows=ROWS, choices=MARKS),
    _asked("matrix_multiple", "What applies?", "무엇이 맞나요?", rows=ROWS, choices=MARKS),
    _asked(
        "side_by_side",
        "Before and now?",
        "예전과 지금은요?",
        rows=ROWS,
        settings={
            "columns": [
                {"code": "then", "text": _text("Before", "예전"), "choices": MARKS},
                {"code": "why", "text": _text("Why", "이유"), "kind": "text"},
                {"code": "times", "text": _text("Times", "횟수"), "kind": "number"},
            ]
        },
    ),
    _asked("best_worst", "Best and worst?", "가장 좋은 것과 나쁜 것은요?", choices=PLACES),
    _asked("constant_sum", "Share 100 points.", "100점을 나눠 주세요.", choices=PLACES),
    _asked("slider", "How warm was it?", "얼마나 따뜻했나요?", settings={"max": 50, "step": 5}),
    _asked("short_text", "In one word?", "한마디로 하면요?"),
    _asked("long_text", "Why?", "왜 그런가요?"),
    _asked("number", "How much?", "얼마인가요?", settings={"decimals": 2}),
    _asked("date", "When?", "언제였나요?"),
    _asked("time", "What time?", "몇 시였나요?"),
    _asked("email", "Your e-mail?", "이메일 주소는요?"),
    _asked("phone", "Your phone?", "전화번호는요?"),
    _asked("contact", "How can we reach you?", "어떻게 연락드릴까요?"),
    _asked("file", "Show us the receipt.", "영수증을 보여 주세요."),
    _asked("consent", "You may write to me.", "저에게 연락해도 좋아요."),
    _asked("hidden", "Store", "매장", settings={"origin": "link", "name": "store"}),
]

ANSWERS: dict[str, Any] = {
    "nps": 9,
    "csat": 4,
    "ces": 6,
    "rating": 5,
    "single": "store",
    "multiple": ["app", "other"],
    "multiple.other": "By post",
    "dropdown": "phone",
    "image_choice": "app",
    "ranking": ["store", "app", "phone"],
    "matrix_single": {"price": "good", "staff": "bad"},
    "matrix_multiple": {"price": ["good", "bad"], "staff": ["good"]},
    "side_by_side": {
        "price": {"then": "good", "why": "Cheaper", "times": 2},
        "staff": {"then": "bad"},
    },
    "best_worst": {"best": "store", "worst": "phone"},
    "constant_sum": {"app": 60, "store": 40, "phone": 0},
    "slider": 35,
    "short_text": "Nice",
    "long_text": "Because\nof the staff",
    "number": 12.5,
    "date": "2026-11-24",
    "time": "09:30",
    "email": "kim@example.com",
    "phone": "010-1234-5678",
    "contact": {"name": "Kim", "email": "kim@example.com"},
    "consent": True,
    "hidden": "Gangnam",
}

#: The fields of each question as a form sends them: part → values.
FORM: dict[str, dict[str, list[str]]] = {
    "nps": {"": ["9"]},
    "csat": {"": ["4"]},
    "ces": {"": ["6"]},
    "rating": {"": ["5"]},
    "single": {"": ["store"]},
    "multiple": {"": ["app", "other"], "other": ["By post"]},
    "dropdown": {"": ["phone"]},
    "image_choice": {"": ["app"]},
    "ranking": {"app": ["2"], "store": ["1"], "phone": ["3"]},
    "matrix_single": {"price": ["good"], "staff": ["bad"]},
    "matrix_multiple": {"price": ["good", "bad"], "staff": ["good"]},
    "side_by_side": {
        "price.then": ["good"],
        "price.why": ["Cheaper"],
        "price.times": ["2"],
        "staff.then": ["bad"],
        "staff.why": [""],
    },
    "best_worst": {"best": ["store"], "worst": ["phone"]},
    "constant_sum": {"app": ["60"], "store": ["40"], "phone": ["0"]},
    "slider": {"": ["35"]},
    "short_text": {"": ["Nice"]},
    "long_text": {"": ["Because\r\nof the staff"]},
    "number": {"": ["12.50"]},
    "date": {"": ["2026-11-24"]},
    "time": {"": ["09:30"]},
    "email": {"": ["kim@example.com"]},
    "phone": {"": ["010-1234-5678"]},
    "contact": {"name": ["Kim"], "email": ["kim@example.com"], "phone": [""]},
    "consent": {"": ["yes"]},
    "hidden": {"": ["Gangnam"]},
}
