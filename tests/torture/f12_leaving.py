"""F12: people unsubscribe and are erased while a campaign goes out; nothing after their commit."""

import threading
import time
from collections import Counter

from django.db import connection

from cxportal.core.services.erasure import customer_erase
from surveys.models import Invitation
from surveys.services.campaigns import campaign_start
from surveys.services.deliveries import deliveries_send
from surveys.services.invitations import occurrence_fill, occurrences_due
from surveys.services.unsubscribes import invitation_unsubscribe
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, mail_settings, make_crowd
from tests.torture.sink import OK, Sink

FAULT = "F12"
SIZES = {"ci": 30, "full": 200}  # people who leave; as many stay
SECONDS_PER_MAIL = 0.02


def run(size: str) -> Line:
    """Half of all leave at once with the sending; a mail begun before is no breach."""
    leaving = SIZES[size]
    actor, customers = make_crowd("f12", leaving * 2)
    begun: dict[str, float] = {}
    left: dict[str, float] = {}

    def answer(recipient: str) -> str:
        begun.setdefault(recipient, time.monotonic())
        return OK

    with Sink(answer=answer, seconds=SECONDS_PER_MAIL) as sink, mail_settings(sink.env):
        campaign = campaign_start(actor=actor, campaign=crowd_campaign(actor))
        for occurrence in occurrences_due():
            occurrence_fill(occurrence)
        sender = threading.Thread(target=_send)
        sender.start()
        for number, customer in enumerate(reversed(customers)):
            if number % 2:
                continue
            address = customer.email
            if number % 4:
                customer_erase(actor=actor, customer=customer)
            else:
                invitation = Invitation.unscoped.select_related("program", "customer").get(
                    campaign=campaign, customer=customer
                )
                invitation_unsubscribe(invitation=invitation)
            left[address] = time.monotonic()
        sender.join()
        taken = Counter(sink.counts)
    # The message of somebody who left may be on its way for as long as the server takes.
    late = sum(
        begun[address] > moment + SECONDS_PER_MAIL * 2
        for address, moment in left.items()
        if address in begun
    )
    stayed = sum(c.email in taken for n, c in enumerate(reversed(customers)) if n % 2)
    figures = {"late": late, "left": len(left), "stayed_reached": stayed}
    return Line(FAULT, figures, late == 0 and stayed == leaving and len(left) == leaving)


def _send() -> None:
    try:
        deliveries_send(seconds=600, batch=10)
    finally:
        connection.close()
