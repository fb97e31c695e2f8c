"""A client of the API, and a program with one of everything."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program, Team
from cxportal.core.services.api_keys import api_key_create
from tests.conftest import ALL_SCOPES, make_customers, make_program


@dataclass
class Api:
    """Sends JSON with a key and gives the answer back as (status, body)."""

    program: Program
    key: str
    client: Client = field(default_factory=Client)

    def send(
        self, method: str, path: str, body: Any = None, *, kind: str = "", **headers: str
    ) -> Any:
        """The raw response; `body` is sent as JSON unless it is bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        path = path if path.startswith("/") else f"/api/v1/{path}"
        data = b"" if body is None else raw
        return self.client.generic(method, path, data, kind or "application/json", headers=sent)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        answer = self.send(method, path, body, **headers)
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        return self.call("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str) -> tuple[int, Any]:
        return self.call("DELETE", path)

    def made(self, path: str, body: Any = None) -> Any:
        """The body of a creation that must succeed."""
        status, answer = self.post(path, body)
        assert status == 201, (status, answer)
        return answer

    def seen(self, path: str) -> Any:
        """The body of a read that must succeed."""
        status, answer = self.get(path)
        assert status == 200, (status, answer)
        return answer


def make_api(program: Program, *scopes: str) -> Api:
    """A client with a fresh key of these scopes (all but export without names)."""
    _key, secret = api_key_create(
        actor=Actor.system(program), name="tests", scopes=list(scopes) or ALL_SCOPES
    )
    return Api(program, secret)


@pytest.fixture
def own_minute(settings: Any) -> Iterator[None]:
    """A minute that does not end, counted in a cache that no other test empties."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def api(program: Program) -> Api:
    return make_api(program)


@pytest.fixture
def api_with(program: Program) -> Callable[..., Api]:
    """api_with("customers:read") → a client with just this."""
    return lambda *scopes: make_api(program, *scopes)


@pytest.fixture
def foreign_api(other_program: Program) -> Api:
    return make_api(other_program)


@dataclass
class World:
    """Ids of one record of each kind, made through the API."""

    api: Api
    ids: dict[str, int]

    def path(self, template: str) -> str:
        """ "surveys/{survey}/" with the id filled in."""
        return template.format(**self.ids)


def make_world(api: Api) -> World:
    """One of everything, as a client would make it."""
    customers: list[Customer] = make_customers(api.program, 3)
    ids: dict[str, int] = {"customer": customers[0].pk}
    ids["team"] = Team.unscoped.create(program=api.program, name="Care").pk
    ids["segment"] = api.made("segments/", {"code": "vip", "name": "VIP", "kind": "manual"})["id"]
    api.post(f"segments/{ids['segment']}/add/", {"customers": ["C0", "C1"]})
    ids["event"] = api.made("events/", {"customer": "C0", "kind": "purchase"})["id"]
    survey = api.made("surveys/", {"title": "Visit", "template": "nps"})
    ids |= {"survey": survey["id"], "section": survey["sections"][0]["id"]}
    ids["question"] = survey["sections"][0]["questions"][0]["id"]
    ids["item"] = api.made("library/", {"question": ids["question"]})["id"]
    assert api.post(f"surveys/{ids['survey']}/publish/")[0] == 200
    metric = api.seen(f"metrics/?survey={ids['survey']}")["results"][0]
    ids |= {"metric": metric["id"], "source": metric["sources"][0]["id"]}
    ids["campaign"] = api.made("campaigns/", {"survey": ids["survey"], "name": "Ask"})["id"]
    ids["response"] = api.made(
        "responses/", {"survey": ids["survey"], "answers": {"nps": 9}, "external_id": "C0"}
    )["id"]
    counted = {"code": "repeat-orders", "name": "Repeat orders"}
    ids["counted"] = api.made("counted-metrics/", counted)["id"]
    api.post(f"counted-metrics/{ids['counted']}/values/bulk/", [{"day": "2026-11-01", "value": 1}])
    board = {"name": "Board", "widgets": [{"kind": "program"}]}
    ids["dashboard"] = api.made("dashboards/", board)["id"]
    export = {"what": "responses", "survey": ids["survey"]}
    ids["export"] = api.made("exports/", export)["id"]
    report = {"kind": "survey-report", "object_id": ids["survey"], "title": "Visits"}
    ids["share"] = api.made("share-links/", report)["id"]
    mailed = {**report, "recipients": ["board@example.com"]}
    ids["report"] = api.made("scheduled-reports/", mailed)["id"]
    ids["journey"] = api.made("journeys/", {"name": "Buy"})["id"]
    ids["stage"] = api.made(f"journeys/{ids['journey']}/stages/", {"name": "Visit"})["id"]
    ids["touchpoint"] = api.made("touchpoints/", {"name": "Counter"})["id"]
    ids["step"] = api.made(f"stages/{ids['stage']}/steps/", {"touchpoint": ids["touchpoint"]})["id"]
    behaviour = {"touchpoint": ids["touchpoint"], "kind": "attitude", "name": "We greet first"}
    ids["behaviour"] = api.made("behaviours/", behaviour)["id"]
    ids["link"] = api.made(f"touchpoints/{ids['touchpoint']}/metrics/", {"metric": ids["metric"]})[
        "id"
    ]
    ids["persona"] = api.made("personas/", {"name": "Regular"})["id"]
    ids["board"] = api.made("boards/", {"name": "Board"})["id"]
    ids["action"] = api.made("actions/", {"title": "Shorten queues", "board": ids["board"]})["id"]
    columns = api.seen(f"boards/{ids['board']}/")["columns"]
    done = next(column["id"] for column in columns if column["state"] == "done")
    ids["done_action"] = api.made("actions/", {"title": "Two tills", "column": done})["id"]
    api.made(f"actions/{ids['action']}/comments/", {"text": "Good idea"})
    ids["topic"] = api.made(
        "topics/", {"code": "queue", "name": "Queue", "seeds": ["queue", "waited"]}
    )["id"]
    ids["comment"] = api.made("comments/", {"text": "A long queue", "source": "store"})["id"]
    steps = f"actions/{ids['action']}/checklist/"
    ids["step_of_action"] = api.made(steps, {"text": "Count people"})["id"]
    ids["template"] = api.made("action-templates/", {"name": "Walk", "title": "Walk"})["id"]
    ids["idea"] = api.made("ideas/", {"title": "Benches"})["id"]
    ids["meeting"] = api.made("meetings/", {"title": "Board", "held_on": "2026-12-01"})["id"]
    ids["case"] = api.made("cases/", {"title": "Call back", "customer": "C0"})["id"]
    api.made(f"cases/{ids['case']}/comments/", {"text": "Called twice"})
    api.made(f"cases/{ids['case']}/contacts/", {"channel": "phone", "reached": False})
    ids["automation"] = api.made("automations/take/", {"code": "low_nps"})["id"]
    ids["reply"] = api.seen("canned-replies/")["results"][0]["id"]
    ids["cause"] = api.seen("root-causes/")["results"][0]["id"]
    ids["transaction"] = api.made(
        "transactions/",
        {"external_id": "T1", "customer": "C0", "occurred_at": "2026-11-01", "amount": "10"},
    )["id"]
    ids["value_model"] = api.made("value-models/rebuild/", {})["id"]
    ids["customer_value"] = api.seen("customer-values/")["results"][0]["id"]
    ids["driver"] = api.made("drivers/", {"name": "Advice"})["id"]
    ids["competitor"] = api.made("competitors/", {"name": "Rival"})["id"]
    ids["benchmark"] = api.made(
        "benchmarks/",
        {"label": "B2B", "value": "23", "source": "Study", "measured_on": "2020-01-01"},
    )["id"]
    assert api.patch("points/scheme/", {"name": "Club", "is_active": True})[0] == 200
    ids["account"] = api.made("points/accounts/", {"customer": "C0"})["id"]
    api.made(f"points/accounts/{ids['account']}/earn/", {"points": 10, "key": "a"})
    ids["proposition"] = api.made("propositions/", {"name": "Fast", "promise": "No queues"})["id"]
    ids["framework"] = api.made("frameworks/", {"standard": "cem-steps"})["id"]
    ids["technology"] = api.made("technologies/", {"kind": "voc", "name": "Portal"})["id"]
    ids["process"] = api.made("processes/", {"name": "Returns"})["id"]
    ids["goal"] = api.made("goals/", {"name": "Loyal customers"})["id"]
    ids["kpi"] = api.made("kpis/", {"name": "Trained", "view": "capability"})["id"]
    ids["effect_kpi"] = api.made("kpis/", {"name": "Revenue", "view": "equity"})["id"]
    return World(api, ids)


@pytest.fixture
def world(api: Api) -> World:
    return make_world(api)


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One transaction for all tests of a module, taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world_made(module_db: None) -> World:
    """A world that the tests of a module share; they take their changes back."""
    return make_world(make_api(make_program("acme")))


@pytest.fixture(scope="module")
def foreign_world(module_db: None) -> World:
    """One of everything in another program."""
    return make_world(make_api(make_program("other")))
