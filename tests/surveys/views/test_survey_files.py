"""Pages of a survey's files."""

from collections.abc import Callable

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from surveys.exchange.native import written
from surveys.services.imports import survey_import
from tests.surveys.services.everything import everything

pytestmark = pytest.mark.django_db
ClientFor = Callable[[str], Client]


@pytest.fixture
def address(actor_for: Callable[[str], Actor]) -> str:
    done = survey_import(actor=actor_for("designer"), name="s.json", content=written(everything()))
    return f"/p/acme/surveys/{done.survey_id}/"


def test_files_are_offered_and_downloaded(client_for: ClientFor, address: str) -> None:
    client = client_for("designer")
    assert f"{address}files/codebook/" in client.get(f"{address}files/").content.decode()
    answer = client.get(f"{address}files/json/")
    assert answer["Content-Disposition"] == 'attachment; filename="everything.json"'
    assert client.get(f"{address}files/docx/").status_code == 404


def test_the_paper_form_has_every_question_and_says_rules(
    client_for: ClientFor, address: str
) -> None:
    client = client_for("designer")
    html = client.get(f"{address}print/?lang=en").content.decode()
    assert html.count('class="question"') == 26  # all kinds but hidden data
    assert "Only if" in html
    assert "question 6 is “Apple”" in html
    assert "{{" not in html
    assert "문구" in client.get(f"{address}print/?lang=ko").content.decode()
    assert client.get(f"{address}print/?lang=xx").status_code == 200
