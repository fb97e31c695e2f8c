"""Account managers get their key customers, with a welcome and a service plan to do."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock, refuse_foreign, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Membership
from cxportal.core.policies import authorise
from cxportal.core.services.notifications import notify
from journeys.models import Relationship
from journeys.services.actions import action_create

MOST = 200
#: What is to be done for a new key customer, and within how many days.
PLAN_DAYS = (("welcome", 3), ("plan", 14), ("review", 90))


def _plan_words() -> dict[str, str]:
    return {
        "welcome": _("Welcome the customer in person"),
        "plan": _("Agree a service plan: needs, contact rhythm, wishes"),
        "review": _("Look back together: what was good, what comes next"),
    }


@transaction.atomic
def accounts_assign(*, actor: Actor, customers: Iterable[Customer], manager: Membership) -> int:
    """Give customers an account manager, each with a welcome and a service plan; returns how many.

    A customer who has one already is passed over. Raises DomainError "too_many" (413), "invalid".
    """
    authorise(actor, "journeys.assign_accounts")
    rows = sorted(customers, key=lambda customer: customer.pk)
    refuse_foreign(actor, {"manager": manager, **{str(c.pk): c for c in rows}})
    if not manager.is_active:
        raise DomainError("invalid", _("This person has left the program."))
    if len(rows) > MOST:
        message = _("Assign at most %(max)d customers at once.") % {"max": MOST}
        raise DomainError("too_many", message, status=413)
    given = sum(_assign(actor, customer, manager) for customer in rows)
    if given:
        notify(
            actor=actor,
            membership=manager,
            kind="accounts_assigned",
            params={"who": actor.label, "count": given},
            url=actor.url("journeys:accounts"),
        )
    return given


def _assign(actor: Actor, customer: Customer, manager: Membership) -> bool:
    stored = lock(customer)
    if stored.account_manager_id is not None or stored.erased_at is not None:
        return False
    save_version(stored, {"account_manager": manager})
    changes = {"account_manager": [None, str(manager)]}
    audit(actor=actor, action="customer.assign", obj=stored, changes=changes)
    today = timezone.now().astimezone(actor.program.zone).date()
    words = _plan_words()
    for step, days in PLAN_DAYS:
        action_create(
            actor=actor,
            title=words[step],
            customer=stored,
            owner=manager,
            relationship=Relationship.KEEP,
            due=today + timedelta(days=days),
            once_key=f"service-plan:{step}:{stored.pk}",
        )
    return True
