"""Comments in bulk: rows of an API call or a file, each taken or refused on its own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.commands import audit, emit
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Membership
from cxportal.core.policies import authorise
from surveys.models import Comment, CommentTopic, Topic
from surveys.services.comments import (
    EVENT,
    MAX_TEXT,
    bad_values,
    event_payload,
    new_comment,
)

FIELDS = (
    "external_id",
    "text",
    "source",
    "at",
    "customer",
    "author",
    "language",
    "sentiment",
    "kind",
    "status",
    "topics",
    "assignee_email",
    "is_test",
)
_LIMITS = {"external_id": 120, "author": 200, "language": 8}


class CommentKnown:
    """What rows may point to, read once for the whole batch."""

    def __init__(self, actor: Actor, rows: Iterable[Mapping[str, Any]]) -> None:
        shaped = [row for row in rows if isinstance(row, Mapping)]
        named = {name: {_text(r.get(name)) for r in shaped} - {""} for name in FIELDS}
        people = Customer.objects.for_actor(actor).filter(erased_at=None)
        self.customers = {
            c.external_id: c for c in people.filter(external_id__in=named["customer"])
        }
        members = Membership.objects.for_actor(actor).filter(is_active=True)
        self.members = {
            m.user.email.lower(): m for m in members.select_related("user").order_by("pk")
        }
        self.topics = {t.code: t for t in Topic.objects.for_actor(actor)}
        stored = Comment.objects.for_actor(actor).filter(external_id__in=named["external_id"])
        self.external_ids = set(stored.values_list("external_id", flat=True))


def _text(value: Any) -> str:
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""


@transaction.atomic
def comments_record(*, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> BulkResult:
    """Record comments, at most MAX_ROWS; each row is taken or refused on its own.

    A row: {"text", "source"?, "external_id"?, "at"? (ISO 8601), "customer"? (external id),
    "author"?, "language"?, "sentiment"?, "kind"?, "status"?, "topics"? [codes],
    "assignee_email"?, "is_test"?}. An external id that is known is "unchanged".
    """
    authorise(actor, "surveys.record_comments")
    if len(rows) > MAX_ROWS:
        sentence = _("Send at most %(most)s rows at once.") % {"most": MAX_ROWS}
        raise DomainError("too_many_rows", sentence, status=413)
    known, result = CommentKnown(actor, rows), BulkResult()
    made: list[tuple[Comment, list[Topic]]] = []
    places: list[int] = []
    for row in rows:
        external_id = _text(row.get("external_id")) if isinstance(row, Mapping) else ""
        values, errors = comment_row_checked(actor, row, known)
        if errors:
            result.add(external_id, "failed", errors)
        elif external_id and external_id in known.external_ids:
            result.add(external_id, "unchanged")
        else:
            topics = values.pop("topics", [])
            made.append((new_comment(actor, **values), topics))
            known.external_ids.add(external_id)
            places.append(len(result.rows))
            result.add(external_id, "created")
    _store(actor, made)
    for place, (comment, _topics) in zip(places, made, strict=True):
        result.rows[place]["id"] = comment.pk
    if made:
        audit(actor=actor, action="comment.record", obj=None, changes={"rows": len(made)})
    return result


def _store(actor: Actor, made: Sequence[tuple[Comment, list[Topic]]]) -> None:
    Comment.unscoped.bulk_create(  # unscoped: the actor's own program
        [comment for comment, _topics in made], batch_size=2000
    )
    CommentTopic.unscoped.bulk_create(  # unscoped: the actor's own program
        CommentTopic(
            program=actor.program, comment=comment, topic=topic, origin=CommentTopic.Origin.PERSON
        )
        for comment, topics in made
        for topic in topics
    )
    for comment, _topics in made:
        emit(actor=actor, event=EVENT, payload=event_payload(comment))


def comment_row_checked(
    actor: Actor, row: Any, known: CommentKnown
) -> tuple[dict[str, Any], dict[str, str]]:
    """A row's values for `new_comment` (with "topics"), and what is wrong with it by field."""
    if not isinstance(row, Mapping):
        return {}, {"row": _("Send an object.")}
    errors = {str(n)[:60]: _("There is no such field to set.") for n in row if n not in FIELDS}
    values = {n: row[n] for n in FIELDS if n in row and row[n] not in (None, "")}
    for name in values.keys() - {"topics", "is_test"}:
        if not isinstance(values[name], str) or "\x00" in values[name]:
            errors[name] = _("Send a text.")
        elif len(values[name]) > _LIMITS.get(name, MAX_TEXT):
            errors[name] = _("At most %(max)s characters.") % {"max": _LIMITS.get(name, MAX_TEXT)}
    if errors:
        return {}, errors
    values.setdefault("source", Comment.Source.API)
    values.setdefault("text", "")
    if not isinstance(values.get("is_test", False), bool):
        errors["is_test"] = _("Send true or false.")
    errors |= _looked_up(values, known)
    errors |= bad_values(actor, values)
    return values, errors


def _looked_up(values: dict[str, Any], known: CommentKnown) -> dict[str, str]:
    """Put records in place of their names; returns what was not found."""
    errors = {}
    if "customer" in values:
        values["customer"] = known.customers.get(values["customer"].strip())
        if values["customer"] is None:
            errors["customer"] = _("No customer of this program has this external id.")
    if "assignee_email" in values:
        values["assignee"] = known.members.get(values.pop("assignee_email").strip().lower())
        if values["assignee"] is None:
            errors["assignee_email"] = _("No member of this program has this e-mail address.")
    if "topics" in values:
        topics = values["topics"]
        listed = topics if isinstance(topics, list) else str(topics).split(",")
        codes = [str(code).strip() for code in listed if str(code).strip()]
        values["topics"] = [known.topics[c] for c in codes if c in known.topics]
        missing = [code for code in codes if code not in known.topics]
        if missing:
            sentence = _("No topic of this program has the code “%(code)s”.")
            errors["topics"] = sentence % {"code": missing[0][:60]}
    values["at"], wrong = _moment(values.get("at"))
    return errors | wrong


def _moment(value: Any) -> tuple[datetime, dict[str, str]]:
    if value is None:
        return timezone.now(), {}
    try:
        moment = parse_datetime(value.strip())
    except ValueError:
        moment = None
    if moment is None or moment.year < 1970:
        return timezone.now(), {"at": _("Write the moment as 2026-11-22T09:30:00+09:00.")}
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    return moment, {}
