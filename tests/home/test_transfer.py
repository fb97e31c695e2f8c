"""A program leaves one portal and comes into an empty one as it was."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Program, StoredFile, TenantModel, User
from cxportal.core.models.records import IdempotencyRecord
from cxportal.core.services.jobs import jobs_run_due
from cxportal.home.demo.load import Size, demo_fill, demo_program_create
from cxportal.home.demo.remove import program_remove
from cxportal.home.services.transfer import program_export, program_import
from loyalty.queries.scorecard import scorecard_of
from surveys.models import Metric
from surveys.queries.scores import metric_score
from tests.conftest import make_customers, make_member, make_program
from tests.permission_matrix import signed_in


def checksums() -> dict[str, str]:
    """Rows of every tenant table, summed up; people's numbers and the audit of the import aside."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if not issubclass(model, TenantModel) or model is IdempotencyRecord:
                continue
            aside = [f.column for f in model._meta.local_concrete_fields if f.related_model is User]
            table = model._meta.db_table
            where = "WHERE action <> 'program.import'" if table == "core_auditentry" else ""
            cursor.execute(
                f"SELECT md5(string_agg((to_jsonb(t) - %s::text[])::text, '|' ORDER BY t.id))"
                f" FROM {table} t {where}",
                [aside],
            )
            found[table] = cursor.fetchone()[0]
    return found


def figures(program: Program) -> list[Any]:
    actor = Actor.system(program)
    first, last = date(2020, 1, 1), date(2100, 1, 1)
    scores = [
        (m.code, metric_score(actor=actor, metric=m, first_day=first, last_day=last))
        for m in Metric.objects.for_actor(actor).order_by("pk")
    ]
    card = scorecard_of(actor, date(2026, 1, 1))
    return [scores, [(row.kpi.pk, row.series) for row in card.rows], card.document()]


@pytest.mark.django_db(transaction=True)
def test_a_program_comes_back_row_by_row(tmp_path: Path) -> None:
    program = demo_program_create("a password that is long")
    demo_fill(program, size=Size(customers=40, responses=120), report=lambda *_: None)
    before, shown = checksums(), figures(program)
    path = tmp_path / "hanbit.zip"
    counts = program_export(program=program, path=path)
    with pytest.raises(DomainError, match="empty portal"):
        program_import(path=path)
    program_remove(program)
    # Another portal has other people, so the numbers of ours are taken.
    User.objects.create_user("operator@portal.example", "x", is_superuser=True)
    taken, taken_counts = program_import(path=path)
    assert taken_counts == counts
    assert checksums() == before
    assert figures(taken)[:2] == shown[:2]
    owner = User.objects.get(email="owner@hanbit.example")
    assert not owner.has_usable_password()
    assert owner.memberships.get().role == "owner"


@pytest.mark.django_db(transaction=True)
def test_new_rows_go_on_after_the_old_numbers(tmp_path: Path) -> None:
    program = demo_program_create("a password that is long")
    path = tmp_path / "hanbit.zip"
    program_export(program=program, path=path)
    old = program.pk
    program_remove(program)
    gone = make_program("gone")
    highest = gone.pk
    gone.delete()
    assert program_import(path=path)[0].pk == old
    # What a process remembers of a row that is gone never meets another row of its number.
    assert Program.objects.create(slug="next", name="Next").pk > highest > old


@pytest.mark.django_db
def test_a_file_that_is_no_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"not a zip")
    with pytest.raises(CommandError, match="no exported program"):
        call_command("transfer", "import", path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": "x"}))
    with pytest.raises(DomainError, match="no exported program"):
        program_import(path=path)
    with pytest.raises(CommandError, match="no program"):
        call_command("transfer", "export", "nobody", tmp_path / "y.zip")


@pytest.mark.django_db
def test_a_file_of_another_version_is_refused(tmp_path: Path, program: Program) -> None:
    path = tmp_path / "acme.zip"
    manifest = {
        "format": "cx-program",
        "format_version": 1,
        "program": "acme",
        "migrations": {"core": "0000_old"},
        "tables": {},
        "people": {},
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(DomainError, match="An older version"):
        program_import(path=path)


@pytest.mark.django_db(transaction=True)
def test_an_owner_exports_and_erases_a_program_by_page(
    settings: Any, tmp_path: Path, other_program: Program
) -> None:
    settings.MEDIA_ROOT = tmp_path
    program = make_program("acme")
    make_customers(program, 3)
    owner, manager = make_member(program, "owner"), make_member(program, "manager")
    client, page = signed_in(owner.user), "/p/acme/settings/whole/"
    assert signed_in(manager.user).post(f"{page}export/").status_code == 403
    job = client.post(f"{page}export/", follow=True)
    jobs_run_due()
    stored = StoredFile.unscoped.get(program=program)  # unscoped: test
    with zipfile.ZipFile(stored.file) as archive:
        assert archive.read("rows/core_customer").count(b"\n") == 3
    assert job.status_code == 200
    assert client.post(f"{page}erase/", {"confirmed": "acm"}).status_code == 422
    assert client.post(f"{page}erase/", {"confirmed": "acme"}).status_code == 302
    path = Path(stored.file.path)
    jobs_run_due()
    assert not Program.objects.filter(slug="acme").exists()
    assert Program.objects.filter(pk=other_program.pk).exists()
    assert not User.objects.filter(pk=owner.user_id).exists()
    assert not path.exists()
