"""A living page of every component, drawn from made-up figures: for looking at and for checking."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
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

WORDS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "words.json").read_text(encoding="utf-8")
)
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
                key,
                words[key],
                "",
                icon,
                "",
                order,
                key in {"home", "responses", "journeys", "actions"},
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


def example_rows(words: dict[str, Any]) -> list[dict[str, Any]]:
    """The stages of a journey with their scores."""
    spark = [12, 15, 14, None, 20, 22, 21, 25]
    return [
        {
            "stage": stage,
            "score": score,
            "spark": spark[i:] + spark[:i],
            "bar": bar(
                score.value,
                scale=(-100, 100),
                low=(score.value or 0) - 6,
                high=(score.value or 0) + 6,
                target=45,
            ),
            "parts": example_parts(words, 50 + i * 3, 30, 20 - i),
        }
        for i, (stage, score) in enumerate(zip(words["stages"], SCORES, strict=True))
    ]


def example_parts(words: dict[str, Any], *counts: int) -> list[tuple[str, int, str]]:
    names = (words["promoters"], words["passives"], words["detractors"])
    return list(zip(names, counts, ("good", "neutral", "bad"), strict=True))


def example_entries(words: dict[str, Any]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "at": now - timedelta(hours=2),
            "text": words["running"],
            "icon": "broadcast",
            "tone": "accent",
            "who": "김하늘",
        },
        {
            "at": now - timedelta(days=3),
            "text": words["quote"],
            "icon": "chat-left-text",
            "tone": "bad",
            "detail": "NPS 3",
            "url": "#",
        },
    ]


def example_menu(words: dict[str, Any]) -> list[dict[str, Any] | None]:
    return [
        {"label": "CSV", "url": "#", "icon": "download"},
        {"label": words["paused"], "url": "#", "icon": "pause-fill", "method": "post"},
        None,
        {"label": words["done"], "dialog": "sure", "icon": "check2", "danger": True},
    ]


def page_context(language: str) -> dict[str, Any]:
    """Figures for every component."""
    words = WORDS[language]
    tones = ["bad"] * 7 + ["neutral"] * 2 + ["good"] * 2
    counts = [9, 4, 6, 8, 11, 22, 19, 48, 77, 64, 50]
    scores = [(str(i), c, t) for i, (c, t) in enumerate(zip(counts, tones, strict=True))]
    places = [(stage, 5 + i * 0.6, 9 - i * 0.9) for i, stage in enumerate(words["stages"])]
    return {
        "words": words,
        "rows": example_rows(words),
        "parts": example_parts(words, 159, 95, 64),
        "histogram": columns(scores),
        "chart": example_trend(),
        "zoomed": example_trend(zoom=True),
        "dots": scatter(places, x_scale=(0, 10), y_scale=(0, 10), cross=(7, 6)),
        "form": example_form(words),
        "filters": example_filters(words),
        "entries": example_entries(words),
        "menu": example_menu(words),
        "places": [{"pk": i, "label": label} for i, label in enumerate(words["columns"])],
        "page": SimpleNamespace(next="abc", previous="def"),
        "messages": [
            Message(constants.SUCCESS, words["published"], extra_tags="undo:/p/hanbit/undo/"),
            Message(constants.ERROR, words["failed"]),
        ],
    }


def render(template: str, language: str, path: str = "/p/hanbit/journeys/", **more: Any) -> str:
    """A template or its name, drawn in one language inside the frame."""
    request = RequestFactory().get(path, {"sort": "-score"})
    request.user = AnonymousUser()
    engine = engines["django"]
    with translation.override(language):
        context = {**frame_context(language), **page_context(language), **more}
        found = engine.from_string(template) if "{" in template else engine.get_template(template)
        return found.render(context, request)
