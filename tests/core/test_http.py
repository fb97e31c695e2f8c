"""Client-named addresses never lead into our own network."""

import time

import pytest
from pytest_django.fixtures import Settings

from cxportal.core import http
from cxportal.core.errors import DomainError
from cxportal.core.http import RequestFailed, address_check, safe_request
from tests.core.conftest import Sink

INSIDE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://localhost/",
    "http://localhost./",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://10.0.0.1/",
    "http://172.16.3.4/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
]
NONSENSE = [
    "",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "//example.com/",
    "http://",
    "http:///path",
    "http://user:pw@example.com/",
    "http://example.com@127.0.0.1/",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://exa mple.com/",
    "http://example.com/\r\nHost: inside",
    "http://[fe80::1%25eth0]/",
    "http://example.com\\@127.0.0.1/",
    "http://예시.example/",
    "http://" + "a" * 600 + ".example/",
]


@pytest.mark.parametrize("url", [*INSIDE, *NONSENSE])
def test_it_goes_nowhere_but_to_public_addresses(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*args: object, **kwargs: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(DomainError) as refused:
        safe_request("POST", url)
    assert refused.value.code == "unsafe_address"


def test_one_private_address_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "resolve", lambda host, port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(DomainError):
        address_check("https://mixed.example/")


def test_the_checked_address_is_the_one_that_is_called(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def resolve_once(host: str, port: int) -> list[str]:
        asked.append(host)
        assert len(asked) == 1, "resolved a second time"
        return ["127.0.0.1"]

    monkeypatch.setattr(http, "resolve", resolve_once)
    port = sink.url.split(":")[2].split("/")[0]
    answer = safe_request("POST", f"http://name.example:{port}/a?b=c", body=b"hello")
    assert (answer.status, answer.body) == (200, b"ok")
    path, headers, body = sink.received[0]
    assert (path, headers["host"], body) == ("/a?b=c", f"name.example:{port}", b"hello")


def test_in_production_only_https(settings: Settings) -> None:
    settings.TRYOUT = False
    with pytest.raises(DomainError):
        address_check("http://93.184.216.34/")
    assert address_check("https://93.184.216.34/") == ["93.184.216.34"]


def test_redirects_are_answers_not_journeys(sink: Sink) -> None:
    sink.script, sink.headers = [302], {"Location": sink.url + "/second"}
    assert safe_request("POST", sink.url).status == 302
    assert len(sink.received) == 1


def test_a_long_answer_is_cut(sink: Sink) -> None:
    sink.body = b"x" * 100_000
    assert len(safe_request("POST", sink.url, max_bytes=1000).body) == 1000


def test_a_hanging_receiver_is_left(sink: Sink) -> None:
    sink.delay = 5.0
    start = time.monotonic()
    with pytest.raises(RequestFailed):
        safe_request("POST", sink.url, timeout=0.3)
    assert time.monotonic() - start < 2


def test_a_closed_port_is_a_failure_not_a_crash(settings: Settings) -> None:
    settings.OUTBOUND_ALLOWED = ["127.0.0.1:9"]
    with pytest.raises(RequestFailed):
        safe_request("POST", "http://127.0.0.1:9/")
