"""Ends a conversation with a mail server that would outlast the lease of its message."""

import contextlib
import socket
import threading
import time


class Patience:
    """Closes the line when one message takes longer than `seconds`.

    A socket's timeout begins anew with each byte: a server that sends a crumb now and then could
    hold a message for longer than its lease, until somebody else sends it too. One thread per
    courier watches; a message costs two assignments.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._watched: tuple[float, socket.socket] | None = None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, line: socket.socket, until: float) -> None:
        """Watch this line until `done`; `until` is a moment of the monotonic clock."""
        self._watched = (until, line)
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="patience", daemon=True)
            self._thread.start()

    def done(self) -> None:
        """The server has answered."""
        self._watched = None

    def close(self) -> None:
        """Watch no more."""
        self._closed.set()

    def _watch(self) -> None:
        # Late by a tenth at most, which the lease leaves room for.
        while not self._closed.wait(self.seconds / 10):
            watched = self._watched
            if watched is None or time.monotonic() < watched[0] or self._watched is not watched:
                continue
            self._watched = None
            with contextlib.suppress(OSError):
                watched[1].shutdown(socket.SHUT_RDWR)
