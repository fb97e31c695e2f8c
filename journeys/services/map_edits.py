"""Undo on a map: every change keeps the rows it touched, before and after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import TenantModel
from cxportal.core.policies import authorise
from journeys.models import Card, EmotionPoint, EvidenceItem, Journey, Lane, MapEdit, Stage, Step

#: Tables of a map, owners before what they own.
TABLES: dict[str, type[TenantModel]] = {
    "stage": Stage,
    "lane": Lane,
    "step": Step,
    "card": Card,
    "emotion": EmotionPoint,
    "evidence": EvidenceItem,
}
_NAMES = {model: name for name, model in TABLES.items()}
_ORDER = list(TABLES)
_UNSEEN = frozenset({"created_at", "updated_at"})
#: Undo reaches this far back.
KEPT_EDITS = 200

Key: TypeAlias = tuple[str, int]
Values: TypeAlias = dict[str, Any]
Rows: TypeAlias = dict[Key, Values]
_encode = DjangoJSONEncoder().default


def rows_of(*sets: Any) -> Rows:
    """The rows of querysets as plain values."""
    return {(_NAMES[type(row)], row.pk): _values(row) for rows in sets for row in rows}


def rows_of_map(journey: Journey) -> Rows:
    """Every row of a map; one query per table."""
    return rows_of(
        journey.stages.all(),
        journey.lanes.all(),
        Step.unscoped.filter(stage__journey=journey),  # unscoped: the journey was authorised
        Card.unscoped.filter(lane__journey=journey),  # unscoped: the same
        EmotionPoint.unscoped.filter(step__stage__journey=journey),  # unscoped: the same
        EvidenceItem.unscoped.filter(card__lane__journey=journey),  # unscoped: the same
    )


def _values(row: models.Model) -> Values:
    fields = row._meta.concrete_fields
    return {
        field.attname: _plain(getattr(row, field.attname))
        for field in fields
        if field.name not in _UNSEEN and not field.primary_key
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, _JSON) else _encode(value)


_JSON = (bool, int, float, str, list, dict)


@contextmanager
def recorded(actor: Actor, journey: Journey, rows: Callable[[], Rows]) -> Iterator[None]:
    """Keep what the block changes among `rows`, for undo; inside the caller's transaction."""
    before = rows()
    yield
    after = rows()
    changed = [
        [*key, before.get(key), after.get(key)]
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]
    if changed:
        MapEdit.unscoped.create(  # unscoped: the actor's own program
            program=actor.program, journey=journey, user=actor.user, rows=changed
        )


@transaction.atomic
def map_undo(*, actor: Actor, journey: Journey) -> MapEdit:
    """Take back the actor's latest change of the map that is not yet taken back.

    Raises DomainError "nothing_to_undo" (409), or "changed_since" (409) when somebody else
    changed the same rows afterwards: theirs stays.
    """
    authorise(actor, "journeys.change_journeys", journey)
    lock(journey)
    edits: Any = MapEdit.objects.for_actor(actor)
    edit = edits.filter(journey=journey, user=actor.user, undone_at=None).order_by("-pk").first()
    if edit is None:
        raise DomainError("nothing_to_undo", _("There is nothing to take back."), status=409)
    _refuse_changed_since(edit)
    _go_back(edit)
    edit.undone_at = timezone.now()
    edit.save(update_fields=["undone_at"])
    audit(actor=actor, action="journey.undo", obj=journey)
    found: MapEdit = edit
    return found


def _refuse_changed_since(edit: MapEdit) -> None:
    for table, pk, _before, after in edit.rows:
        stored = _stored(table, edit).filter(pk=pk).first()
        now = _values(stored) if stored else None
        # A version grows with each undo as well; only what people see counts.
        if _seen(now) != _seen(after):
            message = _("Somebody changed this afterwards; what they did stays.")
            raise DomainError("changed_since", message, status=409)


def _seen(values: Values | None) -> Values | None:
    return values and {name: value for name, value in values.items() if name != "version"}


def _go_back(edit: MapEdit) -> None:
    rows = sorted(edit.rows, key=lambda row: _ORDER.index(row[0]))
    for table, pk, before, after in rows:
        if before is not None:
            known = None if after is None else _stored(table, edit).get(pk=pk)
            model: Any = TABLES[table]
            _put(known or model(pk=pk), before)
    for table, pk, before, _after in reversed(rows):
        if before is None:
            _stored(table, edit).filter(pk=pk).delete()


def _stored(table: str, edit: MapEdit) -> Any:
    rows = TABLES[table].unscoped  # unscoped: rows of the edit's program, whose journey is ours
    return rows.filter(program_id=edit.program_id)


def _put(row: Any, values: Values) -> None:
    is_new, version = row._state.adding, getattr(row, "version", 0)
    for field in row._meta.concrete_fields:
        if field.attname in values:
            setattr(row, field.attname, field.to_python(values[field.attname]))
    if hasattr(row, "version"):
        row.version = max(version, values["version"]) + 1
    row.save(force_insert=is_new)
