"""Tills as threads of one process, to be killed: `python -m tests.torture.points_clients …`.

Arguments: program id, seed, count, the numbers of this process's threads and how many there are
in all, and a folder. Each thread takes every n-th operation and writes down the key once the
ledger has answered; started again it repeats all of them, as a till that forgot would.
"""

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxportal.core.actors import Actor
    from loyalty.models import PointsAccount
    from tests.torture.points_operations import Operation


def main() -> int:
    """Run this process's threads to their end; the exit status says whether one broke."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")
    import django

    django.setup()
    program, seed, count = (int(text) for text in sys.argv[1:4])
    numbers = [int(text) for text in sys.argv[4].split(",")]
    together, folder = int(sys.argv[5]), Path(sys.argv[6])
    broken: list[int] = []
    threads = [
        threading.Thread(target=_till, args=(program, seed, count, n, together, folder, broken))
        for n in numbers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 1 if broken else 0


def _till(  # noqa: PLR0917 - a thread's arguments
    program_id: int,
    seed: int,
    count: int,
    number: int,
    together: int,
    folder: Path,
    broken: list[int],
) -> None:
    from django.db import connections

    from cxportal.core.actors import Actor
    from cxportal.core.models import Program
    from loyalty.models import PointsAccount
    from tests.torture.points_operations import operations

    try:
        actor = Actor.system(Program.objects.get(pk=program_id))
        accounts = list(PointsAccount.objects.for_actor(actor).order_by("pk"))
        every = operations(seed, count, len(accounts))
        with (folder / f"acked-{number}.txt").open("a", encoding="utf-8") as acked:
            for place, operation in enumerate(every):
                if place % together == number:
                    answer = _answer(actor, accounts[operation.account], operation)
                    acked.write(f"{operation.key} {answer}\n")
                    acked.flush()
    except BaseException:
        broken.append(number)
        raise
    finally:
        connections.close_all()


def _answer(actor: "Actor", account: "PointsAccount", operation: "Operation") -> str:
    from django.utils import timezone

    from cxportal.core.errors import DomainError
    from loyalty.models import PointsEntry
    from loyalty.services.points import points_earn, points_reverse, points_spend
    from loyalty.services.points_tiers import points_settle_due

    key, points = operation.key, operation.points
    try:
        if operation.kind == "earn":
            at = timezone.now() - operation.age
            points_earn(actor=actor, account=account, points=points, key=key, at=at)
        elif operation.kind == "spend":
            points_spend(actor=actor, account=account, points=points, key=key)
        elif operation.kind == "settle":
            points_settle_due(actor)
            return "settled"
        else:
            entries = PointsEntry.objects.for_actor(actor).select_related("account")
            entry = entries.filter(key=operation.of).first()
            if entry is None:
                return "absent"
            points_reverse(actor=actor, entry=entry, key=key)
    except DomainError as error:
        return error.code
    return "done"


if __name__ == "__main__":
    sys.exit(main())
