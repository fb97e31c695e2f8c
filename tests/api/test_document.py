"""docs/api.md is the contract: its examples are run as they stand, in order."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cxportal.core.models import Program
from cxportal.core.scopes import SCOPES
from cxportal.core.services.outbox import outbox_drain_all
from surveys.tasks import campaigns_sweep, comments_read
from tests.api.document import Example, addresses, differences, examples, filled, found
from tests.permission_matrix import routes

TEXT = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")
API = "http://testserver/api/v1"


def key_of(capsys: pytest.CaptureFixture[str]) -> str:
    """Program and key by the two commands the document begins with."""
    call_command("program", "create", "--slug", "tea-house", "--name", "Tea House")
    capsys.readouterr()
    call_command("apikey", "create", "--program", "tea-house", "--name", "sync", "--scopes", "all")
    return capsys.readouterr().out.strip()


def today() -> date:
    return timezone.now().astimezone(Program.objects.get(slug="tea-house").zone).date()


def sent(example: Example, names: dict[str, str]) -> Any:
    """Do what curl would do."""
    words = example.words(names)
    method, url, headers, fields, files = "", "", {}, [], []
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _colon, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            fields.append(words.pop(0))
        elif word == "-F":
            files.append(words.pop(0))
        elif not word.startswith("-"):
            url = word
    path = re.sub(r"^https?://[^/]+", "", url)
    data = (
        filled(example.body, names)
        if fields == ["@-"]
        else "&".join(field.replace(" ", "+") for field in fields)
    )
    kind = headers.pop("Content-Type", "application/x-www-form-urlencoded")
    client = Client(enforce_csrf_checks=True)
    if files:
        name, _at, file_name = files[0].partition("=@-;filename=")
        upload = SimpleUploadedFile(file_name, filled(example.body, names).encode())
        return client.post(path, {name: upload}, headers=headers)
    method = method or ("POST" if data else "GET")
    answer = client.generic(method, path, data.encode(), kind, headers=headers)
    return client.get(answer["Location"]) if answer.status_code in {302, 303} else answer


@pytest.mark.django_db(transaction=True)
def test_every_example_does_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    key = key_of(capsys)
    names = {
        "API": API,
        "AUTH": f"Authorization: Bearer {key}",
        "JSON": "Content-Type: application/json",
        "FROM": str(today() - timedelta(29)),
        "TO": str(today()),
    }
    wrong = []
    for example in examples(TEXT):
        answer = sent(example, names)
        assert answer.status_code == example.status, (example.command, answer.content)
        if example.kind == "json" and example.wanted is not None:
            body = json.loads(answer.content)
            wrong += [f"{example.command}{at}" for at in differences(example.wanted, body)]
            names |= {name: found(body, path) for name, path in example.kept.items()}
        # What the worker does within seconds.
        campaigns_sweep()
        outbox_drain_all()
        comments_read()
    assert wrong == [], "\n".join(wrong)


def test_every_address_is_in_the_table() -> None:
    served = set()
    for route in routes():
        if route.pattern.startswith("api/v1/"):
            address = "/" + route.pattern.removeprefix("api/v1/")
            address = re.sub(r"<int:(\w+)>", r"{\1}", address)
            address = re.sub(r"{(\w+)_id}", r"{\1}", address.replace("{pk}", "{id}"))
            served |= {(method.upper(), address) for method in route.callback.actions}
    served = {(method, address) for method, address in served if method != "HEAD"}
    assert addresses(TEXT) == served


def test_every_scope_is_explained() -> None:
    assert {s for s in SCOPES if f"`{s}`" not in TEXT} == {
        "personal_data:export",
    }
