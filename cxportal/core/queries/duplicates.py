"""Records that are likely one person, by rules one can say aloud."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Q, QuerySet
from rapidfuzz.distance import JaroWinkler

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, CustomerMerge, DuplicatePair

#: Names at least this alike (0 to 100) count as one name spelled twice.
ALIKE = 90
#: A block of more records than this shares a mark that names nobody, such as a switchboard.
CROWD = 12
SCORES = {"email": 60, "phone": 45, "name": 35}
#: From this on a pair is shown.
SHOWN_FROM = 70
PHONE_DIGITS = 8


@dataclass
class Suspicion:
    """Why two records may be one person, and how much (0 to 100)."""

    reasons: set[str] = field(default_factory=set)

    @property
    def likeness(self) -> int:
        return min(100, sum(SCORES[reason] for reason in self.reasons))


def suspicions(people: Iterable[tuple[int, str, str, str]]) -> dict[tuple[int, int], Suspicion]:
    """Pairs of (id, name, email, phone) to show, keyed by (smaller id, larger id).

    Same e-mail 60, same last eight digits of the phone 45, names alike 35 points; shown from 70.
    """
    rows = list(people)
    found: dict[tuple[int, int], Suspicion] = defaultdict(Suspicion)
    names = {pk: "".join(name.lower().split()) for pk, name, _email, _phone in rows}
    blocks = (
        ("email", _blocks((pk, email.lower()) for pk, _name, email, _phone in rows)),
        ("phone", _blocks((pk, _digits(phone)) for pk, _name, _email, phone in rows)),
    )
    for reason, groups in blocks:
        for first, second in groups:
            found[first, second].reasons.add(reason)
    for (first, second), suspicion in found.items():
        if alike(names[first], names[second]):
            suspicion.reasons.add("name")
    return {pair: s for pair, s in found.items() if s.likeness >= SHOWN_FROM}


def alike(first: str, second: str) -> bool:
    """Two names, spelled a little differently at most."""
    return bool(first and second) and 100 * JaroWinkler.similarity(first, second) >= ALIKE


def _digits(phone: str) -> str:
    digits = "".join(c for c in phone if c.isdigit())
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else ""


def _blocks(marks: Iterable[tuple[int, str]]) -> Iterable[tuple[int, int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for pk, mark in marks:
        if mark:
            groups[mark].append(pk)
    for members in groups.values():
        if 1 < len(members) <= CROWD:
            yield from combinations(sorted(members), 2)


def duplicates_open(actor: Actor) -> QuerySet[Any]:
    """Pairs to decide on, the most alike first."""
    pairs = DuplicatePair.objects.for_actor(actor).filter(state=DuplicatePair.State.OPEN)
    unfit = {"first__erased_at": None, "second__erased_at": None}
    living = pairs.filter(**unfit, first__merged_into=None, second__merged_into=None)
    return living.select_related("first", "second")


def people_to_compare(actor: Actor) -> Iterable[tuple[int, str, str, str]]:
    """Everyone with an address, a few thousand at a time."""
    rows = Customer.objects.for_actor(actor).filter(erased_at=None, merged_into=None)
    return rows.values_list("pk", "name", "email", "phone").iterator(chunk_size=5_000)


def merges_of(actor: Actor, customer: Customer) -> list[CustomerMerge]:
    """Merges that hold now: records taken into this one, or this one into another."""
    merges = CustomerMerge.objects.for_actor(actor).filter(undone_at=None)
    mine = merges.filter(Q(kept=customer) | Q(merged=customer))
    return list(mine.select_related("kept", "merged").order_by("-pk"))
