"""F5: a mail server that refuses, delays, hangs and drops; one recipient never holds up another."""

import threading
from collections import Counter

from django.db import connection
from django.db.models import F
from django.utils import timezone

from surveys.calc.delivery import PATIENCE
from surveys.models import Campaign, Delivery
from surveys.services.campaigns import campaign_start
from surveys.services.deliveries import deliveries_send
from surveys.services.invitations import occurrence_fill, occurrences_due
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, mail_settings, make_crowd, waiting
from tests.torture.sink import DRIP, DROP, DROP_TAKEN, HANG, LATE, OK, Sink

FAULT = "F5"
# What the server does with a message → how the row must end.
KINDS = {
    OK: "sent",
    "451 4.3.0 try again later": "hard",
    "421 4.3.2 going down": "hard",
    "550 5.1.1 no such user": "hard",
    "554 5.7.1 refused": "hard",
    # Nobody can know whether these arrived: not sent again without being told to.
    HANG: "unknown",
    DROP: "unknown",
    DROP_TAKEN: "unknown",
    LATE: "unknown",
    DRIP: "unknown",
}
SIZES = {"ci": 10, "full": 1000}  # recipients of each kind
# A hanging server costs a whole timeout, one with crumbs the whole patience (five of them).
TIMEOUT = 1.0
SENDERS = 10
ROUNDS = 40


def run(size: str) -> Line:
    """Every kind mixed; temporary refusals are retried until the patience is over."""
    each = SIZES[size]
    actor, customers = make_crowd("f5", each * len(KINDS))
    kinds = list(KINDS)
    kind_of = {c.email: kinds[n % len(kinds)] for n, c in enumerate(customers)}
    # LATE answers when the lease (six timeouts) is over as well.
    sink = Sink(answer=lambda recipient: kind_of[recipient], late=7 * TIMEOUT)
    with sink, mail_settings(sink.env, TIMEOUT):
        campaign = campaign_start(actor=actor, campaign=crowd_campaign(actor))
        for occurrence in occurrences_due():
            occurrence_fill(occurrence)
        _send_all(campaign)
    ends = Counter(
        (kind_of[email], state)
        for email, state in Delivery.unscoped.filter(campaign=campaign).values_list(
            "invitation__customer__email", "state"
        )
    )
    wrong = ends - Counter(dict.fromkeys(KINDS.items(), each))
    stuck, dup = waiting(campaign), sink.duplicates
    # What was taken although the row says it was refused or never went out.
    hidden = sum(kind_of[to] not in (OK, DROP_TAKEN, LATE) for to in sink.counts)
    lost = sum(kind_of[c.email] == OK and c.email not in sink.counts for c in customers)
    figures = {"lost": lost, "dup": dup, "nonterminal": stuck, "taken": len(sink.counts)}
    figures |= {"hidden": hidden, "wrong": sum(wrong.values()), "kinds": len(KINDS)}
    return Line(FAULT, figures, not (lost or dup or stuck or hidden or wrong))


def _send_all(campaign: Campaign) -> None:
    """Several senders at once until nothing waits; between rounds half the patience passes."""
    for _round in range(ROUNDS):
        crew = [threading.Thread(target=_send) for _ in range(SENDERS)]
        for sender in crew:
            sender.start()
        for sender in crew:
            sender.join()
        if not waiting(campaign):
            return
        # What is to be retried is due, and twice is the end.
        soft = Delivery.unscoped.filter(campaign=campaign, state="soft")
        soft.update(due_at=timezone.now(), first_attempt_at=F("first_attempt_at") - PATIENCE / 2)


def _send() -> None:
    try:
        deliveries_send(seconds=600, batch=20)
    finally:
        connection.close()
