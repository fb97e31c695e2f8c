"""What a person could undo or do again in a draft, in words; who else has it open."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.registry import audit_words
from surveys.models import DraftPresence, DraftStep, Survey

#: Who was not heard of for so long has gone.
GONE = timedelta(minutes=1)


@dataclass(frozen=True)
class Steps:
    """The steps the two buttons stand for; None where there is none."""

    undo: DraftStep | None = None
    redo: DraftStep | None = None


def steps_for(actor: Actor, survey: Survey) -> Steps:
    """One's own last change and the one undone last: one query."""
    own = DraftStep.objects.for_actor(actor).filter(
        survey=survey, user=actor.user, api_key=actor.api_key
    )
    rows = list(own.order_by("-pk").defer("changes"))
    undone = [step for step in rows if step.undone]
    return Steps(
        undo=next((step for step in rows if not step.undone), None),
        redo=undone[-1] if undone else None,
    )


def step_words(step: DraftStep) -> str:
    """What a step did: changed a question, “Why?”."""
    did = audit_words.get(step.action, step.action)
    if not step.label:
        return str(did)
    return _("%(did)s, “%(name)s”") % {"did": did, "name": step.label}


@dataclass(frozen=True)
class Others:
    """Who else has the designer open, the first comer first; `mark` changes when they do."""

    rows: list[DraftPresence]

    @property
    def mark(self) -> str:
        seen = ",".join(f"{one.user_id}@{one.since:%Y%m%d%H%M%S}" for one in self.rows)
        return hashlib.sha256(seen.encode()).hexdigest()[:12] if self.rows else ""


def others_present(actor: Actor, survey: Survey) -> Others:
    """Who else is at a draft now: one query."""
    rows = DraftPresence.objects.for_actor(actor).filter(
        survey=survey, seen_at__gte=timezone.now() - GONE
    )
    others = rows.exclude(user=actor.user).select_related("user")
    return Others(list(others.order_by("since", "pk")))
