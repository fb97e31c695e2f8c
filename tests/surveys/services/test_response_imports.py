"""Answers from tables: mapped by codes, each row taken or refused on its own."""

from collections.abc import Callable

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Job
from cxportal.core.services.jobs import jobs_run_due
from surveys.models import Response, Survey
from surveys.services import response_imports
from surveys.services.imports import survey_import
from surveys.services.response_imports import responses_import, responses_import_begin
from surveys.services.surveys import survey_publish
from tests.conftest import make_customers
from tests.surveys.exchange.files import workbook

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]
FORM = b"""
| survey | | | | | |
| | type | name | label | required | relevant |
| | select_multiple p | used | What? | yes | |
| | integer | age | Age? | yes | |
| | text | why | Why? | yes | ${age} > 17 |
| choices | | | |
| | list_name | name | label |
| | p | app | The app |
| | p | shop | The shop |
"""
TABLE = [
    ["used", "age", "why", "completed_at", "external_id", "dim.store"],
    ["app; The shop", "30", "Nice", "2026-05-01 10:00", "C1", "Gangnam"],
    ["shop", "12", "", "2026-05-02", "", ""],
    ["shop", "40", "", "2026-05-02", "", ""],
    ["boat", "20", "Hm", "", "", ""],
    ["app", "20", "Hm", "", "nobody", ""],
]


@pytest.fixture
def survey(designer: Actor) -> Survey:
    survey = survey_import(actor=designer, name="f.md", content=FORM).survey
    survey_publish(actor=designer, survey=survey)
    survey.refresh_from_db()
    make_customers(designer.program, 3)
    return survey


def as_csv(table: list[list[str]]) -> bytes:
    return "\n".join(",".join(row) for row in table).encode()


@pytest.mark.parametrize("content", [as_csv(TABLE), workbook({"a": TABLE})], ids=["csv", "xlsx"])
def test_rows_are_taken_or_refused_on_their_own(
    designer: Actor, survey: Survey, content: bytes
) -> None:
    result = responses_import(actor=designer, survey=survey, name="a.csv", content=content)
    assert (result.created, result.failed) == (2, 3)
    failed = {row["line"]: list(row["errors"]) for row in result.rows if row["errors"]}
    assert failed == {4: ["answers.why"], 5: ["answers.used"], 6: ["external_id"]}
    first = Response.objects.for_actor(designer).get(customer__external_id="C1")
    assert first.answers == {"used": ["app", "shop"], "age": 30, "why": "Nice"}
    assert first.channel == "import"
    assert first.completed_at is not None
    assert first.completed_at.isoformat() == "2026-05-01T01:00:00+00:00"


def test_the_same_file_again_changes_nothing(designer: Actor, survey: Survey) -> None:
    for expected in ((2, 0), (0, 2)):
        result = responses_import(
            actor=designer, survey=survey, name="a.csv", content=as_csv(TABLE)
        )
        assert (result.created, result.unchanged) == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"age,colour\n3,red", "unknown_columns"),
        (b"external_id\nC1", "missing_columns"),
        (b"age,age\n3,4", "not_csv"),
        (b"PK\x03\x04broken", "file_refused"),
        (workbook({"a": [["age", "Age"], ["1", "2"]]}), "file_refused"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    designer: Actor, survey: Survey, content: bytes, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        responses_import(actor=designer, survey=survey, name="a.csv", content=content)
    assert refused.value.code == code
    assert not Response.unscoped.exists()


def test_staff_may_not(actor_for: As, survey: Survey) -> None:
    with pytest.raises(DomainError) as refused:
        responses_import(actor=actor_for("staff"), survey=survey, name="a", content=as_csv(TABLE))
    assert refused.value.code == "denied"


def test_a_long_table_is_a_job_with_progress_and_takes_no_row_twice(
    designer: Actor, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_imports, "BATCH", 2)
    content = as_csv(TABLE)
    job = responses_import_begin(actor=designer, survey=survey, name="a.csv", content=content)
    assert isinstance(job, Job)
    assert not Response.objects.for_actor(designer).exists()
    jobs_run_due()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert (job.result["created"], job.result["failed"]) == (2, 3)
    assert [row["line"] for row in job.result["rows"]] == [4, 5, 6]
    again = responses_import_begin(actor=designer, survey=survey, name="a.csv", content=content)
    assert isinstance(again, Job)
    jobs_run_due()
    again.refresh_from_db()
    assert (again.result["created"], again.result["unchanged"]) == (0, 2)
    assert Response.objects.for_actor(designer).count() == 2
    with pytest.raises(DomainError):
        responses_import_begin(actor=designer, survey=survey, name="b.csv", content=b"x,y\n1,2")
