"""Trying once more what ended without reaching anybody, because somebody says so."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, lock
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from surveys.models import Campaign, Delivery
from surveys.queries.retries import in_doubt, worn_out


@transaction.atomic
def campaign_retry(*, actor: Actor, campaign: Campaign, unknown: bool = False) -> int:
    """Queue messages anew that were refused for now for three days; returns how many.

    With `unknown` those in doubt as well, which may then arrive twice, under the same
    Message-ID. Consent, suppression and how often somebody is asked are looked at again before
    each goes out; the attempts go on counting, as they keep two workers apart. Raises DomainError
    "wrong_state" (409), "nothing_to_retry" (409).
    """
    authorise(actor, "surveys.start_campaigns", campaign)
    stored = lock(campaign)
    if stored.state not in (Campaign.State.RUNNING, Campaign.State.PAUSED):
        message = _("Only a running or paused campaign can try again.")
        raise DomainError("wrong_state", message, status=409)
    changes = {"refused": _queue(actor, worn_out(stored))}
    if unknown:
        changes["unknown"] = _queue(actor, in_doubt(stored))
    queued = sum(changes.values())
    if not queued:
        message = _("There is no message that could be tried again.")
        raise DomainError("nothing_to_retry", message, status=409)
    audit(actor=actor, action="campaign.retry", obj=stored, changes=changes)
    emit(actor=actor, event="campaign.retried", payload={"id": stored.pk, **changes})
    transaction.on_commit(_ring, robust=True)
    return queued


def _queue(actor: Actor, rows: QuerySet[Delivery]) -> int:
    return (
        Delivery.objects.for_actor(actor)
        .filter(pk__in=rows.values("pk"))
        .update(
            state=Delivery.State.QUEUED,
            due_at=timezone.now(),
            first_attempt_at=None,
            lease_until=None,
            reason="",
        )
    )


def _ring() -> None:
    """Wake a worker; without a broker the next tick finds the rows all the same."""
    from surveys.tasks import campaigns_sweep

    campaigns_sweep.delay()
