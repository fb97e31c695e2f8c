"""Every page of the demo as HTML in Korean: nothing left in English, no page asks too much."""

import itertools
import re
import runpy
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Program
from cxportal.core.services.translations import ROOMS, catalogue_read
from cxportal.home.demo.load import Size, demo_fill, demo_program_create
from loyalty.models.equity import ValueSnapshot
from loyalty.queries.equity import equity_flows, snapshot_days
from surveys.queries.scores import last_days
from tests.browser.addresses import addresses_of
from tests.conftest import count_queries, make_key

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MOST_QUERIES = 20
# More queries than that need their reason.
MORE = {
    "dashboard": 32,  # each tile is a metric of its own kind
    "nps-money": 34,  # money of three groups from several tables, once each
    "review": 26,  # stages, signals, cases, actions, money, and three sources of competitors
    "review-meeting": 26,  # the review and what was decided
    "retention": 26,  # what is due of each subject, counted once
    "home": 26,  # eight panels of different floors, each asked once
    "customer-detail": 30,  # facts and time line of every floor come through its registry
    "survey-report": 30,  # filters, score blocks, choices and texts, each summed up once
    "metric-detail": 22,  # score, months, groups, sources and history; blocks of anonymous answers
    "touchpoint-detail": 23,  # scores with their blocks, comments, work and behaviours
    "digest": 23,  # what changed on every floor, once each
    "stage-detail": 28,  # its score, what is said there, the answers and the work
    "case-detail": 26,  # answer, contacts, history, words and what can be done next
    "journey-detail": 24,  # the map: lanes, steps, cards, feelings, scores, history
    "case-overview": 26,  # cases by time, owner, cause and recovery, and the topics of comments
}
WORDS = re.compile(r"[A-Za-z]{3,}[ ,]+[A-Za-z]{2,}")
# Names of programs and of file types.
# A language may be called by its own name.
LANGUAGES_THEMSELVES = {"English", "Korean"}
FORMATS = re.compile(r"\.(xlsx|csv|json|lss|qsf)\b")
HANGUL = re.compile("[가-힣]")
UNREAD = {"script", "style", "code", "pre", "svg", "option", "textarea"}


class Reader(HTMLParser):
    """Collects what a reader sees or hears; elements in a language of their own are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    @property
    def skips(self) -> bool:
        return any(skip for _tag, skip in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = tag != "html" and given.get("lang", "ko") not in {"ko", "", None}
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


def sentences() -> set[str]:
    """Every English sentence of the portal that Korean says otherwise."""
    found = set()
    for room in ROOMS:
        for message in catalogue_read(room, "ko"):
            one = message.id if isinstance(message.id, str) else message.id[0]
            if (
                message.id
                and one not in LANGUAGES_THEMSELVES
                and HANGUL.search(str(message.string))
            ):
                found.add(one.replace("%%", "%"))
    return found


def left_in_english(html: str, ours: set[str], templates: str) -> list[str]:
    """Texts without a Korean letter that are the portal's own: of its catalogue or templates."""
    reader = Reader()
    reader.feed(html)
    foreign = [text for text in reader.texts if not HANGUL.search(text)]
    return [
        text
        for text in foreign
        if (text in ours and len(text) > 3) or (WORDS.search(text) and f">{text}<" in templates)
        if not FORMATS.search(text)
    ]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Program]:
    with django_db_blocker.unblock(), transaction.atomic():
        program = demo_program_create("a phrase for the demo")
        demo_fill(program, size=Size(customers=60, responses=240), report=lambda *_: None)
        yield program
        transaction.set_rollback(True)


def test_every_page_is_korean_and_asks_the_database_little(demo: Program) -> None:
    owner = Membership.unscoped.get(program=demo, role="owner").user  # unscoped: test
    owner.language = "ko"
    owner.save()
    client = Client()
    client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[1])
    ours = sentences()
    folder = settings.BASE_DIR / "templates"
    templates = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))
    english: dict[str, list[str]] = {}
    busy: dict[str, int] = {}
    for name, address in addresses_of(demo).items():
        client.get(address)
        with count_queries() as queries:
            answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        if found := left_in_english(answer.content.decode(), ours, templates):
            english[name] = found
        if len(queries) > MORE.get(name, MOST_QUERIES):
            busy[name] = len(queries)
    assert (english, busy) == ({}, {})


def test_stage_scores_of_the_demo_are_computed_anew_from_its_answers(demo: Program) -> None:
    """By a program that imports nothing of ours and reads the API alone."""
    ours = runpy.run_path(str(settings.BASE_DIR / "scripts" / "recompute_stages.py"))
    client, headers = Client(), {"Authorization": f"Bearer {make_key(demo)}"}

    def get(path: str) -> Any:
        answer = client.get("/api/v1" + path.rsplit("/api/v1", maxsplit=1)[-1], headers=headers)
        assert answer.status_code == 200, path
        return answer.json()

    period = last_days(Actor.system(demo), 90)
    compared = ours["recompute"](get, period.first, period.last)
    wrong = [(name, ours["differs"](found, shown)) for name, found, shown in compared]
    assert [row for row in wrong if row[1]] == []
    assert sum(found["value"] is not None for _name, found, _shown in compared) >= 10


def test_the_demo_s_equity_adds_up_to_the_smallest_unit(demo: Program) -> None:
    actor = Actor.system(demo)
    days = snapshot_days(actor)
    assert len(days) == 5
    for start, end in itertools.combinations(days, 2):
        total, parts = equity_flows(actor, start, end)
        rows = ValueSnapshot.objects.for_actor(actor)
        kept = {day: rows.filter(on=day).aggregate(n=Sum("lifetime_value"))["n"] for day in days}
        assert (total.start, total.end) == (kept[start], kept[end])
        assert total.holds and all(part.holds for part in parts)
        for name in ("start", "end", "acquired", "grown", "shrunk", "gone"):
            assert sum(getattr(part, name) for part in parts) == getattr(total, name)
        assert total.end.as_tuple().exponent == -2 and total.acquired + total.grown > 0
