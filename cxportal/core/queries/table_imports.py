"""Imports of files: one's own, their refused rows, and what their fields are called."""

from typing import Any

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import ImportFault, TableImport
from cxportal.core.registry import import_targets


def own_imports(actor: Actor) -> QuerySet[Any]:
    """Files the actor brought: what stands in them is nobody else's to see. Newest first."""
    rows: QuerySet[Any] = TableImport.objects.for_actor(actor).select_related("job", "file")
    return rows.filter(created_by=actor.user) if actor.user is not None else rows.none()


def faults_of(table_import: TableImport) -> QuerySet[ImportFault]:
    """Refused rows in the order of the file."""
    faults: QuerySet[ImportFault] = table_import.faults.order_by("line")
    return faults


def field_words(table_import: TableImport) -> dict[str, Any]:
    """{field: what people call it}, kept attributes included."""
    target = import_targets[table_import.kind]
    words: dict[str, Any] = {column.name: column.label for column in target.columns}
    for name in table_import.mapping.values():
        if target.free and name.startswith(target.free):
            words[name] = name.removeprefix(target.free)
    return words
