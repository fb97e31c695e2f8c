"""Automations: made, changed, taken from the catalogue, switched on and off."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import (
    audit,
    check_fields,
    expect_version,
    lock,
    save_version,
)
from cxportal.core.errors import DomainError
from cxportal.core.models import as_texts
from cxportal.core.policies import authorise
from cxportal.core.registry import customer_patterns
from journeys.automation_catalogue import CATALOGUE
from journeys.models import Automation, Trigger
from journeys.queries.occasions import SOURCES
from journeys.services.automation_effects import effects_checked
from journeys.services.automation_runs import automation_mark_seen
from surveys.calc.logic import condition_fault
from surveys.models import Metric, Survey

EDITABLE = (
    "name",
    "activity",
    "industry",
    "trigger",
    "settings",
    "condition",
    "effects",
    "once_days",
    "hourly_limit",
)
_TEXTS = ("name", "activity")
_SETTINGS: dict[str, set[str]] = {
    Trigger.ANSWER: {"survey"},
    Trigger.TOPIC: set(),
    Trigger.EVENT: {"kinds"},
    Trigger.PATTERN: {"pattern", "value"},
    Trigger.DATE: {"attribute", "days"},
    Trigger.SCORE: {"metric", "direction"},
}


@transaction.atomic
def automation_create(
    *, actor: Actor, name: Mapping[str, str] | str, trigger: str, **values: Any
) -> Automation:
    """Make an automation, switched off. `values` are others of EDITABLE, and `code`.

    Raises DomainError "invalid" with details by field, "code_taken" (409).
    """
    authorise(actor, "journeys.change_automations")
    code = values.pop("code", None)
    _refuse_unknown(values)
    if code and Automation.objects.for_actor(actor).filter(code=code).exists():
        message = _("This event is in your automations already.")
        raise DomainError("code_taken", message, status=409)
    automation = Automation(program=actor.program, code=code)
    _set(actor, automation, {"name": name, "trigger": trigger, **values})
    automation.save()
    audit(actor=actor, action="automation.create", obj=automation)
    return automation


@transaction.atomic
def automation_update(
    *, actor: Actor, automation: Automation, version: int | None = None, **values: Any
) -> Automation:
    """Change fields of EDITABLE. Raises DomainError "invalid"; StaleEdit."""
    authorise(actor, "journeys.change_automations", automation)
    _refuse_unknown(values)
    stored = lock(automation)
    expect_version(stored, version, shown=("name", "condition", "effects"))
    wanted = Automation(**{f.attname: getattr(stored, f.attname) for f in stored._meta.fields})
    _set(actor, wanted, values)
    changes = save_version(stored, {name: getattr(wanted, name) for name in EDITABLE})
    if changes:
        words = {name: [str(a), str(b)] for name, (a, b) in changes.items()}
        audit(actor=actor, action="automation.update", obj=stored, changes=words)
    return stored


@transaction.atomic
def automation_switch(*, actor: Actor, automation: Automation, on: bool) -> Automation:
    """Switch an automation on or off; what happened before does not count."""
    authorise(actor, "journeys.change_automations", automation)
    stored = lock(automation)
    values: dict[str, Any] = {"is_active": on}
    if on:
        values |= {"switched_on_at": timezone.now(), "stopped_reason": ""}
    if stored.is_active == on:
        return stored
    save_version(stored, values)
    verb = "resume" if on else "pause"
    audit(actor=actor, action=f"automation.{verb}", obj=stored)
    pattern = customer_patterns.get(str(stored.settings.get("pattern", "")))
    if on and stored.trigger == Trigger.PATTERN and pattern is not None and pattern.lasting:
        automation_mark_seen(actor, stored)
    return stored


@transaction.atomic
def automation_delete(*, actor: Actor, automation: Automation) -> None:
    """Forget an automation and its log; what it did stays."""
    authorise(actor, "journeys.change_automations", automation)
    audit(actor=actor, action="automation.delete", obj=automation)
    automation.delete()


def automation_from_catalogue(*, actor: Actor, code: str) -> Automation:
    """Take an entry of the starter catalogue over, switched off. Raises DomainError "not_found"."""
    entry = CATALOGUE.get(code)
    if entry is None:
        raise DomainError("not_found", _("The catalogue has no such event."), status=404)
    return automation_create(
        actor=actor,
        code=code,
        name=dict(entry.name),
        activity=dict(entry.activity),
        industry=entry.industry,
        trigger=entry.trigger,
        settings=dict(entry.settings),
        condition=dict(entry.condition),
        effects=[dict(effect) for effect in entry.effects],
        once_days=entry.once_days,
    )


def _refuse_unknown(values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"an automation has no {', '.join(sorted(unknown))} to set")


def _set(actor: Actor, automation: Automation, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        is_text = name in _TEXTS
        made = as_texts(value, actor.program.default_language) if is_text else value
        setattr(automation, name, made)
    if not automation.name:
        message = _("Give it a name.")
        raise DomainError("invalid", message, details={"name": message})
    check_fields(automation)
    automation.settings = _settings_checked(actor, automation)
    fault = condition_fault(automation.condition, more=SOURCES)
    if fault:
        message = _("The condition cannot be read: %(fault)s.") % {"fault": _fault_words()[fault]}
        raise DomainError("invalid", message, details={"condition": message})
    automation.effects = effects_checked(actor, automation.effects)


def _fault_words() -> dict[str, str]:
    return {
        "not_a_condition": _("it is no condition"),
        "too_deep": _("it is nested too deeply"),
        "unknown_source": _("it looks at something that does not exist"),
        "unknown_operator": _("it compares in an unknown way"),
        "bad_value": _("a value does not fit its comparison"),
    }


def _settings_checked(actor: Actor, automation: Automation) -> dict[str, Any]:
    settings = automation.settings
    allowed = _SETTINGS[automation.trigger]
    if not isinstance(settings, Mapping) or set(settings) - allowed:
        raise _unfit(_("These settings do not belong to this trigger."))
    kept = {name: value for name, value in settings.items() if value not in (None, "", [])}
    check = _CHECKS.get(automation.trigger)
    if check is not None:
        check(actor, kept)
    return kept


def _check_kinds(actor: Actor, kept: Mapping[str, Any]) -> None:
    kinds = kept.get("kinds")
    good = isinstance(kinds, list) and 0 < len(kinds) <= 50
    if not good or not all(isinstance(k, str) and 0 < len(k) <= 60 for k in kinds or ()):
        raise _unfit(_("Name the customer events it waits for."))


def _check_pattern(actor: Actor, kept: Mapping[str, Any]) -> None:
    pattern = customer_patterns.get(str(kept.get("pattern", "")))
    if pattern is None:
        raise _unfit(_("Choose a pattern."))
    value = kept.get("value")
    if pattern.choices:
        good = value in dict(pattern.choices)
    else:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        good = not pattern.unit or (is_number and 0 < float(value or 0) < 10**12)
    if not good:
        raise _unfit(_("Give the pattern its value."))


def _check_date(actor: Actor, kept: Mapping[str, Any]) -> None:
    days = kept.get("days", 0)
    if not kept.get("attribute") or len(str(kept["attribute"])) > 60:
        raise _unfit(_("Name the customer's attribute that holds the date."))
    if isinstance(days, bool) or not isinstance(days, int) or abs(days) > 730:
        raise _unfit(_("Give the number of days before the date (after it: negative)."))


def _check_score(actor: Actor, kept: Mapping[str, Any]) -> None:
    rows: Any = Metric.objects.for_actor(actor)
    if kept.get("metric") and not rows.filter(pk=kept["metric"]).exists():
        raise _unfit(_("Choose a metric of this program."))
    if kept.get("direction", "worse") not in ("worse", "better"):
        raise _unfit(_("Choose whether it got better or worse."))


def _check_survey(actor: Actor, kept: Mapping[str, Any]) -> None:
    rows: Any = Survey.objects.for_actor(actor)
    if kept.get("survey") and not rows.filter(pk=kept["survey"]).exists():
        raise _unfit(_("Choose a survey of this program."))


_CHECKS = {
    Trigger.EVENT.value: _check_kinds,
    Trigger.PATTERN.value: _check_pattern,
    Trigger.DATE.value: _check_date,
    Trigger.SCORE.value: _check_score,
    Trigger.ANSWER.value: _check_survey,
}


def _unfit(sentence: str) -> DomainError:
    return DomainError("invalid", sentence, details={"settings": sentence})
