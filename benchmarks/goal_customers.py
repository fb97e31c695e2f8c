"""Goal 6: sync by API; goal 12: drivers; and what customers ask of us: search, recomputed value."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson
from django.db import connection, transaction
from django.test import Client

from benchmarks.line import Line, ratio
from cxportal.core.actors import Actor
from cxportal.core.models import ApiKey, Customer, Membership, Program, User
from cxportal.core.services.programs import program_create
from cxportal.core.tokens import hash_of, new_secret
from journeys.calc.weights import analyse
from loyalty.calc import valuing
from loyalty.services.value import outcome_of, rules_of, sheet_of, today_of, values_rebuild
from loyalty.services.value_rows import VALUE_COLUMNS, VALUES_IN, money_of, values_binary

ROUNDS = 3
SYNC_ROWS = {"ci": 5_000, "small": 10_000, "full": 20_000}
ONE_BY_ONE = 300
AT_ONCE = 1_000
PEOPLE = {"ci": 20_000, "small": 50_000, "full": 200_000}
DRIVER_ROWS = {"ci": 50_000, "small": 200_000, "full": 200_000}
FAMILY, GIVEN = (
    "김이박최정강조윤장임한오서신권황안송류홍",
    "민서지현수진영호준우윤아하은도연재경성태",
)
_STAGE = """
CREATE TEMPORARY TABLE bench_rows (external_id text, name text, email text) ON COMMIT DROP
"""
_UPSERT = """
INSERT INTO core_customer (program_id, version, created_at, updated_at, external_id, kind, name,
  email, phone, language, attributes, is_test, value_segment)
SELECT %(program)s, 1, now(), now(), external_id, 'customer', name, email, '', '', '{}', false, ''
FROM bench_rows ORDER BY external_id
ON CONFLICT (program_id, external_id) DO UPDATE
  SET name = EXCLUDED.name, email = EXCLUDED.email, updated_at = now()
"""


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _program(slug: str) -> tuple[Program, Actor]:
    program = program_create(slug=f"{slug}-{time.time_ns()}"[:48], name=slug)
    return program, Actor.system(program)


def measure_sync(size: str) -> list[Line]:
    """Customers by API, 1,000 rows a request, beside COPY + ON CONFLICT and update_or_create."""
    program, _actor = _program("bench-sync")
    secret = "cx_" + new_secret()
    ApiKey.unscoped.create(  # unscoped: the bench's own program
        program=program, name="bench", prefix=secret[:12], key_hash=hash_of(secret, "api-key"),
        scopes=["customers:write"],
    )  # fmt: skip
    client, count = Client(), SYNC_ROWS[size]
    ours, limits, singles = [], [], []
    for number in range(ROUNDS):
        rows = [
            {"external_id": f"R{number}-{i}", "name": f"Person {i}", "email": f"p{i}@x.example"}
            for i in range(count)
        ]
        ours.append(count / _seconds(lambda r=rows: _send(client, secret, r)))  # type: ignore[misc]
        bare = [{**row, "external_id": f"B{row['external_id']}"} for row in rows]
        limits.append(count / _seconds(lambda r=bare: _copy(program, r)))  # type: ignore[misc]
        some = [{**row, "external_id": f"O{row['external_id']}"} for row in rows[:ONE_BY_ONE]]
        singles.append(
            ONE_BY_ONE / _seconds(lambda r=some: _one_by_one(program, r))  # type: ignore[misc]
        )
    return [
        ratio("6", "sync against COPY", ours, limits, 0.80, unit="rows/s"),
        ratio("6", "sync against update_or_create", ours, singles, 40, unit="rows/s"),
    ]


def _send(client: Client, secret: str, rows: list[dict[str, str]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        answer = client.post(
            "/api/v1/customers/bulk/", orjson.dumps(rows[start : start + AT_ONCE]),
            content_type="application/json", headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip
        if answer.status_code != 200 or answer.json()["failed"]:
            raise RuntimeError(answer.content[:200])


def _copy(program: Program, rows: list[dict[str, str]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_STAGE)
            with cursor.cursor.copy("COPY bench_rows FROM STDIN") as copy:
                for row in rows[start : start + AT_ONCE]:
                    copy.write_row((row["external_id"], row["name"], row["email"]))
            cursor.execute(_UPSERT, {"program": program.pk})


def _one_by_one(program: Program, rows: list[dict[str, str]]) -> None:
    for row in rows:
        Customer.unscoped.update_or_create(  # unscoped: the bench's own program
            program=program, external_id=row["external_id"],
            defaults={"name": row["name"], "email": row["email"]},
        )  # fmt: skip


_PEOPLE = """
INSERT INTO core_customer (program_id, version, created_at, updated_at, external_id, kind, name,
  email, phone, language, attributes, is_test, value_segment)
SELECT %(program)s, 1, now(), now(), 'S' || i, 'customer',
  substr(%(family)s, 1 + i %% 20, 1) || substr(%(given)s, 1 + (i / 20) %% 20, 1)
    || substr(%(given)s, 1 + (i / 400) %% 20, 1),
  'p' || i || '@people.example', '010-' || (1000 + i %% 9000) || '-' || (1000 + i %% 8999), 'ko',
  '{}', false, ''
FROM generate_series(1, %(rows)s) AS i
"""


def _people(program: Program, rows: int) -> None:
    with connection.cursor() as cursor:
        named: dict[str, Any] = {
            "program": program.pk,
            "family": FAMILY,
            "given": GIVEN,
            "rows": rows,
        }
        cursor.execute(_PEOPLE, named)
        cursor.execute("VACUUM ANALYZE core_customer")


def measure_search(size: str) -> list[Line]:
    """The customers' page with a search of two Korean syllables beside the same page without."""
    program, _actor = _program("bench-search")
    _people(program, PEOPLE[size])
    user = User.objects.create_user(f"{program.slug}@bench.example", None, language="ko")
    Membership.unscoped.create(  # unscoped: the bench's own program
        program=program, user=user, role="owner", sees_personal_data=True
    )
    client = Client()
    client.force_login(user, backend="cxportal.core.auth.ActiveUserBackend")
    page = f"/p/{program.slug}/customers/"
    lines = []
    for name, text in (("two syllables", "민서"), ("phone", "1234"), ("e-mail", "p777@")):
        client.get(page)
        ours, limits = [], []
        for _round in range(5):
            limits.append(_seconds(lambda: client.get(page)))
            ours.append(_seconds(lambda t=text: client.get(page, {"search": t})))  # type: ignore[misc]
        title = f"search by {name}"
        lines.append(ratio("search", title, ours, limits, 3, unit="s", at_most=True))
    return lines


_BOUGHT = """
INSERT INTO loyalty_transaction (program_id, customer_id, external_id, kind, occurred_at, amount,
  margin, channel, store, product, updated_at)
SELECT %(program)s, c.id, 'X' || c.id || '-' || n, 'purchase',
  %(end)s::timestamptz - make_interval(days => ((c.id * 7919 + n * 104729) %% 730)::int),
  1000 + (c.id * 31 + n * 17) %% 90000, 300 + (c.id + n) %% 9000, '', '', '', now()
FROM core_customer c, generate_series(1, 1 + (c.id * 2654435761 %% 19)::int) n
WHERE c.program_id = %(program)s
"""


def measure_recompute(size: str) -> list[Line]:
    """Everybody's value anew beside COPY out, the same arithmetic, COPY in to a bare table."""
    program, actor = _program("bench-value")
    _people(program, PEOPLE[size])
    with connection.cursor() as cursor:
        end = datetime.now(UTC) - timedelta(days=1)
        cursor.execute(_BOUGHT, {"program": program.pk, "end": end})
        bought = cursor.rowcount
        cursor.execute("VACUUM ANALYZE loyalty_transaction")
    values_rebuild(actor=actor)
    ours, limits = [], []
    for _round in range(ROUNDS):
        limits.append(_seconds(lambda: _bare(program)))
        ours.append(_seconds(lambda: values_rebuild(actor=actor)))
    title = f"recompute of {PEOPLE[size]:,} customers, {bought:,} transactions"
    return [ratio("value", title, ours, limits, 1.5, unit="s", at_most=True)]


@transaction.atomic
def _bare(program: Program) -> None:
    """The limit: out, the same numpy, in to a table of the same columns and key."""
    rules = rules_of(program)
    money = money_of(program)
    day = min(int(money.day.max()), valuing.day_number(today_of(program)))
    seen = valuing.bought(money, day, float(rules.yearly_rate))
    fitted = valuing.model_fit(seen)
    outcome = outcome_of(program, seen, fitted, rules)
    cuts = valuing.cuts_of(seen, outcome[2], 0.7, 0.7)
    first = int(money.day.min())
    valuing.holdout_check(money, first + (day - first) // 2, day)
    sheet = sheet_of(seen, outcome, cuts)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_value ({VALUE_COLUMNS}, PRIMARY KEY (customer))")
        with cursor.cursor.copy(VALUES_IN.format(table="bench_value")) as copy:
            copy.write(values_binary(sheet))
        cursor.execute("DROP TABLE bench_value")


def measure_drivers(size: str) -> list[Line]:
    """Thirty drivers ranked, with held-out fit and VIF, beside numpy's least squares."""
    rng = np.random.default_rng(1)
    rows = DRIVER_ROWS[size]
    base = rng.normal(0, 1, rows)
    x = np.clip(np.rint(5 + 2 * (rng.normal(0, 1, (rows, 30)) + base[:, None])), 0, 10)
    y = np.clip(np.rint(x[:, :10].mean(axis=1) + rng.normal(0, 1, rows)), 0, 10)
    ours, limits = [], []
    for _round in range(ROUNDS + 2):
        limits.append(_seconds(lambda: np.linalg.lstsq(x, y, rcond=None)))
        ours.append(_seconds(lambda: analyse(x, y)))
    title = f"30 drivers × {rows:,} customers"
    return [ratio("12", title, ours, limits, 2, unit="s", at_most=True)]
