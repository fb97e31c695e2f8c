"""``make run``: servers, tables, web server, worker and schedule, started, watched and stopped."""

import contextlib
import fcntl
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

from . import children, prepare
from .environment import ROOT, VAR, demo_password, read_dotenv, secret_key
from .places import ServerError
from .processes import (
    LOOPBACK,
    POLL_SECONDS,
    alive,
    child_start,
    die_with_parent,
    group_stop,
    listening,
    lock_open,
    lock_try,
    processes_marked,
    wait_until,
)
from .servers import ensure_servers, server_for, servers_revive

MARK = "CXPORTAL_RUN"
LOOK_SECONDS = 0.2
ANSWER_SECONDS = 60.0
LEFTOVER_SECONDS = 5.0
DEMO_PEOPLE = ("owner", "designer", "manager", "staff", "viewer")
EVERY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - recognised, not bound


class Stopped(Exception):
    """Somebody asked the portal to stop."""


def _demo_is_on() -> bool:
    return os.environ.get("DEMO", "").lower() != "off"


class Portal:
    """One running portal: everything it started ends with it."""

    def __init__(self) -> None:
        self.stop_asked = False
        self.host = os.environ.get("HOST") or LOOPBACK
        self.port = int(os.environ.get("PORT") or "8000")
        self.run_file = VAR / "run" / "portal.json"
        self.migrated = VAR / "run" / "migrated"
        self.env: dict[str, str] = {}
        self.children: list[children.Child] = []
        self.tasks: list[subprocess.Popen[bytes]] = []
        self.cluster: Path | None = None

    @property
    def address(self) -> str:
        """The address to open in a browser."""
        host = LOOPBACK if self.host in EVERY_ADDRESS else self.host
        return f"http://{host}:{self.port}/"

    def run(self) -> NoReturn:
        """Start everything and watch it. Raises ``Stopped``, or ``ServerError`` with the reason."""
        lock = self._claim()
        self._leftovers_stop()
        self._port_check()
        files = self._task(prepare.files_start())
        self._servers_start()
        self._checkpoint()
        web = self._web_start(files)
        self._answer_await(web)
        self._greet()
        self._child(children.worker_program())
        self._child(children.beat_program())
        self._demo_queue()
        self._watch(lock)

    def stop(self) -> None:
        """Stop all children: no new ticks, no new requests, then the work under way."""
        for child in reversed(self.children):
            child.ask_to_stop()
        for task in self.tasks:
            group_stop(task)
        for child in sorted(self.children, key=lambda child: child.program.name == "worker"):
            child.stop()
        if MARK in self.env:  # else the file is another portal's
            self.run_file.unlink(missing_ok=True)

    def _claim(self) -> int:
        lock = lock_open(VAR / "run" / "portal.lock")
        if not lock_try(lock, fcntl.LOCK_EX):
            other = _run_read(self.run_file)
            raise ServerError(
                f"The portal runs already: {other.get('address', 'starting')} (process "
                f"{other.get('pid', 'unknown')}). Stop it there with Ctrl-C first."
            )
        return lock

    def _leftovers_stop(self) -> None:
        """End what a killed supervisor left, then sign what we start with a mark of our own."""
        if left := _run_read(self.run_file).get("mark"):
            mark = f"{MARK}={left}"
            wait_until(lambda: not processes_marked(mark), LEFTOVER_SECONDS)
            for pid in processes_marked(mark):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        mark = secrets.token_hex(8)
        self.env = {
            **os.environ,
            MARK: mark,
            "CXPORTAL_SUPERVISOR": str(os.getpid()),
            "PORT": str(self.port),
            "CXPORTAL_SERVE_WHEN": str(self.migrated),
        }
        self.run_file.write_text(
            json.dumps({"pid": os.getpid(), "mark": mark, "address": self.address})
        )

    def _port_check(self) -> None:
        host = LOOPBACK if self.host in EVERY_ADDRESS else self.host
        if listening(self.port, host):
            raise ServerError(
                f"Port {self.port} is in use by another program. Choose one: PORT=8001 make run"
            )

    def _servers_start(self) -> None:
        database = os.environ.get("DATABASE_URL", "")
        redis = os.environ.get("REDIS_URL", "")
        urls = ensure_servers(postgres=not database, valkey=not redis)
        self.env |= {
            "DATABASE_URL": database or urls.database_url,
            "REDIS_URL": redis or urls.redis_url,
        }
        if not database:
            self.cluster = server_for("postgres", "run").place.home / "data"

    def _web_start(self, files: subprocess.Popen[bytes] | None) -> children.Child:
        """Start the web server; it boots beside the migration and serves after it."""
        self.migrated.unlink(missing_ok=True)
        tables = None
        if not prepare.tables_current(self.cluster):
            tables = self._task(prepare.tables_start(self.env))
        self._finish(files, "Making translations and static files", prepare.FILES_LOG)
        web = self._child(children.web_program(self.host, self.port))
        try:
            self._finish(tables, "The database migration", prepare.TABLES_LOG)
        except (ServerError, Stopped):
            web.kill()  # it only waits and has nothing to finish
            raise
        prepare.tables_note(self.cluster)
        self.migrated.touch()
        return web

    def _checkpoint(self) -> None:
        """Raise ``Stopped`` when a signal asked for it.

        Its handler only leaves a note: an exception raised wherever the signal happens to come
        could be swallowed there, or part a started process from who has to stop it.
        """
        if self.stop_asked:
            raise Stopped

    def _finish(self, task: subprocess.Popen[bytes] | None, what: str, log: Path) -> None:
        if task is None:
            return
        while task.poll() is None:
            self._checkpoint()
            time.sleep(POLL_SECONDS)
        if task.returncode:
            raise ServerError(f"{what} failed:\n{_tail(log)}\nAll of it: {log}")

    def _answer_await(self, web: children.Child) -> None:
        def settled() -> bool:
            self._checkpoint()
            gone = web.process is None or web.process.poll() is not None
            return gone or self._answers()

        wait_until(settled, ANSWER_SECONDS)
        if not self._answers():
            raise ServerError(f"The web server does not answer:\n{_tail(web.log)}")

    def _answers(self) -> bool:
        host = LOOPBACK if self.host in EVERY_ADDRESS else self.host
        line = http.client.HTTPConnection(host, self.port, timeout=5)
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def _greet(self) -> None:
        _say(f"The CX portal answers at {self.address}")
        if _demo_is_on():
            people = ", ".join(f"{name}@hanbit.example" for name in DEMO_PEOPLE)
            _say(f"  Demo logins  {people}")
            _say(f"  Password     {demo_password()}")
        _say(f"  Mails        {self.address}dev/outbox/")
        _say(f"  Logs         {children.LOGS}")
        _say("  Stop with Ctrl-C.")

    def _demo_queue(self) -> None:
        if not _demo_is_on():
            return
        self._task(
            child_start(
                [sys.executable, "manage.py", "demo", "load", "--if-first", "--as-job"],
                log=children.LOGS / "demo.log",
                cwd=ROOT,
                env=self.env,
            )
        )

    def _watch(self, _lock: int) -> NoReturn:
        while True:
            self._checkpoint()
            time.sleep(LOOK_SECONDS)
            if servers_revive():
                _say("An embedded server was lost and is started again.")
            for child in self.children:
                if news := child.look():
                    _say(news)
            for task in [task for task in self.tasks if task.poll() is not None]:
                self.tasks.remove(task)
                if task.returncode:
                    _say(f"The demo program was not queued; see {children.LOGS / 'demo.log'}")

    def _child(self, program: children.Program) -> children.Child:
        child = children.Child(program, self.env)
        self.children.append(child)
        child.start()
        return child

    def _task(self, task: subprocess.Popen[bytes] | None) -> subprocess.Popen[bytes] | None:
        if task is not None:
            self.tasks.append(task)
        return task


def run_portal(*, with_parent: bool) -> int:
    """Run the portal until a signal; give the exit status, 0 when it was asked to stop.

    ``with_parent`` ends it when the calling process dies, however that happens.
    """
    parent = os.getppid()
    if with_parent:
        die_with_parent()
        if not alive(parent) or os.getppid() != parent:
            return 0
    read_dotenv()
    portal = Portal()
    _signals_to(portal)
    try:
        secret_key()
        portal.run()
    except Stopped:
        _say("Stopping.")
        return 0
    except PermissionError as refused:
        raise ServerError(
            f"{refused.filename} belongs to another account. Run the portal as that account, or "
            f"make {VAR} your own (chown -R)."
        ) from refused
    finally:
        portal.stop()


def _signals_to(portal: Portal) -> None:
    def stop(_number: int, _frame: object) -> None:
        portal.stop_asked = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)


def _run_read(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}


def _tail(path: Path, lines: int = 15) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    return ""


def _say(line: str) -> None:
    # whoever read our output may be gone; the portal serves on
    with contextlib.suppress(OSError):
        print(line, flush=True)
