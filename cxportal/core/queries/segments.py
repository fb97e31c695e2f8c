"""Who is in a segment, and why."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Segment
from cxportal.core.queries.segment_rules import Asked, customers_of_rule, rule_q, rule_read

SAMPLE = 12


@dataclass(frozen=True)
class PreviewRow:
    """One customer of the sample and the sentences that put them in."""

    customer: Customer
    reasons: list[str]


@dataclass(frozen=True)
class Preview:
    """Who a rule would pick: how many of all, and the first of them."""

    count: int
    total: int
    sample: list[PreviewRow] = field(default_factory=list)


def segment_customers(actor: Actor, segment: Segment) -> QuerySet[Customer]:
    """The members: a rule is evaluated now, other kinds are read from their rows."""
    if segment.kind == Segment.Kind.RULE:
        found: QuerySet[Customer] = customers_of_rule(actor, segment.rule)
        return found
    return Customer.objects.for_actor(actor).filter(erased_at=None, segments=segment)


def segment_q(actor: Actor, segment: Segment) -> Q:
    """The same as a filter over customers."""
    if segment.kind == Segment.Kind.RULE:
        return rule_q(segment.rule, actor)
    return Q(segments=segment)


def segment_preview(actor: Actor, rule: Any) -> Preview:
    """Count and sample of a rule that need not be saved. Raises DomainError for a bad rule."""
    _match, asked = rule_read(rule, actor)
    picked = customers_of_rule(actor, rule)
    marks = {f"why_{number}": _mark(one) for number, one in enumerate(asked)}
    rows = [
        PreviewRow(c, _reasons(c, asked)) for c in picked.annotate(**marks).order_by("pk")[:SAMPLE]
    ]
    total = Customer.objects.for_actor(actor).filter(erased_at=None).count()
    return Preview(count=picked.count(), total=total, sample=rows)


def _mark(asked: Asked) -> Case:
    return Case(When(asked.q, then=Value(True)), default=Value(False), output_field=BooleanField())


def _reasons(customer: Customer, asked: list[Asked]) -> list[str]:
    return [
        one.sentence() for number, one in enumerate(asked) if getattr(customer, f"why_{number}")
    ]


def attribute_keys(actor: Actor, limit: int = 40) -> list[str]:
    """Names of the attributes the newest customers carry, for the rule builder."""
    newest = Customer.objects.for_actor(actor).order_by("-pk").values_list("attributes", flat=True)
    keys = {key for attributes in newest[:200] for key in attributes}
    return sorted(keys)[:limit]
