"""What the rules of a survey may know of the person behind a link, and which quotas are full."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from cxportal.core.models import Customer, SegmentMember
from surveys.calc.hidden import event_facts
from surveys.calc.logic import Facts
from surveys.models import Invitation
from surveys.queries.links import LinkTarget
from surveys.rendering import CompiledVersion

#: Fields of a customer that rules and tags may look at, besides the attributes.
CUSTOMER_FIELDS = ("name", "language", "kind", "external_id", "value_segment", "lifetime_value")
_COUNTED = """
SELECT q.code FROM unnest(%(codes)s::text[], %(limits)s::bigint[]) AS q(code, most)
WHERE (SELECT count(*) FROM (
    SELECT 1 FROM surveys_response r
    WHERE r.survey_id = %(survey)s AND r.status = 'complete' AND NOT r.is_test
      AND r.meta -> 'quotas' ? q.code
    LIMIT q.most) counted) >= q.most
"""
_LOCK_SPACE = 0x5C0B


def facts_for(
    target: LinkTarget, version: CompiledVersion, language: str, answers: Mapping[str, Any]
) -> Facts:
    """What is known now; the customer is read only when some rule or tag asks (two queries)."""
    customer_id = target.customer_id
    people = people_facts([customer_id] if customer_id else [], version.sources)
    person = people.get(customer_id or 0, Person())
    return Facts(
        answers=answers,
        customer=person.customer,
        segments=person.segments,
        language=language,
        channel=target.campaign_channel,
    )


@dataclass(frozen=True)
class Person:
    """What rules may look at in a customer."""

    customer: Mapping[str, Any] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()


def people_facts(customer_ids: Iterable[int], sources: frozenset[str]) -> dict[int, Person]:
    """The same of several customers; only what `sources` ask for is read (two queries)."""
    ids = list(customer_ids)
    facts: dict[int, dict[str, Any]] = {}
    segments: dict[int, set[str]] = defaultdict(set)
    if ids and "customer" in sources:
        rows = Customer.unscoped.filter(pk__in=ids)  # unscoped: the caller found them for somebody
        facts = {customer.pk: customer_facts(customer) for customer in rows}
    if ids and "segment" in sources:
        members = SegmentMember.unscoped.filter(customer__in=ids)  # unscoped: the same
        for customer_id, code in members.values_list("customer_id", "segment__code"):
            segments[customer_id].add(code)
    return {pk: Person(facts.get(pk, {}), frozenset(segments[pk])) for pk in ids}


def customer_facts(customer: Customer) -> dict[str, Any]:
    """Attributes and fields of a customer by name; a field is not hidden by an attribute."""
    fields = {name: getattr(customer, name) for name in CUSTOMER_FIELDS}
    plain = {n: v if isinstance(v, str | int | float) else str(v or "") for n, v in fields.items()}
    return {**(customer.attributes or {}), **plain}


def events_behind(invitation_ids: Iterable[int], sources: frozenset[str]) -> dict[int, Any]:
    """What the events say that led to invitations, by invitation; one query, none unasked."""
    ids = list(invitation_ids)
    if not ids or "event" not in sources:
        return {}
    rows = Invitation.unscoped.filter(  # unscoped: the token opens it, or the caller found them
        pk__in=ids, event__isnull=False
    ).select_related("event", "program")
    found = {}
    for invitation in rows:
        event = invitation.event
        if event is not None:
            day = event.occurred_at.astimezone(invitation.program.zone).date().isoformat()
            found[invitation.pk] = event_facts(event.kind, event.place, day, event.data or {})
    return found


def full_quotas(survey_id: int, quotas: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Codes of the quotas that take nobody more: one query, none without quotas."""
    limits = {quota["code"]: quota["limit"] for quota in quotas}
    if not limits:
        return frozenset()
    params: dict[str, Any] = {
        "survey": survey_id,
        "codes": list(limits),
        "limits": list(limits.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, params)
        return frozenset(code for (code,) in cursor.fetchall())


def is_full(survey_id: int, most: int | None) -> bool:
    """True when the survey has as many complete answers as it takes."""
    if not most:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM surveys_response WHERE survey_id = %s"
            " AND status = 'complete' AND NOT is_test LIMIT %s) counted",
            [survey_id, most],
        )
        return bool(cursor.fetchone()[0] >= most)


def lock_counting(survey_id: int) -> None:
    """Let one answer of the survey finish at a time, so that no quota is passed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, survey_id % 2**31])
