"""Filters of reports: each narrows, several of one kind widen, and people in cells stay in them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import combinations, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from surveys.models import Response, Survey
from surveys.queries.breakdowns import complete_count, selected_ids
from surveys.queries.crosstables import axes, axis_in, cross_table
from surveys.queries.metric_reports import (
    group_numbers,
    metric_comparison,
    metric_review,
    program_report,
)
from surveys.queries.reports import survey_report
from surveys.queries.scores import Period
from surveys.queries.selections import ReportFilter, Selection
from surveys.rendering import compiled_version
from surveys.services.recording import responses_record
from tests.surveys.answering import CSAT, NPS, USED, WHY, drain, make_metric, make_survey

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")
YEAR = Period(datetime(2026, 1, 1).date(), datetime(2026, 12, 31).date())  # noqa: DTZ001


def read(query: str) -> ReportFilter:
    return ReportFilter.read(QueryDict(query))


@pytest.fixture
def survey(program: Program) -> Survey:
    made = make_survey(program, [NPS, CSAT, USED], [WHY])
    make_metric(made, "nps", "nps", 0, 10)
    return made


def record(actor: Actor, survey: Survey, rows: list[dict[str, Any]]) -> None:
    done = responses_record(actor=actor, survey=survey, rows=rows)
    assert done.created == len(rows), done.as_dict()
    drain()


def row(nps: int, month: int = 3, **values: Any) -> dict[str, Any]:
    at = datetime(2026, month, 10, 12, tzinfo=SEOUL)
    return {
        "answers": {"nps": nps, **values.pop("answers", {})},
        "completed_at": at,
        "started_at": at - timedelta(seconds=values.pop("seconds", 60)),
        **values,
    }


def test_the_address_says_the_filters_and_is_read_back() -> None:
    query = (
        "group=segment%3Agold&group=segment%3Avip&group=channel%3Aemail&version=2&answer=nps%3A0..6"
    )
    wanted = read(query)
    assert wanted.groups == {"segment": ("gold", "vip"), "channel": ("email",)}
    assert wanted.versions == (2,)
    assert read(wanted.query()) == wanted
    assert not read("group=nonsense&version=x&answer=&answer=nps&group=survey:3&days=30")


def test_filters_narrow_and_widen(system: Actor, survey: Survey) -> None:
    record(
        system,
        survey,
        [
            row(10, channel="email", language="ko", answers={"used": ["app"]}),
            row(2, channel="email", language="en", answers={"used": ["app", "store"]}),
            row(9, channel="kiosk", language="ko", answers={"used": ["store"]}),
            row(5, month=5, channel="kiosk", language="en"),
        ],
    )

    def count(query: str) -> int:
        return complete_count(Selection(system, survey, YEAR, read(query)))

    assert count("") == 4
    assert count("group=channel:email") == 2
    assert count("group=channel:email&group=channel:kiosk") == 4
    assert count("group=channel:email&group=language:ko") == 1
    assert count("answer=used:app") == 2
    assert count("answer=used:app&answer=used:store") == 3
    assert count("answer=used:store&answer=nps:0..6") == 1
    assert count("answer=nps:9..10&group=language:ko") == 2
    assert count("version=1") == 4
    assert count("version=9") == 0
    assert count("group=channel:nobody") == 0
    march = Period(YEAR.first.replace(month=3), YEAR.first.replace(month=3, day=31))
    assert complete_count(Selection(system, survey, march, read(""))) == 3


def test_a_filtered_report_shows_what_is_left(system: Actor, survey: Survey) -> None:
    good = [row(10, channel="email", answers={"used": ["app"]}) for _ in range(12)]
    bad = [row(0, channel="kiosk", answers={"used": ["store"]}) for _ in range(12)]
    record(system, survey, good + bad)
    report = survey_report(system, survey, YEAR, read("group=channel:email"), "channel")
    [block] = report.scores
    assert (block.score.value, block.score.n, report.counts.complete) == (100, 12, 12)
    assert [(line.text, line.count) for line in report.choices[0].lines] == [
        ("The app", 12),
        ("A store", 0),
    ]
    whole = survey_report(system, survey, YEAR, read(""), "channel").scores[0]
    assert whole.score.value == 0
    assert whole.comparison is not None
    assert whole.comparison.family == 2
    assert [(line.key, line.verdict) for line in whole.comparison.lines] == [
        ("email", "real"),
        ("kiosk", "real"),
    ]
    assert all(line.p is not None and line.p < 0.001 for line in whole.comparison.lines)


def test_the_metric_says_the_same_from_tallies_and_from_facts(
    system: Actor, survey: Survey
) -> None:
    channels, languages = ("email", "kiosk"), ("ko", "en")
    rows = [
        row(n % 11, month=1 + n % 4, channel=channels[n % 2], language=languages[n % 3 % 2])
        for n in range(90)
    ]
    record(system, survey, rows)
    metric = survey.metric_sources.get().metric
    for query in ("", "group=channel:email", "group=channel:email&group=language:ko"):
        groups = group_numbers(system, read(query))
        review = metric_review(system, metric, YEAR, groups)
        selection = Selection(system, survey, YEAR, read(query))
        values = Response.unscoped.filter(pk__in=selected_ids(selection)).values_list(
            "answers__nps", flat=True
        )
        promoters, detractors = sum(v >= 9 for v in values), sum(v <= 6 for v in values)
        assert review.score.n == len(values)
        assert review.score.value == pytest.approx(100 * (promoters - detractors) / len(values))
    comparison = metric_comparison(system, metric, YEAR, "channel")
    assert comparison is not None
    assert sum(line.score.n for line in comparison.lines) == 90
    report = program_report(system, [metric], YEAR, {})
    assert (report.lines[0].review.score.n, report.family) == (90, 0)


def test_a_cross_table_counts_and_tests(system: Actor, survey: Survey) -> None:
    record(
        system,
        survey,
        [row(10, channel="email", language="ko") for _ in range(30)]
        + [row(10, channel="kiosk", language="en") for _ in range(30)]
        + [row(10, channel="api", language="ko") for _ in range(3)],
    )
    selection = Selection(system, survey, YEAR, read(""))
    version = compiled_version(survey.current_version_id or 0)
    found = axes(selection, version, {"channel": "Channel", "language": "Language"})
    down, across = axis_in(found, "group.language"), axis_in(found, "group.channel")
    assert down is not None
    assert across is not None
    table = cross_table(selection, down, across, 10)
    assert table is not None
    assert (table.column_labels, table.bases, table.hidden) == (["email", "kiosk"], [30, 30], 1)
    assert [[c.count for c in r] for r in table.table.cells] == [[0, 30], [30, 0]]
    assert table.table.p is not None and table.table.p < 0.001
    assert [[c.sign for c in r] for r in table.table.cells] == [[-1, 1], [1, -1]]
    ticks = axis_in(found, "answer.used")
    assert ticks is not None
    assert ticks.many


def test_the_funnel_and_the_pages_people_leave(system: Actor, survey: Survey) -> None:
    record(system, survey, [row(9, seconds=s) for s in (30, 40, 50) for _ in range(4)])
    at = datetime(2026, 3, 10, tzinfo=SEOUL)
    for answers in ({}, {"nps": 3}, {"nps": 3, "used": ["app"]}):
        Response.unscoped.create(
            program=survey.program, survey=survey, version_id=survey.current_version_id or 0,
            answers=answers, started_at=at,
        )  # fmt: skip
    report = survey_report(system, survey, YEAR)
    assert [(line.reached, line.left) for line in report.pages] == [(15, 1), (14, 2)]
    assert report.counts.completion == pytest.approx(12 / 15)
    assert report.duration is not None
    assert (report.duration.median, report.duration.n) == (40, 12)


# ---- anonymous surveys and shared links ---------------------------------------------------------

FILTERS = [
    "", "group=channel:email", "group=channel:kiosk", "group=language:ko", "group=language:en",
    "group=store:A", "group=store:B", "group=store:C", "version=1", "version=2",
    "group=channel:email&group=channel:kiosk", "group=store:A&group=store:B",
    "answer=nps:0..6", "answer=used:app",
]  # fmt: skip


def small_program(system: Actor, *, anonymous: bool) -> Survey:
    """47 people over five months, two versions and uneven groups, some of a single person."""
    from tests.surveys.answering import document, publish

    survey = make_survey(system.program, [NPS, USED], anonymous=anonymous)
    make_metric(survey, "nps", "nps", 0, 10)
    rows = [
        row(
            n % 11,
            month=(1, 1, 1, 2, 3, 3, 4)[n % 7],
            channel="email" if n % 5 else "kiosk",
            language="ko" if n % 3 else "en",
            dimensions={"store": "AAAAABBC"[n % 8]},
            answers={"used": ["app"] if n % 2 else ["store"]},
        )
        for n in range(40)
    ]
    record(system, survey, rows)
    publish(survey, document([NPS, USED, WHY], anonymous=anonymous))
    record(system, survey, [row(n, month=5, channel="email", language="ko") for n in range(7)])
    return survey


@pytest.mark.parametrize("anonymous", [True, False], ids=["anonymous survey", "shared link"])
def test_no_two_or_three_reports_together_tell_of_a_few(system: Actor, anonymous: bool) -> None:
    """All pairs and triples of filters and periods; differences, overlaps and sums of them."""
    survey = small_program(system, anonymous=anonymous)
    actor = system if anonymous else Actor.guest(system.program, "en")
    k = system.program.anonymity_n
    first = YEAR.first
    spans = [YEAR, *(Period(first, first.replace(month=m, day=27)) for m in (1, 2, 3, 4, 5))]
    views: dict[str, frozenset[int]] = {}
    for span, (a, b) in product(spans, combinations(FILTERS, 2)):
        query = "&".join(part for part in (a, b) if part)
        selection = Selection(actor, survey, span, read(query))
        ids = frozenset(selected_ids(selection))
        views[f"{span.last} {query}"] = ids
        report_n = complete_count(selection)
        assert report_n == len(ids)
        assert report_n == 0 or report_n >= k
    seen = list(set(views.values()))
    assert len(seen) > 6, "the filters must leave something to compare"
    for one, two in combinations(seen, 2):
        assert all(len(p) == 0 or len(p) >= k for p in (one - two, two - one, one & two, one | two))
    for one, two, three in combinations(seen, 3):
        parts = (one - two - three, (one | two) - three, (one & two) - three, one ^ two ^ three)
        assert all(len(part) == 0 or len(part) >= k for part in parts)


def test_the_report_itself_counts_people_in_cells(system: Actor) -> None:
    """Scores, choices, trend and groups of a protected report are of the same people."""
    survey = small_program(system, anonymous=True)
    k = system.program.anonymity_n
    for query in FILTERS:
        report = survey_report(system, survey, YEAR, read(query), "store")
        n = report.counts.complete
        [block] = report.scores
        assert block.review.histogram.n == n
        assert sum(point.n for point in block.trend.points) == n
        assert report.choices[0].n in (0, *range(k, 48))
        sizes = [line.score.n for line in (block.comparison.lines if block.comparison else ())]
        assert all(size >= k for size in sizes)
        assert not report.pages or not report.selection.active


def test_a_protected_survey_gives_no_free_tables(system: Actor) -> None:
    survey = small_program(system, anonymous=True)
    selection = Selection(system, survey, YEAR, read(""))
    version = compiled_version(survey.current_version_id or 0)
    found = axes(selection, version, {"store": "Store"})
    down, across = axis_in(found, "answer.used"), axis_in(found, "group.store")
    assert down is not None
    assert across is not None
    assert cross_table(selection, down, across, 5) is None


def test_an_anonymous_survey_of_few_shows_nothing(system: Actor, program: Program) -> None:
    survey = make_survey(program, [NPS, WHY], anonymous=True)
    make_metric(survey, "nps", "nps", 0, 10)
    record(system, survey, [row(3, answers={"why": "My boss"}) for _ in range(4)])
    report = survey_report(system, survey, YEAR)
    assert report.counts.complete == 0
    assert report.comments_hidden


# ---- the page ------------------------------------------------------------------------------------


def test_the_page_filters_compares_and_shows_what_is_on(
    client_for: Callable[[str], Client], system: Actor, survey: Survey
) -> None:
    record(system, survey, [row(10, channel="email", language="ko") for _ in range(12)])
    query = "from=2026-01-01&to=2026-12-31&group=channel%3Aemail&compare=language"
    path = f"/p/acme/surveys/{survey.pk}/report/?{query}"
    page = client_for("viewer").get(path).content.decode()
    assert "Channel: E-mail" in page
    assert "Each group against the rest" in page
    tables = f"{path}&rows=answer.used&columns=group.language"
    assert "n counts mentions" in client_for("manager").get(tables).content.decode()


def test_a_view_is_kept_and_forgotten(client_for: Callable[[str], Client], survey: Survey) -> None:
    from cxportal.core.models import SavedView

    path = f"/p/acme/surveys/{survey.pk}/report/"
    values = {
        "page": f"survey-report:{survey.pk}",
        "name": "Quarter",
        "query": "days=90",
        "next": path,
    }
    answer = client_for("staff").post("/p/acme/saved-views/new/", values)
    assert answer["Location"] == path
    assert "Quarter" in client_for("staff").get(path).content.decode()
    assert "Quarter" not in client_for("viewer").get(path).content.decode()
    client_for("manager").post(
        "/p/acme/saved-views/new/", {**values, "name": "All", "is_shared": "on"}
    )
    assert ">All</a>" in client_for("viewer").get(path).content.decode()
    assert client_for("staff").post(
        "/p/acme/saved-views/new/", {**values, "is_shared": "on"}
    ).status_code == 403  # fmt: skip
    mine = SavedView.unscoped.get(name="Quarter")
    assert client_for("viewer").post(f"/p/acme/saved-views/{mine.pk}/delete/").status_code == 404
    client_for("staff").post(f"/p/acme/saved-views/{mine.pk}/delete/", {"next": "//evil.example"})
    assert not SavedView.unscoped.filter(name="Quarter").exists()


def test_the_page_asks_the_same_for_few_and_many(
    client_for: Callable[[str], Client],
    system: Actor,
    survey: Survey,
    assert_same_queries: Callable[..., int],
) -> None:
    record(system, survey, [row(10, channel="email") for _ in range(12)])
    client = client_for("manager")
    path = f"/p/acme/surveys/{survey.pk}/report/?from=2026-01-01&to=2026-12-31&compare=channel"
    assert_same_queries(
        lambda: client.get(path),
        lambda: record(system, survey, [row(n % 11, channel="kiosk") for n in range(30)]),
    )


def test_a_guest_sees_the_shared_report_and_metric_as_pages_and_pdf(
    system: Actor, survey: Survey, client: Client
) -> None:
    from cxportal.core.queries.sharing import share_path
    from cxportal.core.services.sharing import share_create

    record(
        system,
        survey,
        [
            row(10, channel="email", answers={"why": f"text {n}", "used": ["app"]})
            for n in range(24)
        ],
    )
    metric = survey.metric_sources.get().metric
    query = {"query": "from=2026-01-01&to=2026-12-31&compare=channel"}
    for kind, pk in (("survey-report", survey.pk), ("metric", metric.pk)):
        link = share_create(
            actor=system, kind=kind, object_id=pk, title="Shared", params=query, language="ko",
            content=["comments", "choices"] if kind == "survey-report" else (),
        )  # fmt: skip
        page = client.get(share_path(link)).content.decode()
        assert "<b>+100</b>" in page
        assert ("text 7" in page) is (kind == "survey-report")
        assert "/p/acme/" not in page
        assert client.get(share_path(link) + "report.pdf").content.startswith(b"%PDF-")
