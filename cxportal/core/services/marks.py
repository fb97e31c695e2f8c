"""What names a person, wherever it was copied to: found in the portal's records, taken out."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import F, Func, IntegerField, Q, TextField, Value
from django.db.models.functions import Cast

from cxportal.core.actors import Actor
from cxportal.core.models import (
    AuditEntry,
    Customer,
    CustomerMerge,
    DuplicatePair,
    IdempotencyRecord,
    Job,
    Notification,
    OutboxEvent,
    PrivacyLink,
    SavedView,
    StoredFile,
    Suppression,
    WebhookDelivery,
)
from cxportal.core.registry import mark_sweepers, own_words, written_places

GONE = "•"
# Shorter ones would be found inside other words; what somebody said may be a common phrase.
SHORTEST = 5
SHORTEST_WORDS = 25
# Where the portal's own records may have copied a person's marks to.
_JSON: tuple[tuple[Any, str], ...] = (
    (AuditEntry, "changes"),
    (Notification, "params"),
    (Job, "params"),
    (Job, "result"),
    (WebhookDelivery, "payload"),
    (OutboxEvent, "payload"),
)
_TEXT: tuple[tuple[Any, str], ...] = (
    (AuditEntry, "object_label"),
    (Job, "message"),
    (StoredFile, "name"),
    (SavedView, "query"),
)


def identifying_marks(actor: Actor, customer: Customer) -> list[str]:
    """The person's e-mail, phone, id and full name, and those of merges with this record.

    Also what the person said at some length: others may have quoted it.
    """
    marks = {customer.email, customer.phone, customer.external_id, customer.name}
    merges = CustomerMerge.objects.for_actor(actor).filter(Q(kept=customer) | Q(merged=customer))
    for merge in merges:
        before = merge.before.get("merged", {})
        marks |= {before.get(name) or "" for name in ("name", "email", "phone")}
        for change in merge.before.get("kept", {}).values():
            marks |= {value for value in change if isinstance(value, str)}
    said: set[str] = set()
    for words in own_words:
        said |= {text.strip() for text in words(actor, customer)}
    kept = {mark for mark in marks if len(mark) >= SHORTEST}
    kept |= {text for text in said if len(text) >= SHORTEST_WORDS}
    return sorted(kept, key=len, reverse=True)


def marks_scrub(actor: Actor, marks: Iterable[str]) -> None:
    """Take the marks out of audit, notices, jobs, messages, people's texts, files and mails."""
    marks = list(marks)
    if not marks:
        return
    for model, name in _JSON:
        _scrub_json(actor, model, name, marks)
    for model, name in _TEXT:
        _scrub_text(actor, model, name, marks)
    for model, name in written_places:
        scrub = _scrub_json if _is_json(model, name) else _scrub_text
        scrub(actor, model, name, marks)
    _drop_kept_answers(actor, marks)
    Suppression.objects.for_actor(actor).filter(address__in=marks).delete()
    for sweep in mark_sweepers:
        sweep(actor, marks)


def _is_json(model: Any, name: str) -> bool:
    return bool(model._meta.get_field(name).get_internal_type() == "JSONField")


def links_and_merges_drop(actor: Actor, customer: Customer) -> None:
    """The person's own links, suspected duplicates, and what merges remember of them."""
    PrivacyLink.objects.for_actor(actor).filter(customer=customer).delete()
    pairs = DuplicatePair.objects.for_actor(actor)
    pairs.filter(Q(first=customer) | Q(second=customer)).delete()
    merges = CustomerMerge.objects.for_actor(actor).filter(Q(kept=customer) | Q(merged=customer))
    merges.update(before={"merged": {}, "kept": {}}, undone_at=F("at"))


def _holding(name: str, marks: list[str]) -> Q:
    found = Q()
    for mark in marks:
        found |= Q(**{f"{name}__contains": mark})
    return found


def _scrub_text(actor: Actor, model: Any, name: str, marks: list[str]) -> None:
    rows = model.objects.for_actor(actor).filter(_holding(name, marks))
    for mark in marks:
        rows.filter(**{f"{name}__contains": mark}).update(
            **{name: Func(F(name), Value(mark), Value(GONE), function="replace")}
        )


def _scrub_json(actor: Actor, model: Any, name: str, marks: list[str]) -> None:
    rows = model.objects.for_actor(actor).alias(as_text=Cast(name, TextField()))
    written = [json.dumps(mark, ensure_ascii=False)[1:-1] for mark in marks]
    for row in rows.filter(_holding("as_text", written)):
        setattr(row, name, _without(getattr(row, name), marks))
        row.save(update_fields=[name])


def _without(value: Any, marks: list[str]) -> Any:
    if isinstance(value, str):
        for mark in marks:
            value = value.replace(mark, GONE)
        return value
    if isinstance(value, list):
        return [_without(item, marks) for item in value]
    if isinstance(value, dict):
        return {_without(key, marks): _without(item, marks) for key, item in value.items()}
    return value


def _drop_kept_answers(actor: Actor, marks: list[str]) -> None:
    """First answers kept for repeats: one that names the person is kept no longer."""
    rows = IdempotencyRecord.objects.for_actor(actor)
    for mark in marks:
        place = Func(
            Value(mark.encode()), F("body"),
            template="position(%(expressions)s)", arg_joiner=" IN ", output_field=IntegerField(),
        )  # fmt: skip
        rows.alias(place=place).filter(place__gt=0).delete()
