"""Child processes that never outlive who started them, and locks the kernel frees by itself."""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from .places import Account

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.05
LOG_KEPT_BYTES = 5_000_000
ORPHAN_SECONDS = 15.0
LOOPBACK = "127.0.0.1"

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Have the kernel send this process ``number`` when its parent dies (Linux only)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, number)


def end_group_after_parent(parent: int, seconds: float) -> None:
    """Watch ``parent``; so many seconds after its death, kill all that this process started.

    For programs that may overhear a polite signal, as Celery does while it looks for a lost
    broker. Does nothing in a process that leads no group of its own.
    """
    if os.getpgrp() != os.getpid():
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        time.sleep(seconds)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def child_start(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    parting: int = signal.SIGTERM,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a process group of its own, writing to ``log``.

    A Ctrl-C of the terminal does not reach it; the death of this process sends it ``parting``.
    ``account`` is whom it runs as. Raises ``OSError`` when it cannot be executed.
    """
    account = account or Account()
    with log_open(log) as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(env) if env is not None else None,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            process_group=0,
            # only a prctl call; launcher processes have a single thread when they start children
            preexec_fn=lambda: die_with_parent(parting),  # noqa: PLW1509
        )


def log_open(path: Path) -> IO[bytes]:
    """Open ``path`` for appending; a file grown past its limit is kept once as ``.1``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_KEPT_BYTES:
        path.replace(path.with_suffix(path.suffix + ".1"))
    return path.open("ab")


def group_stop(
    process: subprocess.Popen[bytes], steps: Sequence[tuple[int, float]] = ((signal.SIGTERM, 10.0),)
) -> None:
    """Send each (signal, seconds to wait) until the child ends, then kill what its group left."""
    for number, seconds in steps:
        if process.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def alive(pid: int) -> bool:
    """Tell whether a process with this id exists, whoever owns it; a zombie counts as dead."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def command_line(pid: int) -> str:
    """Give the words a process was started with, '' when it is gone or cannot be seen."""
    with contextlib.suppress(OSError):
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    return ""


def orphan_stop(pid: int, sign: str) -> None:
    """End a server an earlier keeper left behind: process ``pid`` if its command names ``sign``."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if not alive(pid) or sign not in command_line(pid):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        wait_until(lambda: not alive(pid), ORPHAN_SECONDS)


def processes_marked(mark: str) -> list[int]:
    """Give the ids of all processes whose environment holds ``mark`` (NAME=value; Linux only)."""
    wanted = mark.encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
    return [pid for pid in found if pid != os.getpid()]


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Poll until ``done()`` or the time is over; give its last answer."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def free_port(wish: int = 0) -> int:
    """Give ``wish`` when nobody listens there, else a port the kernel finds free."""
    for port in (wish, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port))
            return int(probe.getsockname()[1])
    raise OSError("No free port on 127.0.0.1")


def listening(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether something accepts connections at ``host:port``."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def lock_open(path: Path) -> int:
    """Open the file behind a lock and give its descriptor, which no child inherits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def lock_try(descriptor: int, kind: int) -> bool:
    """Take the lock (``fcntl.LOCK_SH`` or ``LOCK_EX``) when that needs no waiting."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file ``path`` alone; its death frees a holder's lock, so none goes stale."""
    descriptor = lock_open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def lock_held(path: Path) -> bool:
    """Tell whether some process holds the lock file ``path``."""
    descriptor = lock_open(path)
    try:
        return not lock_try(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)
