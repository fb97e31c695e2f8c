"""Notes: said about an object, with people called by name and files beside them."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.mentions import mentioned
from cxportal.core.commands import audit, check_fields
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Membership, Note, Notification, StoredFile
from cxportal.core.policies import authorise
from cxportal.core.registry import NoteSubject, note_subjects, object_pages
from cxportal.core.services.files import file_delete
from cxportal.core.services.notifications import notify_many

MOST_FILES = 10
_SHORT = 80
_ANCHOR = "#notes"


@transaction.atomic
def note_add(
    *,
    actor: Actor,
    obj: Any,
    text: str,
    mentions: Iterable[Membership] = (),
    files: Iterable[StoredFile] = (),
    parent: Note | None = None,
) -> Note:
    """Say something about an object whose type stands in registry.note_subjects.

    Those called by “@name” in the text, and `mentions`, are told; so are the object's people and
    who spoke before in the thread. Raises DomainError: "invalid" (details name the field).
    """
    kind, subject = _subject(obj)
    authorise(actor, subject.write, obj)
    obj = subject.rows(actor).filter(pk=obj.pk).first()
    if obj is None:
        raise DomainError("not_found", _("This is not there any more."), status=404)
    note = Note(
        program=actor.program,
        object_type=kind,
        object_id=obj.pk,
        parent=_thread(actor, parent, kind, obj),
        author=actor.membership,
        author_label=actor.label[:200],
        text=text.replace("\x00", "").strip(),
    )
    check_fields(note)
    note.save()
    called = _called(actor, note.text, mentions)
    note.mentioned.set(called)
    note.files.set(_own_files(actor, files))
    audit(actor=actor, action=f"{obj._meta.model_name}.comment", obj=obj)
    _tell(actor, note, obj, subject, called)
    return note


@transaction.atomic
def note_delete(*, actor: Actor, note: Note) -> None:
    """Take a note back, with its answers: its author may, and who leads the program."""
    own = actor.membership is not None and note.author_id == actor.membership.pk
    authorise(actor, "core.view_program" if own else "core.delete_notes", note)
    audit(actor=actor, action="note.delete", obj=note)
    note.delete()


def notes_forget(actor: Actor, object_type: str, object_ids: Iterable[int]) -> None:
    """Delete all that was said about these objects, with files and notices; for erasers."""
    ids = list(object_ids)
    rows = Note.objects.for_actor(actor).filter(object_type=object_type)
    mine = rows.filter(object_id__in=ids)
    files = StoredFile.objects.for_actor(actor).filter(pk__in=mine.values("files"))
    for stored in list(files):
        file_delete(actor=Actor.system(actor.program), stored=stored)
    mine.delete()
    if page := object_pages.get(object_type):
        pages = [actor.url(page, pk) for pk in ids]
        told = [*pages, *(f"{address}{_ANCHOR}" for address in pages)]
        Notification.objects.for_actor(actor).filter(url__in=told).delete()


def _subject(obj: models.Model) -> tuple[str, NoteSubject]:
    kind = obj._meta.label_lower
    if kind not in note_subjects:
        raise LookupError(f"{kind} is not registered in note_subjects")
    return kind, note_subjects[kind]


def _thread(actor: Actor, parent: Note | None, kind: str, obj: Any) -> Note | None:
    """The first note of the thread; an answer to an answer stays one level deep."""
    if parent is None:
        return None
    same = (parent.object_type, parent.object_id) == (kind, obj.pk)
    if parent.program_id != actor.program_id or not same:
        raise DomainError("not_found", _("This comment does not exist here."), status=404)
    return parent.parent or parent


def _called(actor: Actor, text: str, mentions: Iterable[Membership]) -> list[Membership]:
    chosen = {m.pk: m for m in mentions}
    if any(m.program_id != actor.program_id for m in chosen.values()):
        raise DomainError("not_found", _("This person is not of this program."), status=404)
    if "@" in text:
        members = Membership.objects.for_actor(actor).filter(is_active=True)
        known = {m.pk: m for m in members.select_related("user")}
        names = {
            pk: [m.user.name, m.user.email, m.user.email.partition("@")[0]]
            for pk, m in known.items()
        }
        chosen |= {pk: known[pk] for pk in mentioned(text, names)}
    return list(chosen.values())


def _own_files(actor: Actor, files: Iterable[StoredFile]) -> list[StoredFile]:
    kept = list(files)
    if len(kept) > MOST_FILES:
        message = _("At most %(max)d files.") % {"max": MOST_FILES}
        raise DomainError("invalid", message, details={"files": message})
    for file in kept:
        own = actor.user is not None and file.created_by_id == actor.user.pk
        if file.program_id != actor.program_id or not (own or actor.user is None):
            raise Denied("core.attach_file")
    return kept


def _tell(
    actor: Actor, note: Note, obj: Any, subject: NoteSubject, called: list[Membership]
) -> None:
    page = object_pages.get(note.object_type)
    told: dict[str, Any] = {
        "params": {"who": actor.label, "title": str(obj)[:_SHORT], "text": note.text[:_SHORT]},
        "url": actor.url(page, obj.pk) + _ANCHOR if page else "",
    }
    notify_many(actor=actor, memberships=called, kind="note_mention", **told)
    by_name = {m.pk for m in called}
    others = {m.pk: m for m in subject.told(obj)}
    if note.parent is not None:
        others |= {m.pk: m for m in _speakers(note.parent)}
    rest = [m for pk, m in others.items() if pk not in by_name]
    notify_many(actor=actor, memberships=rest, kind="note_added", **told)


def _speakers(first: Note) -> list[Membership]:
    """Who spoke in a thread."""
    notes = [first, *first.replies.select_related("author")]
    return [note.author for note in notes if note.author is not None]
