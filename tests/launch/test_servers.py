"""Embedded servers: there while somebody uses them, gone afterwards, whole after any kill."""

import os
import signal
import stat
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import redis

from cxportal.launch.processes import processes_marked, wait_until
from tests.launch.conftest import Servers

GONE_SECONDS = 10.0


def kill_all(servers: Servers) -> None:
    for pid in processes_marked(servers.mark):
        os.kill(pid, signal.SIGKILL)


def test_last_user_to_end_leaves_no_process(servers: Servers) -> None:
    first, database, broker = servers.user()
    second, same_database, same_broker = servers.user()
    assert (same_database, same_broker) == (database, broker)
    servers.end(first)
    with psycopg.connect(database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert redis.from_url(broker).ping() is True
    servers.end(second)
    assert servers.processes() == []


def test_two_commands_at_once_share_one_server(servers: Servers) -> None:
    with ThreadPoolExecutor() as pool:
        users = list(pool.map(lambda _: servers.user(), range(3)))
    assert len({database for _process, database, _broker in users}) == 1
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda user: servers.end(user[0]), users))
    assert wait_until(lambda: servers.processes() == [], GONE_SECONDS)


def test_killed_user_leaves_no_process(servers: Servers) -> None:
    user, _database, _broker = servers.user()
    user.kill()
    user.communicate()
    assert wait_until(lambda: servers.processes() == [], GONE_SECONDS)


def test_data_are_there_after_everything_was_killed(servers: Servers) -> None:
    user, database, _broker = servers.user()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create table kept as select 42 as answer")
    kill_all(servers)
    user.communicate()
    user, database, _broker = servers.user()
    with psycopg.connect(database) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)
    servers.end(user)
    assert servers.processes() == []


def test_killed_keepers_take_their_servers_along(servers: Servers) -> None:
    user, database, _broker = servers.user()
    for pid in processes_marked(servers.mark):
        if "launch keep" in " ".join(_words(pid)):
            os.kill(pid, signal.SIGKILL)
    # only the user itself is left; the next command gets servers again, on the same port
    assert wait_until(lambda: len(servers.processes()) == 1, GONE_SECONDS)
    other, again, _broker = servers.user()
    assert again == database
    servers.end(other)
    servers.end(user)
    assert wait_until(lambda: servers.processes() == [], GONE_SECONDS)


def test_killed_server_is_started_again_at_the_same_address(servers: Servers) -> None:
    user, _database, broker = servers.user()
    pid = int((servers.var / "valkey" / "server.pid").read_text())
    os.kill(pid, signal.SIGKILL)

    def answers() -> bool:
        try:
            return bool(redis.from_url(broker).ping())
        except redis.ConnectionError:
            return False

    assert wait_until(answers, GONE_SECONDS)
    servers.end(user)
    assert servers.processes() == []


def test_nobody_gets_in_without_the_password(servers: Servers) -> None:
    user, database, broker = servers.user()
    wrong = database.replace(database.split(":")[2].split("@")[0], "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with pytest.raises(redis.AuthenticationError):
        redis.from_url("redis://" + broker.partition("@")[2]).ping()
    modes = {
        stat.S_IMODE((servers.var / name / "password").stat().st_mode)
        for name in ("postgres", "valkey")
    }
    assert modes == {0o600}
    servers.end(user)


def test_only_the_test_cluster_gives_up_durability(servers: Servers) -> None:
    def setting(kind: str, name: str) -> str:
        user, database, _broker = servers.user(kind)
        with psycopg.connect(database) as connection:
            row = connection.execute("select current_setting(%s)", [name]).fetchone()
        servers.end(user)
        assert row is not None
        return str(row[0])

    assert setting("run", "fsync") == "on"
    assert setting("test", "fsync") == "off"


def test_korean_is_sorted_and_split_into_trigrams(servers: Servers) -> None:
    user, database, _broker = servers.user()
    with psycopg.connect(database) as connection:
        connection.execute("create extension if not exists pg_trgm")
        row = connection.execute("select cardinality(show_trgm('홍삼'))").fetchone()
        encoding = connection.execute("show server_encoding").fetchone()
    servers.end(user)
    assert row == (3,)
    assert encoding == ("UTF8",)


def _words(pid: int) -> list[str]:
    from cxportal.launch.processes import command_line

    return command_line(pid).split()
