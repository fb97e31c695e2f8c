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
    # Django takes True or None for these, never False.
    nulls = {"nulls_first": backwards or None, "nulls_last": not backwards or None}
    by_name = F(name).desc(**nulls) if reverse else F(name).asc(**nulls)
    rows_qs = queryset.order_by(by_name, "-pk" if reverse else "pk")
    if key is not None:
        rows_qs = rows_qs.filter(_beyond(name, key, reverse=reverse, backwards=backwards))
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


def _beyond(name: str, key: Key, *, reverse: bool, backwards: bool) -> Q:
    value, pk = key
    side = "lt" if reverse else "gt"
    if value is None:
        same = Q(**{f"{name}__isnull": True, f"pk__{side}": pk})
        return same | Q(**{f"{name}__isnull": False}) if backwards else same
    if name in {"pk", "id"}:
        return Q(**{f"pk__{side}": pk})
    after = Q(**{f"{name}__{side}": value}) | Q(**{name: value, f"pk__{side}": pk})
    return after if backwards else after | Q(**{f"{name}__isnull": True})


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
