"""Two years of purchases."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from cxportal.home.demo.content import PRODUCTS

DAYS = 730
BUYERS_SHARE = 0.8
REFUND_SHARE = 0.02
# Days a customer stays on average, and about which part of the two years that is.
LIFE_DAYS = 420.0
STAYING = 0.4


def transaction_rows(
    rng: np.random.Generator, customers: list[dict[str, Any]], now: datetime, mean: float
) -> Iterator[dict[str, Any]]:
    """Rows for the transactions' bulk service; `mean` purchases per buying customer.

    Few buy much: the number of purchases is drawn from a gamma-mixed Poisson law, as in the
    BG/NBD model (Fader, Hardie & Lee 2005).
    """
    number = 0
    # Some stop buying on the way, so that one purchase more is expected of who bought lately.
    rates = rng.gamma(0.8, mean / (0.8 * STAYING), len(customers))
    for customer, rate in zip(customers, rates, strict=True):
        if rng.random() > BUYERS_SHARE:
            continue
        begun = DAYS * float(rng.random()) ** 1.6
        watched = DAYS - begun
        stayed = min(float(rng.exponential(LIFE_DAYS)), watched)
        for _purchase in range(1 + int(rng.poisson(rate * stayed / DAYS))):
            day = begun + float(rng.random()) * stayed
            yield _purchase_row(rng, customer, now - timedelta(days=DAYS - day, hours=1), number)
            number += 1


def _purchase_row(
    rng: np.random.Generator, customer: dict[str, Any], moment: datetime, number: int
) -> dict[str, Any]:
    product, price = PRODUCTS[int(rng.integers(len(PRODUCTS)))]
    pieces = 1 + int(rng.random() < 0.2)
    is_refund = rng.random() < REFUND_SHARE
    amount = price * pieces * (-1 if is_refund else 1)
    attributes = customer["attributes"]
    is_online = attributes["home_channel"] == "online"
    return {
        "external_id": f"TX{number:07d}",
        "customer": customer["external_id"],
        "occurred_at": moment.isoformat(),
        "amount": amount,
        "margin": round(amount * 0.34),
        "kind": "refund" if is_refund else "purchase",
        "channel": "online" if is_online else "store",
        "store": "" if is_online else attributes["store"],
        "product": product,
    }
