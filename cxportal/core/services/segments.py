"""Segments: defined by a rule or filled by hand; upper floors fill computed ones."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Segment, SegmentMember, User, as_texts
from cxportal.core.policies import authorise
from cxportal.core.queries.segment_rules import customers_of_rule, rule_stored

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)
_EDITABLE = {"name", "description", "rule", "is_reported", "code", "owner"}


@transaction.atomic
def segment_create(
    *,
    actor: Actor,
    code: str,
    name: Mapping[str, str] | str,
    kind: str = Segment.Kind.RULE,
    rule: Any = None,
    description: str = "",
    is_reported: bool = False,
    owner: User | None = None,
) -> Segment:
    """Make a segment. Raises DomainError: "bad_code", "code_taken" (409), "bad_rule"."""
    authorise(actor, "core.change_segments")
    if kind not in Segment.Kind.values:
        raise DomainError("invalid", _("A segment is “rule”, “manual” or “computed”."))
    segment = Segment(
        program=actor.program,
        code=_code(code),
        name=_named(actor, name),
        kind=kind,
        rule=rule_stored(rule or {}, actor) if kind == Segment.Kind.RULE else {},
        description=description,
        is_reported=is_reported,
        owner=owner,
    )
    _save_new(segment)
    segment_refresh(segment)
    audit(actor=actor, action="segment.create", obj=segment)
    emit(actor=actor, event="segment.created", payload={"id": segment.pk, "code": segment.code})
    return segment


def _save_new(segment: Segment) -> None:
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as error:
        raise _taken() from error


def _taken() -> DomainError:
    message = _("Another segment of this program has this code.")
    return DomainError("code_taken", message, status=409, details={"code": message})


def _code(code: str) -> str:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        message = _("Write the code with small letters, digits, “-” and “_”, at most 60.")
        raise DomainError("bad_code", message, details={"code": message})
    return code


def _named(actor: Actor, name: Mapping[str, str] | str) -> dict[str, str]:
    texts = as_texts(name, actor.program.default_language)
    if not texts:
        message = _("Give the segment a name.")
        raise DomainError("invalid", message, details={"name": message})
    return texts


@transaction.atomic
def segment_update(
    *, actor: Actor, segment: Segment, version: int | None = None, **values: Any
) -> Segment:
    """Change code, name, description, rule or reporting. Raises DomainError, StaleEdit."""
    authorise(actor, "core.change_segments", segment)
    unknown = set(values) - _EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    stored = lock(segment)
    expect_version(stored, version, ("code", "name", "description", "rule"))
    if "code" in values:
        values["code"] = _code(values["code"])
    if "name" in values:
        values["name"] = _named(actor, values["name"])
    if "rule" in values:
        is_rule = stored.kind == Segment.Kind.RULE
        values["rule"] = rule_stored(values["rule"] or {}, actor) if is_rule else {}
    changes = _saved(stored, values)
    if changes:
        audit(actor=actor, action="segment.update", obj=stored, changes=changes)
        emit(actor=actor, event="segment.updated", payload={"id": stored.pk, "code": stored.code})
    if "rule" in changes:
        segment_refresh(stored)
    return stored


def _saved(segment: Segment, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    try:
        with transaction.atomic():
            return save_version(segment, values)
    except IntegrityError as error:
        raise _taken() from error


@transaction.atomic
def segment_delete(*, actor: Actor, segment: Segment) -> None:
    """Remove a segment nothing refers to. Raises DomainError "in_use" (409)."""
    from django.db.models import ProtectedError

    authorise(actor, "core.change_segments", segment)
    audit(actor=actor, action="segment.delete", obj=segment)
    try:
        segment.delete()
    except ProtectedError as error:
        message = _("Campaigns or other records use this segment. Change them first.")
        raise DomainError("in_use", message, status=409) from error


@transaction.atomic
def segment_add_customers(
    *, actor: Actor, segment: Segment, customers: Iterable[Customer], reason: str = ""
) -> int:
    """Put customers into a manual or computed segment; returns how many are new."""
    authorise(actor, "core.change_segments", segment)
    _refuse_rule(segment)
    chosen = _own(actor, customers)
    rows = [
        SegmentMember(program=actor.program, segment=segment, customer_id=pk, reason=reason[:200])
        for pk in chosen
    ]
    before = segment.memberships.count()
    SegmentMember.unscoped.bulk_create(  # unscoped: written for the actor's own program
        rows, ignore_conflicts=True
    )
    added = segment.memberships.count() - before
    if added:
        audit(actor=actor, action="segment.add", obj=segment, changes={"added": added})
    segment_refresh(segment)
    return added


@transaction.atomic
def segment_remove_customers(
    *, actor: Actor, segment: Segment, customers: Iterable[Customer]
) -> int:
    """Take customers out of a manual or computed segment; returns how many were in."""
    authorise(actor, "core.change_segments", segment)
    _refuse_rule(segment)
    removed, _rows = segment.memberships.filter(customer_id__in=_own(actor, customers)).delete()
    if removed:
        audit(actor=actor, action="segment.remove", obj=segment, changes={"removed": removed})
    segment_refresh(segment)
    return removed


def _refuse_rule(segment: Segment) -> None:
    if segment.kind == Segment.Kind.RULE:
        message = _("The rule decides who is in this segment. Change the rule instead.")
        raise DomainError("segment_by_rule", message, status=409)


def _own(actor: Actor, customers: Iterable[Customer]) -> list[int]:
    """Ids of those that are the program's own and not erased, in a fixed order."""
    wanted = [c.pk for c in customers]
    own = Customer.objects.for_actor(actor).filter(pk__in=wanted, erased_at=None)
    return list(own.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def segment_refresh(segment: Segment) -> Segment:
    """Bring the stored members of a rule up to date and count; the rule itself stays live."""
    actor = Actor.system(segment.program)
    if segment.kind == Segment.Kind.RULE:
        _store_members(actor, segment)
    segment.member_count = segment.memberships.filter(customer__erased_at=None).count()
    segment.members_counted_at = timezone.now()
    Segment.objects.for_actor(actor).filter(pk=segment.pk).update(
        member_count=segment.member_count, members_counted_at=segment.members_counted_at
    )
    return segment


def _store_members(actor: Actor, segment: Segment) -> None:
    picked = customers_of_rule(actor, segment.rule)
    segment.memberships.exclude(customer__in=picked.values("pk")).delete()
    known = segment.memberships.values("customer_id")
    new = picked.exclude(pk__in=known).order_by("pk").values_list("pk", flat=True)
    SegmentMember.unscoped.bulk_create(  # unscoped: written for the segment's own program
        (
            SegmentMember(program_id=segment.program_id, segment=segment, customer_id=pk)
            for pk in new.iterator(chunk_size=5000)
        ),
        batch_size=5000,
        ignore_conflicts=True,
    )


def segments_refresh(actor: Actor) -> int:
    """Refresh every rule segment of a program; returns how many."""
    segments = list(Segment.objects.for_actor(actor).filter(kind=Segment.Kind.RULE))
    for segment in segments:
        segment_refresh(segment)
    return len(segments)
