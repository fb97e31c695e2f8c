"""Exports: the same table in every format, nothing that runs, nobody's data without the right."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, Job, Program, StoredFile
from cxportal.core.services.jobs import jobs_run_due
from surveys.models import Response, Survey
from surveys.services.exports import FORMATS, formats_here, responses_export, scores_export
from surveys.services.recording import responses_record
from tests.conftest import make_customers, make_key
from tests.surveys.answering import CSAT, NPS, USED, WHY, document, drain, make_survey, publish

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 12, 30, tzinfo=ZoneInfo("Asia/Seoul"))
RANK = {"code": "rank", "kind": "ranking", "text": {"en": "Order"}, "choices": USED["choices"]}
GRID: dict[str, Any] = {
    "code": "grid", "kind": "matrix_single", "text": {"en": "Agree?"},
    "rows": [{"code": code, "text": {"en": code.title()}} for code in ("clean", "quick")],
    "choices": [{"code": "yes", "text": {"en": "Yes"}}, {"code": "no", "text": {"en": "No"}}],
}  # fmt: skip
MAIL: dict[str, Any] = {"code": "mail", "kind": "email", "text": {"en": "Mail"}}


@pytest.fixture
def survey(program: Program, settings: Any, tmp_path: Path) -> Survey:
    settings.MEDIA_ROOT = str(tmp_path)
    return make_survey(program, [NPS, CSAT, USED], [WHY, RANK, GRID, MAIL])


@pytest.fixture
def answered(survey: Survey, system: Actor) -> Survey:
    [customer] = make_customers(survey.program, 1)
    answers: dict[str, Any] = {
        "nps": 9, "csat": 4, "used": ["store"], "why": "=SUM(A1)", "rank": ["store", "app"],
        "grid": {"clean": "no", "quick": "yes"}, "mail": "kim@example.com",
    }  # fmt: skip
    Response.unscoped.bulk_create(
        Response(
            program=survey.program, survey=survey, version_id=survey.current_version_id or 0,
            customer=customer if n == 0 else None, status="complete", channel="email",
            language="ko", answers=answers if n == 0 else {"nps": n},
            started_at=AT, completed_at=AT,
        )
        for n in range(3)
    )  # fmt: skip
    Response.unscoped.create(
        program=survey.program, survey=survey, version_id=survey.current_version_id or 0,
        answers={"nps": 1}, started_at=AT,
    )  # fmt: skip
    return survey


def export(actor: Actor, survey: Survey, **values: Any) -> tuple[Job, bytes]:
    job = responses_export(actor=actor, survey=survey, **values)
    jobs_run_due()
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.message
    return job, StoredFile.unscoped.get(pk=job.result["file"]).file.read()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_one_row_per_response_one_column_per_part(
    actor_for: Callable[[str], Actor], answered: Survey
) -> None:
    job, content = export(actor_for("owner"), answered)
    rows = rows_of(content)
    assert (job.result["row_count"], len(rows)) == (3, 3)
    first = rows[0]
    wanted = {
        "version": "1", "status": "complete", "channel": "email", "language": "ko",
        "customer": "C0", "nps": "9", "csat": "4", "used_app": "0", "used_store": "1",
        "why": "'=SUM(A1)", "rank_app": "2", "rank_store": "1", "grid_clean": "no",
        "grid_quick": "yes", "mail": "kim@example.com", "seconds": "0",
    }  # fmt: skip
    assert {name: first[name] for name in wanted} == wanted
    assert rows[1]["used_app"] == ""
    assert content.startswith(b"\xef\xbb\xbf")
    assert not export(actor_for("owner"), answered, bom=False)[1].startswith(b"\xef\xbb\xbf")
    assert len(rows_of(export(actor_for("owner"), answered, partial=True)[1])) == 4


def test_every_format_holds_the_same_table(
    actor_for: Callable[[str], Actor], answered: Survey, tmp_path: Path
) -> None:
    read: dict[str, list[dict[str, Any]]] = {}
    for name in formats_here():
        _job, content = export(actor_for("owner"), answered, format=name)
        read[name] = _read(name, content, tmp_path)
    assert set(read) >= {"csv", "xlsx", "jsonl"}
    usual = [{k: _text(v) for k, v in row.items()} for row in read["jsonl"]]
    for name, rows in read.items():
        mended = [{k: _text(v) for k, v in row.items()} for row in rows]
        if name == "csv":
            mended = [{k: v.removeprefix("'") for k, v in row.items()} for row in mended]
        assert mended == usual, name


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _read(name: str, content: bytes, folder: Path) -> list[dict[str, Any]]:
    if name == "csv":
        return list(rows_of(content))
    if name == "jsonl":
        return [json.loads(line) for line in content.splitlines()]
    if name == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        head, *rows = book.get_sheet_by_index(0).to_python()
        return [dict(zip(map(str, head), row, strict=True)) for row in rows]
    polars = pytest.importorskip("polars")
    if name == "parquet":
        return list(polars.read_parquet(io.BytesIO(content)).to_dicts())
    pyreadstat = pytest.importorskip("pyreadstat")
    path = folder / "file.sav"
    path.write_bytes(content)
    frame, _meta = pyreadstat.read_sav(str(path), output_format="polars")
    return list(frame.to_dicts())


def test_spss_knows_labels_and_measures(
    actor_for: Callable[[str], Actor], answered: Survey, tmp_path: Path
) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    path = tmp_path / "file.sav"
    path.write_bytes(export(actor_for("owner"), answered, format="sav")[1])
    _frame, meta = pyreadstat.read_sav(str(path), output_format="polars")
    assert meta.column_names_to_labels["nps"] == "Would you recommend us?"
    assert meta.variable_value_labels["grid_clean"] == {"yes": "Yes", "no": "No"}
    assert meta.variable_value_labels["used_app"] == {0.0: "No", 1.0: "Yes"}
    assert (meta.variable_measure["nps"], meta.variable_measure["csat"]) == ("scale", "ordinal")


def test_columns_keep_their_names_over_versions(
    actor_for: Callable[[str], Actor], answered: Survey
) -> None:
    before = list(rows_of(export(actor_for("owner"), answered)[1])[0])
    publish(answered, document([CSAT, {**NPS, "text": {"en": "New words"}}]))
    after = list(rows_of(export(actor_for("owner"), answered)[1])[0])
    assert after == before
    job, _content = export(actor_for("owner"), answered)
    book = rows_of(StoredFile.unscoped.get(pk=job.result["codebook"]).file.read())
    told = {row["column"]: row for row in book if not row["code"]}
    assert told["nps"]["en"] == "New words"
    assert told["nps"]["ko"] == "추천하시겠어요?"
    assert {row["code"] for row in book if row["column"] == "grid_quick"} == {"", "yes", "no"}


def test_who_may_not_export_persons_gets_none(
    actor_for: Callable[[str], Actor], answered: Survey
) -> None:
    _job, content = export(actor_for("manager"), answered)
    first = rows_of(content)[0]
    assert (first["customer"], first["mail"], first["nps"]) == ("", "", "9")
    for role in ("staff", "viewer"):
        with pytest.raises(Denied):
            responses_export(actor=actor_for(role), survey=answered)


def test_filters_of_the_report_narrow_the_export(
    actor_for: Callable[[str], Actor], answered: Survey
) -> None:
    _job, content = export(actor_for("owner"), answered, query="answer=nps%3A9..10")
    assert [row["nps"] for row in rows_of(content)] == ["9"]


def test_an_anonymous_survey_hands_out_no_hours_numbers_or_names(
    survey: Survey, program: Program, system: Actor, actor_for: Callable[[str], Actor]
) -> None:
    survey = make_survey(program, [NPS], anonymous=True)
    rows: list[dict[str, Any]] = [{"answers": {"nps": n}, "completed_at": AT} for n in range(6)]
    responses_record(actor=system, survey=survey, rows=rows[:4])
    with pytest.raises(DomainError, match="Too few"):
        responses_export(actor=actor_for("owner"), survey=survey)
    responses_record(actor=system, survey=survey, rows=rows[4:])
    drain()
    _job, content = export(actor_for("owner"), survey)
    found = rows_of(content)
    assert [row["response"] for row in found] == [str(n) for n in range(1, 7)]
    assert {row["completed_at"] for row in found} == {"2026-03-10"}
    ids = set(map(str, Response.unscoped.filter(survey=survey).values_list("pk", flat=True)))
    assert not ids & {row["response"] for row in found} or min(map(int, ids)) < 7


def test_scores_go_out_with_their_definitions(
    actor_for: Callable[[str], Actor], system: Actor, survey: Survey
) -> None:
    from tests.surveys.answering import make_metric

    make_metric(survey, "nps", "nps", 0, 10, metric_code="nps")
    rows = [{"answers": {"nps": n}, "completed_at": AT, "channel": "email"} for n in (9, 3)]
    responses_record(actor=system, survey=survey, rows=rows)
    drain()
    job = scores_export(actor=actor_for("manager"), query="from=2026-01-01&to=2026-12-31")
    jobs_run_due()
    job.refresh_from_db()
    found = rows_of(StoredFile.unscoped.get(pk=job.result["file"]).file.read())
    assert [row["value"] for row in found] == ["9", "3"]
    assert found[0]["promoter_from"] == "9"
    assert "channel:email" in found[0]["groups"].split(";")


def test_an_unknown_format_is_refused(actor_for: Callable[[str], Actor], survey: Survey) -> None:
    with pytest.raises(DomainError):
        responses_export(actor=actor_for("owner"), survey=survey, format="exe")
    assert set(formats_here()) <= set(FORMATS)


def test_the_page_asks_and_its_maker_alone_fetches(
    client_for: Callable[[str], Client], answered: Survey
) -> None:
    path = f"/p/acme/surveys/{answered.pk}/export/"
    assert "JSON Lines" in client_for("manager").get(path).content.decode()
    answer = client_for("manager").post(path, {"format": "csv", "bom": "on"})
    jobs_run_due()
    page = client_for("manager").get(answer["Location"]).content.decode()
    assert "3 rows" in page
    stored = StoredFile.unscoped.order_by("pk").first()
    assert stored is not None
    download = f"/p/acme/files/{stored.pk}/"
    assert client_for("manager").get(download).status_code == 200
    assert client_for("designer").get(download).status_code == 403
    assert client_for("viewer").get(path).status_code == 403


def test_a_client_asks_waits_and_fetches(answered: Survey, client: Client) -> None:
    def call(method: str, path: str, secret: str, **values: Any) -> Any:
        send = getattr(client, method)
        headers = {"Authorization": f"Bearer {secret}"}
        return send(f"/api/v1/{path}", **values, content_type="application/json", headers=headers)

    reader, other = (
        make_key(answered.program, "responses:read"),
        make_key(answered.program, "metrics:read"),
    )
    asked = {"what": "responses", "survey": answered.pk, "format": "jsonl"}
    made = call("post", "exports/", reader, data=asked)
    assert made.status_code == 201
    pk = made.json()["id"]
    assert call("get", f"exports/{pk}/file/", reader).status_code == 404
    jobs_run_due()
    assert call("get", f"exports/{pk}/", reader).json()["rows"] == 3
    content = b"".join(call("get", f"exports/{pk}/file/", reader).streaming_content)
    assert [json.loads(line)["nps"] for line in content.splitlines()] == [9, 1, 2]
    assert json.loads(content.splitlines()[0])["mail"] is None
    assert call("get", f"exports/{pk}/", other).status_code == 403
    assert call("post", "exports/", reader, data={"what": "responses"}).status_code == 422
    assert Customer.unscoped.exists()
