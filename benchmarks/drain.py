"""The worker's part of the bench: drain the outbox every second, as the schedule rings."""

import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")


def main() -> None:
    """Runs until it is ended."""
    import django

    django.setup()
    from cxportal.core.services.outbox import outbox_drain_all

    while True:
        began = time.monotonic()
        outbox_drain_all()
        time.sleep(max(0.0, 1.0 - (time.monotonic() - began)))


if __name__ == "__main__":
    main()
