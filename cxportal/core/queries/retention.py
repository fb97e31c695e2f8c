"""The rules of retention as the owner sees them, each with what it would take away now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import RetentionRule
from cxportal.core.registry import retention_subjects
from cxportal.core.services.retention import rule_in_force

Rules = Mapping[str, tuple[int | None, str]]


@dataclass(frozen=True)
class RetentionRow:
    """One subject; `due` is how many the next night takes away, None where everything is kept."""

    code: str
    label: Any
    what: Any
    days: int | None
    deed: str
    deeds: list[tuple[str, str]]
    is_usual: bool
    due: int | None
    last_count: int
    last_at: datetime | None


def retention_rows(actor: Actor, asked: Rules | None = None) -> list[RetentionRow]:
    """Every subject by its rule in force, or by `asked` where somebody is trying rules out.

    One query for the rules and one per subject that is not kept for ever.
    """
    stored = {rule.subject: rule for rule in RetentionRule.objects.for_actor(actor)}
    now = timezone.now()
    rows = []
    for code, subject in retention_subjects.items():
        rule = stored.get(code)
        days, deed = (asked or {}).get(code) or rule_in_force(subject, rule)
        due = None
        if days is not None:
            due = subject.due(actor, now - timedelta(days=days)).count()
        rows.append(
            RetentionRow(
                code=code,
                label=subject.label,
                what=subject.what,
                days=days,
                deed=deed,
                deeds=[(name, str(RetentionRule.Deed(name).label)) for name in subject.deeds],
                is_usual=rule is None,
                due=due,
                last_count=rule.last_count if rule else 0,
                last_at=rule.last_at if rule else None,
            )
        )
    return rows
