"""`python -m tests.torture.dispatcher TICKS`: a sweeper of its own that waits for nobody.

It fills and sends without a sender's place, so that only the claims keep it apart from others.
"""

import sys

import django


def main(ticks: int) -> None:
    """So many ticks, one after the other."""
    django.setup()
    from surveys.services.deliveries import deliveries_send
    from surveys.services.invitations import occurrence_fill, occurrences_due

    for _ in range(ticks):
        for occurrence in occurrences_due():
            occurrence_fill(occurrence)
        deliveries_send(seconds=1.0, batch=5)


if __name__ == "__main__":
    main(int(sys.argv[1]))
