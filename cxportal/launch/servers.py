"""The embedded servers from their users' side: find them running or start them, leave none behind.

A process that calls ``ensure_servers`` counts as a user until it ends. The last user to end stops
the servers and waits until they are gone; after a kill the keeper sees to it within a moment.
"""

import atexit
import contextlib
import fcntl
import os
import signal
import subprocess
from dataclasses import dataclass

from . import environment
from .keeper import Server, State, keeper_start, state_read
from .places import ServerError
from .postgres import PostgresServer
from .processes import alive, lock_held, lock_open, lock_try, locked, wait_until
from .valkey import ValkeyServer

STOP_SECONDS = 40.0
GRACE_SECONDS = 30.0

__all__ = ["ServerError", "ServerUrls", "ensure_servers", "server_for", "servers_revive"]


@dataclass(frozen=True)
class ServerUrls:
    """Addresses for settings; '' for a server that was not asked for."""

    database_url: str = ""
    redis_url: str = ""


class Use:
    """This process's use of one server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.folder = server.folder
        self.users = -1
        self.keeper: subprocess.Popen[bytes] | None = None

    def begin(self, stack: contextlib.ExitStack) -> None:
        """Count as a user and start the keeper when there is none; ``stack`` keeps others out."""
        if self.users < 0:
            self.users = lock_open(self.folder / "users.lock")
            fcntl.flock(self.users, fcntl.LOCK_SH)
        stack.enter_context(locked(self.folder / "gate.lock"))
        if not self._kept():
            self.keeper = keeper_start(self.server)

    def await_ready(self) -> str:
        """Wait for the server and give its address. Raises ``ServerError``."""
        seconds = self.server.start_seconds + GRACE_SECONDS
        wait_until(lambda: self._state().status in ("ready", "failed") or self._lost(), seconds)
        state = self._state()
        if state.status != "ready":
            raise ServerError(
                state.problem
                or f"The embedded {self.server.name} does not start; see the logs in {self.folder}."
            )
        return self.server.url(state.port)

    def lost(self) -> bool:
        """Tell whether the server's keeper is gone though this process still uses it."""
        if self.keeper is not None:
            self.keeper.poll()
        return not alive(state_read(self.folder).keeper)

    def end(self) -> None:
        """Stop counting as a user; the last one stops the server and waits until it is gone."""
        with locked(self.folder / "gate.lock"):
            last = lock_try(self.users, fcntl.LOCK_EX)
            if last and self._kept():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(state_read(self.folder).keeper, signal.SIGTERM)
            # neither lock to be had: the keeper holds the file, it is stopping already
            if last or not lock_try(self.users, fcntl.LOCK_SH):
                wait_until(lambda: not self._kept(), STOP_SECONDS)
            os.close(self.users)
        self.users = -1
        if self.keeper is not None and not self._kept():
            self.keeper.wait()

    def _kept(self) -> bool:
        return lock_held(self.folder / "keeper.lock")

    def _state(self) -> State:
        """The state as its present keeper tells it, not what an earlier one left."""
        state = state_read(self.folder)
        ours = state.keeper == self.keeper.pid if self.keeper else alive(state.keeper)
        return state if ours else State()

    def _lost(self) -> bool:
        return self.keeper.poll() is not None if self.keeper else not self._kept()


_uses: dict[tuple[str, str], Use] = {}
_owner = 0


def server_for(name: str, kind: str) -> Server:
    """Give the server ``name`` (postgres, valkey) of ``kind`` (run, test)."""
    base = environment.VAR if kind == "run" else environment.VAR / kind
    known: dict[str, type[PostgresServer] | type[ValkeyServer]] = {
        server.name: server for server in (PostgresServer, ValkeyServer)
    }
    return known[name](base / name, kind=kind)


def ensure_servers(*, kind: str = "run", postgres: bool = True, valkey: bool = True) -> ServerUrls:
    """Use the embedded servers of ``kind`` (``run`` or ``test``), starting what does not run.

    They stay until the last process that uses them has ended. Raises ``ServerError`` with a text
    that says what to do when one does not start.
    """
    _register()
    names = [name for name, wanted in (("postgres", postgres), ("valkey", valkey)) if wanted]
    try:
        with contextlib.ExitStack() as stack:
            for name in names:
                _use(name, kind).begin(stack)
            urls = {name: _uses[name, kind].await_ready() for name in names}
    except PermissionError as refused:
        raise ServerError(
            f"{refused.filename} belongs to another account. Run the portal as that account, or "
            f"make {environment.VAR} your own (chown -R)."
        ) from refused
    return ServerUrls(urls.get("postgres", ""), urls.get("valkey", ""))


def servers_revive() -> bool:
    """Start again what this process uses and has lost its keeper; tell whether there was any."""
    lost = [use for use in _uses.values() if use.users >= 0 and use.lost()]
    if not lost:
        return False
    with contextlib.ExitStack() as stack:
        for use in lost:
            use.keeper = None
            use.begin(stack)
        for use in lost:
            use.await_ready()
    return True


def servers_release() -> None:
    """End this process's use of all servers; done at exit by itself."""
    # a forked child shares the locks and must not end its parent's use
    if os.getpid() == _owner:
        for use in _uses.values():
            if use.users >= 0:
                use.end()


def _use(name: str, kind: str) -> Use:
    if (name, kind) not in _uses:
        _uses[name, kind] = Use(server_for(name, kind))
    return _uses[name, kind]


def _register() -> None:
    global _owner  # noqa: PLW0603 - which process the locks belong to is one fact per process
    if _owner != os.getpid():
        _uses.clear()
        _owner = os.getpid()
        atexit.register(servers_release)
