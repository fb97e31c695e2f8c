"""The contact policy: how often anybody is asked over all surveys, and when messages keep still."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, expect_version, lock, save_version
from cxportal.core.policies import authorise
from surveys.models import Campaign, ContactPolicy
from surveys.services.campaign_values import bad

MOST_RULES = 6
MAX_DAYS = 366
MAX_MOST = 100
CHANNELS = ("", *Campaign.Channel.values)
_KEEP: Any = object()


def contact_policy(actor: Actor) -> ContactPolicy:
    """The program's policy; an unsaved one without rules where nobody has set any."""
    found = ContactPolicy.objects.for_actor(actor).first()
    return found or ContactPolicy(program=actor.program, version=0)


@transaction.atomic
def contact_policy_update(
    *,
    actor: Actor,
    version: int | None = None,
    rules: Iterable[Mapping[str, Any]] = _KEEP,
    quiet_from: time | None = _KEEP,
    quiet_until: time | None = _KEEP,
) -> ContactPolicy:
    """Set the rules that are given. `rules`: [{"channel": "" for all, "most": n, "days": d}].

    They hold for every message that has not gone out. Raises DomainError "invalid"; StaleEdit.
    """
    authorise(actor, "surveys.change_campaigns")
    stored = _stored(actor)
    expect_version(stored, version, ("rules", "quiet_from", "quiet_until"))
    given: dict[str, Any] = {"rules": rules, "quiet_from": quiet_from, "quiet_until": quiet_until}
    values = {name: value for name, value in given.items() if value is not _KEEP}
    if "rules" in values:
        values["rules"] = _rules(values["rules"])
    changes = save_version(stored, values)
    if (stored.quiet_from is None) != (stored.quiet_until is None):
        raise bad("quiet_until", _("Quiet hours need a beginning and an end."))
    if changes:
        audit(actor=actor, action="contact_policy.update", obj=stored, changes=changes)
        emit(actor=actor, event="contact_policy.updated", payload={"rules": stored.rules})
    return stored


def _stored(actor: Actor) -> ContactPolicy:
    row, is_new = ContactPolicy.unscoped.get_or_create(  # unscoped: the actor's own program
        program=actor.program, defaults={"version": 0}
    )
    return row if is_new else lock(row)


def _rules(given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rules = [_rule(one) for one in given]
    if len(rules) > MOST_RULES:
        raise bad("rules", _("Give at most %(count)d rules.") % {"count": MOST_RULES})
    return rules


def _rule(one: Mapping[str, Any]) -> dict[str, Any]:
    channel = one.get("channel") or ""
    most, days = one.get("most"), one.get("days")
    if channel not in CHANNELS:
        raise bad("rules", _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(CHANNELS[1:])})
    for number, limit in ((most, MAX_MOST), (days, MAX_DAYS)):
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= limit:
            sentence = _("A rule allows 1 to %(most)d messages in 1 to %(days)d days.")
            raise bad("rules", sentence % {"most": MAX_MOST, "days": MAX_DAYS})
    return {"channel": channel, "most": most, "days": days}
