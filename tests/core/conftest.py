"""A receiver on the loopback that answers by script."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django.fixtures import Settings


@dataclass
class Sink:
    """Answers with the scripted statuses one after the other, then with 200."""

    url: str = ""
    script: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    body: bytes = b"ok"
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            shown = {name.lower(): value for name, value in self.headers.items()}
            sink.received.append((self.path, shown, sent))
            threading.Event().wait(sink.delay)
            self.send_response(sink.script.pop(0) if sink.script else 200)
            for name, value in sink.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # the caller may have hung up, as some tests mean it to
                self.wfile.write(sink.body)

        def log_message(self, *args: object) -> None:
            return

    return Handler


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    """A receiver that the portal is allowed to reach."""
    made = Sink()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    port = server.server_address[1]
    made.url = f"http://127.0.0.1:{port}/hook"
    settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{port}"]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()
