"""The rules of following up and the catalogue of causes."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import as_texts
from cxportal.core.policies import authorise
from journeys.calc.working_time import COUNTRIES
from journeys.models import CaseRules, RootCause, Severity
from journeys.queries.case_follow_up import follow_up_campaigns
from journeys.queries.case_rules import standard_rules
from journeys.services.canned_replies import canned_replies_ensure
from journeys.standard_cases import ROOT_CAUSES

EDITABLE = (
    "opens_on_low_score",
    "assignment",
    "team",
    "escalate_to",
    "working_days",
    "opens_at",
    "closes_at",
    "country",
    "contact_hours",
    "close_hours",
    "follow_up_campaign",
    "follow_up_days",
)
MOST_HOURS = 1_000
MOST_DAYS = 90
_WEEK = 7


@transaction.atomic
def case_rules_update(*, actor: Actor, version: int | None = None, **values: Any) -> CaseRules:
    """Set rules of EDITABLE. Raises DomainError: "invalid" (details name fields), StaleEdit."""
    authorise(actor, "journeys.change_case_rules")
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"rules have no {', '.join(sorted(unknown))} to set")
    stored = _stored(actor)
    expect_version(stored, version, shown=("assignment", "contact_hours", "close_hours"))
    _check(actor, stored, values)
    changes = save_version(stored, values)
    if changes:
        words = {name: [str(a), str(b)] for name, (a, b) in changes.items()}
        audit(actor=actor, action="case_rules.update", obj=stored, changes=words)
    return stored


def _stored(actor: Actor) -> CaseRules:
    rows: Any = CaseRules.objects.for_actor(actor)
    found: CaseRules | None = rows.first()
    if found is None:
        found = standard_rules(actor)
        try:
            with transaction.atomic():
                found.save()
        except IntegrityError:
            found = rows.get()
        catalogues_ensure(actor)
    return lock(found)


def _check(actor: Actor, stored: CaseRules, values: Mapping[str, Any]) -> None:
    found: dict[str, str] = {}
    for name in ("team", "escalate_to"):
        if getattr(values.get(name), "program_id", actor.program_id) != actor.program_id:
            found[name] = _("This does not exist in this program.")
    campaign = values.get("follow_up_campaign")
    if campaign is not None and not follow_up_campaigns(actor).filter(pk=campaign.pk).exists():
        found["follow_up_survey"] = _("Choose a campaign that asks after a case was closed.")
    if not 0 <= values.get("follow_up_days", stored.follow_up_days) <= MOST_DAYS:
        found["follow_up_days"] = _("Choose at most %(max)d days.") % {"max": MOST_DAYS}
    days = values.get("working_days", stored.working_days)
    if not days or any(day not in range(_WEEK) for day in days):
        found["working_days"] = _("Choose at least one day people work.")
    opens: time = values.get("opens_at", stored.opens_at)
    closes: time = values.get("closes_at", stored.closes_at)
    if opens >= closes:
        found["closes_at"] = _("Work ends after it begins.")
    if values.get("country", "") not in COUNTRIES:
        found["country"] = _("Choose one of the countries.")
    for name in ("contact_hours", "close_hours"):
        if name in values and not _are_hours(values[name]):
            found[name] = _("Give hours between 1 and %(max)d for each severity.") % {
                "max": MOST_HOURS
            }
    if found:
        raise DomainError("invalid", next(iter(found.values())), details=found)


def _are_hours(hours: Any) -> bool:
    return isinstance(hours, Mapping) and all(
        severity in Severity.values
        and isinstance(value, int | float)
        and not isinstance(value, bool)
        and 0 < value <= MOST_HOURS
        for severity, value in hours.items()
    )


def catalogues_ensure(actor: Actor) -> None:
    """Give a program without causes the standard ones and replies; asks no right of its own."""
    if RootCause.objects.for_actor(actor).exists():
        return
    RootCause.unscoped.bulk_create(  # unscoped: written for the actor's own program
        (
            RootCause(program=actor.program, code=code, name={"en": en, "ko": ko}, position=place)
            for place, (code, en, ko) in enumerate(ROOT_CAUSES)
        ),
        ignore_conflicts=True,
    )
    canned_replies_ensure(actor)


@transaction.atomic
def root_cause_save(
    *,
    actor: Actor,
    code: str,
    name: Mapping[str, str] | str,
    is_active: bool = True,
    position: int = 0,
) -> RootCause:
    """Add a cause, or rename and order the one with this code. Raises DomainError: "invalid"."""
    authorise(actor, "journeys.change_case_rules")
    texts = as_texts(name, actor.program.default_language)
    key = code.replace("\x00", "").strip()[:40]
    if not texts or not key:
        message = _("Give it a code and a name.")
        raise DomainError("invalid", message, details={"name": message})
    rows: Any = RootCause.objects.for_actor(actor)
    found: RootCause | None = rows.select_for_update().filter(code=key).first()
    values = {"name": texts, "is_active": is_active, "position": position}
    if found is None:
        found = RootCause(program=actor.program, code=key, **values)
        found.save()
        audit(actor=actor, action="root_cause.create", obj=found)
        return found
    changes = changed_fields(found, values)
    if changes:
        for field, (_before, after) in changes.items():
            setattr(found, field, after)
        found.save(update_fields=list(changes))
        audit(actor=actor, action="root_cause.update", obj=found, changes=changes)
    return found
