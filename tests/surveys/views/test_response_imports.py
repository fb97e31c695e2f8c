"""The page of importing answers."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from surveys.models import Response, Survey
from surveys.services.surveys import survey_publish
from tests.surveys.designing import make_draft

pytestmark = pytest.mark.django_db
ClientFor = Callable[[str], Client]


@pytest.fixture
def survey(actor_for: Callable[[str], Actor]) -> Survey:
    draft = make_draft(actor_for("designer"))
    survey_publish(actor=actor_for("designer"), survey=draft)
    return draft


def test_a_table_is_taken_and_bad_rows_are_shown(client_for: ClientFor, survey: Survey) -> None:
    client, address = client_for("designer"), f"/p/acme/surveys/{survey.pk}/answers/import/"
    assert "<code>nps</code>" in client.get(address).content.decode()
    good = SimpleUploadedFile("a.csv", b"nps,why\n9,Nice\n3,Slow")
    assert client.post(address, {"file": good})["Location"] == f"/p/acme/surveys/{survey.pk}/"
    assert Response.unscoped.count() == 2
    bad = client.post(address, {"file": SimpleUploadedFile("a.csv", b"nps,why\n99,Nice\n8,So")})
    assert bad.status_code == 422
    assert "answers.nps" in bad.content.decode()
    assert Response.unscoped.count() == 3
    wrong = client.post(address, {"file": SimpleUploadedFile("a.csv", b"colour\nred")})
    assert "colour" in wrong.content.decode()


def test_a_draft_takes_no_answers(client_for: ClientFor, actor_for: Callable[[str], Actor]) -> None:
    draft = make_draft(actor_for("designer"))
    address = f"/p/acme/surveys/{draft.pk}/answers/import/"
    assert client_for("designer").get(address).status_code == 404
