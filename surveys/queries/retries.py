"""Messages that may be tried once more: refused for now until patience ended, or in doubt."""

from django.db.models import QuerySet

from surveys.models import Campaign, Delivery

#: The reason of a message that was refused for now until it was given up.
GAVE_UP = "gave_up"


def worn_out(campaign: Campaign) -> QuerySet[Delivery]:
    """Given up after days of temporary refusals; the address itself was never called wrong."""
    return campaign.deliveries.filter(state=Delivery.State.HARD, reason=GAVE_UP)


def in_doubt(campaign: Campaign) -> QuerySet[Delivery]:
    """Handed over without an answer, and nothing came back since: they may have arrived."""
    return campaign.deliveries.filter(state=Delivery.State.UNKNOWN, came_back="")


def retries_open(campaign: Campaign) -> dict[str, int]:
    """How many of each could be tried again; none once the campaign is stopped."""
    if campaign.state not in (Campaign.State.RUNNING, Campaign.State.PAUSED):
        return {}
    return {"refused": worn_out(campaign).count(), "unknown": in_doubt(campaign).count()}
