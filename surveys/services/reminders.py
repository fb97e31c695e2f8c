"""Reminders: further messages of an invitation, to those who have not answered, and to no others.

They are queued when they are due, so that a change of the days holds for everybody not yet
reminded, and asked once more for an answer just before they go out (services/claims.py).
"""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection
from django.utils import timezone

from surveys.models import Campaign

_QUEUE = """
    INSERT INTO surveys_delivery (program_id, invitation_id, campaign_id, step, state, attempt,
                                  due_at, message_id, reason)
    SELECT d.program_id, d.invitation_id, d.campaign_id, %(step)s, 'queued', 0, %(now)s, '', ''
    FROM surveys_delivery d JOIN surveys_invitation i ON i.id = d.invitation_id
    WHERE d.campaign_id = %(campaign)s AND d.step = %(step)s - 1 AND d.state = 'sent'
      AND d.sent_at <= %(before)s AND i.answered_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM surveys_delivery later
                      WHERE later.invitation_id = d.invitation_id AND later.step = %(step)s)
    ORDER BY d.id
    ON CONFLICT DO NOTHING
"""


def reminders_queue() -> int:
    """Queue what is due in all running campaigns; returns how many messages."""
    reminding = Campaign.unscoped.filter(  # unscoped: the worker serves all programs
        state=Campaign.State.RUNNING
    ).exclude(reminder_days=[])
    return sum(campaign_remind(campaign) for campaign in reminding.order_by("pk"))


def campaign_remind(campaign: Campaign) -> int:
    """Queue the campaign's due reminders. Each waits its days from the message before it."""
    now = timezone.now()
    return sum(
        _queue(campaign, step, now - timedelta(days=later - earlier), now)
        for step, (earlier, later) in enumerate(pairwise([0, *campaign.reminder_days]), start=1)
    )


def _queue(campaign: Campaign, step: int, before: datetime, now: datetime) -> int:
    values: dict[str, Any] = {"campaign": campaign.pk, "step": step, "before": before, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, values)
        return int(cursor.rowcount)
