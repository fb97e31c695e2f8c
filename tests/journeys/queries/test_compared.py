"""The review beside another period, another group, and competitors from every source."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from journeys.queries.compared import (
    Compared,
    compared_by_place,
    comparison_groups,
    comparison_of,
    span_of,
    year_before,
)
from journeys.queries.review import dimension_groups, reviews_of
from journeys.services.touchpoints import touchpoint_metric_attach
from loyalty.services.drivers import benchmark_create, competitor_save, driver_create
from surveys.queries.checklists import item_questions
from surveys.queries.scores import Period, last_days
from surveys.services.checklists import checklist_set
from surveys.services.metrics import metric_create
from surveys.services.questions import choices_set
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish
from tests.conftest import make_customers
from tests.journeys.mapping import Place, make_place, yesterday_of


@pytest.fixture
def place(program: Program, system: Actor) -> Place:
    """60 customers: NPS 50 (75 on 0–100), CSAT all content (100); half of them in Gangnam."""
    make_customers(program, 60)
    place = make_place(system)
    day = yesterday_of(system)
    for store, numbers in (("Gangnam", range(30)), ("Pangyo", range(30, 60))):
        rows = [(f"C{i}", {"nps": 10 if store == "Gangnam" else 8, "csat": 5}) for i in numbers]
        place.answer(rows, day, dimensions={"store": store})
    return place


def compared(place: Place, key: str, period: Period | None = None) -> dict[Any, Compared]:
    actor = place.actor
    chosen = period or last_days(actor)
    offered = comparison_groups(actor, dimension_groups(actor))
    comparison = comparison_of(key, offered, period=chosen, dimension=0)
    reviews = reviews_of(
        actor=actor, journeys=[place.journey], period=chosen, against=span_of(comparison)
    )
    return compared_by_place(actor, reviews, comparison, chosen)


def test_one_selector_offers_periods_groups_and_competitors(place: Place) -> None:
    competitor = competitor_save(actor=place.actor, name="Rival")
    benchmark_create(
        actor=place.actor, competitor=competitor, metric=place.nps, value=Decimal(20), n=200,
        source="Panel", measured_on=yesterday_of(place.actor),
    )  # fmt: skip
    offered = dict(comparison_groups(place.actor, dimension_groups(place.actor)))
    assert [key for key, _label in offered["Period"]] == ["before", "year"]
    assert {label for _key, label in offered["store"]} == {"Gangnam", "Pangyo"}
    assert offered["Competitors"] == [("rival:Rival", "Rival")]
    with pytest.raises(LookupError):
        compared(place, "rival:Nobody")


def test_a_store_is_compared_with_n_margin_and_a_verdict(place: Place) -> None:
    offered = dict(comparison_groups(place.actor, dimension_groups(place.actor)))
    key = next(key for key, label in offered["store"] if label == "Gangnam")
    found = compared(place, key)["touchpoint", place.advice.pk]
    assert (found.shown.value, found.shown.n, found.difference) == (100, 30, -25)
    assert found.verdict == "real"


def test_a_period_of_too_few_answers_hides_its_score(place: Place) -> None:
    day = yesterday_of(place.actor) - timedelta(days=40)
    place.answer([(f"C{i}", {"nps": 0}) for i in range(9)], day)
    found = compared(place, "before")["touchpoint", place.advice.pk]
    assert (found.shown.hidden, found.value, found.difference) == (True, None, None)
    assert (found.shown.n, found.verdict) == (9, "early")


def test_a_leap_day_is_compared_with_the_28th() -> None:
    period = Period(date(2028, 2, 29), date(2028, 3, 1))
    assert year_before(period) == Period(date(2027, 2, 28), date(2027, 3, 1))


def test_a_published_value_is_compared_by_the_metric_it_is_of(place: Place) -> None:
    rival = competitor_save(actor=place.actor, name="Rival")
    day = yesterday_of(place.actor)
    for value, n, measured in ((-50, 400, day), (90, 400, day - timedelta(days=90))):
        benchmark_create(
            actor=place.actor, competitor=rival, metric=place.nps, value=Decimal(value), n=n,
            source="Panel", measured_on=measured,
        )  # fmt: skip
    found = compared(place, "rival:Rival")
    advice = found["touchpoint", place.advice.pk]
    # NPS −50 is 25 on 0–100; ours is 75. The newest counts.
    assert (advice.value, advice.ours, advice.difference) == (25, 75, 50)
    assert (advice.verdict, advice.is_bound, advice.source) == ("real", True, "Panel")
    stage = found["stage", place.stage.pk]
    assert (stage.value, stage.used, stage.of, stage.difference) == (25, 1, 2, 50)


def test_a_value_of_few_is_too_few_and_one_without_n_gets_no_verdict(place: Place) -> None:
    rival = competitor_save(actor=place.actor, name="Rival")
    driver = driver_create(actor=place.actor, name={"en": "Advice"}, touchpoint=place.advice)
    values: dict[str, Any] = {
        "actor": place.actor, "competitor": rival, "driver": driver, "value": Decimal(40),
        "source": "Panel",
    }  # fmt: skip
    benchmark_create(**values, n=9, measured_on=yesterday_of(place.actor))
    few = compared(place, "rival:Rival")["touchpoint", place.advice.pk]
    assert (few.shown.hidden, few.shown.n, few.value, few.difference) == (True, 9, None, None)
    benchmark_create(**values, measured_on=yesterday_of(place.actor))
    told = compared(place, "rival:Rival")["touchpoint", place.advice.pk]
    assert (told.value, told.difference, told.verdict, told.margin) == (40, 35, "", None)


def test_what_customers_say_of_a_competitor_counts_there_and_never_for_us(place: Place) -> None:
    actor = place.actor
    ours = reviews_of(actor=actor, journeys=[place.journey], period=last_days(actor))
    metric = metric_create(
        actor=actor, code="their", name="Theirs", kind="csat", sources=[(place.survey, "csat")]
    )
    with pytest.raises(DomainError, match="Name the competitor"):
        touchpoint_metric_attach(
            actor=actor, touchpoint=place.advice, metric=metric, aspect="competitor"
        )
    touchpoint_metric_attach(
        actor=actor, touchpoint=place.advice, metric=metric, aspect="competitor", competitor="Rival"
    )
    place.answer([(f"C{i}", {"csat": 1}) for i in range(12)], yesterday_of(actor))
    found = compared(place, "rival:Rival")["touchpoint", place.advice.pk]
    # 60 content of 72, against our 75.
    assert (found.source, found.shown.n) == ("survey", 72)
    assert found.value == pytest.approx(250 / 3)
    assert found.difference == pytest.approx(-25 / 3)
    now = reviews_of(actor=actor, journeys=[place.journey], period=last_days(actor))
    values = [
        next(p.row.roll_up.value for p in s.touchpoints) for s in (*ours[0].stages, *now[0].stages)
    ]
    assert values == [75, 75]


def test_mystery_visits_compare_shares_of_points_with_our_own_stores(place: Place) -> None:
    actor = place.actor
    survey = survey_create(actor=actor, title="Visits", template="mystery")
    stores = [{"code": "own", "text": "Own"}, {"code": "them", "text": "Them"}]
    choices_set(actor=actor, question=survey.questions.get(code="store"), choices=stores)
    survey.refresh_from_db()
    checklist_set(
        actor=actor,
        survey=survey,
        items=[{"code": "needs", "touchpoint": "advice", "weight": 1}],
        stores=[{"code": "own", "competitor": ""}, {"code": "them", "competitor": "Rival"}],
    )
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    day = yesterday_of(actor).isoformat()
    items = [question.code for question in item_questions(survey)]
    rows = [
        {
            "answers": {
                **dict.fromkeys(items, "yes"),
                "store": store,
                "needs": "yes" if number % 4 or store == "own" else "no",
            },
            "completed_at": f"{day}T12:00:00+09:00",
        }
        for store in ("own", "them")
        for number in range(12)
    ]
    assert responses_record(actor=actor, survey=survey, rows=rows).failed == 0
    found = compared(place, "rival:Rival")["touchpoint", place.advice.pk]
    assert (found.source, found.value, found.ours, found.difference) == (
        "mystery shopping", 75, 100, 25,
    )  # fmt: skip
    assert (found.shown.n, str(found.measured_on)) == (12, day)
