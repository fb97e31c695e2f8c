"""What every page must be: said in the reader's language, and asking the database little.

Read by the crawl of the tests (tests/test_crawl.py) and by the full one (make torture ONLY=CRAWL).
"""

import json
import re
from functools import cache
from html.parser import HTMLParser

from django.conf import settings

from cxportal.core.services.translations import ROOMS, catalogue_read
from cxportal.home.demo import content

MOST_QUERIES = 20
# More queries than that need their reason.
MORE = {
    "dashboard": 32,  # each tile is a metric of its own kind
    "nps-money": 34,  # money of three groups from several tables, once each
    "review": 26,  # stages, signals, cases, actions, money, and three sources of competitors
    "review-meeting": 26,  # the review and what was decided
    "retention": 26,  # what is due of each subject, counted once
    "home": 34,  # ten panels of different floors, each asked once
    "customer-detail": 32,  # facts and time line of every floor come through its registry
    "survey-report": 32,  # filters, score blocks, choices and texts, each summed up once
    "metric-detail": 22,  # score, months, groups, sources and history; blocks of anonymous answers
    "touchpoint-detail": 24,  # scores with their blocks, comments, work and behaviours
    "digest": 26,  # what changed on every floor, once each
    "stage-detail": 28,  # its score, what is said there, the answers and the work
    "case-detail": 30,  # answer, contacts, history, words and what can be done next
    "journey-compare": 22,  # two maps with their stages, touchpoints and scores
    "journey-detail": 25,  # the map: lanes, steps, cards, feelings, scores, history
    "action-detail": 23,  # its board, people, links, steps, notes, effect and history
    "start": 24,  # nine steps, each looked for once, and the first answer with its stage's score
    "survey-publish": 21,  # questions, rules, translations and links that publishing changes
    "driver-edit": 21,  # a form over touchpoints, segments and metrics, with its history
    "case-overview": 26,  # cases by time, owner, cause and recovery, and the topics of comments
}
WORDS = re.compile(r"[A-Za-z]{3,}[ ,]+[A-Za-z]{2,}")
# Names of programs and of file types.
# A language may be called by its own name.
LANGUAGES_THEMSELVES = {"English", "Korean"}
FORMATS = re.compile(r"\.(xlsx|csv|json|lss|qsf)\b")
HANGUL = re.compile("[가-힣]")
# One Korean word alone is the name of a record.
KOREAN_WORDS = re.compile("[가-힣]+ +[가-힣]+")
# A particle nobody has fitted to its word.
OPEN_PARTICLE = re.compile(r"(은\(는\)|이\(가\)|을\(를\)|과\(와\)|\(으\)로|\(이\))")
UNREAD = {"script", "style", "code", "pre", "svg", "option", "textarea"}


class Reader(HTMLParser):
    """Collects what a reader sees or hears; elements in a language of their own are left out."""

    def __init__(self, language: str = "ko") -> None:
        super().__init__()
        self.language = language
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    @property
    def skips(self) -> bool:
        return any(skip for _tag, skip in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        known = {self.language, "", None}
        foreign = tag != "html" and given.get("lang", self.language) not in known
        if tag not in {"input", "img", "br", "hr", "meta", "link", "source", "wbr", "col"}:
            self.open.append((tag, tag in UNREAD or foreign))
        if not self.skips and not foreign:
            names = ("title", "aria-label", "placeholder", "alt")
            self.texts += [str(given[name]) for name in names if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self.skips and data.strip():
            self.texts.append(data.strip())


@cache
def sentences() -> dict[str, str]:
    """Every English sentence of the portal that Korean says otherwise, with how Korean says it."""
    found = {}
    for room in ROOMS:
        for message in catalogue_read(room, "ko"):
            one = message.id if isinstance(message.id, str) else message.id[0]
            said = (
                message.string if isinstance(message.string, str) else (message.string or ("",))[0]
            )
            if message.id and one not in LANGUAGES_THEMSELVES and HANGUL.search(said):
                found[one.replace("%%", "%")] = said.replace("%%", "%")
    return found


@cache
def templates() -> str:
    """All templates as one text."""
    folder = settings.BASE_DIR / "templates"
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))


def left_in_english(html: str) -> list[str]:
    """Texts of a Korean page that are the portal's own and not Korean."""
    reader = Reader()
    reader.feed(html)
    foreign = [text for text in reader.texts if not HANGUL.search(text)]
    ours = sentences()
    return [
        text
        for text in foreign
        if (text in ours and len(text) > 3) or (WORDS.search(text) and f">{text}<" in templates())
        if not FORMATS.search(text)
    ]


@cache
def demo_words() -> str:
    """Korean words of the demo's own records."""
    return json.dumps(vars(content), ensure_ascii=False, default=str)


def left_in_korean(html: str) -> list[str]:
    """Texts of an English page that are the portal's own Korean and not the demo's."""
    reader = Reader("en")
    reader.feed(html)
    ours = set(sentences().values())
    return [
        text
        for text in reader.texts
        if KOREAN_WORDS.search(text) and (text in ours or f">{text}<" in templates())
        if text not in demo_words()
    ]


def particles_left_open(html: str) -> list[str]:
    """Texts with a particle in both its forms: 이(가)."""
    reader = Reader()
    reader.feed(html)
    return [text for text in reader.texts if OPEN_PARTICLE.search(text)]


def untranslated(html: str, language: str) -> list[str]:
    """What is left in the other language, and Korean that is not finished."""
    if language == "ko":
        return [*left_in_english(html), *particles_left_open(html)]
    return left_in_korean(html)
