"""The manager's review: scores, targets, changes, importance, work, by period and group."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from cxportal.core.services.sharing import share_create
from journeys.calc.importance import Quadrant
from journeys.models import Action, Journey
from journeys.queries.review import Work, dimension_groups, period_of, reviews_of
from journeys.services.actions import action_create
from journeys.services.journeys import journey_create, journey_update
from journeys.services.stages import stage_add
from journeys.services.steps import (
    step_add,
)
from journeys.services.touchpoints import (
    touchpoint_create,
    touchpoint_metric_attach,
)
from journeys.views.review_pack import REVIEW_PACK
from surveys.queries.scores import Period, last_days
from surveys.services.metrics import metric_create
from tests.conftest import make_customers
from tests.journeys.mapping import Place, make_place, yesterday_of

ClientFor = Callable[[str], Client]


@pytest.fixture
def place(program: Program, system: Actor) -> Place:
    make_customers(program, 200)
    return make_place(system)


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"/p/acme/journeys/review/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_real_fall_below_target_is_said_in_words(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    day = yesterday_of(system)
    place.answer([(f"C{i}", {"nps": 10, "csat": 5}) for i in range(60)], day - timedelta(days=40))
    place.answer([(f"C{i + 100}", {"nps": 10 if i % 2 else 0, "csat": 5}) for i in range(60)], day)
    html = page(client_for("manager"))
    # (12 · 50 + 4 · 100) ÷ 16 against a target of 70 and 100 in the thirty days before.
    assert "<b>62.5</b>" in html
    assert '<span class="bad">−7.5</span>' in html
    assert "37.5" in html
    assert "real change" in html


def test_few_answers_hide_scores_and_changes_everywhere(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    place.answer([(f"C{i}", {"nps": 9, "csat": 4}) for i in range(9)], yesterday_of(system))
    html = page(client_for("viewer"))
    assert html.count("too few (9 of 10)") == 4  # journey, stage and two touchpoints
    assert '<svg class="scatter"' not in html
    assert "real change" not in html
    assert "100.0" not in html


def test_the_worst_stage_and_touchpoint_are_flagged_once(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    second = stage_add(actor=system, journey=place.journey, name="Use")
    good = touchpoint_create(actor=system, name="Product")
    touchpoint_metric_attach(actor=system, touchpoint=good, metric=place.nps)
    step_add(actor=system, stage=second, touchpoint=good)
    place.answer([(f"C{i}", {"nps": 10, "csat": 1}) for i in range(20)], yesterday_of(system))
    (review,) = reviews_of(actor=system, journeys=[place.journey], period=last_days(system))
    assert [stage.row.is_worst for stage in review.stages] == [True, False]
    assert [[p.is_worst for p in s.touchpoints] for s in review.stages] == [[False, True], [False]]


def test_importance_against_score_puts_touchpoints_into_quadrants(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    place.answer([(f"C{i}", {"nps": 0, "csat": 5}) for i in range(20)], yesterday_of(system))
    (review,) = reviews_of(actor=system, journeys=[place.journey], period=last_days(system))
    assert review.crosshair == (6, 50)
    points = review.stages[0].touchpoints
    assert [p.quadrant for p in points] == [
        Quadrant.CONCENTRATE_HERE,
        Quadrant.POSSIBLE_OVERKILL,
    ]
    assert [p.number for p in points] == [1, 2]
    html = page(client_for("manager"))
    assert html.count("Concentrate here") == 2  # in the chart and in its table
    assert "score 50.0, importance 6.0" in html


def test_open_and_overdue_actions_are_counted_where_they_belong(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    late = yesterday_of(system)
    other = stage_add(actor=system, journey=place.journey, name="Use")
    step_add(actor=system, stage=other, touchpoint=place.advice)
    action_create(actor=system, title="Of the stage", stage=place.stage, due=late)
    action_create(actor=system, title="Of a card", stage=place.stage, touchpoint=place.advice)
    action_create(actor=system, title="Of the other", stage=other, touchpoint=place.advice)
    (review,) = reviews_of(actor=system, journeys=[place.journey], period=last_days(system))
    buy, use = review.stages
    assert (buy.work, use.work) == (Work(2, 1), Work(1, 0))
    assert [p.work for p in buy.touchpoints] == [Work(1, 0), Work(0, 0)]
    assert "1 overdue" in page(client_for("manager"))


def test_only_live_journeys_are_reviewed_and_one_can_be_picked(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    draft = journey_create(actor=system, name="Hidden draft")
    journey_update(actor=system, journey=draft, state=Journey.State.DRAFT)
    second = journey_create(actor=system, name="Second way")
    html = page(client_for("manager"))
    assert "Hidden draft" not in html
    assert f'id="journey-{second.pk}"' in html
    only = page(client_for("manager"), f"?journey={place.journey.pk}")
    assert f'id="journey-{second.pk}"' not in only
    answer = client_for("manager").get(f"/p/acme/journeys/review/?journey={draft.pk}")
    assert answer.status_code == 404


def test_periods_of_the_address(system: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    today = date(2026, 3, 5)
    monkeypatch.setattr("journeys.queries.review.today_of", lambda actor: today)
    monkeypatch.setattr("surveys.queries.scores.today_of", lambda actor: today)
    known = {
        "": Period(date(2026, 2, 4), today),
        "90": Period(date(2025, 12, 6), today),
        "month": Period(date(2026, 3, 1), today),
        "last-month": Period(date(2026, 2, 1), date(2026, 2, 28)),
        "nonsense": Period(date(2026, 2, 4), today),
    }
    for key, period in known.items():
        assert period_of(system, {"period": key})[1] == period, key
    own = {"period": "custom", "first": "2026-01-10", "last": "2026-01-12"}
    assert period_of(system, own) == ("custom", Period(date(2026, 1, 10), date(2026, 1, 12)))


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-02-01", "2026-01-01"), ("x", "2026-01-01"), ("", ""), ("2000-01-01", "2026-01-01"),
     ("0001-01-01", "0001-01-02")],
)  # fmt: skip
def test_days_that_are_no_period_are_said_and_nothing_breaks(
    client_for: ClientFor, place: Place, system: Actor, first: str, last: str
) -> None:
    with pytest.raises(DomainError):
        period_of(system, {"period": "custom", "first": first, "last": last})
    html = page(client_for("manager"), f"?period=custom&first={first}&last={last}")
    assert "Give a first and a last day" in html


def test_the_filter_offers_groups_by_kind_and_keeps_them_in_links(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    place.answer(
        [(f"C{i}", {"nps": 9}) for i in range(12)], yesterday_of(system),
        dimensions={"store": "Gangnam"},
    )  # fmt: skip
    groups = {group.label: group.options for group in dimension_groups(system)}
    (store,) = groups["store"]
    assert store[1] == "Gangnam"
    assert set(groups) == {"Channel", "Language", "store"}  # which survey asked is no group
    html = page(client_for("manager"), f"?period=90&dimension={store[0]}")
    assert f'<option value="{store[0]}" selected>' in html
    assert f"/stages/{place.stage.pk}/?period=90&amp;dimension={store[0]}" in html


def test_the_review_costs_the_same_at_2_and_12_stages(
    client_for: ClientFor, place: Place, system: Actor, assert_same_queries: Any
) -> None:
    client = client_for("manager")
    place.answer([(f"C{i}", {"nps": 9, "csat": 4}) for i in range(20)], yesterday_of(system))

    def grow(count: int = 10) -> None:
        for number in range(count):
            stage = stage_add(actor=system, journey=place.journey, name=f"Stage {number}")
            for metric in (place.nps, place.csat):
                touchpoint = touchpoint_create(actor=system, name=f"{metric.code} {number}")
                touchpoint_metric_attach(actor=system, touchpoint=touchpoint, metric=metric)
                step_add(actor=system, stage=stage, touchpoint=touchpoint)

    grow(1)
    assert_same_queries(lambda: client.get("/p/acme/journeys/review/"), grow)


def test_the_selector_compares_and_unknown_keys_are_404(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    place.answer([(f"C{i}", {"nps": 9, "csat": 4}) for i in range(20)], yesterday_of(system))
    client = client_for("manager")
    html = page(client, "?with=before")
    assert '<option value="before" selected>' in html
    assert html.count('data-label="As many days before"') == 3  # stage and two touchpoints
    assert client.get("/p/acme/journeys/review/?with=rival:Nobody").status_code == 404


def test_derived_importance_stands_for_all_stages_with_its_fit_or_the_reason(
    client_for: ClientFor, place: Place, system: Actor
) -> None:
    html = page(client_for("manager"), "?importance=derived")
    assert "There is no metric yet that could be the outcome" in html
    metric_create(
        actor=system,
        code="whole",
        name="Whole visit",
        kind="csat",
        sources=[(place.survey, "csat")],
    )
    day = yesterday_of(system)
    few = [(f"C{i}", {"nps": i % 11, "csat": 1 + i % 5}) for i in range(4)]
    place.answer(few, day)
    refused = page(client_for("manager"), "?importance=derived")
    assert "the most at one touchpoint are 4" in refused
    assert "Importance stands as stated" in refused
    cache.clear()
    place.answer([(f"C{i}", {"nps": i % 11, "csat": 1 + i % 5}) for i in range(4, 90)], day)
    ranked = page(client_for("manager"), "?importance=derived")
    assert "90 customers answered about all of them" in ranked
    (review,) = reviews_of(
        actor=system, journeys=[place.journey], period=last_days(system), derived=True
    )
    shares = [point.importance for point in review.stages[0].touchpoints]
    assert sum(share or 0 for share in shares) == pytest.approx(100)
    assert review.stages[0].importance == pytest.approx(100)


def test_a_stranger_sees_no_review_of_ours(stranger_client: Client, place: Place) -> None:
    assert "Shopping" not in stranger_client.get("/p/other/journeys/review/").content.decode()
    assert stranger_client.get("/p/acme/journeys/review/").status_code in (403, 404)


def test_a_decision_of_the_meeting_is_an_action(client_for: Any, system: Actor) -> None:
    place = make_place(system, anonymous=True)
    client, path = client_for("manager"), "/p/acme/journeys/review/meeting/?place=1"
    assert "journey 1 of 1" in client.get(path).content.decode()
    client.post(path, {"title": "A second till", "stage": place.stage.pk, "due": "2027-01-31"})
    action = Action.objects.for_actor(system).get()
    assert (action.title, action.stage) == ("A second till", place.stage)
    assert action.decision.journey == place.journey
    action_create(actor=system, title="Logged elsewhere")
    assert "Logged elsewhere" not in client.get(path).content.decode()
    assert "A second till" in client.get(path).content.decode()
    assert client.get("/p/acme/journeys/review/meeting/?place=9").status_code == 404


def test_the_weekly_pack_is_a_pdf_of_every_live_journey(client_for: Any, system: Actor) -> None:
    place = make_place(system, anonymous=True)
    rows = [("", {"nps": 9, "csat": 4}) for _number in range(12)]
    place.answer(rows, yesterday_of(system))
    link = share_create(actor=system, kind="journeys.review", title="Monday")
    assert REVIEW_PACK.document is not None
    assert REVIEW_PACK.page is not None
    written = REVIEW_PACK.document(system, link)
    assert written.bytes().startswith(b"%PDF")
    shown = REVIEW_PACK.page(system, link, None)
    assert len(shown.context["reviews"]) == 1
