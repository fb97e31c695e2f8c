"""What happened to customers: purchases, deliveries, calls; from API, import or the portal."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.commands import emit
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, CustomerEvent
from cxportal.core.policies import authorise
from cxportal.core.services.event_listening import events_announce

EVENT_KIND = re.compile(r"[a-z][a-z0-9_.-]{0,59}", re.ASCII)
_FIELDS = {"external_id", "customer", "kind", "occurred_at", "place", "data"}
MAX_DATA_BYTES = 8_000
CLOCK_DRIFT = timedelta(days=1)
EARLIEST_YEAR = 1970


@dataclass
class _Row:
    external_id: str
    customer: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def event_record(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    occurred_at: datetime | None = None,
    place: str = "",
    data: Mapping[str, Any] | None = None,
    external_id: str | None = None,
) -> CustomerEvent:
    """Record one event; the same external_id again returns the first. Raises DomainError."""
    row = {
        "customer": customer.external_id,
        "kind": kind,
        "occurred_at": (occurred_at or timezone.now()).isoformat(),
        "place": place,
        "data": dict(data or {}),
    }
    if external_id:
        row["external_id"] = external_id
    result, events = _record(actor, [row])
    if result.failed:
        errors = result.rows[0]["errors"]
        raise DomainError("invalid", next(iter(errors.values())), details=errors)
    if events:
        return events[0]
    return CustomerEvent.objects.for_actor(actor).get(external_id=external_id)


def events_record(*, actor: Actor, rows: Iterable[Any]) -> BulkResult:
    """Record many events; a known external_id is “unchanged”. A bad row fails alone."""
    batch = list(rows)
    if len(batch) > MAX_ROWS:
        message = _("Send at most %(max)s rows at a time.") % {"max": MAX_ROWS}
        raise DomainError("too_many_rows", message, status=413)
    return _record(actor, batch)[0]


@transaction.atomic
def _record(actor: Actor, batch: list[Any]) -> tuple[BulkResult, list[CustomerEvent]]:
    authorise(actor, "core.record_events")
    rows = [_checked(raw) for raw in batch]
    customers = _customers(actor, {row.customer for row in rows if row.customer})
    known = _known(actor, {row.external_id for row in rows if row.external_id})
    result, new = BulkResult(), []
    for row in rows:
        if not row.errors and row.customer not in customers:
            row.errors["customer"] = _("No customer of this program has this external id.")
        if row.errors:
            result.add(row.external_id, "failed", row.errors)
        elif row.external_id in known:
            result.add(row.external_id, "unchanged")
        else:
            known |= {row.external_id} if row.external_id else set()
            new.append(_event(actor, row, customers[row.customer]))
            result.add(row.external_id, "created")
    if new:
        events_announce(actor=actor, ids=_insert(new))
        emit(actor=actor, event="events.recorded", payload={"count": len(new)})
    return result, new


def _insert(new: list[CustomerEvent]) -> list[int]:
    """Write the events; returns the ids of those nobody else wrote at the same moment."""
    named = [event for event in new if event.external_id] if len(new) > 1 else []
    plain = [event for event in new if not event.external_id] if named else new
    CustomerEvent.unscoped.bulk_create(  # unscoped: written for the actor's own program
        plain, batch_size=2000
    )
    return [event.pk for event in plain] + (_insert_named(named) if named else [])


def _insert_named(events: list[CustomerEvent]) -> list[int]:
    columns = (
        [event.customer_id for event in events],
        [event.kind for event in events],
        [event.occurred_at for event in events],
        [event.place for event in events],
        [orjson.dumps(event.data).decode() for event in events],
        [event.external_id for event in events],
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_NAMED, [events[0].program_id, timezone.now(), *columns])
        return [pk for (pk,) in cursor.fetchall()]


_INSERT_NAMED = """
    INSERT INTO core_customerevent (program_id, created_at, customer_id, kind, occurred_at, place,
                                    data, external_id)
    SELECT %s, %s, row.*
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::jsonb[], %s::text[])
         AS row (customer_id, kind, occurred_at, place, data, external_id)
    ON CONFLICT (program_id, external_id) DO NOTHING
    RETURNING id
"""


def _event(actor: Actor, row: _Row, customer_id: int) -> CustomerEvent:
    return CustomerEvent(
        program=actor.program,
        customer_id=customer_id,
        external_id=row.external_id or None,
        **row.values,
    )


def _customers(actor: Actor, external_ids: set[str]) -> dict[str, int]:
    found = Customer.objects.for_actor(actor).filter(external_id__in=external_ids, erased_at=None)
    return dict(found.values_list("external_id", "pk"))


def _known(actor: Actor, external_ids: set[str]) -> set[str]:
    found = CustomerEvent.objects.for_actor(actor).filter(external_id__in=external_ids)
    return {str(e) for e in found.values_list("external_id", flat=True)}


def _checked(raw: Any) -> _Row:
    if not isinstance(raw, Mapping):
        return _Row("", errors={"row": _("Send each row as an object with its fields.")})
    row = _Row(_short(raw.get("external_id"), 120), _short(raw.get("customer"), 120))
    for name in set(raw) - _FIELDS:
        row.errors[str(name)[:60]] = _("There is no such field. Put data of your own into “data”.")
    checks = {"kind": _kind, "occurred_at": _moment, "place": _place, "data": _data}
    for name, check in checks.items():
        try:
            row.values[name] = check(raw.get(name))
        except ValueError as error:
            row.errors[name] = str(error)
    if not row.customer:
        row.errors["customer"] = _("Give the customer's external id.")
    return row


def _short(value: Any, limit: int) -> str:
    return "" if value is None else str(value).replace("\x00", "").strip()[:limit]


def _kind(value: Any) -> str:
    if not isinstance(value, str) or not EVENT_KIND.fullmatch(value):
        raise ValueError(_("Name the event with small letters, for example “purchase”."))
    return value


def _moment(value: Any) -> datetime:
    moment = None
    if isinstance(value, str):
        try:
            moment = parse_datetime(value)
        except ValueError:
            moment = None
    if moment is None or moment.tzinfo is None or moment.year < EARLIEST_YEAR:
        raise ValueError(_("Write the moment as 2026-11-22T09:30:00+09:00."))
    if moment > timezone.now() + CLOCK_DRIFT:
        raise ValueError(_("This moment lies in the future."))
    return moment


def _place(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 120 or "\x00" in value:
        raise ValueError(_("At most %(max)s characters.") % {"max": 120})
    return value.strip()


def _data(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(_("Send the data as an object."))
    try:
        raw = orjson.dumps(value)
    except (TypeError, ValueError):
        raise ValueError(_("Send the data as an object.")) from None
    if len(raw) > MAX_DATA_BYTES or b"\\u0000" in raw:
        raise ValueError(_("The data may have at most 8,000 bytes and no NUL characters."))
    return value
