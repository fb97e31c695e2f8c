"""The rules of points: scheme, tiers, campaigns."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, save_version
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from loyalty.models.points import PointsCampaign, PointsScheme, PointsTier

SCHEME = ("name", "is_active", "earn_rate", "pending_days", "expiry_days", "point_value")


_TIER = ("code", "name", "threshold", "multiplier")


@transaction.atomic
def scheme_save(
    *, actor: Actor, version: int | None = None, tiers: Sequence[Mapping[str, Any]] | None = None,
    **values: Any,
) -> PointsScheme:  # fmt: skip
    """Make or change the program's scheme; `tiers` replaces the tiers by their codes.

    Entries made before keep what they were given. Raises StaleEdit, DomainError.
    """
    authorise(actor, "loyalty.change_points")
    for name in ("earn_rate", "point_value"):
        if name in values and values[name] < 0:
            message = _("Give a number that is not negative.")
            raise DomainError("invalid", message, details={name: message})
    PointsScheme.unscoped.get_or_create(program=actor.program)  # unscoped: the actor's own program
    scheme = PointsScheme.objects.for_actor(actor).select_for_update(of=("self",)).get()
    expect_version(scheme, version, SCHEME)
    changes: dict[str, Any] = save_version(scheme, values)
    if tiers is not None:
        changes |= _save_tiers(actor, tiers)
    if changes:
        audit(actor=actor, action="points.update", obj=scheme, changes=changes)
    return scheme


def _save_tiers(actor: Actor, tiers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if any({*_TIER} - set(tier) for tier in tiers):
        message = _("Each tier has a code, a name, a threshold and a multiplier.")
        raise DomainError("invalid", message, details={"tiers": message})
    codes = [tier["code"] for tier in tiers]
    thresholds = [tier["threshold"] for tier in tiers]
    if len(set(codes)) < len(codes) or len(set(thresholds)) < len(thresholds):
        message = _("Each tier has a code and a threshold of its own.")
        raise DomainError("invalid", message, details={"tiers": message})
    stored = PointsTier.objects.for_actor(actor)
    before = list(stored.values_list("code", "threshold"))
    stored.exclude(code__in=codes).delete()
    # Out of each other's way first: thresholds are unique while they change one by one.
    stored.update(threshold=F("threshold") + 10**15)
    for tier in tiers:
        PointsTier.unscoped.update_or_create(  # unscoped: the actor's own program
            program=actor.program, code=tier["code"],
            defaults={name: tier[name] for name in ("name", "threshold", "multiplier")},
        )  # fmt: skip
    after = list(stored.values_list("code", "threshold"))
    return {"tiers": [before, after]} if before != after else {}


@transaction.atomic
def points_campaign_create(*, actor: Actor, **values: Any) -> PointsCampaign:
    """Give more points for a time. Raises DomainError for an end before the start."""
    authorise(actor, "loyalty.change_points")
    if values["ends_on"] < values["starts_on"]:
        message = _("The end lies before the start.")
        raise DomainError("invalid", message, details={"ends_on": message})
    if values["multiplier"] <= 0:
        message = _("Give a number above 0.")
        raise DomainError("invalid", message, details={"multiplier": message})
    campaign = PointsCampaign.unscoped.create(  # unscoped: the actor's own program
        program=actor.program, **values
    )
    audit(actor=actor, action="points.create", obj=campaign)
    return campaign
