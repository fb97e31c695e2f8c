"""Reports by API: the figures, filters and tables of the pages, and views kept by name."""

import pytest

from cxportal.core.actors import Actor
from cxportal.core.models import Program, SavedView
from surveys.queries.metric_reports import program_report
from surveys.queries.reports import survey_report
from tests.api.conftest import Api, make_api
from tests.surveys.answering import CSAT, NPS, USED, make_metric, make_survey
from tests.surveys.queries.test_report_filters import YEAR, read, record, row

pytestmark = pytest.mark.django_db
DAYS = "from=2026-01-01&to=2026-12-31"


@pytest.fixture
def api(program: Program) -> Api:
    return make_api(program)


def test_a_survey_s_report_says_what_its_page_says(
    api: Api, system: Actor, program: Program
) -> None:
    survey = make_survey(program, [NPS, CSAT, USED])
    metric = make_metric(survey, "nps", "nps", 0, 10)
    record(
        system,
        survey,
        [row(n % 11, channel="email", language="ko", answers={"used": ["app"]}) for n in range(33)]
        + [row(9, channel="kiosk", answers={"used": ["store"]}) for _n in range(30)],
    )
    path = f"surveys/{survey.pk}/report/"
    for query in ("", "group=channel:email", "answer=nps:0..6&group=language:ko"):
        page = survey_report(system, survey, YEAR, read(query), "channel")
        status, told = api.get(f"{path}?{DAYS}&{query}&compare=channel")
        assert status == 200
        assert told["counts"]["complete"] == page.counts.complete
        [score], [block] = told["scores"], page.scores
        assert (score["metric"], score["n"]) == (metric.pk, block.score.n)
        assert score["value"] == pytest.approx(block.score.value, abs=1e-4)
        assert [p["n"] for p in score["trend"]] == [p.n for p in block.trend.points]
        assert len(score["comparison"]["results"]) == len(block.comparison.lines)  # type: ignore[union-attr]
        shares = {o["code"]: o["count"] for o in told["choices"][0]["options"]}
        assert shares == {line.code: line.count for line in page.choices[0].lines}
    axes = {axis["key"] for axis in told["axes"]}
    assert {"answer.used", "group.channel"} <= axes
    _status, table = api.get(f"{path}table/?{DAYS}&rows=answer.nps&columns=group.channel")
    assert [c["n"] for c in table["columns"]["groups"]] == [33, 30]
    assert table["tested"] is False or table["p"] < 0.05
    _status, groups = api.get(f"metrics/{metric.pk}/groups/?{DAYS}&by=channel")
    assert [(g["group"], g["n"], g["verdict"]) for g in groups["results"]] == [
        ("kiosk", 30, "real"), ("email", 33, "real"),
    ]  # fmt: skip
    _status, whole = api.get(f"program-report/?{DAYS}&group=channel:email")
    [line] = whole["results"]
    email = metric_line(system, metric.pk)
    assert (line["n"], line["value"]) == (33, pytest.approx(email, abs=1e-4))


def metric_line(system: Actor, pk: int) -> float | None:
    from surveys.models import Metric
    from surveys.queries.metric_reports import group_numbers

    groups = group_numbers(system, read("group=channel:email"))
    metric = Metric.objects.for_actor(system).select_related("program").get(pk=pk)
    return program_report(system, [metric], YEAR, groups).lines[0].review.score.value


def test_what_cannot_be_read_is_refused(api: Api, program: Program) -> None:
    survey = make_survey(program, [NPS])
    path = f"surveys/{survey.pk}/report/"
    for query in ("group=x", "version=two", "answer=nps", "answer=nps:a..b", "from=x"):
        assert api.get(f"{path}?{query}")[0] == 422, query
    assert api.get(f"{path}?compare=planet")[0] == 404
    assert api.get(f"{path}table/?rows=answer.nps&columns=answer.nps")[1]["code"] == "invalid"
    assert api.get("surveys/999999/report/")[0] == 404
    assert make_api(program, "customers:read").get(path)[0] == 403


def test_views_are_kept_listed_and_forgotten(api: Api, program: Program) -> None:
    kept = api.made("saved-views/", {
        "page": "survey-report:1", "name": "Quarter", "query": "days=90"})  # fmt: skip
    assert kept["is_shared"]
    SavedView.unscoped.create(program=program, page="survey-report:1", name="Own", query="")
    _status, listed = api.get("saved-views/?page=survey-report:1")
    assert [view["name"] for view in listed["results"]] == ["Quarter"]
    assert api.get("saved-views/?page=metric:1")[1]["results"] == []
    assert api.delete(f"saved-views/{kept['id']}/")[0] == 204
    assert api.post("saved-views/", {"page": "", "name": "x"})[0] in (400, 422)
