"""Files of customers: columns told apart, looked at first, taken once, row by row."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, Job, Notification, StoredFile, TableImport
from cxportal.core.registry import import_targets
from cxportal.core.services import table_imports
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.jobs import jobs_run_due
from cxportal.core.services.table_imports import (
    columns_guessed,
    table_import_begin,
    table_import_map,
    table_import_preview,
    table_import_resume,
    table_import_start,
)
from cxportal.core.table_files import read_table

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def start(actor: Actor, content: str | bytes, name: str = "c.csv") -> TableImport:
    raw = content.encode() if isinstance(content, str) else content
    return table_import_start(actor=actor, kind="customers", name=name, content=raw)


def take(actor: Actor, content: str | bytes) -> TableImport:
    return table_import_begin(actor=actor, table_import=start(actor, content))


def counts(done: TableImport) -> tuple[int, int, int, int]:
    return done.created, done.updated, done.unchanged, done.failed


def sheet(rows: list[list[Any]]) -> bytes:
    file = BytesIO()
    book = Workbook(file)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (["회원번호", "고객명", "E-Mail 주소", "휴대폰"], ["external_id", "name", "", "phone"]),
        (["Customer ID", "Full name", "e-mail", "Tel."], ["external_id", "name", "email", "phone"]),
        (["id", "ID (2)", "attributes.Zip", "Shoe"], ["external_id", "", "attributes.Zip", ""]),
    ],
)
def test_columns_are_known_by_their_heads_in_both_languages(
    columns: list[str], fields: list[str]
) -> None:
    guessed = columns_guessed(import_targets["customers"], columns)
    assert list(guessed.values()) == fields


KOREAN = "고객번호,이름,이메일,attributes.zip\nA,김소라,sora@example.com,01234\nB,박보,틀림,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_what_is_shown_first_is_what_happens_and_a_second_time_nothing(
    encoding: str, system: Actor
) -> None:
    found = start(system, KOREAN.encode(encoding))
    preview = table_import_preview(actor=system, table_import=found)
    assert [row["status"] for row in preview.rows] == ["created", "failed"]
    assert preview.examples["이름"] == ["김소라", "박보"]
    assert not Customer.objects.for_actor(system).exists()
    done = table_import_begin(actor=system, table_import=found)
    assert counts(done) == (1, 0, 0, 1)
    fault = done.faults.get()
    assert (fault.line, list(fault.errors), fault.cells["이름"]) == (3, ["email"], "박보")
    sora = Customer.objects.for_actor(system).get()
    assert (sora.name, sora.attributes) == ("김소라", {"zip": "01234"})
    assert not StoredFile.objects.for_actor(system).exists()
    assert counts(take(system, KOREAN.encode(encoding))) == (0, 0, 1, 1)


def test_an_excel_file_goes_the_same_way(system: Actor) -> None:
    done = take(system, sheet([["ID", "Name", "Points"], [1001, "Ann", 12], [1002, "Bo", ""]]))
    assert counts(done) == (2, 0, 0, 0)
    names = Customer.objects.for_actor(system).order_by("external_id")
    assert list(names.values_list("external_id", "name")) == [("1001", "Ann"), ("1002", "Bo")]


def test_bad_lines_are_refused_alone_with_their_reason(system: Actor) -> None:
    content = b"id,name\nA,Ann\nA,Again\nB,Bo,x\nC,\xff\xfe\n,Nobody\nD,Dora\n"
    done = take(system, content)
    assert counts(done) == (2, 0, 0, 4)
    reasons = {fault.line: str(fault.errors) for fault in done.faults.all()}
    assert "Line 2" in reasons[3] and "3 cells" in reasons[4] and "CP949" in reasons[5]
    assert "external_id" in reasons[6]


def test_columns_can_be_told_apart_by_hand(system: Actor) -> None:
    found = start(system, "nr,wer,zip\nA,Ann,0123\n")
    assert table_import_preview(actor=system, table_import=found).problem
    with pytest.raises(DomainError, match="External id"):
        table_import_begin(actor=system, table_import=found)
    for wrong in ({"nr": "name", "wer": "name"}, {"nr": "external_id", "wer": "password"}):
        with pytest.raises(DomainError):
            table_import_map(actor=system, table_import=found, mapping=wrong)
    mapping = {"nr": "external_id", "wer": "name", "zip": "attributes.zip"}
    found = table_import_map(actor=system, table_import=found, mapping=mapping)
    table_import_begin(actor=system, table_import=found)
    assert Customer.objects.for_actor(system).get().attributes == {"zip": "0123"}
    with pytest.raises(DomainError):
        table_import_begin(actor=system, table_import=found)


def test_a_large_file_is_a_job_that_goes_on_after_a_crash(
    actor_for: Callable[[str], Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_imports, "BATCH", 20)
    owner = actor_for("owner")
    lines = "".join(f"C{i},Name {i}\n" for i in range(50)) + ",nobody\nC1,twice\n"
    found = take(owner, "external_id,name\n" + lines)
    assert found.finished_at is None and found.job is not None
    whole, calls = table_imports._batch, []

    def dies_in_the_third(*args: Any) -> None:
        calls.append(1)
        whole(*args)
        if len(calls) == 3:
            raise MemoryError

    monkeypatch.setattr(table_imports, "_batch", dies_in_the_third)
    assert jobs_run_due() == 1
    found.refresh_from_db()
    assert (found.done, Customer.objects.for_actor(owner).count()) == (40, 40)
    table_import_resume(actor=owner, table_import=found)
    assert jobs_run_due() == 1
    found.refresh_from_db()
    assert (found.done, *counts(found)) == (52, 50, 0, 0, 2)
    assert [fault.line for fault in found.faults.all()] == [52, 53]
    job = Job.objects.for_actor(owner).get(pk=found.job.pk)
    assert (job.state, job.done, job.result["created"]) == ("done", 52, 50)
    kinds = Notification.objects.for_actor(owner).values_list("kind", flat=True)
    assert sorted(kinds) == ["job_done", "job_failed"]


def test_who_may_not_change_customers_brings_no_file(
    actor_for: Callable[[str], Actor],
) -> None:
    with pytest.raises(Denied):
        start(actor_for("viewer"), "id\nA\n")
    for content in (b"", b"id\n", b"%PDF-1.7", b"PK\x03\x04broken", b'id\n"A\n'):
        with pytest.raises(DomainError):
            start(actor_for("owner"), content)
    assert not TableImport.objects.for_actor(actor_for("owner")).exists()


def test_an_erased_person_stays_in_no_waiting_file_and_no_refused_row(system: Actor) -> None:
    take(system, "id,name,email\nLEE-001,Lee Sora,lee@sora.example\nX,Lee Sora,no mail\n")
    waiting = start(system, sheet([["id", "name"], ["LEE-001", "Lee Sora"]]), "w.xlsx")
    other = start(system, "id,name\nB,Bo\n")
    assert waiting.file is not None
    path = Path(waiting.file.file.path)
    person = Customer.objects.for_actor(system).get()
    customer_erase(actor=system, customer=person)
    left = TableImport.objects.for_actor(system)
    assert set(left.filter(started_at=None)) == {other}
    assert not [fault for one in left for fault in one.faults.all()]
    assert path.suffix == ".xlsx"


def test_a_table_keeps_names_blanks_and_doubles_apart() -> None:
    table = read_table(b"\n a ;B; ;b\n1;2;3\n\n;;;\n")
    assert table.columns == ["a", "B", "Column 3", "b (4)"]
    assert table.rows == [(3, {"a": "1", "B": "2", "Column 3": "3", "b (4)": ""})]
