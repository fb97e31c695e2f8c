"""The field's metrics: what is connected, and one step to connect the rest."""

from collections.abc import Callable

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Program
from loyalty.models import Kpi
from loyalty.queries.metric_catalogue import catalogue_of
from loyalty.services.metric_catalogue import metric_connect
from surveys.models import Metric, OperationalMetric
from tests.conftest import make_key

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
    records = OperationalMetric.objects.for_actor(system)
    fed = {"first-contact", "repeat-orders", "churn", "sentiment", "participation"}
    assert {record.feed for record in records.all()} == {"", *fed}
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
    for way, kind in (("fed", "counted_metric"), ("kpi", "kpi")):
        sent = {"code": "churn", "way": way}
        made = client.post(path, sent, content_type="application/json").json()
        assert made["made"] == kind
    row = next(row for row in client.get(path).json() if row["code"] == "churn")
    assert (row["kpis"], row["connected"]) == ([made["id"]], True)
    kpi = Kpi.objects.for_actor(system).get()
    assert (kpi.unit, kpi.high_is_good) == ("percent", False)
