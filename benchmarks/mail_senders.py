"""Processes of goal 8: `python -m benchmarks.mail_senders ours SECONDS` or `… bare PORT COUNT`."""

import os
import smtplib
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")


def ours(seconds: float) -> None:
    """Send what is due for so long, as the worker does, without waiting for a tick."""
    import django

    django.setup()
    from surveys.services.deliveries import deliveries_send

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not deliveries_send(seconds=5.0).claimed:
            time.sleep(0.05)


def bare(port: int, count: int) -> None:
    """Hand the same message over again and again by smtplib, over one kept connection."""
    # smtplib mends the line ends of texts, not of bytes.
    body = Path(os.environ["BENCH_MAIL"]).read_bytes().replace(b"\n", b"\r\n")
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(count):
            server.sendmail("bench@example.com", [f"b{os.getpid()}-{number}@example.com"], body)


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        ours(float(sys.argv[2]))
    else:
        bare(int(sys.argv[2]), int(sys.argv[3]))
