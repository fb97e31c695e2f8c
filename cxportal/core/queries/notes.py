"""What was said about an object, in threads."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import Note

#: Notes of one object that a page shows, the newest ones.
SHOWN = 200


@dataclass(frozen=True)
class Thread:
    """A note with its answers, oldest first."""

    note: Note
    replies: list[Note] = field(default_factory=list)


def notes_of(actor: Actor, obj: models.Model) -> QuerySet[Any]:
    """Everything said about one object, oldest first."""
    rows: QuerySet[Any] = Note.objects.for_actor(actor)
    return rows.filter(object_type=obj._meta.label_lower, object_id=obj.pk)


def note_threads(actor: Actor, obj: models.Model) -> list[Thread]:
    """The newest SHOWN notes as threads, oldest first; two queries."""
    newest = notes_of(actor, obj).prefetch_related("files").order_by("-at", "-pk")[:SHOWN]
    notes = sorted(newest, key=lambda note: (note.at, note.pk))
    replies: dict[int, list[Note]] = defaultdict(list)
    known = {note.pk for note in notes}
    for note in notes:
        if note.parent_id in known:
            replies[note.parent_id].append(note)
    tops = [note for note in notes if note.parent_id not in known]
    return [Thread(note, replies[note.pk]) for note in tops]
