"""What a backup holds comes back whole, and a restore never meets a running portal."""

import fcntl
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cxportal.launch.environment import ROOT
from cxportal.launch.processes import lock_open, lock_try
from tests.launch.conftest import Servers


def launch(servers: Servers, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cxportal.launch", *map(str, arguments)],
        env=servers.env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def database(servers: Servers) -> Iterator[str]:
    """A running database with one row of data."""
    user, address, _broker = servers.user()
    with psycopg.connect(address) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept as select '홍삼'::text as word")
    yield address
    servers.end(user)


def words(database: str) -> list[tuple[str]]:
    with psycopg.connect(database) as connection:
        return connection.execute("select word from kept order by word").fetchall()


def test_restored_portal_has_the_rows_and_files_of_the_backup(
    servers: Servers, database: str, tmp_path: Path
) -> None:
    media = servers.var / "media" / "logo.svg"
    media.parent.mkdir(parents=True, exist_ok=True)
    media.write_text("<svg/>")
    copy = tmp_path / "copy"
    done = launch(servers, "backup", copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700
    assert (copy / "secret_key").read_text() == (servers.var / "secret_key").read_text()
    with psycopg.connect(database) as connection:
        connection.execute("update kept set word = 'spoiled'")
    media.unlink()
    done = launch(servers, "restore", copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert words(database) == [("홍삼",)]
    assert media.read_text() == "<svg/>"


def test_backup_never_overwrites(servers: Servers, tmp_path: Path) -> None:
    done = launch(servers, "backup", tmp_path)
    assert done.returncode == 1
    assert "exists already" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_restore_is_refused_while_the_portal_runs(
    servers: Servers, database: str, tmp_path: Path
) -> None:
    (tmp_path / "database.dump").write_text("not looked at")
    lock = lock_open(servers.var / "run" / "portal.lock")
    assert lock_try(lock, fcntl.LOCK_EX)
    done = launch(servers, "restore", tmp_path)
    os.close(lock)
    assert done.returncode == 1
    assert "The portal runs" in done.stderr
    assert words(database) == [("홍삼",)]


def test_damaged_backup_changes_nothing(servers: Servers, database: str, tmp_path: Path) -> None:
    (tmp_path / "database.dump").write_text("not a dump")
    done = launch(servers, "restore", tmp_path)
    assert done.returncode == 1
    assert "pg_restore failed" in done.stderr
    assert words(database) == [("홍삼",)]


def test_folder_that_is_no_backup_is_refused(servers: Servers, tmp_path: Path) -> None:
    done = launch(servers, "restore", tmp_path)
    assert done.returncode == 1
    assert "is not a backup" in done.stderr
