"""Who has the designer of a survey open: renewed by its page, gone after a minute."""

from django.db import transaction
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.policies import authorise
from surveys.models import DraftPresence, Survey
from surveys.queries.draft_steps import GONE


@transaction.atomic
def presence_renew(*, actor: Actor, survey: Survey) -> None:
    """Say that the actor has the survey open now. Nobody but a person is present.

    Who had gone and comes back has been here since now.
    """
    authorise(actor, "surveys.change_surveys", survey)
    if actor.user is None:
        return
    now = timezone.now()
    key = {"program": actor.program, "survey": survey, "user": actor.user}
    row, is_new = DraftPresence.unscoped.get_or_create(  # unscoped: the survey checked above
        **key, defaults={"since": now, "seen_at": now}
    )
    if not is_new:
        row.since = now if row.seen_at < now - GONE else row.since
        row.seen_at = now
        row.save(update_fields=["since", "seen_at"])


def presences_drop_old() -> None:
    """Forget who has gone."""
    gone = timezone.now() - GONE
    DraftPresence.unscoped.filter(seen_at__lt=gone).delete()  # unscoped: housekeeping
