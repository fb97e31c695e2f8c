"""The report of one survey."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program, Segment
from cxportal.core.services.segments import segment_create, segment_refresh
from surveys.models import Metric, Response, Survey
from surveys.services.recording import responses_record
from surveys.services.responses import response_mark_test
from tests.surveys.answering import CSAT, NPS, USED, WHY, drain, make_metric, make_survey

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
GOLD = {
    "match": "all",
    "conditions": [{"field": "attributes.tier", "operator": "is", "value": "gold"}],
}


@pytest.fixture
def survey(program: Program) -> Survey:
    made = make_survey(program, [NPS, CSAT, USED, WHY])
    make_metric(made, "nps", "nps", 0, 10)
    make_metric(made, "csat", "csat", 1, 5)
    return made


def record(actor: Actor, survey: Survey, *answers: dict[str, Any], days_ago: int = 0) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    rows = [{"answers": a, "completed_at": at} for a in answers]
    assert responses_record(actor=actor, survey=survey, rows=rows).created == len(rows)
    drain()


def page_of(client: Client, survey: Survey, query: str = "") -> Any:
    page = client.get(f"/p/acme/surveys/{survey.pk}/report/?{query}")
    assert page.status_code == 200
    return page


def test_the_report_shows_scores_choices_and_comments(
    client_for: SignIn, system: Actor, survey: Survey
) -> None:
    good = {"nps": 10, "csat": 5, "used": ["app"], "why": "Very friendly"}
    bad = {"nps": 2, "csat": 1, "used": ["app", "store"], "why": "Too slow"}
    record(system, survey, *[good] * 9, *[bad] * 3)
    page = page_of(client_for("viewer"), survey)
    report = page.context["report"]
    assert (report.counts.complete, report.counts.partial) == (12, 0)
    nps, csat = report.scores
    assert (nps.score.value, nps.score.n, csat.score.value) == (50, 12, 75)
    assert [part[1] for part in nps.groups] == [9, 0, 3]
    [used] = report.choices
    assert [(line.text, line.count) for line in used.lines] == [("The app", 12), ("A store", 3)]
    assert [part[1] for part in report.sentiment] == [9, 0, 3]
    text = page.content.decode()
    assert "<b>+50</b>" in text
    assert "0 waiting" in text
    assert "Very friendly" in text
    only = page_of(client_for("viewer"), survey, "sentiment=negative")
    assert {c.text for c in only.context["page"].rows} == {"Too slow"}


def test_few_answers_are_hidden_and_said_so(
    client_for: SignIn, system: Actor, survey: Survey
) -> None:
    record(system, survey, *[{"nps": 10, "used": ["app"]}] * 4)
    text = page_of(client_for("viewer"), survey).content.decode()
    assert text.count("too few (4 of 10)") >= 2
    assert "<b>" not in text.split("Answers by value")[0].split('class="headline"')[1][:60]


def test_the_period_stands_in_the_address(
    client_for: SignIn, system: Actor, survey: Survey
) -> None:
    record(system, survey, *[{"nps": 9}] * 2)
    record(system, survey, *[{"nps": 9}] * 3, days_ago=60)
    record(system, survey, *[{"nps": 9}] * 4, days_ago=200)
    client = client_for("viewer")

    def complete(query: str) -> int:
        return int(page_of(client, survey, query).context["report"].counts.complete)

    assert [complete(q) for q in ("", "days=90", "days=365", "days=7")] == [2, 5, 9, 2]
    day = (timezone.now() - timedelta(days=60)).astimezone(system.program.zone).date()
    assert complete(f"from={day}&to={day}") == 3
    assert complete("from=nonsense&to=2026-13-45") == 2


def test_a_metric_over_two_surveys_is_reported_for_each_alone(
    client_for: SignIn, system: Actor, survey: Survey
) -> None:
    from surveys.services.metrics import metric_source_add

    other = make_survey(system.program, [NPS])
    metric = survey.metric_sources.get(question_code="nps").metric
    metric_source_add(actor=system, metric=metric, survey=other, question_code="nps")
    record(system, survey, *[{"nps": 10}] * 11)
    record(system, other, *[{"nps": 0}] * 12)
    client = client_for("viewer")
    [block] = page_of(client, other).context["report"].scores
    assert (block.score.value, block.score.n) == (-100, 12)
    assert page_of(client, survey).context["report"].scores[0].score.value == 100


def test_tests_never_count(client_for: SignIn, system: Actor, survey: Survey) -> None:
    record(system, survey, {"nps": 9, "used": ["app"], "why": "just a try"})
    response_mark_test(actor=system, response=Response.unscoped.get())
    drain()
    page = page_of(client_for("viewer"), survey)
    counts = page.context["report"].counts
    assert (counts.complete, counts.tests) == (0, 1)
    assert "just a try" not in page.content.decode()


def test_comments_of_an_anonymous_survey_wait_for_enough_answers(
    client_for: SignIn, system: Actor, program: Program
) -> None:
    survey = make_survey(program, [NPS, WHY], anonymous=True)
    record(system, survey, *[{"nps": 3, "why": "My boss is rude"}] * 4)
    client = client_for("owner")
    assert "My boss" not in page_of(client, survey).content.decode()
    record(system, survey, {"nps": 3})
    assert "My boss" in page_of(client, survey).content.decode()


def test_a_survey_without_answers_or_version_has_a_report(
    client_for: SignIn, survey: Survey, program: Program
) -> None:
    assert "Nobody answered" in page_of(client_for("viewer"), survey).content.decode()
    survey.current_version = None
    survey.save()
    assert page_of(client_for("designer"), survey)
    address = f"/p/acme/surveys/{survey.pk}/report/"
    assert client_for("viewer").get(address).status_code == 404


def test_strangers_find_no_report(stranger_client: Client, survey: Survey) -> None:
    assert stranger_client.get(f"/p/acme/surveys/{survey.pk}/report/").status_code == 404
    assert stranger_client.get(f"/p/other/surveys/{survey.pk}/report/").status_code == 404


def test_groups_are_called_by_their_names(
    client_for: SignIn, system: Actor, survey: Survey, program: Program
) -> None:
    """In filters, chips, comparisons and cross-tables; the API keeps what is stored."""
    segment_create(
        actor=system, code="gold", name={"en": "Gold members"}, rule=GOLD, is_reported=True
    )
    Customer.unscoped.create(program=program, external_id="G", attributes={"tier": "gold"})
    segment_refresh(Segment.unscoped.get(code="gold"))
    at = timezone.now()
    rows = [
        {"answers": {"nps": 9}, "completed_at": at, "channel": "email", "external_id": "G"}
        for _n in range(12)
    ]
    responses_record(actor=system, survey=survey, rows=rows)
    drain()
    viewer = client_for("viewer")
    query = "group=segment:gold&compare=segment&rows=answer.nps&columns=group.channel"
    page = page_of(viewer, survey, query)
    assert [line.label for line in page.context["report"].scores[0].comparison.lines] == [
        "Gold members"
    ]
    text = page.content.decode()
    assert "Segment: Gold members" in text
    assert '<option value="segment:gold">Gold members</option>' in text
    assert page.context["table"].column_labels == ["E-mail"]
    metric = Metric.unscoped.get(kind="nps")
    shown = viewer.get(f"/p/acme/metrics/{metric.pk}/?compare=segment").content.decode()
    assert '<th scope="row">Gold members</th>' in shown
