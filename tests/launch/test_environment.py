"""What settings are told: configured servers win, secrets are made once and for one account."""

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cxportal.launch import environment, servers

NAMES = ("DATABASE_URL", "REDIS_URL", "TEST_DATABASE_URL", "TEST_REDIS_URL")


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (*NAMES, "EMBEDDED_SERVERS", "SECRET_KEY", "PYTEST_XDIST_WORKER"):
        monkeypatch.setenv(name, "")
    yield


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What was asked of the embedded servers."""
    asked: list[dict[str, object]] = []

    def ensure(**wanted: object) -> servers.ServerUrls:
        asked.append(wanted)
        return servers.ServerUrls(
            "postgres://embedded" if wanted["postgres"] else "",
            "redis://embedded/0" if wanted["valkey"] else "",
        )

    monkeypatch.setattr(servers, "ensure_servers", ensure)
    return asked


def test_configured_servers_are_used_and_none_is_started(
    monkeypatch: pytest.MonkeyPatch, started: list[dict[str, object]]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://named/db")
    monkeypatch.setenv("REDIS_URL", "redis://named/1")
    assert environment.service_urls(testing=False) == ("postgres://named/db", "redis://named/1")
    assert started == []


def test_only_the_missing_server_is_started(
    monkeypatch: pytest.MonkeyPatch, started: list[dict[str, object]]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://named/db")
    assert environment.service_urls(testing=False) == ("postgres://named/db", "redis://embedded/0")
    assert started == [{"kind": "run", "postgres": False, "valkey": True}]


def test_tests_never_use_the_portals_database(
    monkeypatch: pytest.MonkeyPatch, started: list[dict[str, object]]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://named/db")
    monkeypatch.setenv("REDIS_URL", "redis://named/1")
    assert environment.service_urls(testing=True) == ("postgres://embedded", "redis://embedded/0")
    assert started == [{"kind": "test", "postgres": True, "valkey": True}]


def test_parallel_tests_have_keyspaces_of_their_own(
    monkeypatch: pytest.MonkeyPatch, started: list[dict[str, object]]
) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw3")
    assert environment.service_urls(testing=True)[1] == "redis://embedded/4"


def test_commands_without_need_start_nothing(
    monkeypatch: pytest.MonkeyPatch, started: list[dict[str, object]]
) -> None:
    monkeypatch.setattr("sys.argv", ["manage.py", "translations", "check"])
    assert environment.service_urls(testing=False) == (
        environment.NO_DATABASE,
        environment.NO_REDIS,
    )
    assert started == []


def test_secret_key_of_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    assert environment.secret_key() == "given"


def test_secret_is_made_once_even_by_many_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"
    made = iter(str(number) for number in range(100))
    with ThreadPoolExecutor(1) as pool:
        secrets = list(
            pool.map(lambda _: environment.made_once(path, lambda: next(made)), range(20))
        )
    assert set(secrets) == {"0"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]
