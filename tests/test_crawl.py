"""Every page of the demo, as each role: said in the reader's language, asking the database little.

The owner reads all of it in Korean, and of the others each reads a part in English; `make torture
ONLY=CRAWL SIZE=full` reads every page as every role in both, in a browser.
"""

import itertools
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.test import Client

from cxportal.core.actors import ROLES, Actor
from cxportal.core.models import Membership, Program
from cxportal.home.demo.load import Size, demo_fill, demo_program_create
from loyalty.models.equity import ValueSnapshot
from loyalty.queries.equity import equity_flows, snapshot_days
from surveys.queries.scores import last_days
from tests.browser.addresses import addresses_of
from tests.conftest import count_queries, make_key
from tests.crawling import MORE, MOST_QUERIES, untranslated

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Program]:
    with django_db_blocker.unblock(), transaction.atomic():
        program = demo_program_create("a phrase for the demo")
        demo_fill(program, size=Size(customers=60, responses=240), report=lambda *_: None)
        yield program
        transaction.set_rollback(True)


def reader(program: Program, role: str, language: str) -> Client:
    """A member of the role who reads in that language."""
    user = Membership.unscoped.get(program=program, role=role).user  # unscoped: test
    user.language = language
    user.save()
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[1])
    return client


def faults_of(client: Client, name: str, address: str, language: str) -> dict[str, Any]:
    """What is wrong with a page: left in the other language, too many queries, broken."""
    most = MORE.get(name, MOST_QUERIES)
    with count_queries() as queries:
        answer = client.get(address)
    if len(queries) > most:
        # Some of it is kept for minutes and not asked again.
        with count_queries() as queries:
            client.get(address)
    faults: dict[str, Any] = {}
    if answer.status_code >= 500:
        faults["status"] = answer.status_code
    is_page = "html" in answer.headers.get("Content-Type", "")
    if is_page and (found := untranslated(answer.content.decode(), language)):
        faults["untranslated"] = found
    if len(queries) > most:
        faults["queries"] = len(queries)
    return faults


def test_every_page_is_korean_and_asks_the_database_little(demo: Program) -> None:
    client = reader(demo, "owner", "ko")
    faults = {}
    for name, address in addresses_of(demo).items():
        if found := faults_of(client, name, address, "ko"):
            faults[name] = found
    assert faults == {}


def test_every_role_reads_its_pages_in_english(demo: Program) -> None:
    """Read once, unlike the owner's: what is computed on a first look is not counted against it."""
    others = [reader(demo, role, "en") for role in ROLES if role != "owner"]
    faults = {}
    for at, (name, address) in enumerate(addresses_of(demo).items()):
        client = others[at % len(others)]
        found = faults_of(client, name, address, "en")
        found.pop("queries", None)
        if found:
            faults[name] = found
    assert faults == {}


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
