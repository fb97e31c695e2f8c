"""Help texts: one short page per subject and language, written in docs/help."""

from functools import cache
from pathlib import Path

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

#: Subject → the first words of the addresses it helps with.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "home": ("", "digest", "search"),
    "surveys": ("surveys", "library", "themes"),
    "campaigns": ("campaigns", "sendings", "pulse"),
    "responses": ("responses",),
    "voice": ("voice", "comments", "topics"),
    "metrics": ("metrics", "reports", "dashboards", "exports"),
    "journeys": ("journeys", "stages", "touchpoints", "personas", "review", "insights"),
    "actions": ("actions", "action-templates", "ideas", "meetings"),
    "cases": ("cases", "automations"),
    "customers": ("customers", "segments", "portfolio"),
    "loyalty": ("loyalty",),
    "scorecard": (
        *("scorecard", "assessments", "frameworks", "roadmap", "responsibilities"),
        *("processes", "technologies", "metric-catalogue"),
    ),
    "settings": ("settings", "start", "members", "jobs", "audit", "shares", "teams"),
}
_BY_WORD = {word: subject for subject, words in SUBJECTS.items() for word in words}


def subject_of(path: str) -> str:
    """Which help fits an address below /p/<program>/; home for any it does not know."""
    return _BY_WORD.get(path.strip("/").partition("/")[0], "home")


@cache
def help_html(subject: str, language: str) -> SafeString | None:
    """The page as HTML; None for an unknown subject. Another language gets the English text."""
    if subject not in SUBJECTS:
        return None
    folder = Path(settings.BASE_DIR) / "docs" / "help"
    own = folder / language / f"{subject}.md"
    text = (own if own.exists() else folder / "en" / f"{subject}.md").read_text(encoding="utf-8")
    # Our own text, cleaned all the same.
    return mark_safe(nh3.clean(MarkdownIt().render(text)))  # noqa: S308  # safe: cleaned
