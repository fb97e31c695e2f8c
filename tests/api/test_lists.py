"""Lists: every row once, at the price of few queries, also while one follows changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from cxportal.core.models import Customer
from surveys.models import Metric
from tests.api.conftest import Api, World
from tests.conftest import make_customers

pytestmark = pytest.mark.django_db


def walk(api: Api, path: str) -> list[int]:
    """Ids of all pages, forwards."""
    found: list[int] = []
    while path:
        page = api.seen(path)
        found += [row["id"] for row in page["results"]]
        path = (page["next"] or "").removeprefix("http://testserver")
    return found


@pytest.mark.parametrize(
    "ordering", ["", "id", "-id", "external_id", "-external_id", "updated_at", "-updated_at"]
)
def test_a_walk_meets_every_row_once(api: Api, ordering: str) -> None:
    made = make_customers(api.program, 23)
    ids = walk(api, f"customers/?page_size=5&ordering={ordering}")
    assert len(ids) == 23
    assert set(ids) == {customer.pk for customer in made}


def test_a_walk_back_meets_the_same_rows(api: Api) -> None:
    make_customers(api.program, 12)
    first = api.seen("customers/?page_size=5")
    second = api.seen(first["next"].removeprefix("http://testserver"))
    assert first["previous"] is None
    back = api.seen(second["previous"].removeprefix("http://testserver"))
    assert back["results"] == first["results"]


def test_rows_without_a_value_come_last_and_once(api: Api) -> None:
    for number in range(7):
        due = f"2026-12-{10 + number}" if number % 2 else None
        api.made("actions/", {"title": f"Do {number}", "due": due})
    ids = walk(api, "actions/?page_size=2&ordering=due")
    assert len(set(ids)) == len(ids) == 7
    dues = [api.seen(f"actions/{pk}/")["due"] for pk in ids]
    assert dues == ["2026-12-11", "2026-12-13", "2026-12-15", None, None, None, None]


def test_a_new_row_does_not_shift_the_walk(api: Api) -> None:
    make_customers(api.program, 6)
    first = api.seen("customers/?page_size=3&ordering=external_id")
    api.made("customers/", {"external_id": "A"})
    second = api.seen(first["next"].removeprefix("http://testserver"))
    assert [row["external_id"] for row in second["results"]] == ["C3", "C4", "C5"]


def test_changes_since_a_moment(api: Api) -> None:
    old = make_customers(api.program, 3)
    before = timezone.now() - timedelta(days=2)
    Customer.unscoped.filter(program=api.program).update(updated_at=before)
    assert api.patch(f"customers/{old[1].pk}/", {"name": "New"})[0] == 200
    since = timezone.now() - timedelta(days=1)
    for written in (quote(since.isoformat()), since.isoformat(), since.isoformat()[:-6] + "Z"):
        body = api.seen(f"customers/?updated_since={written}&ordering=updated_at")
        assert [row["id"] for row in body["results"]] == [old[1].pk]


def test_a_page_holds_at_most_two_hundred(api: Api) -> None:
    make_customers(api.program, 201)
    assert len(api.seen("customers/")["results"]) == 50
    assert len(api.seen("customers/?page_size=5000")["results"]) == 200


def grow_customers(world: World) -> None:
    make_customers(world.api.program, 20, prefix="G")


def grow_events(world: World) -> None:
    rows = [
        {"customer": f"C{i % 3}", "kind": "call", "occurred_at": "2026-11-01T09:00:00+09:00"}
        for i in range(20)
    ]
    assert world.api.post("events/bulk/", rows)[1]["created"] == 20


def grow_surveys(world: World) -> None:
    for number in range(4):
        world.api.made("surveys/", {"title": f"S{number}", "template": "purchase"})


def grow_questions(world: World) -> None:
    path = world.path("surveys/{survey}/questions/")
    for number in range(4):
        choices = [{"text": "A"}, {"text": "B"}]
        world.api.made(path, {"kind": "single", "text": f"Q{number}", "choices": choices})


def grow_campaigns(world: World) -> None:
    for number in range(4):
        world.api.made(
            "campaigns/",
            {"survey": world.ids["survey"], "name": str(number), "segment": world.ids["segment"]},
        )


def grow_responses(world: World) -> None:
    path = world.path("responses/bulk/?survey={survey}")
    rows = [
        {"answers": {"nps": 5}, "external_id": f"C{i % 3}", "dimensions": {"store": f"S{i}"}}
        for i in range(10)
    ]
    assert world.api.post(path, rows)[1]["created"] == 10


def grow_metrics(world: World) -> None:
    for number in range(4):
        source = {"survey": world.ids["survey"], "question_code": "nps"}
        world.api.made(
            "metrics/", {"code": f"m{number}", "name": "M", "kind": "nps", "sources": [source]}
        )


def grow_touchpoints(world: World) -> None:
    metric = Metric.unscoped.get(pk=world.ids["metric"])
    for number in range(4):
        made = world.api.made("touchpoints/", {"name": f"T{number}"})
        world.api.made(f"touchpoints/{made['id']}/metrics/", {"metric": metric.pk})
        world.api.made(world.path("stages/{stage}/steps/"), {"touchpoint": made["id"]})


def grow_actions(world: World) -> None:
    for number in range(4):
        world.api.made(
            "actions/",
            {
                "title": str(number),
                "touchpoint": world.ids["touchpoint"],
                "stage": world.ids["stage"],
            },
        )


def grow_boards(world: World) -> None:
    for number in range(4):
        world.api.made("boards/", {"name": str(number)})


def grow_transactions(world: World) -> None:
    rows = [
        {
            "external_id": f"G{i}",
            "customer": f"C{i % 3}",
            "occurred_at": "2026-11-01",
            "amount": "1",
        }
        for i in range(10)
    ]
    assert world.api.post("transactions/bulk/", rows)[1]["created"] == 10


def grow_propositions(world: World) -> None:
    for number in range(4):
        world.api.made(
            "propositions/",
            {"name": str(number), "promise": "P", "touchpoints": [world.ids["touchpoint"]]},
        )


GROWTH: list[tuple[str, Callable[[World], None]]] = [
    ("customers/", grow_customers),
    ("events/", grow_events),
    ("surveys/", grow_surveys),
    ("surveys/{survey}/questions/", grow_questions),
    ("surveys/{survey}/sections/", grow_questions),
    ("surveys/{survey}/", grow_questions),
    ("campaigns/", grow_campaigns),
    ("responses/", grow_responses),
    ("metrics/", grow_metrics),
    ("metrics/scores/", grow_metrics),
    ("touchpoints/", grow_touchpoints),
    ("stages/{stage}/steps/", grow_touchpoints),
    ("actions/", grow_actions),
    ("boards/", grow_boards),
    ("transactions/", grow_transactions),
    ("propositions/", grow_propositions),
]


@pytest.mark.parametrize(("path", "grow"), GROWTH)
def test_more_rows_cost_no_more_queries(
    world_made: World,
    path: str,
    grow: Callable[[World], None],
    assert_same_queries: Any,
) -> None:
    used = assert_same_queries(
        lambda: world_made.api.seen(world_made.path(path)), lambda: grow(world_made)
    )
    assert used <= 12
