"""A folder for servers of the tests' own, and eyes for the processes started from it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cxportal.launch.environment import ROOT
from cxportal.launch.processes import command_line, processes_marked

SCRIPT_SECONDS = 60
# Prints the addresses, then does what its arguments say with them, and waits to be told to end.
USE_SERVERS = """
import sys
from cxportal.launch.servers import ensure_servers
urls = ensure_servers(kind=sys.argv[1])
print(urls.database_url, urls.redis_url, flush=True)
sys.stdin.readline()
"""


class Servers:
    """Embedded servers under one folder, used by processes of their own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.mark = f"PORTAL_VAR={var}"
        unset = ("DATABASE_URL", "REDIS_URL", "TEST_DATABASE_URL", "TEST_REDIS_URL")
        self.env = {
            **{name: value for name, value in os.environ.items() if "PYTEST" not in name},
            # empty rather than absent, so that a developer's .env does not fill them in
            **dict.fromkeys([*unset, "SECRET_KEY", "DEMO_PASSWORD", "EMBEDDED_SERVERS"], ""),
            "PORTAL_VAR": str(var),
            "PYTHONPATH": str(ROOT),
        }

    def user(
        self, kind: str = "run", account: int | None = None
    ) -> tuple[subprocess.Popen[str], str, str]:
        """Start a process that uses the servers; give it with (database_url, redis_url)."""
        process = subprocess.Popen(
            [sys.executable, "-c", USE_SERVERS, kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.env,
            cwd=ROOT,
            user=account,
            group=account,
            extra_groups=None if account is None else [],
        )
        assert process.stdout is not None
        database, redis = process.stdout.readline().split()
        return process, database, redis

    def end(self, process: subprocess.Popen[str]) -> None:
        """Let a user end by itself."""
        process.communicate("\n", timeout=SCRIPT_SECONDS)

    def processes(self) -> list[str]:
        """The command lines of everything started from this folder that still runs."""
        by_name = [
            int(entry.name)
            for entry in Path("/proc").glob("[0-9]*")
            if str(self.var) in command_line(int(entry.name))
        ]
        found = {*processes_marked(self.mark), *by_name} - {os.getpid()}
        return [line for pid in found if (line := command_line(pid))]


@pytest.fixture(scope="module")
def module_folder() -> Iterator[Path]:
    """A new folder that every account may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="cxportal-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """As module_folder, for one test."""
    made = Path(tempfile.mkdtemp(prefix="cxportal-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def servers(module_folder: Path) -> Servers:
    """Servers one module shares; each test starts with none running."""
    return Servers(module_folder / "var")


@pytest.fixture
def within() -> Callable[[Callable[[], bool], float], bool]:
    """within(condition, seconds): wait for it."""
    from cxportal.launch.processes import wait_until

    return wait_until
