"""Colours can be told apart in both themes, and no file but tokens.css names one."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
PUBLIC_BYTES = 12_288
_BLOCK = re.compile(r"(?P<selector>[^{}]+)\{(?P<body>[^{}]*)\}")
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def blocks(css: str, selector: str) -> list[dict[str, str]]:
    found = _BLOCK.finditer(_COMMENT.sub("", css))
    return [dict(_TOKEN.findall(b["body"])) for b in found if b["selector"].strip() == selector]


LIGHT = blocks(TOKENS, ":root")[0]
DARK = blocks(TOKENS, '[data-bs-theme="dark"]')[0]
DEVICE_DARK = blocks(TOKENS, ":root:not([data-bs-theme])")[0]
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK}}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *((word, ground) for word in ("text", "muted", "accent", "good", "bad", "attention")
      for ground in ("surface", "sunken", "raised")),
    ("text", "neutral-soft"), ("muted", "neutral-soft"), ("accent", "accent-soft"),
    ("good", "good-soft"), ("bad", "bad-soft"), ("attention", "attention-soft"),
    ("text", "bad-soft"), ("text", "attention-soft"), ("text", "good-soft"),
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("accent-strong", "surface"),
]  # fmt: skip
SHAPE_PAIRS = [
    ("control", "surface"), ("control", "raised"), ("neutral", "surface"),
    *((f"series-{n}", "surface") for n in range(1, 7)),
]  # fmt: skip


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("word", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, word: str, ground: str) -> None:
    assert contrast(THEMES[theme][word], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_controls_and_marks_can_be_seen(theme: str, shape: str, ground: str) -> None:
    assert contrast(THEMES[theme][shape], THEMES[theme][ground]) >= 3


def test_the_two_ways_into_the_dark_are_the_same() -> None:
    assert DARK == DEVICE_DARK


@pytest.mark.parametrize("name", ["frame", "controls", "content", "charts"])
def test_colours_are_named_in_the_tokens_alone(name: str) -> None:
    css = _COMMENT.sub("", (CSS / f"{name}.css").read_text(encoding="utf-8"))
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", css) == []


@pytest.mark.parametrize("name", ["frame", "controls", "content", "charts"])
def test_every_token_in_use_exists(name: str) -> None:
    css = (CSS / f"{name}.css").read_text(encoding="utf-8")
    own = {token for token, _value in _TOKEN.findall(css)}
    used = set(re.findall(r"var\(--([a-z0-9-]+)", css))
    assert {t for t in used if not t.startswith("bs-")} - set(LIGHT) - own == set()


def test_respondents_load_one_small_stylesheet() -> None:
    public = (CSS / "public.css").read_bytes()
    assert len(public) <= PUBLIC_BYTES
    light, dark = blocks(public.decode(), ":root")
    for theme in (light, {**light, **dark}):
        short = {"#fff": "#ffffff"}
        colour = {name: short.get(value, value) for name, value in theme.items()}
        for word in ("text", "muted", "brand", "bad"):
            assert contrast(colour[word], colour["surface"]) >= 4.5
            assert contrast(colour[word], colour["sunken"]) >= 4.5
        assert contrast(colour["on-brand"], colour["brand"]) >= 4.5
        assert contrast(colour["control"], colour["surface"]) >= 3


def test_paper_is_light_whatever_theme_the_screen_has() -> None:
    """A colour the dark theme changes is set again for print: nothing pale lands on paper."""
    printed = dict(_TOKEN.findall(TOKENS.partition("@media print")[2].partition("\n}\n")[0]))
    assert set(DARK) - set(printed) == {"veil"}
    for name in ("good", "bad", "attention", *(f"series-{n}" for n in range(1, 7))):
        assert contrast(printed[name], printed["surface"]) >= 4.5, name
