"""Pages and API of the scorecard."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from cxportal.core.queries.sharing import share_path
from cxportal.core.services.sharing import share_create
from loyalty.calc.months import month_of, month_shift
from loyalty.models import Kpi
from loyalty.services.scorecard import kpi_create, kpi_link_add, kpi_value_set
from surveys.queries.scores import today_of
from tests.conftest import make_key

PAGE = "/p/acme/scorecard/"


def last_month(actor: Actor) -> date:
    return month_shift(month_of(today_of(actor)), -1)


def fill(actor: Actor, count: int, name: str = "K") -> list[Kpi]:
    kpis = [
        kpi_create(actor=actor, name={"en": f"{name}{at}"}, view="capability", target=4)
        for at in range(count)
    ]
    for kpi in kpis:
        kpi_value_set(
            actor=actor, kpi=kpi, month=last_month(actor), value=Decimal(3), comment="why so"
        )
    return kpis


def test_an_empty_scorecard_offers_the_usual_kpis(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    client = client_for("manager")
    assert b"scorecard/begin/" in client.get(PAGE).content
    assert client.post(f"{PAGE}begin/").status_code == 302
    assert Kpi.objects.for_actor(system).count() == 5


def test_value_target_state_and_comment_stand_in_one_row(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    fill(system, 1)
    page = client_for("viewer").get(PAGE).content.decode()
    assert "behind" in page
    assert "why so" in page
    assert "scorecard/kpis/new/" not in page


def test_a_link_says_that_it_is_too_early(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    first, second = fill(system, 2)
    kpi_link_add(actor=system, cause=first, effect=second)
    assert "too early" in client_for("viewer").get(PAGE).content.decode()


def test_the_number_of_queries_does_not_grow_with_kpis(
    client_for: Callable[[str], Client],
    system: Actor,
    assert_same_queries: Callable[[Callable[[], Any], Callable[[], Any]], int],
) -> None:
    client = client_for("owner")
    fill(system, 1)
    assert_same_queries(lambda: client.get(PAGE), lambda: fill(system, 12, "M"))


def test_a_kpi_is_made_changed_and_deleted_by_page(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    client = client_for("manager")
    form = {"name_en": "Trained staff", "view": "capability", "source": "manual", "weight": "2"}
    assert client.post(f"{PAGE}kpis/new/", form).status_code == 302
    kpi = Kpi.objects.for_actor(system).get()
    assert client.get(f"{PAGE}kpis/{kpi.pk}/").status_code == 200
    edited = {**form, "name_en": "Trained people", "version": "1"}
    assert client.post(f"{PAGE}kpis/{kpi.pk}/edit/", edited).status_code == 302
    assert client.post(f"{PAGE}kpis/{kpi.pk}/edit/", edited | {"weight": "3"}).status_code == 409
    month = {"value": "12.5", "n": "40", "comment": "Two courses"}
    assert client.post(f"{PAGE}kpis/{kpi.pk}/month/?month=2026-03", month).status_code == 302
    assert kpi.values.get().value == 12.5
    assert client.post(f"{PAGE}kpis/{kpi.pk}/delete/").status_code == 302
    assert not Kpi.objects.for_actor(system).exists()


def test_a_month_closed_by_page_shows_what_it_held(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    fill(system, 1)
    client = client_for("owner")
    answer = client.post(f"{PAGE}close/", {"month": f"{last_month(system):%Y-%m}"}, follow=True)
    assert answer.status_code == 200
    assert "why so" in answer.content.decode()


@pytest.mark.parametrize("month", ["", "2026-13", "x", "9999-99"])
def test_a_month_that_is_none_shows_the_last_one(
    client_for: Callable[[str], Client], month: str
) -> None:
    assert client_for("owner").get(PAGE, {"month": month}).status_code == 200


def test_a_client_walks_the_scorecard_by_api(program: Program, system: Actor) -> None:
    client = Client(headers={"Authorization": f"Bearer {make_key(program)}"})

    def post(path: str, body: dict[str, Any]) -> Any:
        return client.post(f"/api/v1/{path}", body, content_type="application/json")

    made = post("kpis/", {"name": {"en": "Calls"}, "view": "capability"}).json()
    other = post("kpis/", {"name": {"en": "Money"}, "view": "equity"}).json()
    month = {"month": f"{last_month(system)}", "value": "3"}
    assert post(f"kpis/{made['id']}/values/", month).status_code == 201
    assert post(f"kpis/{made['id']}/values/", month).status_code == 201
    assert len(client.get(f"/api/v1/kpis/{made['id']}/values/").json()["results"]) == 1
    assert post("kpi-links/", {"cause": made["id"], "effect": other["id"]}).status_code == 201
    closed = post("scorecard/months/", {"month": f"{last_month(system)}"})
    assert closed.json()["document"]["kpis"][0]["value"] == 3.0
    assert post("scorecard/months/", {"month": f"{last_month(system)}"}).status_code == 422


def test_the_scorecard_is_shared_and_mailed_as_pdf(
    client_for: Callable[[str], Client], actor_for: Callable[[str], Actor]
) -> None:
    owner = actor_for("owner")
    fill(owner, 1)
    link = share_create(actor=owner, kind="scorecard", title="Steering")
    page = Client().get(share_path(link))
    assert page.status_code == 200
    assert "why so" in page.content.decode()
    assert "scorecard/kpis/" not in page.content.decode()
    pdf = Client().get(share_path(link) + "report.pdf")
    assert pdf.content[:5] == b"%PDF-"
    assert "kind=scorecard" in client_for("owner").get(PAGE).content.decode()
