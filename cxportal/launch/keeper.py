"""The keeper: one small process per embedded server, there as long as somebody uses the server.

Who uses it is counted by the kernel: every user holds a shared lock on one file, and a lock ends
with its process however that ends. When the keeper gets the file for itself nobody is left: it
stops the server and goes. Should the keeper be killed, the kernel ends the server too.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from .places import Place, ServerError
from .processes import (
    free_port,
    group_stop,
    lock_open,
    lock_try,
    wait_until,
)

LOOK_SECONDS = 0.2
STARTS_PER_MINUTE = 4
HANDOVER_SECONDS = 30.0


class Server(Protocol):
    """What the keeper needs of a server."""

    name: str
    folder: Path
    kind: str
    start_seconds: float
    stop_steps: tuple[tuple[int, float], ...]

    @property
    def place(self) -> Place:
        """Where it lives and as whom it runs."""

    def url(self, port: int) -> str:
        """Address for settings."""

    def prepare(self) -> None:
        """Make its data; clear what a killed one left. Raises ``ServerError``."""

    def start(self, port: int) -> subprocess.Popen[bytes]:
        """Start it."""

    def answers(self, port: int) -> bool:
        """Tell whether it takes connections."""


@dataclass(frozen=True)
class State:
    """What a keeper tells by ``state.json``: ``status`` is starting, ready, stopped or failed."""

    status: str = ""
    keeper: int = 0
    port: int = 0
    problem: str = ""


def state_read(folder: Path) -> State:
    """Give the state of the server kept at ``folder``; an empty one when there is none."""
    try:
        return State(**json.loads((folder / "state.json").read_text()))
    except (OSError, ValueError, TypeError):
        return State()


def state_write(folder: Path, state: State) -> None:
    """Replace the state in one step, so that a reader never sees half of it."""
    draft = folder / f"state.{os.getpid()}"
    draft.write_text(json.dumps(asdict(state)))
    draft.replace(folder / "state.json")


class Keeper:
    """Runs one server until nobody uses it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.folder = server.folder
        self.process: subprocess.Popen[bytes] | None = None
        self.stopping = False

    def keep(self) -> int:
        """Start, watch and stop the server; give the exit status of this process."""
        own = lock_open(self.folder / "keeper.lock")
        if not wait_until(lambda: lock_try(own, fcntl.LOCK_EX), HANDOVER_SECONDS):
            return 1
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_asked)
        port = state_read(self.folder).port
        try:
            self._say("starting", port)
            port = self._start(port)
            self._watch(port)
        except (ServerError, OSError) as problem:
            self._stop()
            self._say("failed", port, str(problem))
            return 1
        self._stop()
        self._say("stopped", port)
        return 0

    def _start(self, wish: int) -> int:
        self.server.prepare()
        for _attempt in range(STARTS_PER_MINUTE):
            port = free_port(wish)
            self.process = self.server.start(port)
            if self._comes_up(port):
                self._say("ready", port)
                return port
            self._stop()
            self.server.prepare()
            wish = 0
        raise ServerError(
            f"The embedded {self.server.name} did not start; see {self.folder / 'server.log'}."
        )

    def _comes_up(self, port: int) -> bool:
        wait_until(lambda: self._gone() or self.server.answers(port), self.server.start_seconds)
        return not self._gone() and self.server.answers(port)

    def _watch(self, port: int) -> None:
        users = lock_open(self.folder / "users.lock")
        starts: list[float] = []
        # the lock stays ours while we stop, so that a newcomer waits and then starts afresh
        while not self.stopping and not lock_try(users, fcntl.LOCK_EX):
            if self._gone():
                starts = [at for at in starts if at > time.monotonic() - 60] + [time.monotonic()]
                if len(starts) > STARTS_PER_MINUTE:
                    raise ServerError(f"The embedded {self.server.name} stops again and again.")
                self._stop()
                port = self._start(port)
            time.sleep(LOOK_SECONDS)

    def _gone(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _stop(self) -> None:
        if self.process is not None:
            group_stop(self.process, self.server.stop_steps)

    def _stop_asked(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def _say(self, status: str, port: int, problem: str = "") -> None:
        state_write(self.folder, State(status, os.getpid(), port, problem))


def keeper_start(server: Server) -> subprocess.Popen[bytes]:
    """Start the keeper of ``server`` in a session of its own."""
    from .environment import ROOT, VAR

    with (server.folder / "keeper.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "cxportal.launch", "keep", server.name, server.kind],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env=os.environ | {"PORTAL_VAR": str(VAR)},
            start_new_session=True,
        )
