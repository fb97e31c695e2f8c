"""Celery entrances of this floor. Each works on due rows; a doubled tick changes nothing."""

from celery import shared_task


@shared_task
def cases_sweep() -> None:
    """Tell of overdue cases, once each."""
    from journeys.services.case_escalation import cases_escalate_due

    cases_escalate_due()
