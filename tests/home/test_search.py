"""The search over everything finds by name what the reader may see, in any language."""

from collections.abc import Callable

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Membership
from cxportal.home.queries.search import search_everything
from journeys.services.journeys import journey_create
from loyalty.models import Technology
from loyalty.services.scorecard import kpi_create
from loyalty.services.steering import record_create
from surveys.services.surveys import survey_create
from tests.conftest import count_queries, make_customers


@pytest.fixture
def records(system: Actor, people: dict[str, Membership]) -> None:
    journey_create(actor=system, name={"en": "Shopping", "ko": "매장 구매"}, template="retail")
    kpi_create(actor=system, name={"en": "Shop visits", "ko": "매장 방문"}, view="experience")
    record_create(actor=system, model=Technology, kind="voc", name="Shop floor panel")
    survey_create(actor=system, title={"en": "Shop survey", "ko": "매장 설문"}, template="nps")
    make_customers(system.program, 2)


def found(actor: Actor, text: str) -> dict[str, list[str]]:
    return {group.kind: [h.label for h in group.hits] for group in search_everything(actor, text)}


def test_records_of_every_floor_are_found_by_their_names(records: None, system: Actor) -> None:
    hits = found(system, "shop")
    assert hits["Journey"] == ["Shopping"]
    assert hits["KPI"] == ["Shop visits"]
    assert hits["Technology"] == ["Shop floor panel"]
    assert hits["Survey"] == ["Shop survey"]
    assert found(system, "매장 방")["KPI"] == ["Shop visits"]
    assert found(system, "100%") == {}
    assert found(system, "\x00") == {} and found(system, " ") == {}


def test_pages_are_found_by_what_they_are_for(system: Actor) -> None:
    assert found(system, "retention")["Page"] == ["Retention"]
    assert found(system, "roadm")["Page"] == ["Roadmap"]


def test_nobody_finds_what_is_not_theirs(
    records: None, actor_for: Callable[[str], Actor], stranger_client: Client
) -> None:
    staff = found(actor_for("staff"), "shop")
    assert "KPI" not in staff and "Journey" in staff
    assert found(actor_for("staff"), "retention") == {}
    assert stranger_client.get("/p/acme/search/?q=shop").status_code == 404


def test_the_search_asks_the_database_little(records: None, system: Actor) -> None:
    with count_queries() as queries:
        found(system, "shop")
    assert len(queries) <= 8
