"""What the health page says of messages: late ones, and those the mail server did not take."""

from collections.abc import Iterable

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.queries.operation import LATE, Check
from surveys.models import Campaign, Delivery


def message_lines(actor: Actor) -> Iterable[Check]:
    """Messages of running campaigns. One query."""
    rows = Delivery.objects.for_actor(actor).filter(campaign__state=Campaign.State.RUNNING)
    overdue = Q(state=Delivery.State.QUEUED, due_at__lt=timezone.now() - LATE)
    found = rows.aggregate(
        late=Count("pk", filter=overdue),
        retried=Count("pk", filter=Q(state=Delivery.State.SOFT)),
    )
    value = _("%(late)s late, %(retried)s being tried again") % found
    advice = _("The campaign's page says why. Late ones need a worker; look at the mail server.")
    yield Check(_("Messages"), value, fine=not any(found.values()), advice=advice)
