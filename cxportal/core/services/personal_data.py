"""Each look at a person's data is written down, once a day and person."""

from django.db import transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.models import AuditEntry, Customer


@transaction.atomic
def personal_data_looked(*, actor: Actor, customer: Customer) -> None:
    """Write that this member saw this customer's data today; a second look adds nothing."""
    if actor.user is None:
        return
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    seen = AuditEntry.objects.for_actor(actor).filter(
        object_type=customer._meta.label_lower,
        object_id=customer.pk,
        action="customer.look",
        user=actor.user,
        at__gte=today,
    )
    if not seen.exists():
        audit(actor=actor, action="customer.look", obj=customer)
