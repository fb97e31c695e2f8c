"""What tills do to points, at random but the same for the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

MOST_POINTS = 200
REPLAYS = 0.15
#: Relative to now: spendable and lasting; spendable in a moment; over in a moment.
AGES = (timedelta(hours=30), timedelta(hours=24, seconds=-6), timedelta(hours=48, seconds=-8))
AGE_WEIGHTS = (70, 15, 15)


@dataclass(frozen=True)
class Operation:
    """One call: `of` is the key of the entry that a reversal takes back."""

    key: str
    kind: str
    account: int
    points: int = 0
    age: timedelta = AGES[0]
    of: str = ""


def operations(seed: int, count: int, accounts: int) -> Iterator[Operation]:
    """`count` operations on accounts 0 … accounts − 1; some repeat an earlier one exactly."""
    chance = random.Random(seed)
    made: list[Operation] = []
    for number in range(count):
        if made and chance.random() < REPLAYS:
            yield chance.choice(made[-200:])
            continue
        operation = _fresh(chance, f"{seed}-{number}", accounts, made)
        made.append(operation)
        yield operation


def _fresh(chance: random.Random, key: str, accounts: int, made: list[Operation]) -> Operation:
    (kind,) = chance.choices(("earn", "spend", "reverse", "settle"), (45, 40, 12, 3))
    account, points = chance.randrange(accounts), chance.randint(1, MOST_POINTS)
    if kind == "reverse":
        earlier = [one for one in made[-100:] if one.kind in {"earn", "spend"}]
        if earlier:
            of = chance.choice(earlier)
            return Operation(f"{key}-back", kind, of.account, of=of.key)
        kind = "earn"
    if kind == "earn":
        (age,) = chance.choices(AGES, AGE_WEIGHTS)
        return Operation(key, kind, account, points, age)
    return Operation(key, kind, account, points)
