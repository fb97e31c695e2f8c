"""S10: tokens are long, never repeat, and open only what they were made for."""

import math
from collections import Counter

from django.test import Client

from cxportal.core.tokens import derive, derived_pair, hash_of, matches, new_secret
from tests.conftest import make_key
from tests.torture.line import Line
from tests.torture.people import make_crowd

FAULT = "S10"
SAMPLES = {"ci": 20_000, "full": 100_000}
PURPOSES = ("invitation", "open-link", "unsubscribe", "member-invitation", "api-key")
WANTED_BITS = 128


def run(size: str) -> Line:
    """Measure entropy and try each token at every other door."""
    count = SAMPLES[size]
    secrets = [new_secret() for _ in range(count)]
    derived = [derive(nonce, "invitation") for nonce in secrets]
    repeats = 2 * count - len({*secrets, *derived})
    bits = min(_bits(secrets), _bits(derived))
    accepted, pairs = _swapped()
    figures = {
        "samples": count, "bits": int(bits), "repeats": repeats, "pairs": pairs,
        "accepted": accepted,
    }  # fmt: skip
    return Line(FAULT, figures, ok=not repeats and not accepted and bits >= WANTED_BITS)


def _bits(tokens: list[str]) -> float:
    """Entropy as observed: per place, summed over the token's length."""
    total = 0.0
    for place in range(min(map(len, tokens))):
        counts = Counter(token[place] for token in tokens)
        total -= sum(n / len(tokens) * math.log2(n / len(tokens)) for n in counts.values())
    return total


def _swapped() -> tuple[int, int]:
    actor, _people = make_crowd("s10", 0)
    accepted = pairs = 0
    tokens: dict[str, str] = {}
    for purpose in PURPOSES:
        nonce, stored = derived_pair(purpose)
        tokens[purpose] = derive(nonce, purpose)
        for other in PURPOSES:
            pairs += 1
            opens = matches(tokens[purpose], other, stored)
            accepted += opens is not (purpose == other)
            accepted += purpose != other and hash_of(tokens[purpose], other) == stored
    tokens["key"] = make_key(actor.program)
    client = Client(raise_request_exception=False)
    for token in tokens.values():
        for door in (f"/s/{token}/", f"/u/{token}/", f"/join/{token}/"):
            pairs += 1
            accepted += client.get(door).status_code not in {404, 410}
        pairs += 1
        if token != tokens["key"]:
            bearer = {"Authorization": f"Bearer {token}"}
            accepted += client.get("/api/v1/customers/", headers=bearer).status_code != 401
    return accepted, pairs
