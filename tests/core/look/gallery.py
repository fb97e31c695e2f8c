"""A living page of every component, drawn from made-up figures: for looking at and for checking."""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from cxportal.core.charts import TrendPoint, bar, columns, scatter, trend
from cxportal.core.registry import NavigationItem

WORDS = {
    "en": {
        "home": "Home", "surveys": "Surveys", "campaigns": "Campaigns", "responses": "Responses",
        "journeys": "Journeys", "actions": "Actions", "customers": "Customers",
        "loyalty": "Loyalty", "settings": "Settings", "title": "Stage review",
        "state": "Last 90 days · 1,204 answers · up to 12:00:03", "new": "New action",
        "stages": ["Become aware", "Visit the shop", "Ask for advice", "Buy", "Delivery", "Use", "Buy again"],
        "program": "Hanbit Ginseng", "promoters": "Promoters", "passives": "Passives",
        "detractors": "Detractors", "owner": "Owner", "stage": "Stage", "score": "Score",
        "trend": "Trend", "status": "State", "running": "Running", "paused": "Paused",
        "draft": "Draft", "overdue": "Overdue", "done": "Done", "name": "Name", "email": "E-mail",
        "help": "Shown to respondents above the first question.",
        "quote": "The parcel came two days late and nobody answered the phone.",
        "published": "Survey published.", "failed": "The file could not be read. Nothing was imported.",
        "empty": "Campaigns send a survey to a segment or share an open link.",
        "card": ["Call back within a day after a late delivery", "Train the counter staff on gift sets", "Shorter form at the checkout"],
        "columns": ["Ideas", "Doing", "Measured"],
    },
    "ko": {
        "home": "홈", "surveys": "설문", "campaigns": "배포", "responses": "응답",
        "journeys": "고객 여정", "actions": "개선 과제", "customers": "고객",
        "loyalty": "로열티", "settings": "설정", "title": "단계별 점수",
        "state": "최근 90일 · 응답 1,204건 · 12:00:03 기준", "new": "새 개선 과제",
        "stages": ["인지", "매장 방문", "상담", "구매", "배송", "섭취", "재구매"],
        "program": "한빛홍삼", "promoters": "추천 고객", "passives": "중립 고객",
        "detractors": "비추천 고객", "owner": "담당", "stage": "단계", "score": "점수",
        "trend": "추이", "status": "상태", "running": "진행 중", "paused": "일시 중지",
        "draft": "초안", "overdue": "기한 지남", "done": "완료", "name": "이름", "email": "이메일",
        "help": "첫 문항 위에 표시됩니다.",
        "quote": "택배가 이틀이나 늦게 왔고 전화도 받지 않았어요.",
        "published": "설문을(를) 게시했습니다.", "failed": "파일을 읽을 수 없습니다. 가져온 것이 없습니다.",
        "empty": "배포는 세그먼트에 설문을 보내거나 공개 링크를 나눕니다.",
        "card": ["배송이 늦으면 하루 안에 먼저 전화하기", "매장 직원 선물 세트 상담 교육", "결제 화면 입력 항목 줄이기"],
        "columns": ["아이디어", "진행 중", "재측정"],
    },
}  # fmt: skip
_ICONS = {
    "home": "house", "surveys": "ui-checks", "campaigns": "send", "responses": "chat-left-text",
    "journeys": "signpost-split", "actions": "kanban", "customers": "people", "loyalty": "gem",
    "settings": "gear",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    value: float
    verdict: str


@dataclass(frozen=True)
class Score:
    value: float | None
    margin: float | None
    n: int
    hidden: bool = False
    change: Change | None = None
    unit: str = "nps"


SCORES = [
    Score(42, 6, 318, change=Change(9, "real")),
    Score(38, 7, 290, change=Change(2, "none")),
    Score(51, 9, 144, change=Change(0, "early")),
    Score(29, 5, 402, change=Change(-1, "none")),
    Score(-12, 8, 211, change=Change(-17, "real")),
    Score(None, None, 4, hidden=True),
    Score(None, None, 0),
]


class ExampleForm(forms.Form):
    """Fields of every common kind."""

    name = forms.CharField(help_text="")
    email = forms.EmailField()
    kind = forms.ChoiceField(choices=[("nps", "NPS"), ("csat", "CSAT")])
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agree = forms.BooleanField(required=False)
    channel = forms.ChoiceField(
        choices=[("mail", "E-mail"), ("link", "QR")], widget=forms.RadioSelect, required=False
    )


class ExampleFilters(forms.Form):
    """What stands above a list."""

    q = forms.CharField(widget=forms.SearchInput, required=False)
    owner = forms.ChoiceField(choices=[("", "–")], required=False)
    status = forms.ChoiceField(choices=[("", "–")], required=False)


def example_filters(words: dict[str, Any]) -> ExampleFilters:
    form = ExampleFilters()
    form.fields["q"].label = words["name"]
    form.fields["owner"].label = words["owner"]
    form.fields["status"].label = words["status"]
    return form


def example_form(words: dict[str, Any]) -> ExampleForm:
    form = ExampleForm({"name": "", "email": "hanbit", "kind": "nps"})
    form.fields["name"].label = words["name"]
    form.fields["email"].label = words["email"]
    form.fields["name"].help_text = words["help"]
    return form


def example_trend(zoom: bool = False) -> Any:
    values = [31, 34, 33, 36, None, 39, 38, 41, 40, 37, 44, 42]
    points = [
        TrendPoint(
            f"2026-{month:02d}",
            value,
            None if value is None else value - 7,
            None if value is None else value + 7,
            0 if value is None else 300 + month,
        )
        for month, value in enumerate(values, start=1)
    ]
    return trend(points, scale=(-100, 100), target=45, zoom=zoom, events=[(7, "Pilot")])


def frame_context(language: str) -> dict[str, Any]:
    """What the core's context processor gives to every page."""
    words = WORDS[language]
    navigation = [
        {
            "item": NavigationItem(
                key, words[key], "", icon, "", order, key in {"home", "responses", "journeys", "actions"}
            ),
            "url": f"/p/hanbit/{key}/",
            "active": key == "journeys",
        }
        for order, (key, icon) in enumerate(_ICONS.items())
    ]
    program = SimpleNamespace(slug="hanbit", name=words["program"])
    other = SimpleNamespace(slug="other", name="Nordwind")
    user = SimpleNamespace(
        name="김하늘" if language == "ko" else "Hana Kim",
        email="manager@hanbit.example",
        is_authenticated=True,
    )
    return {
        "actor": SimpleNamespace(program=program, role="manager", language=language),
        "navigation": navigation,
        "programs": [program, other],
        "unread_notifications": 3,
        "user": user,
    }


def page_context(language: str) -> dict[str, Any]:
    """Figures for every component."""
    words = WORDS[language]
    spark = [12, 15, 14, None, 20, 22, 21, 25]
    rows = [
        {
            "stage": stage, "score": score, "spark": spark[i:] + spark[:i], "n": i,
            "bar": bar(score.value, scale=(-100, 100), low=(score.value or 0) - 6, high=(score.value or 0) + 6, target=45),
            "parts": [(words["promoters"], 50 + i * 3, "good"), (words["passives"], 30, "neutral"), (words["detractors"], 20 - i, "bad")],
        }
        for i, (stage, score) in enumerate(zip(words["stages"], SCORES, strict=True))
    ]  # fmt: skip
    tones = ["bad"] * 7 + ["neutral"] * 2 + ["good"] * 2
    counts = [9, 4, 6, 8, 11, 22, 19, 48, 77, 64, 50]
    now = timezone.now()
    return {
        "words": words,
        "rows": rows,
        "parts": [(words["promoters"], 159, "good"), (words["passives"], 95, "neutral"), (words["detractors"], 64, "bad")],
        "histogram": columns([(str(i), c, t) for i, (c, t) in enumerate(zip(counts, tones, strict=True))]),
        "chart": example_trend(),
        "zoomed": example_trend(zoom=True),
        "dots": scatter(
            [(s, 5 + i * 0.6, 9 - i * 0.9) for i, s in enumerate(words["stages"])],
            x_scale=(0, 10), y_scale=(0, 10), cross=(7, 6),
        ),
        "form": example_form(words),
        "filters": example_filters(words),
        "entries": [
            SimpleNamespace(at=now - timedelta(hours=2), text=words["published"].replace("을(를)", "을"), icon="broadcast", tone="accent", who="김하늘", detail="", url=""),
            SimpleNamespace(at=now - timedelta(days=3), text=words["quote"], icon="chat-left-text", tone="bad", who="", detail="NPS 3", url="#"),
        ],
        "menu": [
            {"label": "CSV", "url": "#", "icon": "download"},
            {"label": words["paused"], "url": "#", "icon": "pause-fill", "method": "post"},
            None,
            {"label": words["done"], "dialog": "sure", "icon": "check2", "danger": True},
        ],
        "places": [SimpleNamespace(pk=i, label=label) for i, label in enumerate(words["columns"])],
        "page": SimpleNamespace(next="abc", previous="def"),
        "messages": [
            Message(constants.SUCCESS, words["published"], extra_tags="undo:/p/hanbit/undo/"),
            Message(constants.ERROR, words["failed"]),
        ],
    }  # fmt: skip


def render(template: str, language: str, path: str = "/p/hanbit/journeys/", **more: Any) -> str:
    """A template or its name, drawn in one language inside the frame."""
    request = RequestFactory().get(path, {"sort": "-score"})
    request.user = AnonymousUser()
    engine = engines["django"]
    with translation.override(language):
        context = {**frame_context(language), **page_context(language), **more}
        found = engine.from_string(template) if "{" in template else engine.get_template(template)
        return found.render(context, request)
