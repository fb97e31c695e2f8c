"""Metrics as records: mapped sources and waves, counted figures, computed ones, dashboards."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Program
from surveys.models import Dashboard, MetricValue, OperationalMetric, Score, Survey
from surveys.queries.operational_metrics import operational_chart, operational_reviews
from surveys.queries.scores import Period
from surveys.services.dashboards import dashboard_create, widget_add, widget_move, widget_remove
from surveys.services.metrics import metric_create, metric_source_add
from surveys.services.operational_metrics import (
    metric_values_set,
    operational_metric_create,
    operational_metric_update,
)
from surveys.services.recording import responses_record
from surveys.services.scores import scores_differences
from tests.surveys.answering import CSAT, NPS, all_tallies, drain, make_survey

pytestmark = pytest.mark.django_db
SOLVED: dict[str, Any] = {
    "code": "solved", "kind": "single", "text": {"en": "Solved at once?"},
    "choices": [{"code": code, "text": {"en": code}} for code in ("yes", "no", "unsure")],
}  # fmt: skip
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def at(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=ZoneInfo("Asia/Seoul"))


def record(actor: Actor, survey: Survey, rows: list[tuple[dict[str, Any], datetime]]) -> None:
    given = [{"answers": answers, "completed_at": moment} for answers, moment in rows]
    assert responses_record(actor=actor, survey=survey, rows=given).created == len(rows)
    drain()


def values_of(metric: Any) -> list[int]:
    return list(Score.unscoped.filter(metric=metric).order_by("pk").values_list("value", flat=True))


# ---- sources -----------------------------------------------------------------------------------


def test_first_contact_resolution_is_measured_by_a_question_of_choices(
    system: Actor, program: Program
) -> None:
    survey = make_survey(program, [SOLVED])
    metric = metric_create(
        actor=system, code="fcr", name="First-contact resolution", kind="csat",
        minimum=0, maximum=1, cutoffs={"top_from": 1},
    )  # fmt: skip
    answers = ["yes"] * 7 + ["no"] * 3 + ["unsure"] * 2
    record(system, survey, [({"solved": a}, at(n + 1)) for n, a in enumerate(answers[:6])])
    metric_source_add(
        actor=system, metric=metric, survey=survey, question_code="solved",
        mapping={"yes": 1, "no": 0},
    )  # fmt: skip
    record(system, survey, [({"solved": a}, at(n + 7)) for n, a in enumerate(answers[6:])])
    assert sorted(values_of(metric)) == [0] * 3 + [1] * 7
    assert not scores_differences(program.pk)


def test_two_wordings_and_waves_feed_one_metric(system: Actor, program: Program) -> None:
    first = make_survey(program, [NPS])
    second = make_survey(program, [CSAT])
    metric = metric_create(actor=system, code="sat", name="Satisfaction", kind="csat")
    metric_source_add(
        actor=system, metric=metric, survey=first, question_code="nps",
        mapping={str(n): 1 + n * 4 // 10 for n in range(11)}, last_day=date(2026, 11, 10),
    )  # fmt: skip
    metric_source_add(
        actor=system, metric=metric, survey=second, question_code="csat",
        first_day=date(2026, 11, 11),
    )  # fmt: skip
    record(system, first, [({"nps": 10}, at(10)), ({"nps": 0}, at(11))])
    record(system, second, [({"csat": 3}, at(11)), ({"csat": 1}, at(10))])
    assert sorted(values_of(metric)) == [3, 5]
    before = all_tallies(program)
    from surveys.services.scores import scores_rebuild

    scores_rebuild(program.pk)
    assert all_tallies(program) == before


def test_a_mapping_off_the_scale_is_refused(system: Actor, program: Program) -> None:
    survey = make_survey(program, [SOLVED])
    metric = metric_create(actor=system, code="m", name="M", kind="csat")
    for mapping in ({"yes": 9}, {"yes": "1"}, {}):
        with pytest.raises(DomainError):
            metric_source_add(
                actor=system, metric=metric, survey=survey, question_code="solved",
                mapping=mapping,  # type: ignore[arg-type]
            )  # fmt: skip


def test_a_source_is_mapped_on_the_page(
    client_for: Callable[[str], Client], system: Actor, program: Program
) -> None:
    survey = make_survey(program, [SOLVED])
    metric = metric_create(actor=system, code="m", name="M", kind="csat", minimum=0, maximum=1)
    path = f"/p/acme/metrics/{metric.pk}/sources/"
    form = {"source": f"{survey.pk}.solved", "mapping": "yes = 1\nno = 0"}
    wrong = client_for("designer").post(path, {**form, "mapping": "yes = often"})
    assert wrong.status_code == 422
    assert "yes = often" in wrong.content.decode()
    assert client_for("designer").post(path, form).status_code == 302
    assert metric.sources.get().mapping == {"yes": 1, "no": 0}


# ---- counted metrics ---------------------------------------------------------------------------


def counted(actor: Actor, code: str = "repeat", **values: Any) -> OperationalMetric:
    return operational_metric_create(actor=actor, code=code, name=code.title(), **values)


def test_values_are_set_by_day_and_a_bad_row_fails_alone(system: Actor) -> None:
    metric = counted(system)
    rows: list[Any] = [
        {"day": "2026-11-01", "value": "40", "n": 100},
        {"day": "2026-11-02", "value": "x"},
        {"day": "nonsense", "value": 1},
        {"day": "2026-11-03", "value": 1, "n": -4},
        {"day": "2026-11-04", "value": "NaN"},
        {"day": "2026-11-05", "value": "1e99"},
        {"day": "2026-11-06", "value": 1, "extra": 2},
        {"day": "2026-11-30", "value": "70", "n": 300},
    ]
    found = metric_values_set(actor=system, metric=metric, rows=rows)
    assert (found.created, found.failed) == (2, 6)
    newer = [{"day": "2026-11-01", "value": 50, "n": 100}]
    again = metric_values_set(actor=system, metric=metric, rows=newer)
    assert (again.created, again.updated) == (0, 1)
    [review] = operational_reviews(system, [metric], NOVEMBER)
    assert review.value == pytest.approx((50 * 100 + 70 * 300) / 400)
    assert review.n == 400


@pytest.mark.parametrize(("together", "value"), [("mean", 20.0), ("sum", 60.0), ("last", 30.0)])
def test_several_values_become_one_as_the_record_says(
    system: Actor, together: str, value: float
) -> None:
    metric = counted(system, together=together, target=25)
    rows = [{"day": f"2026-11-{d:02}", "value": v} for d, v in ((1, 10), (2, 20), (3, 30))]
    metric_values_set(actor=system, metric=metric, rows=[*rows, {"day": "2026-10-05", "value": 5}])
    [review] = operational_reviews(system, [metric], NOVEMBER)
    assert (review.value, review.before) == (value, 5)
    assert review.better is True
    chart = operational_chart(review)
    assert [p.value for p in chart.points][-2:] == [5.0, value]


def test_a_value_of_few_is_hidden(system: Actor) -> None:
    metric = counted(system, min_n=50)
    metric_values_set(
        actor=system, metric=metric, rows=[{"day": "2026-11-01", "value": 1, "n": 49}]
    )
    [review] = operational_reviews(system, [metric], NOVEMBER)
    assert (review.hidden, review.value) == (True, None)


def test_a_computed_metric_follows_its_parts(system: Actor, program: Program) -> None:
    survey = make_survey(program, [NPS])
    metric_create(
        actor=system, code="nps", name="NPS", kind="nps", min_n=2, sources=[(survey, "nps")]
    )
    record(system, survey, [({"nps": 10}, at(3)), ({"nps": 10}, at(4))])
    orders, repeat = counted(system, "orders"), counted(system, "repeat")
    for metric, value in ((orders, 200), (repeat, 50)):
        metric_values_set(actor=system, metric=metric, rows=[{"day": "2026-11-01", "value": value}])
    share = counted(system, "share", formula="{repeat} / {orders} * 100", unit="percent")
    mixed = counted(system, "mixed", formula="{nps} + {orders}")
    found = operational_reviews(system, [share, mixed], NOVEMBER)
    assert [review.value for review in found] == [25.0, 300.0]
    with pytest.raises(DomainError):
        metric_values_set(actor=system, metric=share, rows=[{"day": "2026-11-01", "value": 1}])


@pytest.mark.parametrize("formula", ["{gone} + 1", "{own} * 2", "1 + 1", "{a", "{share} * 2"])
def test_a_formula_of_unknown_or_computed_metrics_is_refused(system: Actor, formula: str) -> None:
    counted(system, "a")
    counted(system, "share", formula="{a} * 2")
    with pytest.raises(DomainError) as refused:
        counted(system, "own", formula=formula)
    assert refused.value.code == "bad_formula"


def test_who_may_bring_values(actor_for: Callable[[str], Actor], system: Actor) -> None:
    metric = counted(system)
    for role in ("manager", "staff", "viewer"):
        with pytest.raises(Denied):
            metric_values_set(actor=actor_for(role), metric=metric, rows=[])
    with pytest.raises(DomainError) as stale:
        operational_metric_update(actor=actor_for("designer"), metric=metric, version=9, target=4)
    assert stale.value.status == 409


def test_a_counted_metric_by_page(client_for: Callable[[str], Client], program: Program) -> None:
    browser = client_for("designer")
    form = {
        "code": "churn", "name_en": "Churn", "name_ko": "이탈률", "subject": "churn",
        "unit": "percent", "decimals": "1", "together": "mean", "target": "3",
        "source": "Billing",
    }  # fmt: skip
    browser.post("/p/acme/counted-metrics/new/", form)
    metric = OperationalMetric.unscoped.get()
    page = f"/p/acme/counted-metrics/{metric.pk}/"
    today = timezone.now().date()
    browser.post(f"{page}values/", {"day": today.isoformat(), "value": "4.5", "n": "10"})
    old = today - timedelta(40)
    file = SimpleUploadedFile("v.csv", f"day,value,n\n{old},5,\nx,1,\n".encode())
    told = browser.post(f"{page}values/file/", {"file": file}, follow=True).content.decode()
    assert "1 new, 0 changed, 1 refused." in told
    assert MetricValue.unscoped.filter(metric=metric).count() == 2
    assert "4.8%" in browser.get(page).content.decode()
    assert browser.post(f"{page}values/", {"day": "", "value": "4"}).status_code == 422
    assert "Churn" in client_for("viewer").get("/p/acme/reports/").content.decode()
    assert client_for("viewer").post(f"{page}values/", {}).status_code == 403
    browser.post(f"{page}delete/")
    assert not OperationalMetric.unscoped.exists()


# ---- dashboards --------------------------------------------------------------------------------


def test_a_dashboard_is_made_arranged_and_shared(
    actor_for: Callable[[str], Actor], system: Actor, program: Program
) -> None:
    survey = make_survey(program, [NPS])
    metric = metric_create(
        actor=system, code="nps", name="NPS", kind="nps", sources=[(survey, "nps")]
    )
    staff = actor_for("staff")
    board = dashboard_create(actor=staff, name="Mine")
    for widget in (
        {"kind": "metric", "id": metric.pk},
        {"kind": "note", "text": "Look here"},
        {"kind": "program", "size": "full"},
    ):
        board = widget_add(actor=staff, dashboard=board, widget=widget)
    board = widget_move(actor=staff, dashboard=board, place=2, to=0)
    assert [w["kind"] for w in board.widgets] == ["program", "metric", "note"]
    board = widget_remove(actor=staff, dashboard=board, place=1)
    assert [w["kind"] for w in board.widgets] == ["program", "note"]
    for refused in ({"kind": "metric", "id": metric.pk + 99}, {"kind": "nothing"}):
        with pytest.raises(DomainError):
            widget_add(actor=staff, dashboard=board, widget=refused)
    with pytest.raises(Denied):
        dashboard_create(actor=staff, name="For all", is_shared=True)
    with pytest.raises(Denied):
        widget_remove(actor=actor_for("owner"), dashboard=board, place=0)
    with pytest.raises(DomainError):
        widget_remove(actor=staff, dashboard=board, place=9)


def test_a_dashboard_by_page_and_by_link(
    client_for: Callable[[str], Client], system: Actor, program: Program, client: Client
) -> None:
    from cxportal.core.queries.sharing import share_path
    from cxportal.core.services.sharing import share_create

    survey = make_survey(program, [NPS])
    metric = metric_create(
        actor=system, code="nps", name="NPS", kind="nps", sources=[(survey, "nps")]
    )
    now = timezone.now()
    record(system, survey, [({"nps": 10}, now) for _ in range(12)])
    figure = counted(system, unit="percent")
    metric_values_set(
        actor=system, metric=figure, rows=[{"day": now.date().isoformat(), "value": 33}]
    )
    browser = client_for("manager")
    browser.post("/p/acme/dashboards/new/", {"name": "Board", "is_shared": "on"})
    board = Dashboard.unscoped.get()
    page = f"/p/acme/dashboards/{board.pk}/"
    for shows in (f"metric.{metric.pk}", f"groups.{metric.pk}.channel", f"operational.{figure.pk}",
                  "program", "note"):  # fmt: skip
        values = {"shows": shows, "days": "90", "size": "half", "text": "A note for all"}
        assert browser.post(f"{page}widgets/add/", values).status_code == 302, shows
    assert browser.post(f"{page}widgets/add/", {"shows": "note"}).status_code == 422
    text = client_for("viewer").get(page).content.decode()
    for part in ("<b>+100</b>", "Each group against the rest", "33.0%", "A note for all"):
        assert part in text
    assert "Add a widget" not in text
    assert browser.post(f"{page}widgets/0/move/", {"to": "3"}).status_code == 302
    link = share_create(
        actor=system, kind="dashboard", object_id=board.pk, title="Board", language="en"
    )
    shared = client.get(share_path(link)).content.decode()
    assert "<b>+100</b>" in shared
    assert "/p/acme/" not in shared
    assert client.get(share_path(link) + "report.pdf").content.startswith(b"%PDF-")
    private = dashboard_create(actor=Actor.member(_member(program)), name="Private")
    assert browser.get(f"/p/acme/dashboards/{private.pk}/").status_code == 404


def _member(program: Program) -> Any:
    from cxportal.core.models import Membership

    return Membership.unscoped.get(program=program, role="viewer")


def test_the_report_of_the_program_asks_the_same_for_few_and_many_metrics(
    client_for: Callable[[str], Client],
    system: Actor,
    program: Program,
    assert_same_queries: Callable[..., int],
) -> None:
    survey = make_survey(program, [NPS, CSAT])
    metric_create(actor=system, code="nps", name="NPS", kind="nps", sources=[(survey, "nps")])
    record(system, survey, [({"nps": 10, "csat": 5}, timezone.now()) for _ in range(12)])
    browser = client_for("manager")

    def grow() -> None:
        for n in range(5):
            metric_create(
                actor=system, code=f"m{n}", name="M", kind="csat", sources=[(survey, "csat")]
            )
            counted(system, f"c{n}")
        drain()

    counted(system, "first")
    assert_same_queries(lambda: browser.get("/p/acme/reports/"), grow)


def test_a_board_says_why_there_are_no_groups_to_compare(
    client_for: Callable[[str], Client], system: Actor, program: Program
) -> None:
    survey = make_survey(program, [NPS])
    metric = metric_create(
        actor=system, code="nps", name="NPS", kind="nps", sources=[(survey, "nps")]
    )
    widgets = [{"kind": "groups", "id": metric.pk, "by": "segment", "days": 90}]
    board = dashboard_create(actor=system, name="Board", widgets=widgets, is_shared=True)
    page = client_for("viewer").get(f"/p/acme/dashboards/{board.pk}/").content.decode()
    assert "No answer carries such a group yet" in page
