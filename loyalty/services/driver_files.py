"""Candidate drivers from a file, such as the list an interview round or a study left behind."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import BulkResult
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from cxportal.core.registry import ImportColumn, ImportTarget
from journeys.models import Stage, Touchpoint
from loyalty.models import Driver
from loyalty.services.drivers import driver_create, driver_update
from surveys.models import Metric

_LINKS: dict[str, Any] = {"stage": Stage, "touchpoint": Touchpoint, "metric": Metric}
_MAX_NAME = 120


def driver_row(cells: Mapping[str, str]) -> dict[str, Any]:
    """{field: text}; an empty cell leaves what is stored."""
    return {name: text.strip() for name, text in cells.items() if text.strip()}


@transaction.atomic
def drivers_bulk_upsert(*, actor: Actor, rows: Sequence[Any]) -> BulkResult:
    """Add candidates, or change those of the same name in any language; a bad row fails alone.

    A row: {"name", "stated_importance"?, "stage"?, "touchpoint"?, "metric"? (by code or name),
    "evidence"?}.
    """
    authorise(actor, "loyalty.change_propositions")
    known: dict[str, Driver] = {}
    for driver in Driver.objects.for_actor(actor).order_by("-pk"):
        known |= {text.strip().lower(): driver for text in driver.name.values()}
    places = {name: _by_words(model.objects.for_actor(actor)) for name, model in _LINKS.items()}
    result = BulkResult()
    for row in rows:
        name = str(row.get("name", ""))
        try:
            status = _upsert(actor, row, known, places)
            result.add(name, status)
        except DomainError as error:
            details = {field: str(said) for field, said in error.details.items()}
            result.add(name, "failed", details or {"": error.message})
    return result


def _by_words(rows: QuerySet[Any]) -> dict[str, Any]:
    """Rows by code and by name in each language, in small letters; the oldest of a name."""
    found: dict[str, Any] = {}
    for row in rows.order_by("-pk"):
        found |= {text.lower(): row for text in row.name.values() if text}
    return found | {row.code.lower(): row for row in rows if row.code}


def _upsert(
    actor: Actor,
    row: Mapping[str, Any],
    known: dict[str, Driver],
    places: Mapping[str, Mapping[str, Any]],
) -> str:
    name, values = str(row.get("name", "")), _values(row, places)
    stored = known.get(name.lower())
    if stored is not None:
        before = stored.version
        known[name.lower()] = stored = driver_update(actor=actor, driver=stored, **values)
        return "unchanged" if stored.version == before else "updated"
    texts = {actor.program.default_language: name}
    made = driver_create(actor=actor, name=texts, source=Driver.Source.IMPORT, **values)
    known[name.lower()] = made
    return "created"


def _values(row: Mapping[str, Any], places: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    if not row.get("name"):
        errors["name"] = gettext("This field is needed.")
    elif len(str(row["name"])) > _MAX_NAME:
        errors["name"] = gettext("At most %(max)s characters.") % {"max": _MAX_NAME}
    for name, words in places.items():
        if name in row:
            values[name] = words.get(str(row[name]).lower())
            if values[name] is None:
                errors[name] = gettext("This does not exist in this program.")
    if "stated_importance" in row:
        values["stated_importance"] = _importance(row["stated_importance"])
        if values["stated_importance"] is None:
            errors["stated_importance"] = gettext("Give a number from 0 to 10.")
    if "evidence" in row:
        values["evidence"] = str(row["evidence"])
    if errors:
        raise DomainError("invalid", gettext("Some fields need mending."), details=errors)
    return values


def _importance(text: Any) -> Decimal | None:
    try:
        number = Decimal(str(text).replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return number if 0 <= number <= 10 else None


def _write(actor: Actor, rows: Sequence[Any]) -> BulkResult:
    return drivers_bulk_upsert(actor=actor, rows=rows)


DRIVERS = ImportTarget(
    label=_("Drivers of loyalty"),
    permission="loyalty.change_propositions",
    key="name",
    columns=(
        ImportColumn(
            "name", _("Driver"), ("name", "factor", "reason", "요인", "동인", "이름", "항목"),
            required=True,
        ),
        ImportColumn(
            "stated_importance", _("Stated importance (0 to 10)"),
            ("importance", "stated", "중요도", "명시 중요도"),
        ),
        ImportColumn("stage", _("Stage"), ("phase", "단계")),
        ImportColumn("touchpoint", _("Touchpoint"), ("접점",)),
        ImportColumn("metric", _("Metric"), ("지표",)),
        ImportColumn(
            "evidence", _("What speaks for it"), ("evidence", "note", "quote", "근거", "비고")
        ),
    ),
    row=driver_row,
    write=_write,
    start_url="loyalty:driver-import",
    list_url="loyalty:driver-list",
)  # fmt: skip
