"""House rules for every template: nothing inline, nothing marked safe, no unknown icon."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from cxportal.core.icons import icon_drawings

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
README = (ROOT / "components" / "README.md").read_text(encoding="utf-8")
FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*="),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']"),
    "script body": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)"),
    "unescaped": re.compile(r"\|\s*safe\b|\{%\s*autoescape off"),
}
_ICON = re.compile(r"""{%\s*icon\s+["']([a-z0-9-]+)["']|\bicon=["']([a-z0-9-]+)["']""")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_no_template_breaks_the_content_policy(rule: str) -> None:
    broken = [
        name
        for name in TEMPLATES
        if FORBIDDEN[rule].search((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert broken == []


def test_every_icon_in_use_exists() -> None:
    known = set(icon_drawings())
    assert known, "the browser libraries are not installed"
    used = {
        (name, first or second)
        for name in TEMPLATES
        for first, second in _ICON.findall((ROOT / name).read_text(encoding="utf-8"))
    }
    assert {(name, icon) for name, icon in used if icon not in known} == set()


def test_every_component_is_described() -> None:
    described = set(re.findall(r"[a-z0-9_/]+\.html", README))
    parts = {"change", "chip", "score", "sort_header", "toast", "toasts", "i18n_text_widget"}
    names = {
        str(path.relative_to(ROOT / "components"))
        for path in (ROOT / "components").rglob("*.html")
        if path.stem not in parts and path.parent.name != "frame"
    }
    drawn_by_tags = {"charts/distribution.html", "charts/sparkline.html"}
    assert names - drawn_by_tags - described == set()
