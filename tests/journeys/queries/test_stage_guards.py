"""Scores of stages fed by an anonymous survey: no two periods or groups tell of a few."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

import pytest

from cxportal.core.actors import Actor
from journeys.calc.effect import Window
from journeys.models import Action, Journey
from journeys.queries.answers import responses_behind
from journeys.queries.effects import _histograms, _Key
from journeys.queries.stage_scores import stage_scores
from journeys.services.journeys import journey_create
from journeys.services.stages import stage_add
from journeys.services.steps import step_add
from journeys.services.touchpoints import touchpoint_create, touchpoint_metric_attach
from surveys.models import Dimension, Metric
from surveys.queries.guards import guards
from surveys.queries.scores import Period
from tests.surveys.queries.test_report_filters import YEAR, record, row, small_program

pytestmark = pytest.mark.django_db
FEW = 5


@pytest.fixture
def metric(system: Actor) -> Metric:
    """Fed by 47 people of an anonymous survey over five months."""
    found: Metric = small_program(system, anonymous=True).metric_sources.get().metric
    return found


@pytest.fixture
def journey(system: Actor, metric: Metric) -> Journey:
    made = journey_create(actor=system, name="Visit")
    touchpoint = touchpoint_create(actor=system, name="Desk", importance=5)
    touchpoint_metric_attach(actor=system, touchpoint=touchpoint, metric=metric)
    step_add(
        actor=system,
        stage=stage_add(actor=system, journey=made, name="Ask"),
        touchpoint=touchpoint,
    )
    return made


def spans() -> Iterator[Period]:
    days = [YEAR.first + timedelta(n) for n in range(0, 181, 18)]
    return (Period(a, b) for a, b in combinations(days, 2))


def test_no_two_periods_of_a_stage_tell_of_a_few(
    system: Actor, metric: Metric, journey: Journey
) -> None:
    [guard] = guards(system, [metric.pk]).values()
    sizes = [guard.sums([span]).n for span in guard.blocks]
    sums = {sum(sizes[a:b]) for a in range(6) for b in range(a, 7)}
    seen = set()
    for span in spans():
        scores = stage_scores(actor=system, journey=journey, period=span)
        assert scores.in_months
        before = scores.basis.before.response_count((metric.pk,))
        months = guard.before(span.first, span.last)
        assert before == guard.sums(months).n
        n = scores.basis.now.response_count((metric.pk,))
        assert n == responses_behind(system, [metric.pk], span).count()
        seen |= {(span, n)}
    assert {n for _span, n in seen} <= sums
    assert len({n for _span, n in seen}) > 3
    for (one, n), (two, m) in combinations(seen, 2):
        if n and m and one.first <= two.first and two.last <= one.last:
            assert n == m or n - m >= FEW, (one, n, two, m)


def test_no_group_of_an_anonymous_survey_has_a_stage_score(
    system: Actor, metric: Metric, journey: Journey
) -> None:
    for dimension in Dimension.unscoped.filter(program=system.program):
        found = stage_scores(actor=system, journey=journey, period=YEAR, dimension=dimension.pk)
        assert found.basis.now.response_count((metric.pk,)) == 0
        assert not responses_behind(system, [metric.pk], YEAR, dimension.pk).exists()
    assert responses_behind(system, [metric.pk], YEAR).count() == 47


def test_an_answer_outside_the_period_s_days_moves_its_month(
    system: Actor, metric: Metric, journey: Journey
) -> None:
    """A block reaches beyond the days asked for: what was kept is not shown again."""
    span = Period(date(2026, 1, 20), date(2026, 1, 25))
    first = stage_scores(actor=system, journey=journey, period=span).roll_up.n
    survey = metric.sources.get().survey
    record(system, survey, [row(10, month=1, channel="email", language="ko") for _n in range(6)])
    assert stage_scores(actor=system, journey=journey, period=span).roll_up.n == first + 6


def test_the_windows_around_an_action_take_whole_months_inside_them(
    system: Actor, metric: Metric
) -> None:
    [guard] = guards(system, [metric.pk]).values()
    action = Action(pk=1, pilot=[], comparison=[])
    around = Window(date(2026, 1, 1), date(2026, 3, 15)), Window(date(2026, 3, 16), YEAR.last)
    found = _histograms(system, {action: [metric]}, {1: around})
    for side, window in enumerate(around):
        inside = [b for b in guard.blocks if window.first <= b[0] and b[1] <= window.last]
        assert found[_Key(1, metric.pk, side)].n == guard.sums(inside).n
    assert found[_Key(1, metric.pk, 0)].n > 0
