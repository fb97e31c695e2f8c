"""`manage.py survey`: for people at a terminal and for machines."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cxportal.core.models import Program
from surveys.models import Survey
from tests.surveys.services.test_imports import TEA

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command("survey", *words, stdout=out)
    return out.getvalue()


def test_the_report_is_printed_for_people_and_for_machines(
    program: Program, tmp_path: Path
) -> None:
    file = tmp_path / "tea.md"
    file.write_bytes(TEA)
    said = run("import", str(file), "--program", "acme")
    assert "7 found, 6 taken, 1 changed, 0 not taken" in said
    assert "changed: survey, D4" in said
    answer = json.loads(run("import", str(file), "--program", "acme", "--json"))
    assert Survey.unscoped.filter(pk=answer["survey"]).exists()
    assert answer["report"]["found"] == len(answer["report"]["elements"]) == 7


def test_a_refused_file_ends_with_an_error(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("type,name,label,label\ntext,a,b,c")
    out = StringIO()
    with pytest.raises(CommandError, match="stands twice"):
        call_command("survey", "import", str(file), "--program", "acme", "--json", stdout=out)
    assert json.loads(out.getvalue())["code"] == "file_refused"
    with pytest.raises(CommandError, match="there is no program"):
        run("import", str(file), "--program", "nobody")
    with pytest.raises(CommandError, match="No such file"):
        run("import", str(tmp_path / "gone"), "--program", "acme")
    assert not Survey.unscoped.exists()
