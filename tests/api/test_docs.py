"""The OpenAPI document and its reader."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings

from cxportal.api.docs import _schema


@pytest.fixture(scope="module")
def schema() -> Any:
    return _schema("en")


def test_the_document_is_valid_and_without_warnings() -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert "openapi: 3.1.0" in out.getvalue()


def test_anybody_may_read_the_document(client: Client) -> None:
    answer = client.get("/api/schema/")
    assert answer.status_code == 200
    assert b"/api/v1/customers/bulk/" in answer.content


def test_every_operation_says_what_a_refusal_looks_like(schema: Any) -> None:
    operations = [op for path in schema["paths"].values() for op in path.values()]
    assert len(operations) > 100
    for operation in operations:
        content = operation["responses"]["default"]["content"]
        assert list(content) == ["application/problem+json"]
        assert operation["security"] == [{"apiKey": []}]


def test_every_post_names_the_idempotency_key(schema: Any) -> None:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            names = [p["name"] for p in operation.get("parameters", [])]
            assert ("Idempotency-Key" in names) is (method == "post"), path
            assert ("If-Match" in names) is (method == "patch"), path


def test_the_reader_has_no_inline_code(client: Client) -> None:
    """The policy of content security allows files of ours only."""
    answer = client.get("/api/docs/")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<style" not in html
    sources = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.S)
    assert len(sources) == 3
    assert all('src="/' in attributes and not body for attributes, body in sources)


def test_the_reader_s_script_comes_from_its_own_address(client: Client) -> None:
    html = client.get("/api/docs/").content.decode()
    address = re.findall(r'src="(/api/docs/[^"]*)"', html)[0]
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("application/javascript")
    assert b'url: "/api/schema/"' in answer.content.replace(b"\\u002D", b"-")


@override_settings(API_RATE_PER_MINUTE=1)
@pytest.mark.django_db
def test_the_document_is_no_way_to_tire_the_server(client: Client, own_minute: None) -> None:
    assert client.get("/api/schema/").status_code == 200
    assert client.get("/api/schema/").status_code == 429
