"""Pages of metrics."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from surveys.models import Metric, Survey
from surveys.services.recording import responses_record
from tests.surveys.answering import drain, make_metric, make_survey

pytestmark = pytest.mark.django_db
BASE = "/p/acme/metrics/"
SignIn = Callable[[str], Client]


@pytest.fixture
def survey(program: Program) -> Survey:
    return make_survey(program)


def answer(actor: Actor, survey: Survey, *values: int) -> None:
    rows = [{"answers": {"nps": value}} for value in values]
    responses_record(actor=actor, survey=survey, rows=rows)
    drain()


def test_the_list_shows_score_margin_and_n(
    client_for: SignIn, system: Actor, survey: Survey
) -> None:
    make_metric(survey, "nps", "nps", 0, 10, target=30)
    answer(system, survey, *[10] * 12, *[0] * 4)
    text = client_for("viewer").get(BASE).content.decode()
    assert "<b>+50</b>" in text
    assert "n 16" in text
    assert "too early" in text
    assert "+30" in text


def test_the_list_costs_the_same_for_one_and_for_thirty(
    client_for: SignIn, survey: Survey, assert_same_queries: Any
) -> None:
    client = client_for("manager")
    make_metric(survey, "nps", "nps", 0, 10)

    def grow() -> None:
        for number in range(29):
            make_metric(survey, "nps", "nps", 0, 10, metric_code=f"m{number}")

    assert_same_queries(lambda: client.get(BASE), grow)


def test_a_metric_is_made_fed_and_changed_in_the_browser(
    client_for: SignIn, system: Actor, survey: Survey
) -> None:
    answer(system, survey, 9, 9, 3)
    designer = client_for("designer")
    form = {
        "name_en": "Loyalty",
        "name_ko": "충성도",
        "code": "loyalty",
        "kind": "nps",
        "target": "20",
    }
    assert designer.get(f"{BASE}new/").status_code == 200
    made = designer.post(f"{BASE}new/", form)
    metric = Metric.unscoped.get(code="loyalty")
    assert made.headers["Location"] == f"{BASE}{metric.pk}/"
    assert metric.name == {"en": "Loyalty", "ko": "충성도"}
    added = designer.post(f"{BASE}{metric.pk}/sources/", {"source": f"{survey.pk}.nps"})
    assert added.status_code == 302
    drain()
    page = designer.get(f"{BASE}{metric.pk}/").content.decode()
    assert "too few (3 of 10)" in page
    assert "Share of promoters (9–10)" in page
    assert f"Question: – → {survey.pk}.nps · Answers: 3" in page
    edit = {**form, "promoter_from": "7", "min_n": "2", "version": str(metric.version)}
    assert designer.get(f"{BASE}{metric.pk}/edit/").status_code == 200
    assert designer.post(f"{BASE}{metric.pk}/edit/", edit).status_code == 302
    assert "+33" in designer.get(f"{BASE}{metric.pk}/").content.decode()
    stale = designer.post(f"{BASE}{metric.pk}/edit/", edit)
    assert stale.status_code == 409
    source = metric.sources.get()
    designer.post(f"{BASE}{metric.pk}/sources/{source.pk}/remove/")
    assert metric.sources.count() == 0


def test_a_mistake_is_said_beside_the_field(client_for: SignIn, survey: Survey) -> None:
    designer = client_for("owner")
    make_metric(survey, "nps", "nps", 0, 10, metric_code="taken")
    form = {"name_en": "X", "code": "taken", "kind": "nps"}
    page = designer.post(f"{BASE}new/", form)
    assert page.status_code == 422
    assert "Another metric has this code" in page.content.decode()
    wrong = designer.post(
        f"{BASE}new/", {**form, "code": "x", "promoter_from": "3", "detractor_to": "6"}
    )
    assert wrong.status_code == 422
    assert "do not fit" in wrong.content.decode()
    assert Metric.unscoped.count() == 1


def test_a_question_of_another_program_cannot_be_chosen(
    client_for: SignIn, survey: Survey, other_program: Program
) -> None:
    metric = make_metric(survey, "nps", "nps", 0, 10)
    foreign = make_survey(other_program)
    page = client_for("designer").post(
        f"{BASE}{metric.pk}/sources/", {"source": f"{foreign.pk}.nps"}
    )
    assert page.status_code == 422
    assert metric.sources.count() == 1


def test_only_designers_change_and_strangers_find_nothing(
    client_for: SignIn, stranger_client: Client, survey: Survey
) -> None:
    metric = make_metric(survey, "nps", "nps", 0, 10)
    for role in ("manager", "staff", "viewer"):
        client = client_for(role)
        assert client.get(f"{BASE}{metric.pk}/").status_code == 200
        assert client.get(f"{BASE}{metric.pk}/edit/").status_code == 403
        assert client.post(f"{BASE}new/", {}).status_code == 403
    assert stranger_client.get(f"/p/other/metrics/{metric.pk}/").status_code == 404
