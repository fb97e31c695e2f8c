"""Customers: made, changed and synchronised in bulk."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.commands import audit, changed_fields, emit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Membership
from cxportal.core.policies import authorise
from cxportal.core.prepared import bound_cursor
from cxportal.core.services.customer_rows import CheckedRow, row_checked, values_checked

# The batch as one value: an absent field is null, and no table has to be made for each request.
_GIVEN = """jsonb_to_recordset(%(rows)s::text::jsonb) AS r(external_id text, kind text, name text,
  email text, phone text, language text, attributes jsonb, is_test boolean,
  account_manager_id bigint, sets_manager boolean)"""
_INSERT = f"""
INSERT INTO core_customer (program_id, version, created_at, updated_at, external_id, kind, name,
  email, phone, language, attributes, is_test, account_manager_id, value_segment)
SELECT %(program)s::bigint, 1, now(), now(), external_id, coalesce(kind, 'customer'),
  coalesce(name, ''), coalesce(email, ''), coalesce(phone, ''), coalesce(language, ''),
  jsonb_strip_nulls(coalesce(attributes, '{{}}'::jsonb)), coalesce(is_test, false),
  account_manager_id, ''
FROM {_GIVEN} ORDER BY external_id
ON CONFLICT (program_id, external_id) DO NOTHING
RETURNING external_id
"""  # noqa: S608  # constant texts of this module
# Known rows are locked in one order, so that two clients sending the same rows never deadlock.
_LOCK = f"""
SELECT c.external_id FROM core_customer c JOIN {_GIVEN} ON r.external_id = c.external_id
WHERE c.program_id = %(program)s::bigint ORDER BY c.external_id FOR UPDATE OF c
"""  # noqa: S608  # the same
_UPDATE = f"""
UPDATE core_customer c SET version = c.version + 1, updated_at = now(),
  kind = coalesce(r.kind, c.kind), name = coalesce(r.name, c.name),
  email = coalesce(r.email, c.email), phone = coalesce(r.phone, c.phone),
  language = coalesce(r.language, c.language), is_test = coalesce(r.is_test, c.is_test),
  attributes = CASE WHEN r.attributes IS NULL THEN c.attributes
    ELSE jsonb_strip_nulls(c.attributes || r.attributes) END,
  account_manager_id = CASE WHEN r.sets_manager THEN r.account_manager_id
    ELSE c.account_manager_id END
FROM {_GIVEN}
WHERE c.program_id = %(program)s::bigint AND c.external_id = r.external_id
  AND c.merged_into_id IS NULL AND (
  r.kind <> c.kind OR r.name <> c.name OR r.email <> c.email OR r.phone <> c.phone
  OR r.language <> c.language OR r.is_test <> c.is_test
  OR jsonb_strip_nulls(c.attributes || r.attributes) <> c.attributes
  OR (r.sets_manager AND r.account_manager_id IS DISTINCT FROM c.account_manager_id))
RETURNING c.external_id
"""  # noqa: S608  # the same


@transaction.atomic
def customers_bulk_upsert(*, actor: Actor, rows: Iterable[Any]) -> BulkResult:
    """Make or change customers by external_id; absent fields stay, attributes are merged.

    Of rows with the same external_id in one batch the first is taken, the later ones fail.
    At most 10,000 rows; raises DomainError beyond. A bad row fails alone.
    """
    authorise(actor, "core.change_customers")
    batch = list(rows)
    if len(batch) > MAX_ROWS:
        message = _("Send at most %(max)s rows at a time.") % {"max": MAX_ROWS}
        raise DomainError("too_many_rows", message, status=413)
    managers = _managers_by_email(actor, batch)
    checked = [row_checked(row, managers) for row in batch]
    _refuse_doubles(checked)
    created, updated = _write([row for row in checked if not row.errors], actor)
    result = BulkResult()
    for row in checked:
        result.add(row.external_id, _status_of(row, created, updated), row.errors)
    _tell(actor, result)
    return result


def _managers_by_email(actor: Actor, rows: Iterable[Any]) -> dict[str, int]:
    if not any(isinstance(row, Mapping) and row.get("account_manager") for row in rows):
        return {}
    members = Membership.objects.for_actor(actor).filter(is_active=True)
    return {email.lower(): pk for email, pk in members.values_list("user__email", "pk")}


def _refuse_doubles(checked: list[CheckedRow]) -> None:
    seen: dict[str, int] = {}
    for number, row in enumerate(checked, start=1):
        key = row.values.get("external_id")
        if key is None or row.errors:
            continue
        first = seen.setdefault(key, number)
        if first != number:
            row.errors["external_id"] = _("Row %(row)s of this batch has the same external_id.") % {
                "row": first
            }


def _write(rows: list[CheckedRow], actor: Actor) -> tuple[set[str], set[str]]:
    """Returns the external ids that were created and those that were changed."""
    if not rows:
        return set(), set()
    with bound_cursor() as cursor:
        cursor.execute(_INSERT, _batch(rows, actor))
        created = {external_id for (external_id,) in cursor.fetchall()}
        known = [row for row in rows if row.values["external_id"] not in created]
        if not known:
            return created, set()
        cursor.execute(_LOCK, _batch(known, actor))
        cursor.execute(_UPDATE, _batch(known, actor))
        return created, {external_id for (external_id,) in cursor.fetchall()}


def _batch(rows: Iterable[CheckedRow], actor: Actor) -> dict[str, Any]:
    given = [{**row.values, "sets_manager": "account_manager_id" in row.values} for row in rows]
    return {"rows": orjson.dumps(given).decode(), "program": actor.program_id}


def _status_of(row: CheckedRow, created: set[str], updated: set[str]) -> str:
    if row.errors:
        return "failed"
    key = row.values["external_id"]
    if key in created:
        return "created"
    return "updated" if key in updated else "unchanged"


def _tell(actor: Actor, result: BulkResult) -> None:
    if not (result.created or result.updated):
        return
    sums = {"created": result.created, "updated": result.updated}
    audit(actor=actor, action="customers.sync", obj=None, changes=sums)
    emit(actor=actor, event="customers.synced", payload=sums)


@transaction.atomic
def customer_create(*, actor: Actor, external_id: str, **values: Any) -> Customer:
    """Make one customer. Raises DomainError: "invalid" per field, "external_id_taken" (409)."""
    authorise(actor, "core.change_customers")
    row = {"external_id": external_id, **values}
    checked = row_checked(row, _managers_by_email(actor, [row]))
    _refuse_errors(checked)
    created, _updated = _write([checked], actor) if not _is_known(actor, checked) else (set(), None)
    if not created:
        message = _("Another customer of this program has this external id.")
        raise DomainError(
            "external_id_taken", message, status=409, details={"external_id": message}
        )
    customer = Customer.objects.for_actor(actor).get(external_id=checked.values["external_id"])
    audit(actor=actor, action="customer.create", obj=customer)
    emit(actor=actor, event="customer.created", payload=_told(customer))
    return customer


def _is_known(actor: Actor, checked: CheckedRow) -> bool:
    external_id = checked.values["external_id"]
    return Customer.objects.for_actor(actor).filter(external_id=external_id).exists()


def _refuse_errors(checked: CheckedRow) -> None:
    if checked.errors:
        message = _("Some fields need mending.")
        raise DomainError("invalid", message, details=checked.errors)


@transaction.atomic
def customer_update(
    *, actor: Actor, customer: Customer, version: int | None = None, **values: Any
) -> Customer:
    """Change fields of one customer; attributes are merged, null takes one away.

    Raises DomainError "invalid" or "external_id_taken", StaleEdit for an older version.
    """
    authorise(actor, "core.change_customers", customer)
    checked = values_checked(values, _managers_by_email(actor, [values]))
    _refuse_errors(checked)
    stored = lock(customer)
    if stored.erased_at is not None:
        raise DomainError("erased", _("This person was erased and cannot be changed."), status=409)
    expect_version(stored, version, ("name", "email", "phone", "language", "kind"))
    _refuse_taken(actor, stored, checked.values.get("external_id"))
    new = dict(checked.values)
    if "attributes" in new:
        merged = {**stored.attributes, **new["attributes"]}
        new["attributes"] = {k: v for k, v in merged.items() if v is not None}
    changes = save_version(stored, new)
    if changes:
        audit(actor=actor, action="customer.update", obj=stored, changes=_kept_private(changes))
        emit(actor=actor, event="customer.updated", payload=_told(stored))
    return stored


def _refuse_taken(actor: Actor, customer: Customer, external_id: str | None) -> None:
    if external_id is None or external_id == customer.external_id:
        return
    others = Customer.objects.for_actor(actor).filter(external_id=external_id)
    if others.exclude(pk=customer.pk).exists():
        message = _("Another customer of this program has this external id.")
        raise DomainError(
            "external_id_taken", message, status=409, details={"external_id": message}
        )


PERSONAL = ("name", "email", "phone", "attributes", "external_id")


def _kept_private(changes: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The audit trail outlives an erasure: it says that personal fields changed, not to what."""
    return {
        name: ["•", "•"] if name in PERSONAL else before_after
        for name, before_after in changes.items()
    }


def _told(customer: Customer) -> dict[str, Any]:
    return {"id": customer.pk, "external_id": customer.external_id, "version": customer.version}


@transaction.atomic
def customer_mark_test(*, actor: Actor, customer: Customer, is_test: bool) -> Customer:
    """Take a customer out of (or back into) everything that counts."""
    authorise(actor, "core.change_customers", customer)
    stored = lock(customer)
    changes = changed_fields(stored, {"is_test": is_test})
    if save_version(stored, {"is_test": is_test}):
        audit(actor=actor, action="customer.update", obj=stored, changes=changes)
    return stored
