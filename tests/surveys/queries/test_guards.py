"""Scores of anonymous surveys and of guests: no period, group, table or file tells of a few."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.models import Program, StoredFile
from cxportal.core.services.jobs import jobs_run_due
from surveys.calc.anonymity import common_blocks
from surveys.models import Dimension, Metric, Survey
from surveys.queries.dashboards import guest_program_report
from surveys.queries.guards import guards, last_of_month, months_before
from surveys.queries.metric_reports import (
    group_numbers,
    metric_comparison,
    metric_review,
    program_report,
)
from surveys.queries.reports import survey_report
from surveys.queries.scores import Period, metric_trend
from surveys.services.exports import scores_export
from surveys.services.metrics import metric_source_add
from tests.api.conftest import make_api
from tests.surveys.answering import NPS, USED, make_metric, make_survey
from tests.surveys.queries.test_report_filters import (
    FILTERS,
    YEAR,
    read,
    record,
    row,
    small_program,
)

pytestmark = pytest.mark.django_db
FEW = 5


def test_blocks_of_several_surveys_begin_and_end_inside_none_of_them() -> None:
    def month(number: int) -> date:
        return date(2026, number, 1)

    one = {month(1): 6, month(2): 3, month(3): 5}
    two = {month(1): 2, month(2): 6, month(3): 9}
    assert common_blocks([(one, 5), (two, 5)]) == [(month(1), month(3))]
    assert common_blocks([(one, 5)]) == [(month(1), month(1)), (month(2), month(3))]
    assert common_blocks([({month(1): 9, month(2): 9}, 5), ({month(2): 3}, 5)]) == [
        (month(1), month(1))
    ]
    assert months_before(date(2026, 1, 20), date(2026, 2, 3)) == (
        date(2025, 11, 1), date(2025, 12, 31),
    )  # fmt: skip
    assert last_of_month(date(2028, 2, 1)) == date(2028, 2, 29)


def spans() -> Iterator[Period]:
    """Periods that begin and end on all kinds of days of half a year."""
    days = [YEAR.first + timedelta(n) for n in range(0, 181, 9)]
    return (Period(a, b) for a, b in combinations(days, 2))


def looks(actor: Actor, metric: Metric) -> Iterator[tuple[Period, int]]:
    """Every figure of people that the metric's pages say, with the days it is of."""
    for span in spans():
        review = metric_review(actor, metric, span, {})
        yield review.period, review.score.n
        yield (
            Period(*months_before(span.first, span.last)),
            review.change.n_before,
        )
        for step in metric_trend(
            actor=actor, metric=metric, first_day=span.first, last_day=span.last, step="day"
        ):
            yield step.period, step.score.n


@pytest.mark.parametrize("anonymous", [True, False], ids=["anonymous survey", "shared link"])
def test_no_two_periods_of_a_metric_tell_of_a_few(system: Actor, anonymous: bool) -> None:
    survey = small_program(system, anonymous=anonymous)
    metric = survey.metric_sources.get().metric
    actor = system if anonymous else Actor.guest(system.program, "en")
    [guard] = guards(actor, [metric.pk]).values()
    sizes = [guard.sums([span]).n for span in guard.blocks]
    assert len(sizes) > 2
    assert sum(sizes) == 47
    assert min(sizes) >= FEW
    sums = {sum(sizes[a:b]) for a in range(6) for b in range(a, 7)}
    seen = set(looks(actor, metric))
    assert {n for _period, n in seen} <= sums
    for (one, n), (two, m) in combinations(seen, 2):
        if n and m and one.first <= two.first and two.last <= one.last:
            assert n == m or n - m >= FEW, (one, n, two, m)


def test_no_group_of_an_anonymous_survey_has_a_score(system: Actor, program: Program) -> None:
    survey = small_program(system, anonymous=True)
    metric = survey.metric_sources.get().metric
    for query in [q for q in FILTERS if "group" in q]:
        review = metric_review(system, metric, YEAR, group_numbers(system, read(query)))
        assert (review.score.n, review.score.value, review.change.n_before) == (0, None, 0)
    comparison = metric_comparison(system, metric, YEAR, "store")
    assert comparison is None or comparison.lines == []
    channel = Dimension.unscoped.get(kind="channel", key="kiosk")
    for actor in (system, Actor.guest(program, "en")):
        groups = group_numbers(actor, read("group=channel:kiosk"))
        report = program_report(actor, [metric], YEAR, groups)
        assert all(value is None for value in report.lines[0].sparkline), channel
    [line] = guest_program_report(Actor.guest(program, "en"), YEAR).lines
    assert line.review.score.n == 47


def test_a_report_compares_with_whole_months_before(system: Actor) -> None:
    """The change of a protected report is not from days that cut a month."""
    survey = small_program(system, anonymous=True)
    march = Period(date(2026, 3, 1), date(2026, 3, 31))
    for query in FILTERS[:6]:
        [block] = survey_report(system, survey, march, read(query)).scores
        assert block.review.change.n_before in (0, *range(FEW, 48))
        assert all(point.n == 0 or point.n >= FEW for point in block.trend.points)
    whole = survey_report(system, survey, march).scores[0].review
    assert (whole.score.n, whole.change.n_before) == (11, 6)


def test_the_api_is_no_way_around(system: Actor, program: Program) -> None:
    survey = small_program(system, anonymous=True)
    metric = survey.metric_sources.get().metric
    api = make_api(program)
    days = [f"2026-{m:02}-{d:02}" for m, d in product((1, 2, 3, 4), (1, 9, 11))]
    report, score = f"surveys/{survey.pk}/report/", f"metrics/{metric.pk}/score/"
    seen = set()
    for first, last in combinations(days, 2):
        at = f"?from={first}&to={last}"
        _status, told = api.get(f"{report}{at}")
        seen.add((told["counts"]["complete"], *(s["n"] for s in told["scores"])))
        _status, told = api.get(f"{score}{at}")
        seen.add((told["n"], told["n"]))
    assert all(n == 0 or n >= FEW for sizes in seen for n in sizes)
    year = "from=2026-01-01&to=2026-12-31"
    for query in FILTERS:
        _status, told = api.get(f"{report}?{year}&{query}")
        assert told["protected"]
        assert told["axes"] == []
        assert "answer" not in {part["name"] for part in told["filters"]}
        assert told["counts"]["complete"] in (0, *range(FEW, 48))
    assert api.get(f"{score}?{year}&dimension=store:A")[1]["n"] == 0
    assert api.get(f"metrics/{metric.pk}/groups/?{year}&by=store")[1]["results"] == []
    table = f"{report}table/?{year}&rows=answer.used&columns=group.store"
    assert api.get(table)[1]["code"] == "protected"


def test_exported_scores_of_anonymous_surveys_come_in_blocks(
    system: Actor, program: Program, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    survey = small_program(system, anonymous=True)
    named = make_survey(program, [NPS])
    make_metric(named, "nps", "nps", 0, 10)
    record(system, named, [row(9, channel="email")])
    scores_export(actor=system)
    jobs_run_due()
    stored = StoredFile.unscoped.get(name__startswith="scores-").file.read().decode("utf-8-sig")
    rows = list(csv.DictReader(stored.splitlines()))
    mine = [r for r in rows if r["metric"] == survey.metric_sources.get().metric.code]
    assert len(mine) == 47
    assert {r["groups"] for r in mine} == {""}
    sizes: dict[tuple[str, str], int] = {}
    for r in mine:
        sizes[r["day"], r["until"]] = sizes.get((r["day"], r["until"]), 0) + 1
    assert min(sizes.values()) >= FEW
    assert all(day.endswith("-01") and until > day for day, until in sizes)
    [other] = [r for r in rows if r not in mine]
    assert (other["day"], other["until"]) == ("2026-03-10", "2026-03-10")
    assert "channel:email" in other["groups"]


def test_a_metric_of_two_surveys_leaves_none_of_them_over(system: Actor, program: Program) -> None:
    """The metric less one survey's report is the other survey, in whole blocks of it."""
    one, two = (make_survey(program, [NPS, USED], anonymous=True) for _n in range(2))
    metric = make_metric(one, "nps", "nps", 0, 10)
    record(system, one, [row(9, month=m) for m in (1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3)])
    metric_source_add(actor=system, metric=metric, survey=two, question_code="nps")
    record(system, two, [row(2, month=m) for m in (1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3)])

    def shown(survey: Survey, period: Period) -> int:
        return survey_report(system, survey, period).counts.complete

    for first, last in combinations((1, 2, 3, 4), 2):
        period = Period(date(2026, first, 1), date(2026, last, 1) - timedelta(1))
        n = metric_review(system, metric, period, {}).score.n
        rest = (n - shown(one, period), n - shown(two, period))
        assert n == 0 or all(left >= FEW for left in rest)
