"""Help on every page, in both languages; the health of the portal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from cxportal.core.models import Job, Program
from cxportal.core.registry import navigation
from cxportal.home.queries.help import SUBJECTS, help_html, subject_of
from cxportal.launch.backup import STAMP


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_subject_has_its_page(language: str) -> None:
    folder = settings.BASE_DIR / "docs" / "help" / language
    assert {path.stem for path in folder.glob("*.md")} == set(SUBJECTS)
    for subject in SUBJECTS:
        text = help_html(subject, language)
        assert text is not None
        assert "<h1>" in text


def test_each_entry_of_the_navigation_has_help_of_its_own(program: Program) -> None:
    from django.urls import reverse

    for item in navigation:
        path = reverse(item.url_name, args=("acme",)).removeprefix("/p/acme/")
        assert subject_of(path) == "home" if not path else subject_of(path) != "home", path


def test_help_speaks_the_reader_s_language(client_for: Callable[[str], Client]) -> None:
    client = client_for("viewer")
    page = client.get("/p/acme/help/", {"for": "campaigns/7/"}).content.decode()
    assert "Reminders go only" in page
    assert client.get("/p/acme/help/", {"subject": "nothing"}).status_code == 404
    part = client.get("/p/acme/help/", {"for": "board/"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()


def test_health_says_what_to_do_where_something_fails(
    client_for: Callable[[str], Client],
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    from django.utils import timezone

    monkeypatch.setattr("cxportal.core.queries.operation.VAR", tmp_path)
    Job.unscoped.create(program=program, kind="demo", state="failed", finished_at=timezone.now())
    page = client_for("owner").get("/p/acme/settings/health/")
    assert "1 failed this week" in page.content.decode()
    assert "PostgreSQL" in page.content.decode()
    lines = {check.name: check for check in page.context["checks"]}
    assert lines["Backup"].value == "none seen"
    stamp = tmp_path / "stamps" / STAMP
    stamp.parent.mkdir()
    stamp.write_text("/backups/2026-11-24")
    page = client_for("owner").get("/p/acme/settings/health/")
    lines = {check.name: check for check in page.context["checks"]}
    assert lines["Backup"].fine and lines["Backup"].value.endswith("0 days ago")
    assert client_for("manager").get("/p/acme/settings/health/").status_code == 403
