"""Pages of taking a survey over: the file, the report, the way into the designer."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from surveys.models import Survey, SurveyImport
from tests.surveys.services.test_imports import TEA

pytestmark = pytest.mark.django_db
ClientFor = Callable[[str], Client]
ADDRESS = "/p/acme/surveys/import/"


def bring(client: Client, content: bytes = TEA, name: str = "tea.md") -> SurveyImport:
    answer = client.post(ADDRESS, {"file": SimpleUploadedFile(name, content)})
    done = SurveyImport.unscoped.get()
    assert answer["Location"] == f"/p/acme/surveys/imports/{done.pk}/"
    return done


def test_a_file_leads_to_its_report_and_on_to_the_designer(client_for: ClientFor) -> None:
    client = client_for("designer")
    assert b"Qualtrics" in client.get(ADDRESS).content
    done = bring(client)
    html = client.get(f"/p/acme/surveys/imports/{done.pk}/").content.decode()
    design = f"/p/acme/surveys/{done.survey_id}/design/"
    assert design in html
    assert "kept as a note" in html
    assert client.get(design).status_code == 200


def test_the_report_is_filtered_by_result_kind_and_words(client_for: ClientFor) -> None:
    client = client_for("designer")
    address = f"/p/acme/surveys/imports/{bring(client).pk}/"

    def names(query: str) -> int:
        return client.get(address + query).content.decode().count('data-label="Result"')

    assert names("") == 7
    assert names("?result=changed") == 1
    assert names("?kind=choices") == 2
    assert names("?kind=questions&q=why") == 1
    assert names("?result=nonsense&kind=nonsense&start=x") == 7
    assert "No element fits" in client.get(address + "?q=nowhere").content.decode()


def test_the_report_costs_the_same_for_small_and_large_files(
    client_for: ClientFor, assert_same_queries: Callable[..., int]
) -> None:
    client = client_for("designer")
    done = bring(client)

    def grow() -> None:
        done.report["elements"] *= 100
        done.save()

    assert_same_queries(lambda: client.get(f"/p/acme/surveys/imports/{done.pk}/"), grow)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"type,name,label,label\ntext,a,b,c", "survey, D1: The column “label” stands twice"),
        (b"<html>", "no valid XML"),
        (b"\x89PNG\r\n", "It is a PNG file"),
        (b"", "empty"),
    ],
)
def test_a_refusal_says_where_and_why(client_for: ClientFor, content: bytes, said: str) -> None:
    client = client_for("designer")
    answer = client.post(ADDRESS, {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Survey.unscoped.exists()


def test_texts_of_the_file_are_shown_and_never_run(client_for: ClientFor) -> None:
    evil = TEA.replace(b"Did you come?", b"<img src=x onerror=alert(1)>Hm?")
    evil = evil.replace(b"select_one yn | came", b"select_one yn | <script>alert(2)</script>")
    client = client_for("designer")
    done = bring(client, evil, "<b>x</b>.md")
    for address in (f"imports/{done.pk}/", f"{done.survey_id}/", f"{done.survey_id}/design/"):
        html = client.get(f"/p/acme/surveys/{address}").content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<b>x</b>" not in html


def test_viewers_see_no_report_of_a_draft(client_for: ClientFor, stranger_client: Client) -> None:
    done = bring(client_for("designer"))
    assert client_for("viewer").get(f"/p/acme/surveys/imports/{done.pk}/").status_code == 404
    assert stranger_client.get(f"/p/other/surveys/imports/{done.pk}/").status_code == 404
