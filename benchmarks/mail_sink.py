"""`python -m benchmarks.mail_sink PORT FILE`: takes every mail and keeps when and how many.

A process of its own, so that neither the portal's senders nor the bare ones share its time.
"""

import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


class Counter:
    """Counts messages; writes (count, first moment, last moment) beside every hundredth."""

    def __init__(self, file: Path) -> None:
        self.file, self.count, self.first, self.last = file, 0, 0.0, 0.0
        self.recipients: set[str] = set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.count += len(envelope.rcpt_tos)
        self.recipients.update(envelope.rcpt_tos)
        return "250 2.0.0 taken"

    def write(self) -> None:
        part = self.file.with_suffix(".part")
        part.write_text(f"{self.count} {len(self.recipients)} {self.first} {self.last}")
        part.rename(self.file)


def main(port: int, file: Path) -> None:
    """Serves until it is ended."""
    counter = Counter(file)
    controller = Controller(counter, hostname="127.0.0.1", port=port)
    controller.start()
    while True:
        time.sleep(0.1)
        counter.write()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
