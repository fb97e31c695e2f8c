"""F5: a mail server that refuses, delays, hangs and drops; one recipient never holds up another."""

from collections import Counter

from django.db.models import F
from django.utils import timezone

from surveys.calc.delivery import PATIENCE
from surveys.models import Delivery
from surveys.services.campaigns import campaign_start
from surveys.services.deliveries import deliveries_send
from surveys.services.invitations import occurrence_fill, occurrences_due
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, mail_settings, make_crowd, waiting
from tests.torture.sink import OK, Sink

FAULT = "F5"
SIZES = {"ci": 20, "full": 1000}  # recipients of each kind
REPLIES = {
    "ok": OK,
    "busy": "451 4.3.0 try again later",
    "closing": "421 4.3.2 going down",
    "gone": "550 5.1.1 no such user",
    "spam": "554 5.7.1 refused",
}
ROUNDS = 40


def run(size: str) -> Line:
    """Every kind mixed; temporary refusals are retried until the patience is over."""
    each = SIZES[size]
    actor, customers = make_crowd("f5", each * len(REPLIES))
    kinds = list(REPLIES)
    kind_of = {c.email: kinds[n % len(kinds)] for n, c in enumerate(customers)}
    with Sink(answer=lambda recipient: REPLIES[kind_of[recipient]]) as sink:
        with mail_settings(sink.env):
            campaign = campaign_start(actor=actor, campaign=crowd_campaign(actor))
            for occurrence in occurrences_due():
                occurrence_fill(occurrence)
            for _round in range(ROUNDS):
                deliveries_send(seconds=60, batch=200)
                if not waiting(campaign):
                    break
                # Half the patience passes: what is to be retried is due, and twice is the end.
                soft = Delivery.unscoped.filter(campaign=campaign, state="soft")
                soft.update(
                    due_at=timezone.now(), first_attempt_at=F("first_attempt_at") - PATIENCE / 2
                )
        taken = sink.counts
    ends = Counter(
        f"{kind_of[email]}:{state}"
        for email, state in Delivery.unscoped.filter(campaign=campaign).values_list(
            "invitation__customer__email", "state"
        )
    )
    expected = {f"{kind}:{'sent' if kind == 'ok' else 'hard'}": each for kind in kinds}
    dup = sum(taken.values()) - len(taken)
    stuck = waiting(campaign)
    figures = {"nonterminal": stuck, "dup": dup, "taken": len(taken), "wrong": 0}
    figures["wrong"] = sum((ends - Counter(expected)).values())
    return Line(FAULT, figures, stuck == dup == figures["wrong"] == 0 and len(taken) == each)
