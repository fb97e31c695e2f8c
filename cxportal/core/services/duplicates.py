"""Suspected duplicates: found as a job, decided by people."""

from typing import Any

from django.db import transaction

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.models import DuplicatePair, Job
from cxportal.core.policies import authorise
from cxportal.core.queries.duplicates import people_to_compare, suspicions

DUPLICATES_JOB = "duplicates_find"


def duplicates_find_run(actor: Actor, job: Job) -> dict[str, Any]:
    """The job."""
    return {"new": duplicates_find(actor=actor)}


@transaction.atomic
def duplicates_find(*, actor: Actor) -> int:
    """Compare everybody with everybody who shares a mark; returns how many pairs are new.

    Pairs somebody decided on stay decided.
    """
    authorise(actor, "core.merge_customers")
    found = suspicions(people_to_compare(actor))
    made = DuplicatePair.unscoped.bulk_create(  # unscoped: the actor's own program
        (
            DuplicatePair(
                program=actor.program, first_id=first, second_id=second,
                likeness=suspicion.likeness, reasons=sorted(suspicion.reasons),
            )
            for (first, second), suspicion in sorted(found.items())
        ),
        batch_size=2_000, ignore_conflicts=True,
    )  # fmt: skip
    audit(actor=actor, action="duplicates.find", obj=None, changes={"pairs": len(made)})
    return len(made)


@transaction.atomic
def duplicate_dismiss(*, actor: Actor, pair: DuplicatePair) -> None:
    """Say that these are different people; the pair is not shown again."""
    authorise(actor, "core.merge_customers", pair)
    pair.state = DuplicatePair.State.DIFFERENT
    pair.save(update_fields=["state"])
    audit(actor=actor, action="duplicate.dismiss", obj=pair)
