"""Goal 7: answers by API, one at a time and five hundred at a time."""

import json

from benchmarks.bare import ANSWERS
from benchmarks.goal_answers import ROUNDS, server, settle
from benchmarks.line import Line, ratio
from benchmarks.load import rate
from benchmarks.world import make_world
from cxportal.core.models import ApiKey
from cxportal.core.tokens import hash_of, new_secret

SINGLES = {"ci": 400, "small": 1500, "full": 10_000}
BATCHES = {"ci": 6, "small": 40, "full": 400}
AT_ONCE = 500


def measure_responses(size: str) -> list[Line]:
    """Both beside a bare view that knows the key, inserts one row and commits."""
    world = make_world("bench-api")
    secret = "cx_" + new_secret()
    ApiKey.unscoped.create(  # unscoped: the bench's own program
        program=world.actor.program, name="bench", prefix=secret[:12],
        key_hash=hash_of(secret, "api-key"), scopes=["responses:write"],
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    survey, answers = world.survey.pk, json.loads(ANSWERS)
    world.links(1)  # makes the customer who answers
    row = {"external_id": "B0", "answers": answers}
    one, many = json.dumps({"survey": survey, **row}), json.dumps([row] * AT_ONCE)
    count, batches = SINGLES[size], BATCHES[size]
    bare = ["/bench/keyed/"] * count
    single = ["/api/v1/responses/"] * count
    bulk = [f"/api/v1/responses/bulk/?survey={survey}"] * batches
    got: dict[str, list[float]] = {"bare": [], "single": [], "bulk": []}
    with server({"API_RATE_PER_MINUTE": "1000000"}) as address:
        rate(address, "post", single[:50], body=one, headers=headers)
        for _round in range(ROUNDS[size]):
            got["bare"].append(rate(address, "post", bare, body=one, headers=headers))
            got["single"].append(rate(address, "post", single, body=one, headers=headers))
            in_batches = rate(address, "post", bulk, body=many, headers=headers)
            got["bulk"].append(AT_ONCE * in_batches)
        settle(world)
    return [
        ratio("7", "single/bare-insert-with-key", got["single"], got["bare"], 0.40, unit="/s"),
        ratio("7", "batches-of-500/bare-insert-with-key", got["bulk"], got["bare"], 10, unit="/s"),
    ]
