"""The portal's own processes: web server, worker and schedule, each started again when it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .environment import ROOT, VAR
from .processes import child_start, group_stop

LOGS = VAR / "log"
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
WEB_THREADS = 4
WORKER_PROCESSES = 2


@dataclass(frozen=True)
class Program:
    """How one process is started and ended."""

    name: str
    command: Sequence[str]
    # signals with the seconds each may take; what is left afterwards is killed
    stop_steps: Sequence[tuple[int, float]] = ((signal.SIGTERM, 10.0),)
    # what the kernel sends it when the supervisor itself is killed
    parting: int = signal.SIGTERM


def web_program(host: str, port: int) -> Program:
    """The web server; ``WEB_PROCESSES`` and ``WEB_THREADS`` of the environment set its size."""
    processes = os.environ.get("WEB_PROCESSES") or str(min(os.cpu_count() or 1, 4))
    threads = os.environ.get("WEB_THREADS") or str(WEB_THREADS)
    return Program(
        "web",
        [
            sys.executable, "-m", "granian", "cxportal.launch.entrance:application",
            "--interface", "wsgi", "--no-ws", "--host", host, "--port", str(port),
            "--workers", processes, "--blocking-threads", threads,
            "--blocking-threads-idle-timeout", "600",
            "--respawn-failed-workers", "--workers-kill-timeout", "8", "--log-level", "warning",
        ],
        ((signal.SIGTERM, 12.0),),
    )  # fmt: skip


def worker_program() -> Program:
    """The Celery worker; ``WORKER_PROCESSES`` of the environment sets its size."""
    processes = os.environ.get("WORKER_PROCESSES") or str(WORKER_PROCESSES)
    return Program(
        "worker",
        [
            sys.executable, "-m", "celery", "-A", "cxportal", "worker",
            "--concurrency", processes, "--loglevel", "WARNING",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ],
        ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 5.0)),
        signal.SIGQUIT,
    )  # fmt: skip


def beat_program() -> Program:
    """The schedule; its file of last runs lies under ``var/``."""
    return Program(
        "schedule",
        [
            sys.executable, "-m", "celery", "-A", "cxportal", "beat", "--loglevel", "WARNING",
            "--schedule", str(VAR / "beat-schedule"), "--pidfile", "",
        ],
    )  # fmt: skip


class Child:
    """One program kept running."""

    def __init__(self, program: Program, env: Mapping[str, str]) -> None:
        self.program = program
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.due = 0.0
        self.pause = 1.0

    @property
    def log(self) -> Path:
        """Where it writes."""
        return LOGS / f"{self.program.name}.log"

    def start(self) -> None:
        """Start the program."""
        self.started, self.due = time.monotonic(), 0.0
        self.process = child_start(
            self.program.command,
            log=self.log,
            cwd=ROOT,
            env=self.env,
            parting=self.program.parting,
        )

    def look(self) -> str:
        """Start again what has ended, after a pause that grows; give a line when there is news."""
        now = time.monotonic()
        if self.due and now >= self.due:
            self.start()
        elif self.process is not None and self.process.poll() is not None and not self.due:
            if now - self.started > HEALTHY_SECONDS:
                self.pause = 1.0
            status, pause = self.process.returncode, self.pause
            group_stop(self.process)
            self.due = now + pause
            self.pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            name = self.program.name
            return f"{name} ended (status {status}), again in {pause:.0f} s; see {self.log}"
        return ""

    def ask_to_stop(self) -> None:
        """Send the first stop signal without waiting."""
        self.due = 0.0
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.program.stop_steps[0][0])

    def kill(self) -> None:
        """End the program and everything it started at once."""
        self.due = 0.0
        if self.process is not None:
            group_stop(self.process, ())

    def stop(self) -> None:
        """End the program and everything it started."""
        self.due = 0.0
        if self.process is not None:
            group_stop(self.process, self.program.stop_steps)
