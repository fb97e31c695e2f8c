"""The pages of an import: bring, tell columns apart, look, take, mend."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Customer

pytestmark = pytest.mark.django_db
ROWS = "nr,이름,email\nA,김소라,sora@example.com\nB,=1+1,nonsense\n"


def test_a_file_is_mapped_looked_at_taken_and_its_bad_rows_come_back(
    client_for: Callable[[str], Client], system: Actor, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    client = client_for("manager")
    file = SimpleUploadedFile("c.csv", ROWS.encode("cp949"))
    page = client.post("/p/acme/customers/import/", {"file": file}).headers["Location"]
    shown = client.get(page).content.decode()
    assert "External id" in shown and "sora@example.com" in shown
    wrong = {"wish": "take", "column_0": "name", "column_1": "name", "column_2": "email"}
    answer = client.post(page, wrong)
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.content.decode()
    right = {"column_0": "external_id", "column_1": "name", "column_2": "email"}
    client.post(page, {**right, "wish": "look"})
    looked = client.get(page).content.decode()
    assert "1 added" in looked and "1 refused" in looked
    assert not Customer.objects.for_actor(system).exists()
    client.post(page, {**right, "wish": "take"})
    done = client.get(page).content.decode()
    assert "1 added" in done and "This is not an e-mail address." in done
    assert Customer.objects.for_actor(system).get().name == "김소라"
    refused = client.get(f"{page}refused.csv").content.decode("utf-8-sig").splitlines()
    assert refused[0] == "nr,이름,email,Line,What is wrong"
    assert refused[1].startswith("B,'=1+1,nonsense,3,")
    assert client_for("owner").get(page).status_code == 404
    assert client_for("owner").get(f"{page}refused.csv").status_code == 404
    assert client.post(page, {**right, "wish": "take"}).status_code == 409
