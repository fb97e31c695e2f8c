"""The ground the probes stand on: PostgreSQL and Valkey of their own, on loopback only.

A probe imports `ground` and uses it after `python -m tests.torture` has started it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

from cxportal.launch.environment import ROOT, VAR
from cxportal.launch.postgres import PostgresServer
from cxportal.launch.processes import LOOPBACK, child_start, free_port, group_stop, wait_until
from cxportal.launch.valkey import ValkeyServer

READY_SECONDS = 60.0
WEB_SECONDS = 60.0
Process = subprocess.Popen[bytes]


class Ground:
    """Servers, environment and processes; `stop` leaves nothing running."""

    def __init__(self) -> None:
        self.postgres = PostgresServer(VAR / "postgres", kind="run")
        self.valkey = ValkeyServer(VAR / "valkey", kind="run")
        self.postgres_port = self.valkey_port = 0
        self.env: dict[str, str] = {}
        self._servers: dict[str, Process] = {}
        self._others: list[Process] = []

    def start(self) -> None:
        """Start the servers, make an empty database with its tables, and set up Django."""
        self.postgres_port, self.valkey_port = free_port(), free_port()
        self.postgres_start()
        self.valkey.prepare()
        self._servers["valkey"] = self.valkey.start(self.valkey_port)
        _expect(wait_until(lambda: self.valkey.answers(self.valkey_port), READY_SECONDS), "valkey")
        self._database_make()
        self._environment()
        self.command("migrate", "--run-syncdb", "--verbosity", "0")
        from cxportal.launch.prepare import files_make

        files_make()
        import django

        django.setup()

    def empty(self) -> None:
        """An empty portal: no probe stands on what another left."""
        from django.core.management import call_command

        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)

    def postgres_start(self) -> None:
        """Start PostgreSQL, recovering what an immediate stop left behind."""
        self.postgres.prepare()
        self._servers["postgres"] = self.postgres.start(self.postgres_port)
        ready = wait_until(lambda: self.postgres.answers(self.postgres_port), READY_SECONDS)
        _expect(ready, "postgres")

    def postgres_kill(self) -> None:
        """Stop PostgreSQL at once, as a power cut would: no checkpoint, no goodbye."""
        server = self._servers["postgres"]
        server.send_signal(signal.SIGQUIT)
        server.wait()

    def valkey_kill(self) -> None:
        """Stop the broker at once."""
        self._servers["valkey"].kill()
        self._servers["valkey"].wait()

    def valkey_start_empty(self) -> None:
        """Start the broker again with nothing in it."""
        import redis

        self._servers["valkey"] = self.valkey.start(self.valkey_port)
        _expect(wait_until(lambda: self.valkey.answers(self.valkey_port), READY_SECONDS), "valkey")
        redis.Redis.from_url(self.valkey.url(self.valkey_port)).flushall()

    def _database_make(self) -> None:
        """An empty database at every run."""
        url = self.postgres.url(self.postgres_port)
        name = url.rpartition("/")[2]
        with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as line:
            line.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            line.execute(f'CREATE DATABASE "{name}"')

    def _environment(self) -> None:
        os.environ |= {
            "DATABASE_URL": self.postgres.url(self.postgres_port),
            "REDIS_URL": self.valkey.url(self.valkey_port),
            "LOG_LEVEL": "ERROR",
            "DEMO": "off",
        }
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")
        self.env = dict(os.environ)

    def command(self, *arguments: str) -> None:
        """Run a management command. Raises CalledProcessError when it fails."""
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)

    def process(self, name: str, *command: str, env: Mapping[str, str] | None = None) -> Process:
        """Start a process in a group of its own; it ends with the ground."""
        process = child_start(
            command, log=VAR / "log" / f"{name}.log", cwd=ROOT, env={**self.env, **(env or {})}
        )
        self._others.append(process)
        return process

    def worker(self, env: Mapping[str, str] | None = None, *, name: str = "worker") -> Process:
        """A Celery worker with two processes."""
        return self.process(
            name, sys.executable, "-m", "celery", "-A", "cxportal", "worker",
            "--concurrency", "2", "--loglevel", "WARNING", "-n", f"{name}@%h",
            "--without-gossip", "--without-mingle", "--without-heartbeat", env=env,
        )  # fmt: skip

    def beat(self, env: Mapping[str, str] | None = None, *, name: str = "beat") -> Process:
        """The schedule."""
        return self.process(
            name, sys.executable, "-m", "celery", "-A", "cxportal", "beat",
            "--loglevel", "WARNING", "--schedule", str(VAR / f"{name}-schedule"), "--pidfile", "",
            env=env,
        )  # fmt: skip

    @contextlib.contextmanager
    def web(self, env: Mapping[str, str] | None = None) -> Iterator[str]:
        """A web server; gives its address without the slash at the end."""
        from cxportal.launch.children import web_program

        port = free_port()
        address = f"http://{LOOPBACK}:{port}"
        given = {"SITE_URL": address, **(env or {})}
        server = self.process("web", *web_program(LOOPBACK, port).command, env=given)
        try:
            _expect(wait_until(lambda: _answers(address), WEB_SECONDS), "web")
            yield address
        finally:
            self.end(server)

    def end(self, process: Process) -> None:
        """End one process and everything it started."""
        group_stop(process)
        if process in self._others:
            self._others.remove(process)

    def stop(self) -> None:
        """End everything."""
        for process in list(self._others):
            self.end(process)
        steps = {"postgres": self.postgres.stop_steps, "valkey": self.valkey.stop_steps}
        for name, server in self._servers.items():
            group_stop(server, steps[name])


def kill_group(process: Process) -> None:
    """SIGKILL a process and its children: nobody gets to say goodbye."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def children_of(pid: int) -> list[int]:
    """Ids of the direct children of a process (Linux)."""
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def kill(pid: int) -> None:
    """SIGKILL one process, whoever else depends on it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _answers(address: str) -> bool:
    import httpx

    try:
        return httpx.get(f"{address}/healthz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _expect(ready: bool, name: str) -> None:
    if not ready:
        raise RuntimeError(f"{name} does not start; see the logs under {VAR}")


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self.start = time.monotonic()

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.start, 1)


ground = Ground()
