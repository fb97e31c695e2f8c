"""Pages by key: the millionth row costs what the first does."""

import base64
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Model, Q, QuerySet

Key = tuple[Any, int]


@dataclass(frozen=True)
class Page:
    """One page of rows; `next` and `previous` are cursors ("" = there is none)."""

    rows: list[Any] = field(default_factory=list)
    next: str = ""
    previous: str = ""

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def keyset_page(queryset: QuerySet[Any], *, ordering: str, cursor: str, size: int) -> Page:
    """Read `size` rows before or after the cursor, ordered by one field and the primary key.

    A broken cursor starts at the beginning. Rows without a value come last.
    """
    name, descending = ordering.lstrip("-"), ordering.startswith("-")
    backwards, key = _decode(cursor, queryset.model, name)
    reverse = descending != backwards
    nullable = _nullable(queryset.model, name)
    rows_qs = queryset.order_by(*_order(name, reverse, backwards, nullable=nullable))
    if key is not None:
        rows_qs = rows_qs.filter(
            _beyond(name, key, reverse=reverse, backwards=backwards, nullable=nullable)
        )
    rows = list(rows_qs[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next = more if not backwards else key is not None
    has_previous = more if backwards else key is not None
    return Page(
        rows=rows,
        next=_encode("n", rows[-1], name) if rows and has_next else "",
        previous=_encode("p", rows[0], name) if rows and has_previous else "",
    )


def _order(name: str, reverse: bool, backwards: bool, *, nullable: bool) -> tuple[Any, str]:
    """The field, then the key. Where to put nulls is said only where there can be some: it would
    keep an index on the field from being used."""
    key = "-pk" if reverse else "pk"
    if not nullable:
        return f"-{name}" if reverse else name, key
    nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    return F(name).desc(**nulls) if reverse else F(name).asc(**nulls), key


def _beyond(name: str, key: Key, *, reverse: bool, backwards: bool, nullable: bool) -> Q:
    value, pk = key
    side = "lt" if reverse else "gt"
    if name in {"pk", "id"}:
        return Q(**{f"pk__{side}": pk})
    if value is None:
        same = Q(**{f"{name}__isnull": True, f"pk__{side}": pk})
        return same | Q(**{f"{name}__isnull": False}) if backwards else same
    after = Q(**{f"{name}__{side}": value}) | Q(**{name: value, f"pk__{side}": pk})
    if nullable and not backwards:
        return after | Q(**{f"{name}__isnull": True})
    # The same said twice: the first half is what an index scan starts from.
    return Q(**{f"{name}__{side}e": value}) & after


def _nullable(model: type[Model], name: str) -> bool:
    """Whether the field, or a relation on the way to it, may be empty."""
    field_model: Any = model
    for part in name.split("__"):
        if part == "pk":
            return False
        try:
            found = field_model._meta.get_field(part)
        except FieldDoesNotExist:
            return True  # an annotation
        if getattr(found, "null", True):
            return True
        field_model = found.related_model
    return False


def _encode(direction: str, row: Model, name: str) -> str:
    value: Any = row
    for part in name.split("__"):
        value = getattr(value, part, None)
    if isinstance(value, datetime | date):
        value = value.isoformat()
    elif isinstance(value, Decimal):
        value = str(value)
    raw = json.dumps([direction, value, row.pk]).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(cursor: str, model: type[Model], name: str) -> tuple[bool, Key | None]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        direction, value, pk = json.loads(raw)
        parsed = _parse(value, model, name)
        return direction == "p", (parsed, int(pk))
    except (ValueError, TypeError, ValidationError, FieldDoesNotExist):
        return False, None


def _parse(value: Any, model: type[Model], name: str) -> Any:
    if value is None:
        return None
    field_model: Any = model
    field_object: Any = None
    for part in name.replace("pk", model._meta.pk.name if model._meta.pk else "id").split("__"):
        field_object = field_model._meta.get_field(part)
        field_model = field_object.related_model
    return field_object.to_python(value)
