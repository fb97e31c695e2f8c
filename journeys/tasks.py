"""Celery entrances of this floor. Each works on due rows; a doubled tick changes nothing."""

from celery import shared_task


@shared_task
def cases_sweep() -> None:
    """Tell of overdue cases, once each; ask how it went some days after others were closed."""
    from journeys.services.case_escalation import cases_escalate_due
    from journeys.services.case_follow_up import follow_ups_ask_due

    cases_escalate_due()
    follow_ups_ask_due()


@shared_task
def automations_daily() -> None:
    """Patterns, dates and score changes, program by program."""
    from cxportal.core.actors import Actor
    from cxportal.core.models import Program
    from journeys.services.automation_runs import automations_run_daily

    for program in Program.objects.order_by("pk"):
        automations_run_daily(actor=Actor.system(program))


@shared_task
def action_templates_run() -> None:
    """Log the actions that templates ask for today."""
    from journeys.services.action_templates import templates_run_due

    templates_run_due()


@shared_task
def plain_mails_send() -> None:
    """Mails to single people: case replies, minutes, what changed."""
    from journeys.services.plain_mails import mails_send_due

    mails_send_due()
