"""What every service begins and ends with: the version check and the audit entry."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import StaleEdit
from cxportal.core.models import AuditEntry, OutboxEvent, VersionedModel

T = TypeVar("T", bound=models.Model)


def audit(
    *, actor: Actor, action: str, obj: models.Model | None, changes: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Record a command in the caller's transaction; `changes` maps fields to [before, after]."""
    return AuditEntry.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        actor_label=actor.label[:200],
        user=actor.user,
        api_key=actor.api_key,
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=obj.pk if obj is not None else None,
        object_label=str(obj)[:200] if obj is not None else "",
        changes=_plain(changes or {}),
    )


def _plain(value: Any) -> Any:
    """Bring values into a form that JSON keeps."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, models.Model):
        return value.pk
    return str(value)


def emit(*, actor: Actor, event: str, payload: Mapping[str, Any]) -> None:
    """Put an event for webhooks into the outbox, in the caller's transaction."""
    OutboxEvent.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        topic="events",
        payload={"event": event, "at": timezone.now().isoformat(), "data": _plain(payload)},
    )


def changed_fields(obj: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [before, after]} for those values that differ from the object's."""
    return {
        name: [getattr(obj, name), value]
        for name, value in values.items()
        if getattr(obj, name) != value
    }


def expect_version(obj: VersionedModel, version: int | None, shown: Iterable[str] = ()) -> None:
    """Raise StaleEdit when the caller edited an older version; None skips the check.

    `shown` names the fields whose stored values the answer carries.
    """
    if version is not None and version != obj.version:
        current = {name: _plain(getattr(obj, name)) for name in shown}
        raise StaleEdit({"version": obj.version, **current})


def save_version(obj: VersionedModel, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set values, grow the version by one and save only what changed; returns the changes.

    The caller holds the row lock (`lock`). Nothing changed: nothing is written.
    """
    changes = changed_fields(obj, values)
    if not changes:
        return {}
    for name, (_, after) in changes.items():
        setattr(obj, name, after)
    obj.version += 1
    obj.save(update_fields=[*changes, "version", "updated_at"])
    return changes


def lock(obj: T) -> T:
    """The same row, fresh and locked until the transaction ends."""
    manager = type(obj)._default_manager  # the row was fetched for the actor before
    return manager.select_for_update(of=("self",)).get(pk=obj.pk)
