"""What is kept no longer than agreed."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from cxportal.core.models import (
    IdempotencyRecord,
    Job,
    MemberInvitation,
    Notification,
    WebhookDelivery,
)
from cxportal.core.registry import retention
from cxportal.core.services.table_imports import imports_drop_old

IDEMPOTENCY = timedelta(days=2)
READ_NOTICES = timedelta(days=90)
NOTICES = timedelta(days=365)
DELIVERED = timedelta(days=30)
UNDELIVERED = timedelta(days=90)
JOBS = timedelta(days=180)
INVITATIONS = timedelta(days=90)
SIGN_IN_ATTEMPTS = timedelta(days=30)


def retention_apply() -> None:
    """Drop what has had its time, then whatever the other floors keep for a time only.

    The audit trail and consents stay: they are the proof of what was done.
    """
    now = timezone.now()
    _drop_traffic(now)
    _drop_notices(now)
    _drop_sign_ins(now)
    imports_drop_old(now)
    for rule in retention:
        rule()


def _drop_traffic(now: datetime) -> None:
    old = now - IDEMPOTENCY
    IdempotencyRecord.unscoped.filter(created_at__lt=old).delete()  # unscoped: housekeeping
    sent = Q(delivered_at__lt=now - DELIVERED) | Q(failed_at__lt=now - UNDELIVERED)
    WebhookDelivery.unscoped.filter(sent).delete()  # unscoped: housekeeping
    Job.unscoped.filter(finished_at__lt=now - JOBS).delete()  # unscoped: housekeeping


def _drop_notices(now: datetime) -> None:
    old = Q(read_at__lt=now - READ_NOTICES) | Q(created_at__lt=now - NOTICES)
    Notification.unscoped.filter(old).delete()  # unscoped: housekeeping


def _drop_sign_ins(now: datetime) -> None:
    late = MemberInvitation.unscoped.filter(expires_at__lt=now - INVITATIONS)  # unscoped: same
    late.delete()
    Session.objects.filter(expire_date__lt=now).delete()
    AccessAttempt.objects.filter(attempt_time__lt=now - SIGN_IN_ATTEMPTS).delete()
    AccessLog.objects.filter(attempt_time__lt=now - SIGN_IN_ATTEMPTS).delete()
