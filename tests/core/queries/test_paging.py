"""Pages by key show every row once, forwards and backwards, whatever the order."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program
from cxportal.core.queries.paging import keyset_page
from tests.conftest import make_customers


@pytest.fixture
def people(program: Program) -> list[Customer]:
    made = make_customers(program, 23)
    now = timezone.now()
    for number, customer in enumerate(made):
        # Ties on purpose, and some without a value.
        customer.updated_at = now - timedelta(hours=number // 3)
        customer.lifetime_value = None if number % 5 == 0 else number // 4
    Customer.unscoped.bulk_update(made, ["updated_at", "lifetime_value"])
    return made


def walk(rows: Any, ordering: str, size: int) -> tuple[list[int], list[int]]:
    """All keys going forward, and all keys coming back from the last page."""
    forward: list[int] = []
    cursor = ""
    while True:
        page = keyset_page(rows, ordering=ordering, cursor=cursor, size=size)
        forward += [row.pk for row in page]
        if not page.next:
            break
        cursor = page.next
    back = [row.pk for row in page]
    while page.previous:
        page = keyset_page(rows, ordering=ordering, cursor=page.previous, size=size)
        back = [row.pk for row in page] + back
    return forward, back


@pytest.mark.parametrize("ordering", ["id", "-id", "updated_at", "-updated_at", "name"])
@pytest.mark.parametrize("size", [1, 4, 23, 50])
def test_each_row_is_shown_once_and_again_on_the_way_back(
    people: list[Customer], system: Actor, ordering: str, size: int
) -> None:
    rows = Customer.objects.for_actor(system)
    expected = list(
        rows.order_by(ordering, "-pk" if ordering.startswith("-") else "pk").values_list(
            "pk", flat=True
        )
    )
    assert walk(rows, ordering, size) == (expected, expected)


@pytest.mark.parametrize("ordering", ["lifetime_value", "-lifetime_value"])
def test_rows_without_a_value_come_last(
    people: list[Customer], system: Actor, ordering: str
) -> None:
    forward, back = walk(Customer.objects.for_actor(system), ordering, 4)
    empty = {c.pk for c in people if c.lifetime_value is None}
    assert forward == back
    assert len(forward) == len(set(forward)) == 23
    assert set(forward[-len(empty) :]) == empty


@pytest.mark.parametrize("cursor", ["x", "bm9wZQ", "W10", "WyJuIiwgInRvbW9ycm93IiwgMV0"])
def test_a_broken_cursor_starts_at_the_beginning(
    people: list[Customer], system: Actor, cursor: str
) -> None:
    page = keyset_page(
        Customer.objects.for_actor(system), ordering="-updated_at", cursor=cursor, size=5
    )
    assert len(page) == 5
    assert page.previous == ""
