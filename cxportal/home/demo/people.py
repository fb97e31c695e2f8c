"""Customers and employees of the demo."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cxportal.home.demo.content import ENGLISH_NAMES, FAMILY_NAMES, GIVEN_NAMES, STORES

TIERS = ("silver", "gold", "member")
TIER_SHARES = (0.25, 0.12, 0.63)
KOREAN_SHARE = 0.86
ONLINE_SHARE = 0.42


def customer_rows(rng: np.random.Generator, count: int) -> Iterator[dict[str, Any]]:
    """Rows for the customers' bulk service; every address ends in .example."""
    for number in range(count):
        is_korean = rng.random() < KOREAN_SHARE
        tier = str(rng.choice(TIERS, p=TIER_SHARES))
        channel = "online" if rng.random() < ONLINE_SHARE else "store"
        # What two in five said, when asked, of how much they spend with the shop.
        wallet = {"share_of_wallet": int(rng.integers(2, 10)) * 10} if rng.random() < 0.4 else {}
        yield {
            "external_id": f"HB{number:06d}",
            "kind": "customer",
            "name": _name(rng, is_korean=is_korean),
            "email": f"customer{number}@people.example",
            "phone": f"010-{rng.integers(2000, 9999)}-{number % 10_000:04d}",
            "language": "ko" if is_korean else "en",
            "attributes": {
                "tier": tier,
                "home_channel": channel,
                "store": STORES[int(rng.integers(len(STORES)))],
                "age_band": str(rng.choice(["20s", "30s", "40s", "50s", "60s"])),
                **wallet,
            },
        }


def employee_rows(rng: np.random.Generator, count: int) -> Iterator[dict[str, Any]]:
    """Employees, asked by the pulse."""
    for number in range(count):
        yield {
            "external_id": f"EMP{number:04d}",
            "kind": "employee",
            "name": _name(rng, is_korean=True),
            "email": f"employee{number}@hanbit.example",
            "language": "ko",
            "attributes": {"store": STORES[number % len(STORES)]},
        }


def _name(rng: np.random.Generator, *, is_korean: bool) -> str:
    if not is_korean:
        return ENGLISH_NAMES[int(rng.integers(len(ENGLISH_NAMES)))]
    family = FAMILY_NAMES[int(rng.integers(len(FAMILY_NAMES)))]
    return family + GIVEN_NAMES[int(rng.integers(len(GIVEN_NAMES)))]
