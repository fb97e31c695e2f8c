"""What the rules of a survey may know of the person behind a link, and which quotas are full."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from cxportal.core.models import Customer, SegmentMember
from surveys.calc.logic import Facts
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
    customer: dict[str, Any] = {}
    segments: frozenset[str] = frozenset()
    if target.customer_id is not None and "customer" in version.sources:
        customer = customer_facts(target.customer_id)
    if target.customer_id is not None and "segment" in version.sources:
        members = SegmentMember.unscoped.filter(  # unscoped: the token opens it
            customer=target.customer_id
        )
        segments = frozenset(members.values_list("segment__code", flat=True))
    return Facts(
        answers=answers,
        customer=customer,
        segments=segments,
        language=language,
        channel=target.campaign_channel,
    )


def customer_facts(customer_id: int) -> dict[str, Any]:
    """Attributes and fields of a customer by name; a field is not hidden by an attribute."""
    found = Customer.unscoped.filter(pk=customer_id).first()  # unscoped: the token opens it
    if found is None:
        return {}
    fields = {name: getattr(found, name) for name in CUSTOMER_FIELDS}
    plain = {n: v if isinstance(v, str | int | float) else str(v or "") for n, v in fields.items()}
    return {**(found.attributes or {}), **plain}


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
