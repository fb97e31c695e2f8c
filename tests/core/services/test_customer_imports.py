"""Customers from a file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from cxportal.core.actors import Actor
from cxportal.core.bulk import BulkResult
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, Job, Notification, StoredFile
from cxportal.core.services.customer_imports import customers_import
from cxportal.core.services.jobs import jobs_run_due


def test_a_small_file_is_taken_at_once(system: Actor) -> None:
    text = (
        "external_id,name,email,is_test,attributes.zip,attributes.visits\n"
        "A,Ann,ann@example.com,no,01234,12\nB,Bo,nonsense,,,\n"
    )
    result = customers_import(actor=system, name="c.csv", content=text.encode())
    assert isinstance(result, BulkResult)
    assert (result.created, result.failed) == (1, 1)
    assert result.rows[1]["line"] == 3 and "email" in result.rows[1]["errors"]
    ann = Customer.objects.for_actor(system).get()
    assert (ann.name, ann.is_test, ann.attributes) == ("Ann", False, {"zip": "01234", "visits": 12})


def test_empty_cells_leave_what_is_stored(system: Actor) -> None:
    customers_import(actor=system, name="c.csv", content=b"external_id,name\nA,Ann\n")
    again = customers_import(actor=system, name="c.csv", content=b"external_id,name\nA,\n")
    assert isinstance(again, BulkResult) and again.unchanged == 1
    assert Customer.objects.for_actor(system).get().name == "Ann"


def test_a_large_file_is_a_job_that_can_be_repeated(
    actor_for: Callable[[str], Actor], settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    owner = actor_for("owner")
    lines = "".join(f"C{i},Name {i}\n" for i in range(2500)) + ",nobody\n"
    content = ("external_id,name\n" + lines).encode()
    job = customers_import(actor=owner, name="../many.csv", content=content)
    assert isinstance(job, Job)
    assert StoredFile.objects.for_actor(owner).get().name == "many.csv"
    assert jobs_run_due() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 2501, 2501)
    assert (job.result["created"], job.result["failed"]) == (2500, 1)
    assert job.result["rows"][0]["line"] == 2502
    assert Customer.objects.for_actor(owner).count() == 2500
    assert not StoredFile.objects.for_actor(owner).exists()
    notice = Notification.objects.for_actor(owner).get()
    assert (notice.kind, notice.membership) == ("job_done", owner.membership)


def test_a_file_without_rows_or_rights_changes_nothing(actor_for: Callable[[str], Actor]) -> None:
    with pytest.raises(DomainError):
        customers_import(actor=actor_for("owner"), name="c.csv", content=b"external_id\n")
    with pytest.raises(Denied):
        customers_import(actor=actor_for("viewer"), name="c.csv", content=b"external_id\nA\n")
    assert not Customer.objects.for_actor(actor_for("owner")).exists()
