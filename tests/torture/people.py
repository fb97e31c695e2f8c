"""Programs, people and campaigns for the probes, made by the portal's own services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program
from surveys.models import Campaign, Delivery
from surveys.queries.campaigns import campaign_progress
from tests.conftest import make_customers, make_program
from tests.surveys.campaign_cast import make_campaign, make_survey

_CHUNK = 2000


def make_crowd(slug: str, count: int, **program: Any) -> tuple[Actor, list[Customer]]:
    """A program of its own with `count` customers who may be asked."""
    made = make_program(slug, contact_gap_days=0, **program)
    people: list[Customer] = []
    for start in range(0, count, _CHUNK):
        size = min(_CHUNK, count - start)
        people += make_customers(made, size, prefix=f"{slug.upper()}-{start // _CHUNK}-")
    return Actor.system(made), people


def crowd_campaign(actor: Actor, **values: Any) -> Campaign:
    """A draft to everyone of the program."""
    return make_campaign(actor, survey=make_survey(actor.program), **values)


def waiting(campaign: Campaign) -> int:
    """Messages whose fate is not settled; people not yet considered count as one."""
    progress = campaign_progress(campaign)
    return progress.total - progress.done + (not progress.filled)


def state_counts(program: Program) -> dict[str, int]:
    """How many messages of a program are in which state."""
    counts: dict[str, int] = {}
    for state in Delivery.unscoped.filter(program=program).values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts


@contextmanager
def mail_settings(env: dict[str, str], timeout: float = 5) -> Iterator[None]:
    """The same mail server for services called inside this process; `timeout` in seconds."""
    from django.test import override_settings

    port = int(env["EMAIL_URL"].rpartition(":")[2])
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(
        EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_TIMEOUT=timeout
    ):
        yield
