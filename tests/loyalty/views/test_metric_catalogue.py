"""The field's metrics: what is connected, and one step to connect the rest."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Program
from journeys.services.cases import case_open
from loyalty.calc.months import month_of, months_up_to
from loyalty.models import Kpi
from loyalty.queries.kpi_sources import SOURCES
from loyalty.queries.metric_catalogue import catalogue_of
from loyalty.services.metric_catalogue import metric_connect
from loyalty.services.transactions import transactions_bulk_upsert
from surveys.models import Comment, Metric, OperationalMetric
from surveys.queries.scores import today_of
from tests.conftest import make_customers, make_key

PAGE = "/p/acme/metric-catalogue/"


def test_each_metric_of_the_field_is_connected_in_one_step(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    client = client_for("owner")
    assert "68%" in client.get(PAGE).content.decode()
    for row in catalogue_of(system).rows:
        assert not row.is_connected
        way = row.ways[0]
        sent = {"code": row.entry.code, "way": way}
        assert client.post(f"{PAGE}connect/", sent).status_code == 302
    found = catalogue_of(system)
    assert found.connected == len(found.rows)
    assert {m.kind for m in Metric.objects.for_actor(system).all()} == {"csat", "nps", "ces"}
    assert OperationalMetric.objects.for_actor(system).count() == 2
    for row in found.rows:
        if "kpi" in row.ways:
            metric_connect(actor=system, code=row.entry.code, way="kpi")
    assert all(row.kpis for row in catalogue_of(system).rows)


def test_who_may_not_make_a_record_cannot_connect(
    client_for: Callable[[str], Client], actor_for: Callable[[str], Actor], system: Actor
) -> None:
    assert 'name="way"' not in client_for("viewer").get(PAGE).content.decode()
    sent = {"code": "nps", "way": "asked"}
    assert client_for("staff").post(f"{PAGE}connect/", sent).status_code == 403
    with pytest.raises(Denied):
        metric_connect(actor=actor_for("manager"), code="nps", way="asked")
    with pytest.raises(DomainError):
        metric_connect(actor=system, code="brand", way="asked")
    with pytest.raises(DomainError):
        metric_connect(actor=system, code="brand", way="kpi")


def test_a_client_reads_and_connects_by_api(program: Program, system: Actor) -> None:
    client = Client(headers={"Authorization": f"Bearer {make_key(program)}"})
    path = "/api/v1/metric-catalogue/"
    sent = {"code": "churn", "way": "computed"}
    made = client.post(path, sent, content_type="application/json").json()
    row = next(row for row in client.get(path).json() if row["code"] == "churn")
    assert (made["made"], row["kpis"], row["connected"]) == ("kpi", [made["id"]], True)
    kpi = Kpi.objects.for_actor(system).get()
    assert (kpi.unit, kpi.high_is_good) == ("percent", False)


def test_the_portal_computes_what_it_knows(program: Program, system: Actor) -> None:
    """Of three buyers seven months ago one came back; two comments in three are good."""
    months = months_up_to(month_of(today_of(system)), 8)
    make_customers(program, 3)
    rows = [("C0", months[0]), ("C1", months[0]), ("C2", months[0]), ("C0", months[5])]
    sent = [
        {"external_id": f"T{at}", "customer": who, "occurred_at": f"{day:%Y-%m}-10", "amount": 1}
        for at, (who, day) in enumerate(rows)
    ]
    assert transactions_bulk_upsert(actor=system, rows=sent).failed == 0
    for at, mood in enumerate(["positive", "positive", "negative", "neutral"]):
        Comment.unscoped.create(
            program=program, text=f"t{at}", sentiment=mood, at=timezone.now(), source="store"
        )
    case = case_open(actor=system, title="Call back")
    type(case).unscoped.filter(pk=case.pk).update(
        closed_at=timezone.now() - timedelta(seconds=1), resolution="solved", state="closed"
    )

    def read(name: str) -> dict[str, tuple[int, int | None]]:
        found = SOURCES[name].read(system, months[0], months[-1])
        return {f"{month:%Y-%m}": (round(value or 0), n) for month, (value, n) in found.items()}

    churn = read("churn")
    assert churn[f"{months[5]:%Y-%m}"] == (0, 3)
    assert churn[f"{months[6]:%Y-%m}"] == (67, 3)
    assert churn[f"{months[7]:%Y-%m}"] == (0, 1)
    this = f"{months[-1]:%Y-%m}"
    assert read("sentiment")[this] == (67, 3)
    assert read("first_contact")[this] == (100, 1)
    assert read("participation")[f"{months[0]:%Y-%m}"] == (0, 3)
    assert read("lifetime_value") == {}
