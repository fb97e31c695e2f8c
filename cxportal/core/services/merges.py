"""Two records of one person become one, and can be taken apart again; nothing is lost.

Every row that points to the merged record is pointed to the kept one, whatever floor it is of.
Where both have the same thing once only (a place in a segment, an invitation of the same wave), the
merged record's stays with it, hidden, and comes back with it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, CustomerMerge, DuplicatePair, PrivacyLink, TenantModel
from cxportal.core.policies import authorise
from cxportal.core.registry import merge_followers

PERSON = ("name", "email", "phone", "language", "attributes", "account_manager_id")
_STAYING: tuple[type[models.Model], ...] = (Customer, CustomerMerge, DuplicatePair, PrivacyLink)


@dataclass(frozen=True)
class Pointer:
    """A foreign key to a customer, somewhere in the portal."""

    model: type[TenantModel]
    field: str

    @property
    def key(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"

    def rows_of(self, customer: Customer) -> models.QuerySet[Any]:
        """The rows of the customer's own program that point to it."""
        rows = self.model.unscoped  # unscoped: a customer's rows are of the customer's program
        return rows.filter(**{self.field: customer})


def pointers() -> Iterator[Pointer]:
    """Every foreign key to customers that moves with a merge."""
    for field in Customer._meta.get_fields(include_hidden=True):
        relation: Any = field
        if not field.auto_created or field.concrete or field.many_to_many:
            continue
        if relation.related_model not in _STAYING:
            yield Pointer(relation.related_model, relation.field.name)


def merge_preview(kept: Customer, merged: Customer) -> dict[str, int]:
    """How many rows of each kind would move: {"app.model.field": count}."""
    counts = {pointer.key: pointer.rows_of(merged).count() for pointer in pointers()}
    return {key: count for key, count in counts.items() if count}


def merged_person(
    kept: Customer, merged: Customer, taken: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The person's data after a merge: the kept record's, filled up from the merged one's.

    `taken` names the fields whose value comes from the merged record.
    """
    chosen = {name for name, side in (taken or {}).items() if side == "merged"}
    values: dict[str, Any] = {}
    for name in PERSON:
        ours, theirs = getattr(kept, name), getattr(merged, name)
        if name == "attributes":
            values[name] = {**ours, **theirs} if name in chosen else {**theirs, **ours}
        else:
            values[name] = theirs if theirs and (name in chosen or not ours) else ours
    return values


@transaction.atomic
def customer_merge(
    *, actor: Actor, kept: Customer, merged: Customer, taken: Mapping[str, str] | None = None
) -> CustomerMerge:
    """Take one record into another. Raises DomainError for the same, erased or merged ones."""
    authorise(actor, "core.merge_customers", kept)
    authorise(actor, "core.merge_customers", merged)
    kept, merged = _locked_pair(actor, kept, merged)
    _refuse_unfit(kept, merged)
    person = merged_person(kept, merged, taken)
    before = {name: getattr(kept, name) for name in PERSON}
    merge = CustomerMerge.unscoped.create(  # unscoped: the actor's own program
        program=actor.program, kept=kept, merged=merged, by=actor.user,
        before={
            "merged": {name: getattr(merged, name) for name in PERSON},
            "kept": {n: [before[n], person[n]] for n in PERSON if before[n] != person[n]},
        },
    )  # fmt: skip
    save_version(merged, {**_blank(), "merged_into": kept})
    save_version(kept, person)
    merge.moved = _moved(merged, kept)
    merge.save(update_fields=["moved"])
    _settle_pairs(actor, merged, DuplicatePair.State.MERGED)
    return _tell(actor, merge, kept, merged, undone=False)


def _locked_pair(actor: Actor, first: Customer, second: Customer) -> tuple[Customer, Customer]:
    """Both rows, locked in one order, so that two merges never wait for each other."""
    rows = Customer.objects.for_actor(actor).select_for_update(of=("self",))
    found = {c.pk: c for c in rows.filter(pk__in=[first.pk, second.pk]).order_by("pk")}
    return found[first.pk], found[second.pk]


def _refuse_unfit(kept: Customer, merged: Customer) -> None:
    if kept.pk == merged.pk:
        raise DomainError("same_customer", _("Choose two different records."))
    if kept.erased_at or merged.erased_at:
        raise DomainError("erased", _("An erased person cannot be merged."), status=409)
    if kept.merged_into_id or merged.merged_into_id:
        raise DomainError("merged", _("One of the two was merged already."), status=409)


def _blank() -> dict[str, Any]:
    return {
        "name": "", "email": "", "phone": "", "language": "", "attributes": {},
        "account_manager_id": None,
    }  # fmt: skip


def _moved(source: Customer, target: Customer) -> dict[str, list[int]]:
    moved = {}
    for pointer in pointers():
        ids = list(pointer.rows_of(source).order_by("pk").values_list("pk", flat=True))
        if ids and (gone := _point(pointer, ids, target)):
            moved[pointer.key] = gone
    return moved


def _point(pointer: Pointer, ids: list[int], target: Customer) -> list[int]:
    """Point rows to the target; those it has already stay. Returns the ids that went."""
    rows = pointer.model.unscoped.filter(pk__in=ids)  # unscoped: ids read by `rows_of`
    try:
        with transaction.atomic():
            rows.update(**{pointer.field: target})
            return ids
    except IntegrityError:
        if len(ids) == 1:
            return []
        half = len(ids) // 2
        return [*_point(pointer, ids[:half], target), *_point(pointer, ids[half:], target)]


def _settle_pairs(actor: Actor, merged: Customer, state: str) -> None:
    open_pairs = DuplicatePair.objects.for_actor(actor).filter(state=DuplicatePair.State.OPEN)
    open_pairs.filter(Q(first=merged) | Q(second=merged)).update(state=state)


def _tell(
    actor: Actor, merge: CustomerMerge, kept: Customer, merged: Customer, *, undone: bool
) -> CustomerMerge:
    for follow in merge_followers:
        follow(actor, kept, merged, undone)
    verb = "unmerge" if undone else "merge"
    counts = Counter({key: len(ids) for key, ids in merge.moved.items()})
    for customer in (kept, merged):
        changes = {"kept": kept.pk, "merged": merged.pk, "rows": counts.total()}
        audit(actor=actor, action=f"customer.{verb}", obj=customer, changes=changes)
    payload = {"kept": kept.external_id, "merged": merged.external_id}
    emit(actor=actor, event=f"customer.{verb}d", payload=payload)
    return merge


@transaction.atomic
def customer_unmerge(*, actor: Actor, merge: CustomerMerge) -> CustomerMerge:
    """Take a merge apart: what moved goes back, what came since stays with the kept record.

    Raises DomainError when it was taken apart before, or a later merge has to be first.
    """
    authorise(actor, "core.merge_customers", merge)
    kept, merged = _locked_pair(actor, merge.kept, merge.merged)
    stored = CustomerMerge.objects.for_actor(actor).select_for_update(of=("self",)).get(pk=merge.pk)
    _refuse_unmerge(actor, stored, kept, merged)
    for pointer in pointers():
        ids = stored.moved.get(pointer.key, [])
        there = pointer.rows_of(kept).filter(pk__in=ids).values_list("pk", flat=True)
        _point(pointer, list(there), merged)
    # A field that was changed since the merge keeps its newer value.
    back = {
        name: was for name, (was, became) in stored.before["kept"].items()
        if getattr(kept, name) == became
    }  # fmt: skip
    save_version(merged, {**stored.before["merged"], "merged_into": None})
    save_version(kept, back)
    stored.undone_at = timezone.now()
    stored.save(update_fields=["undone_at"])
    return _tell(actor, stored, kept, merged, undone=True)


def _refuse_unmerge(actor: Actor, merge: CustomerMerge, kept: Customer, merged: Customer) -> None:
    if merge.undone_at is not None or merged.merged_into_id != kept.pk:
        raise DomainError("undone", _("This merge was taken apart already."), status=409)
    if kept.erased_at or merged.erased_at:
        raise DomainError("erased", _("The person was erased."), status=409)
    if kept.merged_into_id is not None:
        message = _("The kept record was merged further. Take that merge apart first.")
        raise DomainError("merged_further", message, status=409)
    later = CustomerMerge.objects.for_actor(actor).filter(
        kept=kept, pk__gt=merge.pk, undone_at=None
    )
    if later.exists():
        message = _("Another record was merged in later. Take that merge apart first.")
        raise DomainError("merged_later", message, status=409)


def merged_rows_follow(actor: Actor) -> int:
    """Rows that arrived for a merged record since (by its old id) go on to the kept one."""
    count = 0
    merges = CustomerMerge.objects.for_actor(actor).filter(undone_at=None)
    for merge in merges.select_related("kept", "merged"):
        with transaction.atomic():
            moved = _moved(merge.merged, merge.kept)
            if not moved:
                continue
            stored = CustomerMerge.objects.for_actor(actor).select_for_update().get(pk=merge.pk)
            for key, ids in moved.items():
                stored.moved[key] = sorted({*stored.moved.get(key, []), *ids})
                count += len(ids)
            stored.save(update_fields=["moved"])
            for follow in merge_followers:
                follow(actor, merge.kept, merge.merged, False)
    return count


def moved_label(key: str) -> str:
    """What rows of a key are called."""
    from cxportal.core.registry import moved_words

    if key in moved_words:
        return str(moved_words[key])
    label = key.rpartition(".")[0]
    return str(apps.get_model(label)._meta.verbose_name_plural)
