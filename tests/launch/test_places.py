"""Under root the servers run as nobody, also where nobody may not enter the checkout."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from cxportal.launch import places
from cxportal.launch.environment import ROOT
from cxportal.launch.places import Install, ServerError, place_settle
from cxportal.launch.postgres import postgres_install
from tests.launch.conftest import Servers

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what only root meets")


@pytest.fixture
def outside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "OUTSIDE", (folder / "outside",))
    return folder / "outside"


@as_root
def test_home_of_a_closed_checkout_lies_outside(folder: Path, outside: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    settled = place_settle(
        folder=closed / "var" / "postgres", install=postgres_install(), probe="initdb"
    )
    assert settled.home.is_relative_to(outside)
    assert settled.home.stat().st_uid == settled.account.uid != 0
    assert closed.stat().st_mode & 0o777 == 0o700
    again = place_settle(
        folder=closed / "var" / "postgres", install=postgres_install(), probe="initdb"
    )
    assert again == settled


@as_root
def test_home_is_made_anew_when_its_outside_folder_is_gone(folder: Path, outside: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    where = {"folder": closed / "var" / "postgres", "install": postgres_install()}
    first = place_settle(**where, probe="initdb")  # type: ignore[arg-type]
    shutil.rmtree(first.home)
    second = place_settle(**where, probe="initdb")  # type: ignore[arg-type]
    assert second.home.exists()
    assert second.home != first.home


def test_program_that_does_not_run_is_told_with_the_way_out(folder: Path, outside: Path) -> None:
    (folder / "bin").mkdir()
    broken = Install(folder, "bin", ("bin",))
    with pytest.raises(ServerError, match="DATABASE_URL"):
        place_settle(folder=folder / "var" / "postgres", install=broken, probe="initdb")


def test_missing_package_names_the_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.delenv("PG_BIN", raising=False)
    with pytest.raises(ServerError, match="PG_BIN"):
        postgres_install()


def test_binaries_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path / "pg" / "bin"))
    install = postgres_install()
    assert install.program("postgres") == tmp_path / "pg" / "bin" / "postgres"


@as_root
def test_closed_checkout_serves_a_database(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    servers = Servers(closed / "var")
    user, database, _broker = servers.user("test")
    home = (closed / "var" / "test" / "postgres" / "home").resolve()
    with psycopg.connect(database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    servers.end(user)
    assert not home.is_relative_to(folder)
    assert servers.processes() == []
    for name in ("postgres", "valkey"):
        shutil.rmtree((closed / "var" / "test" / name / "home").resolve())


@as_root
def test_programs_out_of_reach_are_copied_and_copied_anew_when_they_change(
    folder: Path, outside: Path
) -> None:
    closed = folder / "closed"
    (closed / "bin").mkdir(parents=True)
    closed.chmod(0o700)
    program = closed / "bin" / "server"
    program.write_text("#!/bin/sh\necho first\n")
    program.chmod(0o755)
    install = Install(closed, "bin", ("bin",))
    settled = place_settle(folder=closed / "var", install=install, probe="server")
    assert settled.install.program("server") == settled.home / "install" / "bin" / "server"
    os.utime(closed / "bin", ns=(1, 1))
    program.write_text("#!/bin/sh\necho second\n")
    settled = place_settle(folder=closed / "var", install=install, probe="server")
    assert settled.install.program("server").read_text().endswith("echo second\n")


@as_root
def test_ordinary_account_serves_a_database_of_its_own(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    seen = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -c "import cxportal.launch.servers"', sys.executable],
        cwd=ROOT,
        user=nobody,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    if seen.returncode:
        pytest.skip("this Python or this checkout cannot be entered by an ordinary account")
    os.chown(folder, nobody, -1)
    servers = Servers(folder / "var")
    user, database, _broker = servers.user("test", account=nobody)
    owner = (folder / "var" / "test" / "postgres" / "home" / "data").stat().st_uid
    with psycopg.connect(database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    servers.end(user)
    assert owner == nobody
    assert servers.processes() == []
