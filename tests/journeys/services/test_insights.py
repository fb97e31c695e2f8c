"""Insights, opportunities, the important few and Kano."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from journeys.calc.importance import Kano
from journeys.models import Action, Opportunity, TouchpointMetric
from journeys.queries.important_few import kano_results, touchpoints_weighed
from journeys.queries.insights import matrix_of, opportunity_score, rice_score, scored
from journeys.queries.stage_scores import stage_scores
from journeys.services.insights import (
    insight_create,
    kano_create,
    opportunity_act,
    opportunity_create,
)
from journeys.services.touchpoints import (
    touchpoint_create,
    touchpoint_metric_attach,
    touchpoint_update,
)
from surveys.queries.scores import last_days
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.journeys.mapping import make_place, yesterday_of


def test_an_opportunity_is_scored_by_ulwick_and_rice(system: Actor) -> None:
    row = opportunity_create(
        actor=system, title="Second till", importance=9, satisfaction=4, reach=1000, impact=2,
        confidence=80, effort=4,
    )  # fmt: skip
    assert opportunity_score(row) == 14
    assert rice_score(row) == 400
    with pytest.raises(DomainError, match="Impact"):
        opportunity_create(actor=system, title="Odd", impact=7)


def test_an_opportunity_becomes_an_action_in_one_step(system: Actor) -> None:
    place = touchpoint_create(actor=system, name="Till")
    insight = insight_create(actor=system, title="They wait", kind="pain")
    row = opportunity_create(
        actor=system, title="Second till", touchpoint=place, insights=[insight], value=5, ease=4
    )
    action = opportunity_act(actor=system, opportunity=row)
    row.refresh_from_db()
    assert (action.title, action.touchpoint, action.importance, action.cost) == (
        "Second till", place, 5, 2,
    )  # fmt: skip
    assert (row.state, list(row.actions.all())) == (Opportunity.State.CHOSEN, [action])


def test_a_viewer_makes_no_action_of_it(system: Actor, people: Any) -> None:
    row = opportunity_create(actor=system, title="Second till")
    with pytest.raises(Denied):
        opportunity_act(actor=Actor.member(people["viewer"]), opportunity=row)
    assert not Action.objects.for_actor(system).exists()


def test_the_matrix_places_what_has_both_values_and_lists_the_rest(system: Actor) -> None:
    opportunity_create(actor=system, title="A", value=5, ease=1)
    opportunity_create(actor=system, title="B", importance=10, satisfaction=0)
    rows = Opportunity.objects.for_actor(system)
    matrix = matrix_of(scored(rows), "ease", "value")
    assert {dot.label: (dot.x, dot.y) for dot in matrix.dots}["A"] == ("0.00%", "0")
    only = matrix_of(scored(rows), "importance", "score")
    assert [dot.label for dot in only.dots] == ["B"]
    assert [entry.number for entry in only.rows] == [1, None]


def test_importance_and_expectation_asked_of_customers_go_before_what_the_team_states(
    system: Actor,
) -> None:
    place = make_place(system, anonymous=True)
    touchpoint_update(actor=system, touchpoint=place.paying, expectation=9)
    place.answer(
        [("", {"nps": 10, "csat": 4 if n % 2 else 5}) for n in range(20)],
        yesterday_of(system),
    )
    before = stage_scores(actor=system, journey=place.journey, period=last_days(system))
    rows = {str(row.touchpoint): row for row in touchpoints_weighed(system)}
    paying = rows["Paying"]
    assert (paying.importance, paying.expectation, paying.performance) == (4, 90, 100)
    assert paying.gap == 10
    touchpoint_metric_attach(
        actor=system, touchpoint=place.paying, metric=place.nps,
        aspect=TouchpointMetric.Aspect.IMPORTANCE,
    )  # fmt: skip
    rows = {str(row.touchpoint): row for row in touchpoints_weighed(system)}
    assert rows["Paying"].importance == 10
    after = stage_scores(actor=system, journey=place.journey, period=last_days(system))
    assert after.rows[0].roll_up.value == before.rows[0].roll_up.value


def test_the_few_are_what_we_can_change_and_customers_notice(system: Actor) -> None:
    touchpoint_create(actor=system, name="Weather", importance=10, is_manageable=False)
    touchpoint_create(actor=system, name="Back office", importance=9, is_perceived=False)
    touchpoint_create(actor=system, name="Till", importance=8)
    touchpoint_create(actor=system, name="Bag", importance=2)
    few = [str(row.touchpoint) for row in touchpoints_weighed(system, most=1) if row.is_few]
    assert few == ["Till"]


def test_kano_counts_pairs_and_says_nothing_below_the_minimum(system: Actor) -> None:
    survey = survey_create(actor=system, title="Features")
    for code in ("with", "without"):
        question_add(
            actor=system, survey=survey, kind="rating", code=code, text=code,
            settings={"min": 1, "max": 5},
        )  # fmt: skip
    survey.refresh_from_db()
    survey_publish(actor=system, survey=survey)
    survey.refresh_from_db()
    kano_create(
        actor=system, name="Gift wrap", survey=survey, functional_code="with",
        dysfunctional_code="without",
    )  # fmt: skip
    moment = (yesterday_of(system) - timedelta(days=1)).isoformat() + "T12:00:00+09:00"

    def answer(first: int, last: int) -> None:
        rows = [
            {
                "answers": {"with": 1, "without": 3 if n % 4 else 5},
                "completed_at": moment,
            }
            for n in range(first, last)
        ]
        assert responses_record(actor=system, survey=survey, rows=rows).failed == 0

    answer(0, 8)
    assert kano_results(system)[0].category is None
    answer(8, 16)
    result = kano_results(system)[0]
    assert (result.category, dict(result.counts), result.n) == (
        Kano.ATTRACTIVE, {"A": 12, "O": 4}, 16,
    )  # fmt: skip
    with pytest.raises(DomainError, match="no question"):
        kano_create(
            actor=system, name="x", survey=survey, functional_code="nope", dysfunctional_code="with"
        )


def test_pages_of_insights_opportunities_few_and_kano_open(client_for: Any, system: Actor) -> None:
    client: Client = client_for("designer")
    client.post("/p/acme/journeys/insights/new/", {"title_en": "They wait", "kind": "pain"})
    client.post(
        "/p/acme/journeys/opportunities/new/",
        {"title_en": "Second till", "state": "open", "value": "5", "ease": "4", "urgency": "3"},
    )
    row = Opportunity.objects.for_actor(system).get()
    for path, words in (
        ("insights/", "They wait"),
        ("opportunities/?x=ease&y=value", "Second till"),
        (f"opportunities/{row.pk}/", "Make it an action"),
        ("touchpoints/few/", "No touchpoint yet"),
        ("kano/", "Ask about a feature twice"),
    ):
        assert words in client.get(f"/p/acme/journeys/{path}").content.decode()
    answer = client.post(f"/p/acme/journeys/opportunities/{row.pk}/act/", {"due": "2027-01-31"})
    action = Action.objects.for_actor(system).get()
    assert answer.headers["Location"].endswith(f"/actions/{action.pk}/")
