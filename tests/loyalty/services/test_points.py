"""The ledger of points: sums stay equal, nothing is negative, nothing happens twice."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Program
from cxportal.core.services.merges import customer_merge, customer_unmerge
from cxportal.core.services.outbox import outbox_drain_all
from loyalty.models import PointsAccount, PointsEntry, PointsLot, PointsPosting
from loyalty.services.points import member_enrol, points_earn, points_reverse, points_spend
from loyalty.services.points_scheme import points_campaign_create, scheme_save
from loyalty.services.points_tiers import points_prove, points_settle_due
from loyalty.services.transactions import transactions_bulk_upsert
from tests.conftest import make_customers, make_program

TIERS = [
    {"code": "base", "threshold": 0, "multiplier": 1, "name": {"en": "Base"}},
    {"code": "gold", "threshold": 1000, "multiplier": 2, "name": {"en": "Gold"}},
]


def members(actor: Actor, count: int, **rules: Any) -> list[PointsAccount]:
    scheme_save(actor=actor, **{"earn_rate": 1, "name": {"en": "Club"}, **rules})
    return [
        member_enrol(actor=actor, customer=customer)
        for customer in make_customers(actor.program, count)
    ]


def balance(account: PointsAccount) -> tuple[int, int]:
    account.refresh_from_db()
    return account.available, account.pending


@pytest.mark.django_db
def test_points_are_earned_spent_and_given_back_once_per_key(system: Actor) -> None:
    (account,) = members(system, 1)
    first = points_earn(actor=system, account=account, points=100, key="a")
    assert points_earn(actor=system, account=account, points=100, key="a").pk == first.pk
    spent = points_spend(actor=system, account=account, points=30, key="b")
    points_spend(actor=system, account=account, points=30, key="b")
    assert balance(account) == (70, 0)
    for points in (31, 30):
        with pytest.raises(DomainError) as refused:
            points_earn(actor=system, account=account, key="b", points=points)
        assert refused.value.code == "key_used"
    with pytest.raises(DomainError) as refused:
        points_spend(actor=system, account=account, points=71, key="c")
    assert refused.value.code == "not_enough"
    points_reverse(actor=system, entry=spent, key="d")
    points_reverse(actor=system, entry=spent, key="d")
    assert balance(account) == (100, 0)
    with pytest.raises(DomainError):
        points_reverse(actor=system, entry=spent, key="e")
    assert points_prove(system).is_right


@pytest.mark.django_db
def test_an_earning_is_taken_back_as_far_as_it_was_not_spent(system: Actor) -> None:
    (account,) = members(system, 1)
    earned = points_earn(actor=system, account=account, points=100, key="a")
    points_spend(actor=system, account=account, points=40, key="b")
    assert points_reverse(actor=system, entry=earned, key="c").points == 60
    assert balance(account) == (0, 0)
    assert points_prove(system).is_right


@pytest.mark.django_db
def test_points_wait_become_spendable_and_expire_oldest_first(system: Actor) -> None:
    (account,) = members(system, 1, pending_days=10, expiry_days=100)
    now = timezone.now()
    points_earn(actor=system, account=account, points=5, key="new")
    assert balance(account) == (0, 5)
    points_earn(actor=system, account=account, points=7, key="old", at=now - timedelta(days=95))
    points_earn(actor=system, account=account, points=9, key="mid", at=now - timedelta(days=50))
    assert balance(account) == (16, 5)
    points_spend(actor=system, account=account, points=3, key="s")
    lots = {lot.entry.key: lot for lot in PointsLot.objects.for_actor(system)}
    assert (lots["old"].left, lots["mid"].left) == (4, 9)
    PointsLot.objects.for_actor(system).filter(pk=lots["old"].pk).update(expires_at=now)
    PointsLot.objects.for_actor(system).filter(pk=lots["new"].pk).update(active_from=now)
    assert points_settle_due(system) == 1
    assert balance(account) == (14, 0)
    states = set(PointsLot.objects.for_actor(system).values_list("state", flat=True))
    assert states == {"active", "expired"}
    assert points_settle_due(system) == 0
    assert points_prove(system).is_right


@pytest.mark.django_db
def test_tiers_rise_at_once_and_fall_at_the_sweep(system: Actor) -> None:
    (account,) = members(system, 1, tiers=TIERS)
    points_earn(actor=system, account=account, points=1000, key="a")
    account.refresh_from_db()
    assert account.tier is not None and account.tier.code == "gold"
    # Time cannot be moved in a ledger that refuses changes: the member's year ends instead.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE loyalty_pointsentry SET at = at - interval '400 days'")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    points_settle_due(system)
    account.refresh_from_db()
    assert account.tier is not None and account.tier.code == "base"


@pytest.mark.django_db
def test_what_was_written_cannot_be_changed(system: Actor) -> None:
    (account,) = members(system, 1)
    points_earn(actor=system, account=account, points=10, key="a")
    for rows in (PointsEntry, PointsPosting):
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            rows.objects.for_actor(system).update(points=11)


@pytest.mark.django_db
def test_members_get_points_for_what_they_buy_and_refunds_take_them_back(
    program: Program, system: Actor
) -> None:
    (account,) = members(system, 1, earn_rate=Decimal("0.01"), tiers=TIERS)
    today = timezone.localdate(timezone=program.zone)
    points_campaign_create(
        actor=system, name={"en": "Double"}, starts_on=today, ends_on=today, multiplier=2,
        store="Gangnam",
    )  # fmt: skip
    moment = timezone.now().isoformat()
    rows = [
        {"external_id": "T1", "customer": "C0", "amount": 5099, "occurred_at": moment},
        {"external_id": "T2", "customer": "C0", "amount": 1000, "occurred_at": moment,
         "store": "Gangnam"},
    ]  # fmt: skip
    transactions_bulk_upsert(actor=system, rows=rows)
    outbox_drain_all()
    assert balance(account) == (50 + 20, 0)
    refund = {"external_id": "T3", "customer": "C0", "amount": -5099, "kind": "refund",
              "occurred_at": moment}  # fmt: skip
    transactions_bulk_upsert(actor=system, rows=[refund, rows[1]])
    outbox_drain_all()
    assert balance(account) == (20, 0)
    assert points_prove(system).is_right


@pytest.mark.django_db
def test_a_merge_brings_points_along_and_takes_them_back(system: Actor) -> None:
    ours, theirs = members(system, 2)
    points_earn(actor=system, account=ours, points=10, key="a")
    points_earn(actor=system, account=theirs, points=20, key="b")
    merge = customer_merge(actor=system, kept=ours.customer, merged=theirs.customer)
    assert (balance(ours), balance(theirs)) == ((30, 0), (0, 0))
    points_spend(actor=system, account=ours, points=5, key="c")
    customer_unmerge(actor=system, merge=merge)
    assert (balance(ours), balance(theirs)) == ((5, 0), (20, 0))
    assert points_prove(system).is_right


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values", [{"points": 0}, {"points": -5}, {"points": 10**13}, {"key": " "}, {"key": "x" * 121}]
)
def test_bad_input_is_refused_and_nothing_changes(system: Actor, values: dict[str, Any]) -> None:
    (account,) = members(system, 1)
    with pytest.raises(DomainError):
        points_earn(actor=system, account=account, **{"points": 1, "key": "k", **values})
    assert not PointsEntry.objects.for_actor(system).exists()


@pytest.mark.django_db
def test_only_owners_and_managers_move_points(
    system: Actor, actor_for: Callable[[str], Actor]
) -> None:
    (account,) = members(system, 1)
    for role in ("designer", "staff", "viewer"):
        with pytest.raises(Denied):
            points_earn(actor=actor_for(role), account=account, points=1, key=role)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "spend", "merge", "unmerge"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(1, 60),
    ),
    max_size=8,
)


@pytest.mark.django_db
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_points_are_conserved_through_any_merges_and_their_undoing(
    steps: list[tuple[str, int, int, int]], program: Program, system: Actor
) -> None:
    with transaction.atomic():
        accounts = members(system, 3)
        owned, merges = 0, []
        for number, (deed, one, two, points) in enumerate(steps):
            asked: dict[str, Any] = {"account": accounts[one], "points": points}
            try:
                if deed == "earn":
                    points_earn(actor=system, key=f"e{number}", **asked)
                    owned += points
                elif deed == "spend":
                    points_spend(actor=system, key=f"s{number}", **asked)
                    owned -= points
                elif deed == "merge":
                    kept, merged = accounts[one].customer, accounts[two].customer
                    merges.append(customer_merge(actor=system, kept=kept, merged=merged))
                elif merges:
                    customer_unmerge(actor=system, merge=merges.pop())
            except DomainError:
                continue
            assert sum(balance(account)[0] for account in accounts) == owned
        for merge in reversed(merges):
            customer_unmerge(actor=system, merge=merge)
        balances = [balance(account)[0] for account in accounts]
        assert sum(balances) == owned and min(balances) >= 0
        assert points_prove(system).is_right
        transaction.set_rollback(True)


def work(actor: Actor, accounts: list[PointsAccount], seed: int, wrong: list[str]) -> None:
    """One till: random commands, each perhaps sent twice, by keys that other tills use too."""
    rng = random.Random(seed)
    try:
        for _ in range(40):
            account = rng.choice(accounts)
            number, kind = rng.randrange(300), rng.choice(["earn", "spend", "spend", "reverse"])
            points = 1 + number % 50
            for _repeat in range(rng.choice([1, 1, 2])):
                try:
                    if kind == "earn":
                        points_earn(actor=actor, account=account, points=points, key=f"e{number}")
                    elif kind == "spend":
                        points_spend(actor=actor, account=account, points=points, key=f"s{number}")
                    else:
                        entries = PointsEntry.objects.for_actor(actor).filter(key=f"e{number}")
                        for entry in entries.select_related("account"):
                            points_reverse(actor=actor, entry=entry, key=f"r{number}")
                except DomainError:
                    continue
    except Exception as error:  # a thread's failure is the test's
        wrong.append(repr(error))
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_eight_tills_with_replays_leave_a_ledger_that_proves() -> None:
    actor = Actor.system(make_program("tills"))
    accounts = members(actor, 3)
    for account in accounts:
        points_earn(actor=actor, account=account, points=200, key=f"start{account.pk}")
    wrong: list[str] = []
    tills = [threading.Thread(target=work, args=(actor, accounts, n, wrong)) for n in range(8)]
    for till in tills:
        till.start()
    for till in tills:
        till.join()
    assert wrong == []
    proof = points_prove(actor)
    assert proof.is_right, proof.wrong
    keys = PointsEntry.objects.for_actor(actor).values_list("key", flat=True)
    assert len(keys) == len(set(keys)) > 100
