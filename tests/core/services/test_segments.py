"""Segments: who is in by rule, by hand, and why."""

from collections.abc import Callable
from typing import Any

import pytest

from cxportal.core import registry
from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, Program, Segment, SegmentMember
from cxportal.core.queries.segments import segment_customers, segment_preview
from cxportal.core.services.customers import customers_bulk_upsert
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.segments import (
    segment_add_customers,
    segment_create,
    segment_delete,
    segment_refresh,
    segment_remove_customers,
    segment_update,
)
from tests.conftest import make_customers

PEOPLE = [
    {
        "external_id": "ann",
        "language": "ko",
        "email": "ann@example.com",
        "attributes": {"tier": "gold", "visits": 12, "since": "2024-05-01", "tags": ["tea"]},
    },
    {
        "external_id": "bob",
        "language": "en",
        "kind": "prospect",
        "attributes": {"tier": "silver", "visits": 3, "news": True},
    },
    {"external_id": "cho", "language": "ko", "email": "cho@example.com", "is_test": True},
]


def rule(*conditions: tuple[str, str, Any], match: str = "all") -> dict[str, Any]:
    rows = [{"field": f, "operator": o, "value": v} for f, o, v in conditions]
    return {"match": match, "conditions": rows}


@pytest.fixture
def actor(system: Actor) -> Actor:
    customers_bulk_upsert(actor=system, rows=PEOPLE)
    return system


def picked(actor: Actor, asked: dict[str, Any]) -> list[str]:
    return [row.customer.external_id for row in segment_preview(actor, asked).sample]


@pytest.mark.parametrize(
    ("condition", "who"),
    [
        (("language", "is", "ko"), ["ann", "cho"]),
        (("language", "is_not", "ko"), ["bob"]),
        (("language", "in", "ko, en"), ["ann", "bob", "cho"]),
        (("kind", "is", "prospect"), ["bob"]),
        (("has_email", "is", True), ["ann", "cho"]),
        (("has_email", "is", "no"), ["bob"]),
        (("is_test", "is", "yes"), ["cho"]),
        (("external_id", "contains", "NN"), ["ann"]),
        (("created", "gt", "2020-01-01"), ["ann", "bob", "cho"]),
        (("created", "lt", "2020-01-01"), []),
        (("value_segment", "is_not_set", None), ["ann", "bob", "cho"]),
        (("lifetime_value", "is_set", None), []),
        (("attributes.tier", "is", "gold"), ["ann"]),
        (("attributes.tier", "is_not", "gold"), ["bob", "cho"]),
        (("attributes.tier", "in", ["gold", "silver"]), ["ann", "bob"]),
        (("attributes.tier", "contains", "IL"), ["bob"]),
        (("attributes.visits", "is", "12"), ["ann"]),
        (("attributes.visits", "gt", "3"), ["ann"]),
        (("attributes.visits", "lt", 12), ["bob"]),
        (("attributes.since", "gt", "2024-01-01"), ["ann"]),
        (("attributes.tags", "is", "tea"), ["ann"]),
        (("attributes.news", "is", "true"), ["bob"]),
        (("attributes.tier", "is_set", None), ["ann", "bob"]),
        (("attributes.tier", "is_not_set", None), ["cho"]),
    ],
)
def test_each_condition_picks_whom_it_says(
    actor: Actor, condition: tuple[str, str, Any], who: list[str]
) -> None:
    assert picked(actor, rule(condition)) == who


def test_all_and_any(actor: Actor) -> None:
    conditions = [("language", "is", "ko"), ("kind", "is", "prospect")]
    assert picked(actor, rule(*conditions)) == []
    assert picked(actor, rule(*conditions, match="any")) == ["ann", "bob", "cho"]


def test_the_preview_says_why_each_one_is_in(actor: Actor) -> None:
    asked = rule(("language", "is", "ko"), ("attributes.tier", "is", "silver"), match="any")
    preview = segment_preview(actor, asked)
    assert (preview.count, preview.total) == (3, 3)
    reasons = {row.customer.external_id: row.reasons for row in preview.sample}
    assert reasons["ann"] == ["Language is ko"]
    assert reasons["bob"] == ["tier is silver"]


@pytest.mark.parametrize(
    "bad",
    [
        [],
        {"match": "some"},
        {"conditions": "x"},
        {"conditions": [{}]},
        {"conditions": ["x"]},
        rule(("password", "is", "x")),
        rule(("program__slug", "is", "x")),
        rule(("kind", "gt", "x")),
        rule(("kind", "is", "")),
        rule(("kind", "is", {"a": 1})),
        rule(("kind", "is", "x\x00")),
        rule(("created", "gt", "yesterday")),
        rule(("created", "gt", "2026-13-45")),
        rule(("lifetime_value", "gt", "NaN")),
        rule(("lifetime_value", "gt", "1e99")),
        rule(("attributes.", "is", "x")),
        {"conditions": [{"field": "kind", "operator": "is", "value": "x"}] * 21},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(actor: Actor, bad: Any) -> None:
    with pytest.raises(DomainError) as refused:
        segment_create(actor=actor, code="bad", name="Bad", rule=bad or ["x"])
    assert refused.value.code == "bad_rule"
    assert not Segment.objects.for_actor(actor).exists()


def test_odd_names_of_attributes_are_only_names(actor: Actor) -> None:
    for key in ('a"b', "a'b", "5", "a__gt", "x) --", "a.b", "%s"):
        row = {"external_id": "ann", "attributes": {key: "yes"}}
        assert customers_bulk_upsert(actor=actor, rows=[row]).updated == 1
        for operator, value in (("is", "yes"), ("contains", "ye"), ("gt", "xxx"), ("is_set", None)):
            assert picked(actor, rule((f"attributes.{key}", operator, value))) == ["ann"], key


def test_upper_floors_add_conditions(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.models import Q

    condition = registry.Condition("buyer", "Buyer", ("is",), lambda o, v: Q(external_id="bob"))
    monkeypatch.setitem(registry.segment_conditions, "buyer", condition)
    assert picked(actor, rule(("buyer", "is", "yes"))) == ["bob"]


def test_a_rule_segment_follows_its_customers(actor: Actor) -> None:
    korean = segment_create(
        actor=actor, code="korean", name="Korean", rule=rule(("language", "is", "ko"))
    )
    assert korean.member_count == 2
    customers_bulk_upsert(actor=actor, rows=[{"external_id": "bob", "language": "ko"}])
    assert segment_customers(actor, korean).count() == 3
    assert segment_refresh(korean).member_count == 3
    assert SegmentMember.objects.for_actor(actor).filter(segment=korean).count() == 3
    customers_bulk_upsert(actor=actor, rows=[{"external_id": "bob", "language": "en"}])
    assert segment_refresh(korean).member_count == 2


def test_an_erased_person_is_in_no_segment(actor: Actor) -> None:
    everyone = segment_create(actor=actor, code="all", name="All")
    assert segment_customers(actor, everyone).count() == 3
    ann = Customer.objects.for_actor(actor).get(external_id="ann")
    customer_erase(actor=actor, customer=ann)
    assert segment_customers(actor, everyone).count() == 2
    assert segment_refresh(everyone).member_count == 2


def test_by_hand_people_go_in_and_out(actor: Actor, other_program: Program) -> None:
    vip = segment_create(actor=actor, code="vip", name="VIP", kind=Segment.Kind.MANUAL)
    everyone = list(Customer.objects.for_actor(actor))
    foreign = make_customers(other_program, 2, "X")
    assert segment_add_customers(actor=actor, segment=vip, customers=[*everyone, *foreign]) == 3
    assert segment_add_customers(actor=actor, segment=vip, customers=everyone) == 0
    assert segment_remove_customers(actor=actor, segment=vip, customers=everyone[:1]) == 1
    vip.refresh_from_db()
    assert (vip.member_count, segment_customers(actor, vip).count()) == (2, 2)


def test_a_rule_decides_alone(actor: Actor) -> None:
    korean = segment_create(actor=actor, code="k", name="K", rule=rule(("language", "is", "ko")))
    with pytest.raises(DomainError) as refused:
        segment_add_customers(
            actor=actor, segment=korean, customers=Customer.objects.for_actor(actor)
        )
    assert refused.value.code == "segment_by_rule"
    assert segment_customers(actor, korean).count() == 2


def test_changing_a_rule_recounts(actor: Actor) -> None:
    segment = segment_create(actor=actor, code="s", name="S", rule=rule(("language", "is", "ko")))
    changed = segment_update(actor=actor, segment=segment, rule=rule(("kind", "is", "prospect")))
    assert (changed.version, changed.member_count) == (2, 1)


def test_codes_are_unique_and_plain(actor: Actor) -> None:
    segment_create(actor=actor, code="vip", name="VIP")
    with pytest.raises(DomainError) as taken:
        segment_create(actor=actor, code="vip", name="Other")
    with pytest.raises(DomainError) as plain:
        segment_create(actor=actor, code="V I P", name="Other")
    assert (taken.value.code, plain.value.code) == ("code_taken", "bad_code")
    assert Segment.objects.for_actor(actor).count() == 1


def test_only_designers_and_owners_change_segments(
    actor: Actor, actor_for: Callable[[str], Actor]
) -> None:
    segment = segment_create(actor=actor, code="vip", name="VIP")
    for role in ("manager", "staff", "viewer"):
        with pytest.raises(Denied):
            segment_delete(actor=actor_for(role), segment=segment)
    assert Segment.objects.for_actor(actor).count() == 1
    segment_delete(actor=actor_for("designer"), segment=segment)
    assert Segment.objects.for_actor(actor).count() == 0


def test_stored_members_follow_the_rule_when_the_sweep_runs(
    program: Program, system: Actor
) -> None:
    from cxportal.core.tasks import segments_sweep

    rule = {
        "match": "all",
        "conditions": [{"field": "language", "operator": "is", "value": "ko"}],
    }
    segment = segment_create(
        actor=system, code="korean", name="Korean", kind=Segment.Kind.RULE, rule=rule
    )
    make_customers(program, 4)
    segments_sweep()
    stored = segment.memberships.values_list("customer__external_id", flat=True)
    assert sorted(stored) == ["C1", "C3"]
