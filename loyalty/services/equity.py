"""Values kept by day, and the worksheet of means."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from loyalty.calc import valuing
from loyalty.models import ValueSegment
from loyalty.models.equity import Allocation, ValueSnapshot
from loyalty.services.value import (
    current_model,
    outcome_of,
    rules_of,
    sheet_of,
    stored_fit,
    today_of,
)
from loyalty.services.value_rows import Sheet, money_of

_KEEP = """
INSERT INTO loyalty_valuesnapshot (program_id, "on", customer_id, segment, lifetime_value)
SELECT v.program_id, %(on)s, v.customer_id, v.segment, v.lifetime_value
FROM loyalty_customervalue v JOIN core_customer c ON c.id = v.customer_id AND NOT c.is_test
WHERE v.program_id = %(program)s
ON CONFLICT (program_id, "on", customer_id) DO UPDATE
  SET segment = EXCLUDED.segment, lifetime_value = EXCLUDED.lifetime_value
"""
_SEGMENTS = ("", *ValueSegment.values)


@transaction.atomic
def equity_keep(*, actor: Actor, on: date | None = None) -> int:
    """Keep every customer's value of today, or as it was on a past day; returns how many.

    A past day is computed from the transactions up to it by the current models. Keeping a day
    again replaces it. Raises DomainError for a day in the future or without a model.
    """
    authorise(actor, "loyalty.change_value")
    today = today_of(actor.program)
    day = on or today
    if day > today:
        message = _("This day lies in the future.")
        raise DomainError("invalid", message, details={"on": message})
    ValueSnapshot.objects.for_actor(actor).filter(on=day).delete()
    count = _keep_today(actor, day) if day == today else _keep_past(actor, day)
    audit(actor=actor, action="equity.keep", obj=None, changes={"on": day, "customers": count})
    return count


def _keep_today(actor: Actor, day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"program": actor.program_id, "on": day})
        return int(cursor.rowcount)


def _keep_past(actor: Actor, day: date) -> int:
    program, model = actor.program, current_model(actor.program)
    if model is None:
        raise DomainError("no_model", _("There are no values yet. Send transactions."), status=409)
    rules = rules_of(program)
    seen = valuing.bought(money_of(program), valuing.day_number(day), float(rules.yearly_rate))
    outcome = outcome_of(program, seen, stored_fit(model), rules)
    sheet = sheet_of(seen, outcome, valuing.Cuts(**model.cuts))
    rows = _snapshots(actor, day, sheet)
    ValueSnapshot.unscoped.bulk_create(rows, batch_size=5_000)  # unscoped: the actor's own
    return len(rows)


def _snapshots(actor: Actor, day: date, sheet: Sheet) -> list[ValueSnapshot]:
    columns = (sheet.columns[name].tolist() for name in ("customer", "segment", "lifetime"))
    return [
        ValueSnapshot(
            program_id=actor.program_id, on=day, customer_id=customer,
            segment=_SEGMENTS[segment], lifetime_value=valuing.in_units(lifetime),
        )
        for customer, segment, lifetime in zip(*columns, strict=True)
    ]  # fmt: skip


@transaction.atomic
def allocation_set(*, actor: Actor, segment: str, activity: str, **values: Any) -> Allocation:
    """Fill one cell of the worksheet. Raises DomainError for a negative number."""
    authorise(actor, "loyalty.change_value")
    _refuse_bad_cell(segment, activity, values)
    cell, _new = Allocation.unscoped.get_or_create(  # unscoped: the actor's own program
        program=actor.program, segment=segment, activity=activity
    )
    changes = changed_fields(cell, values)
    if changes:
        for name, value in values.items():
            setattr(cell, name, value)
        cell.version += 1
        cell.save()
        audit(actor=actor, action="allocation.update", obj=cell, changes=changes)
    return cell


def _refuse_bad_cell(segment: str, activity: str, values: Mapping[str, Any]) -> None:
    wrong = {
        name: _("Give a number that is not negative.")
        for name in ("people", "money", "hours")
        if name in values and values[name] < 0
    }
    if segment not in ValueSegment.values:
        wrong["segment"] = _("Choose one of the four value segments.")
    if activity not in Allocation.Activity.values:
        wrong["activity"] = _("Choose one of: %(kinds)s.") % {
            "kinds": ", ".join(Allocation.Activity.values)
        }
    if wrong:
        raise DomainError("invalid", _("Some fields need mending."), details=wrong)
