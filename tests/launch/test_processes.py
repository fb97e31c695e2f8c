"""Children end with everything they started; locks end with their holder."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from cxportal.launch.processes import (
    alive,
    child_start,
    free_port,
    group_stop,
    listening,
    lock_held,
    lock_open,
    lock_try,
    log_open,
    wait_until,
)

STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(subprocess.Popen(["sleep", "60"]).pid, flush=True)
time.sleep(60)
"""


def test_stopping_a_child_that_ignores_it_takes_its_own_children_along(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    child = child_start([sys.executable, "-c", STUBBORN], log=log, cwd=tmp_path)
    assert wait_until(lambda: log.read_text().strip() != "", 10)
    grandchild = int(log.read_text())
    began = time.monotonic()
    group_stop(child, ((signal.SIGTERM, 0.3),))
    assert time.monotonic() - began < 5
    assert child.returncode == -signal.SIGKILL
    assert wait_until(lambda: not alive(grandchild), 5)


def test_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path;"
        "from cxportal.launch.processes import child_start;"
        "c = child_start(['sleep', '60'], log=Path(sys.argv[1]), cwd=Path('/'));"
        "print(c.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.communicate()
    assert wait_until(lambda: not alive(child), 5)


def test_lock_ends_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    descriptor = lock_open(path)
    assert lock_try(descriptor, fcntl.LOCK_EX)
    assert lock_held(path)
    os.close(descriptor)
    assert not lock_held(path)


def test_busy_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert listening(port)
        assert free_port(port) != port
    assert free_port(port) == port


def test_long_log_is_put_aside_once(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * 5_000_001)
    with log_open(log) as file:
        file.write(b"new")
    assert log.read_bytes() == b"new"
    assert (tmp_path / "web.log.1").stat().st_size == 5_000_001


DEAF = """
import os, signal, subprocess, time
from cxportal.launch.processes import end_group_after_parent
signal.signal(signal.SIGTERM, signal.SIG_IGN)
end_group_after_parent(os.getppid(), 0.1)
print(os.getpid(), subprocess.Popen(["sleep", "60"]).pid, flush=True)
time.sleep(60)
"""


def test_a_child_that_is_deaf_ends_with_all_it_started_when_its_parent_is_killed(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    script = (
        "import sys, time; from pathlib import Path;"
        "from cxportal.launch.processes import child_start;"
        "child_start([sys.executable, '-c', sys.argv[2]], log=Path(sys.argv[1]), cwd=Path.cwd());"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(log), DEAF])
    assert wait_until(lambda: log.exists() and log.read_text().strip() != "", 10)
    pids = [int(pid) for pid in log.read_text().split()]
    parent.kill()
    parent.wait()
    assert wait_until(lambda: not any(alive(pid) for pid in pids), 5)
