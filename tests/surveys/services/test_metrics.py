"""Metrics are records; their numbers follow every change of theirs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import Membership, Program
from surveys.models import Metric, Survey, Tally
from surveys.queries.scores import (
    last_days,
    metric_histograms,
    metric_reviews,
    metric_score,
    metric_trend,
    periods,
    scores_freshness,
)
from surveys.services.metrics import (
    metric_create,
    metric_source_add,
    metric_source_remove,
    metric_update,
    metrics_ensure_for_survey,
)
from surveys.services.recording import responses_record
from surveys.services.scores import scores_differences
from tests.surveys.answering import CSAT, NPS, WHY, drain, facts, make_metric, make_survey

pytestmark = pytest.mark.django_db
TWO = [NPS, {**NPS, "code": "again", "required": False}]


@pytest.fixture
def survey(program: Program) -> Survey:
    return make_survey(program)


def record(actor: Actor, survey: Survey, *answers: dict[str, Any], days_ago: int = 0) -> None:
    from django.utils import timezone

    at = timezone.now() - timedelta(days=days_ago)
    rows = [{"answers": a, "completed_at": at} for a in answers]
    assert responses_record(actor=actor, survey=survey, rows=rows).created == len(rows)
    drain()


def test_a_new_metric_counts_earlier_answers(survey: Survey, system: Actor) -> None:
    record(system, survey, {"nps": 9}, {"nps": 3})
    metric = metric_create(
        actor=system, code="nps", name="NPS", kind="nps", sources=[(survey, "nps")]
    )
    drain()
    assert facts(system.program) == [(metric.pk, 9), (metric.pk, 3)]
    assert Tally.unscoped.get(metric=metric, dimension=0).n == 2
    assert metric.name == {"en": "NPS"}
    assert (metric.minimum, metric.maximum) == (0, 10)


def test_a_source_that_is_removed_takes_its_answers_along(program: Program, system: Actor) -> None:
    survey = make_survey(program, TWO)
    metric = metric_create(
        actor=system,
        code="nps",
        name="NPS",
        kind="nps",
        sources=[(survey, "nps"), (survey, "again")],
    )
    record(system, survey, {"nps": 9, "again": 1}, {"nps": 8})
    assert facts(program) == [(metric.pk, 9), (metric.pk, 8)]
    metric_source_remove(actor=system, source=metric.sources.get(question_code="nps"))
    drain()
    assert facts(program) == [(metric.pk, 1)]
    assert Tally.unscoped.get(dimension=0).n1 == 1
    metric_source_remove(actor=system, source=metric.sources.get())
    drain()
    assert not Tally.unscoped.exists()
    assert scores_differences(program.pk) == []


def test_adding_a_source_twice_changes_nothing(survey: Survey, system: Actor) -> None:
    metric = make_metric(survey, "nps", "nps", 0, 10)
    record(system, survey, {"nps": 9})
    metric_source_add(actor=system, metric=metric, survey=survey, question_code="nps")
    drain()
    assert metric.sources.count() == 1
    assert Tally.unscoped.get(dimension=0).n == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "Bad code"}, "bad_code"),
        ({"code": "taken"}, "code_taken"),
        ({"kind": "mood"}, "bad_kind"),
        ({"minimum": 5, "maximum": 5}, "bad_scale"),
        ({"maximum": 11}, "bad_scale"),
        ({"cutoffs": {"promoter_from": 6, "detractor_to": 6}}, "bad_scale"),
        ({"cutoffs": {"colour": 3}}, "bad_cutoffs"),
        ({"cutoffs": {"promoter_from": "9"}}, "bad_cutoffs"),
        ({"min_n": 0}, "bad_min_n"),
    ],
)
def test_a_metric_that_cannot_be_is_refused(
    survey: Survey, system: Actor, values: dict[str, Any], code: str
) -> None:
    make_metric(survey, "nps", "nps", 0, 10, metric_code="taken")
    given = {"code": "new", "name": "New", "kind": "nps", **values}
    with pytest.raises(DomainError) as refused:
        metric_create(actor=system, **given)
    assert refused.value.code == code
    assert Metric.unscoped.count() == 1


def test_a_source_must_be_a_question_with_a_scale(survey: Survey, system: Actor) -> None:
    for wrong in ("why", "nothing"):
        with pytest.raises(DomainError) as refused:
            metric_create(actor=system, code="x", name="X", kind="nps", sources=[(survey, wrong)])
        assert refused.value.code == "bad_source"


def test_an_owner_is_a_member(
    survey: Survey, system: Actor, people: dict[str, Membership], stranger: Membership
) -> None:
    metric = make_metric(survey, "nps", "nps", 0, 10)
    metric_update(actor=system, metric=metric, owner=people["manager"].user)
    with pytest.raises(DomainError) as refused:
        metric_update(actor=system, metric=metric, owner=stranger.user)
    assert refused.value.code == "bad_owner"
    metric.refresh_from_db()
    assert metric.owner == people["manager"].user


def test_cutoffs_are_ones_own_and_hold_for_old_answers(survey: Survey, system: Actor) -> None:
    metric = make_metric(survey, "nps", "nps", 0, 10, min_n=1)
    record(system, survey, {"nps": 7}, {"nps": 10})
    span = last_days(system)

    def value() -> float | None:
        return metric_score(
            actor=system, metric=metric, first_day=span.first, last_day=span.last
        ).value

    assert value() == 50
    metric = metric_update(actor=system, metric=metric, version=1, cutoffs={"promoter_from": 7})
    assert value() == 100
    with pytest.raises(StaleEdit):
        metric_update(actor=system, metric=metric, version=1, target=40)


def test_another_scale_counts_the_answers_anew(program: Program, system: Actor) -> None:
    wide = {**NPS, "code": "r", "kind": "rating", "settings": {"min": 0, "max": 10}}
    survey = make_survey(program, [wide])
    metric = make_metric(survey, "r", "rating", 1, 5)
    record(system, survey, {"r": 5}, {"r": 9})
    assert len(facts(program)) == 1
    metric_update(actor=system, metric=metric, minimum=0, maximum=10)
    drain()
    assert facts(program) == [(metric.pk, 5), (metric.pk, 9)]
    assert scores_differences(program.pk) == []


def test_every_question_with_a_scale_gets_a_metric_once(program: Program, system: Actor) -> None:
    survey = make_survey(program, [NPS, CSAT, WHY], title={"en": "Delivery", "ko": "배송"})
    made = metrics_ensure_for_survey(actor=system, survey=survey)
    assert [(m.kind, m.code) for m in made] == [
        ("nps", f"nps-{survey.pk}-nps"),
        ("csat", f"csat-{survey.pk}-csat"),
    ]
    assert made[0].name == {"en": "Delivery · NPS", "ko": "배송 · NPS"}
    assert (made[0].is_headline, made[1].is_headline) == (True, False)
    assert metrics_ensure_for_survey(actor=system, survey=survey) == []


def test_a_pulse_asks_for_enps(program: Program, system: Actor) -> None:
    survey = make_survey(program, TWO)
    survey.purpose = "pulse"
    made = metrics_ensure_for_survey(actor=system, survey=survey)
    assert [m.kind for m in made] == ["enps", "enps"]
    assert made[0].name["en"] == "Tell us · Would you recommend us?"


def test_viewers_see_metrics_and_designers_change_them(
    survey: Survey, actor_for: Callable[[str], Actor]
) -> None:
    metric = make_metric(survey, "nps", "nps", 0, 10)
    for role in ("manager", "staff", "viewer"):
        with pytest.raises(Denied):
            metric_update(actor=actor_for(role), metric=metric, target=1)
        with pytest.raises(Denied):
            metric_create(actor=actor_for(role), code="x", name="X", kind="nps")
    metric_update(actor=actor_for("designer"), metric=metric, target=40)
    metric.refresh_from_db()
    assert metric.target == 40


def test_any_period_adds_up_from_months_and_days(program: Program, system: Actor) -> None:
    survey = make_survey(program)
    metric = make_metric(survey, "nps", "nps", 0, 10)
    for back in (0, 1, 29, 31, 45, 62, 100, 200, 400):
        record(system, survey, {"nps": 9}, days_ago=back)
    for days in (1, 2, 30, 32, 46, 63, 101, 201, 401, 800):
        span = last_days(system, days)
        sums = metric_histograms(
            actor=system, metrics=[metric], first_day=span.first, last_day=span.last
        )
        by_day = Tally.unscoped.filter(dimension=0, day__range=(span.first, span.last))
        assert sums[metric.pk].n == sum(by_day.values_list("n", flat=True)), days
        steps = metric_trend(
            actor=system, metric=metric, first_day=span.first, last_day=span.last, step="month"
        )
        assert sum(s.histogram.n for s in steps) == sums[metric.pk].n


def test_periods_cover_every_day_once() -> None:
    from datetime import date

    first, last = date(2025, 12, 30), date(2026, 3, 2)
    for step, count in (("day", 63), ("week", 10), ("month", 4)):
        cut = periods(first, last, step)
        assert len(cut) == count
        assert (cut[0].first, cut[-1].last) == (first, last)
        assert sum(p.days for p in cut) == 63


def test_a_review_says_whether_a_change_is_real(survey: Survey, system: Actor) -> None:
    metric = make_metric(survey, "nps", "nps", 0, 10, target=50)
    record(system, survey, *[{"nps": 3}] * 40, days_ago=40)
    record(system, survey, *[{"nps": 10}] * 40)
    [review] = metric_reviews(actor=system, metrics=[metric], period=last_days(system))
    assert (review.shown.value, review.shown.n) == (100, 40)
    assert review.shown.change is not None
    assert (review.shown.change.verdict, review.shown.change.value) == ("real", 200)
    assert review.to_target == 50


def test_few_answers_are_hidden(survey: Survey, system: Actor) -> None:
    metric = make_metric(survey, "nps", "nps", 0, 10)
    record(system, survey, *[{"nps": 3}] * 9)
    [review] = metric_reviews(actor=system, metrics=[metric], period=last_days(system))
    assert (review.shown.hidden, review.shown.value, review.shown.n) == (True, None, 9)


def test_freshness_counts_what_waits(survey: Survey, system: Actor) -> None:
    assert scores_freshness(system).waiting == 0
    responses_record(actor=system, survey=survey, rows=[{"answers": {"nps": 9}}])
    assert scores_freshness(system).waiting == 1
