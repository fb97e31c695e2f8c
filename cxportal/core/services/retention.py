"""What is kept no longer than agreed: by the program's rules, every night."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import IdempotencyRecord, MemberInvitation, Program, RetentionRule
from cxportal.core.policies import authorise
from cxportal.core.registry import RetentionSubject, retention, retention_subjects
from cxportal.core.services.table_imports import imports_drop_old

IDEMPOTENCY = timedelta(days=2)
INVITATIONS = timedelta(days=90)
SIGN_IN_ATTEMPTS = timedelta(days=30)
MOST_DAYS = 36_500
BATCH = 500  # rows in one transaction
_log = logging.getLogger(__name__)


def retention_apply() -> None:
    """Drop what has had its time in every program, then what is no program's to decide.

    The audit trail and consents stay: they are the proof of what was done.
    """
    now = timezone.now()
    _drop_traffic(now)
    _drop_sign_ins(now)
    imports_drop_old(now)
    for program in Program.objects.order_by("pk"):
        retention_run(Actor.system(program), now)
    for rule in retention:
        rule()


def retention_run(actor: Actor, now: datetime) -> dict[str, int]:
    """One program's night: {subject: how many were taken away}. A fault stops only its subject."""
    rules = {rule.subject: rule for rule in RetentionRule.objects.for_actor(actor)}
    done: dict[str, int] = {}
    for code, subject in retention_subjects.items():
        days, deed = rule_in_force(subject, rules.get(code))
        if days is None:
            continue
        try:
            done[code] = _take_away(actor, code, subject, deed, now - timedelta(days=days))
        except Exception:
            _log.exception("retention of %s in program %s failed", code, actor.program_id)
            continue
        _remember(actor, rules.get(code), code, done[code], now)
    return done


def rule_in_force(subject: RetentionSubject, rule: RetentionRule | None) -> tuple[int | None, str]:
    """(days, deed): the program's own rule, else the usual one. None days: kept."""
    if rule is not None and rule.deed in subject.deeds:
        return rule.days, rule.deed
    return subject.days, next(iter(subject.deeds))


def _take_away(
    actor: Actor, code: str, subject: RetentionSubject, deed: str, before: datetime
) -> int:
    """Batch by batch, each its own transaction, in one pass over the rows that are due."""
    count, last = 0, 0
    while True:
        with transaction.atomic():
            rows = list(subject.due(actor, before).filter(pk__gt=last).order_by("pk")[:BATCH])
            if not rows:
                break
            subject.deeds[deed](actor, rows)
        count, last = count + len(rows), rows[-1].pk
    if count:
        changes = {"subject": code, "deed": deed, "before": before.date(), "count": count}
        audit(actor=actor, action="retention.apply", obj=None, changes=changes)
    return count


def _remember(
    actor: Actor, rule: RetentionRule | None, code: str, count: int, now: datetime
) -> None:
    """When the rule last ran; the usual rules of a program without its own leave no row."""
    if rule is None:
        return
    values: dict[str, Any] = {"ran_at": now}
    if count:
        values |= {"last_count": count, "last_at": now}
    RetentionRule.objects.for_actor(actor).filter(subject=code).update(**values)


@transaction.atomic
def retention_set(*, actor: Actor, rules: Mapping[str, tuple[int | None, str]]) -> int:
    """Set {subject: (days or None for “kept”, deed)}; returns how many rules changed.

    Raises DomainError "invalid" with a sentence per subject; then nothing has changed.
    """
    authorise(actor, "core.change_retention")
    retention_check(rules)
    stored = {
        rule.subject: rule for rule in RetentionRule.objects.for_actor(actor).select_for_update()
    }
    changed = 0
    for code, wanted in rules.items():
        rule = stored.get(code)
        before = rule_in_force(retention_subjects[code], rule)
        if before == wanted:
            continue
        rule = rule or RetentionRule(program=actor.program, subject=code)
        rule.days, rule.deed = wanted
        rule.version += rule.pk is not None
        rule.save()
        changes = {"subject": code, "days": [before[0], rule.days], "deed": [before[1], rule.deed]}
        audit(actor=actor, action="retention.update", obj=rule, changes=changes)
        changed += 1
    return changed


def retention_check(rules: Mapping[str, tuple[int | None, str]]) -> None:
    """Raises DomainError "invalid" with a sentence per subject."""
    errors: dict[str, str] = {}
    for code, (days, deed) in rules.items():
        subject = retention_subjects.get(code)
        if subject is None or deed not in subject.deeds:
            errors[code] = _("There is no such rule.")
        elif days is not None and not 1 <= days <= MOST_DAYS:
            errors[code] = _("Write a number of days, or leave it empty to keep everything.")
    if errors:
        raise DomainError("invalid", " ".join(dict.fromkeys(errors.values())), details=errors)


def _drop_traffic(now: datetime) -> None:
    old = now - IDEMPOTENCY
    IdempotencyRecord.unscoped.filter(created_at__lt=old).delete()  # unscoped: housekeeping


def _drop_sign_ins(now: datetime) -> None:
    late = MemberInvitation.unscoped.filter(expires_at__lt=now - INVITATIONS)  # unscoped: same
    late.delete()
    Session.objects.filter(expire_date__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - SIGN_IN_ATTEMPTS).delete()
    AccessLog.objects.filter(attempt_time__lt=now - SIGN_IN_ATTEMPTS).delete()
