"""Celery entrances of the listening floor."""

from celery import shared_task


@shared_task
def campaigns_sweep() -> None:
    """Fill due occurrences and send due deliveries of running campaigns, for some seconds."""
    from surveys.services.sweeps import campaigns_sweep_once

    if campaigns_sweep_once():
        campaigns_sweep.delay()


@shared_task
def campaigns_tend() -> None:
    """Queue due reminders and end campaigns whose last day is over."""
    from surveys.services.campaigns import campaigns_end_due
    from surveys.services.reminders import reminders_queue

    campaigns_end_due()
    if reminders_queue():
        campaigns_sweep.delay()


@shared_task
def consent_notices_tend() -> None:
    """Write down the notices of consent that are owed, and send them."""
    from surveys.services.consent_notices import notices_queue
    from surveys.services.notice_sending import notices_send

    notices_queue()
    notices_send(seconds=20)


@shared_task
def anonymous_blur() -> None:
    """Leave no trace in the database of who gave which anonymous answer."""
    from surveys.services.anonymity import anonymous_blur

    anonymous_blur()


@shared_task
def respondent_figures() -> None:
    """Bring the scores respondents are shown a step on where enough answers have come."""
    from surveys.services.respondent_figures import respondent_figures_refresh

    respondent_figures_refresh()


@shared_task
def bounces_fetch() -> None:
    """Take in the delivery reports that lie in the bounce mailbox, where one is named."""
    from surveys.services.bounce_mailbox import mailbox_empty

    mailbox_empty()


@shared_task
def scores_check() -> None:
    """Hold rebuilt against incremental tallies and mend what differs."""
    from surveys.services.scores import scores_mend

    scores_mend()


@shared_task
def figures_count() -> None:
    """Count the metrics that are fed by the portal's own records, once a day."""
    from surveys.services.figure_feeds import feeds_count_due

    feeds_count_due()


@shared_task
def comments_read() -> None:
    """Read waiting comments for some seconds, and ring again while some are left."""
    from surveys.services.readings import comments_read_due

    if comments_read_due():
        comments_read.delay()
