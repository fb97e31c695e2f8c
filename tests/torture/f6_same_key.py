"""F6: one Idempotency-Key, twenty requests at once: one row; another body under it: 422."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from cxportal.core.models import Customer
from tests.conftest import make_key
from tests.torture.ground import ground
from tests.torture.line import Line
from tests.torture.people import make_crowd

FAULT = "F6"
SIZES = {"ci": 25, "full": 500}  # keys
TOGETHER = 20
CHANGED = 2
PATH = "/api/v1/customers/"
TIMEOUT_SECONDS = 60.0


def run(size: str) -> Line:
    keys = SIZES[size]
    actor, _people = make_crowd("f6", 0)
    secret = make_key(actor.program)
    statuses: Counter[int] = Counter()
    changed: Counter[int] = Counter()
    answers_differ = 0
    with (
        ground.web({"API_RATE_PER_MINUTE": "1000000"}) as address,
        httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {secret}"},
            timeout=TIMEOUT_SECONDS,
            limits=httpx.Limits(max_connections=TOGETHER),
        ) as client,
        ThreadPoolExecutor(TOGETHER) as pool,
    ):
        for number in range(keys):
            first = list(pool.map(lambda _n, k=number: _post(client, k, "Kim"), range(TOGETHER)))
            again = list(pool.map(lambda _n, k=number: _post(client, k, "Lee"), range(CHANGED)))
            statuses.update(answer.status_code for answer in first)
            changed.update(answer.status_code for answer in again)
            answers_differ += len({answer.content for answer in first}) != 1
    rows = Customer.unscoped.filter(program=actor.program).count()
    refused = changed[422]
    ok = rows == keys and statuses == {201: keys * TOGETHER} and refused == keys * CHANGED
    figures = {"rows": rows, "keys": keys, "created": statuses[201], "mismatch_422": refused}
    return Line(FAULT, {**figures, "differing": answers_differ}, ok and answers_differ == 0)


def _post(client: httpx.Client, number: int, name: str) -> httpx.Response:
    body = {"external_id": f"F6-{number}", "name": name}
    return client.post(PATH, json=body, headers={"Idempotency-Key": f"key-{number}"})
