"""The report's table of each question that is answered in parts."""

from collections.abc import Callable

import pytest

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from surveys.models import Survey
from surveys.queries.reports import survey_report
from surveys.queries.scores import last_days
from surveys.services.recording import responses_record
from tests.surveys.answering import make_survey
from tests.surveys.every_kind import ANSWERS, EVERY_KIND

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(program: Program) -> Survey:
    program.min_n = 2
    program.save()
    asked = [{"required": False, **q} for q in EVERY_KIND if q["kind"] not in ("file", "nps")]
    return make_survey(program, asked)


def record(actor: Actor, survey: Survey) -> None:
    answers = {code: value for code, value in ANSWERS.items() if code != "nps"}
    other = {
        **answers,
        "matrix_single": {"price": "bad"},
        "matrix_multiple": {"price": ["good"]},
        "ranking": ["app"],
        "constant_sum": {"app": 20, "store": 80},
        "best_worst": {"best": "app", "worst": "phone"},
        "slider": 25,
        "number": 7.5,
        "side_by_side": {"price": {"then": "bad", "times": 4}},
    }
    result = responses_record(
        actor=actor, survey=survey, rows=[{"answers": answers}, {"answers": other}]
    )
    assert result.failed == 0, result.rows


def test_each_question_in_parts_has_its_table(
    actor_for: Callable[[str], Actor], survey: Survey
) -> None:
    actor = actor_for("designer")
    record(actor, survey)
    report = survey_report(actor, survey, last_days(actor, 30))
    found = {b.question: [(li.text, *li.figures) for li in b.lines] for b in report.parts}
    assert found["How were they?"] == [("Price", "50%", "50%", "2"), ("Staff", "0%", "100%", "1")]
    assert found["What applies?"] == [("Price", "67%", "33%", "3"), ("Staff", "100%", "0%", "1")]
    assert found["Put them in order."] == [
        ("App", "1.5", "1", "2"),
        ("Store", "1", "1", "1"),
        ("Phone", "3", "0", "1"),
    ]
    assert found["Share 100 points."][0] == ("App", "40", "40%")
    assert found["Best and worst?"][2] == ("Phone", "0", "2", "-1.00")
    assert found["How warm was it?"] == [("All", "30", "30", "25", "35", "2")]
    assert found["How much?"] == [("All", "10", "10", "7.5", "12.5", "2")]
    assert found["Before and now? · Before"] == [
        ("Price", "50%", "50%", "2"),
        ("Staff", "0%", "100%", "1"),
    ]
    assert found["Before and now? · Times"][0] == ("Price", "3", "3", "2", "4", "2")
