"""What is kept no longer than agreed."""

from datetime import timedelta

from django.utils import timezone

from cxportal.core.models import IdempotencyRecord


def retention_apply() -> None:
    """Drop idempotency records older than two days."""
    old = timezone.now() - timedelta(days=2)
    IdempotencyRecord.unscoped.filter(created_at__lt=old).delete()  # unscoped: housekeeping
