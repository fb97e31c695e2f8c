"""Carrying automations out: each occasion once, within limits, never in a circle.

A run and its effects are one transaction; its unique key makes a second delivery harmless. Runs of
one automation wait for each other (its row is locked), so that limits are exact with many workers.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, lock
from cxportal.core.models import Membership, Role
from cxportal.core.services.notifications import notify_many
from journeys.models import Automation, AutomationRun, Trigger
from journeys.queries.case_rules import case_rules_of
from journeys.queries.occasions import Occasion, daily_occasions, fits
from journeys.services.automation_effects import Doing, effects_do
from journeys.services.case_assignment import Rota
from surveys.calc.logic import holds

log = logging.getLogger(__name__)
#: An automation may lead to another, and that to a third, but no further.
LONGEST_CHAIN = 5
State = AutomationRun.State


def automations_active(actor: Actor, trigger: str) -> list[Automation]:
    """Those switched on for a trigger, in order."""
    rows: QuerySet[Any] = Automation.objects.for_actor(actor)
    return list(rows.filter(is_active=True, trigger=trigger).order_by("pk"))


def automations_run(
    *, actor: Actor, trigger: str, occasions: Sequence[Occasion]
) -> list[AutomationRun]:
    """Try every active automation of the trigger on these occasions; returns what was done."""
    runs: list[AutomationRun] = []
    with translation.override(actor.language):
        for automation in automations_active(actor, trigger):
            wanted = [o for o in occasions if _concerns(automation, o)]
            if wanted:
                runs += automation_run(actor=actor, automation=automation, occasions=wanted)
    return runs


def _concerns(automation: Automation, occasion: Occasion) -> bool:
    """Whether the settings of the trigger and its condition are met."""
    return fits(automation, occasion) and holds(automation.condition, occasion.facts)


@transaction.atomic
def automation_run(
    *, actor: Actor, automation: Automation, occasions: Iterable[Occasion]
) -> list[AutomationRun]:
    """Run one automation on occasions that concern it; known ones are passed over."""
    stored = lock(automation)
    if not stored.is_active:
        return []
    rota = Rota(actor, case_rules_of(actor))
    known = _known(stored, occasions := list(occasions))
    runs: list[AutomationRun] = []
    for occasion in occasions:
        if occasion.key in known:
            continue
        if stored.pk in occasion.chain or len(occasion.chain) >= LONGEST_CHAIN:
            _stop(actor, stored, _("It would have triggered itself."))
            break
        if _in_last_hour(stored) >= stored.hourly_limit:
            words = {"limit": stored.hourly_limit}
            _stop(actor, stored, _("More than %(limit)d occasions came within an hour.") % words)
            break
        known.add(occasion.key)
        runs.append(_run(actor, stored, occasion, rota))
    return runs


def _known(automation: Automation, occasions: Sequence[Occasion]) -> set[str]:
    keys = [occasion.key for occasion in occasions]
    return set(automation.runs.filter(key__in=keys).values_list("key", flat=True))


def _in_last_hour(automation: Automation) -> int:
    since = timezone.now() - timedelta(hours=1)
    return automation.runs.filter(at__gte=since, state=State.DONE).count()


def _run(actor: Actor, automation: Automation, occasion: Occasion, rota: Rota) -> AutomationRun:
    run = AutomationRun(
        program=actor.program,
        automation=automation,
        key=occasion.key,
        customer=occasion.customer,
        at=timezone.now(),
        chain=list(occasion.chain),
    )
    if _was_lately(automation, occasion):
        run.state = State.LIMITED
        words = {"days": automation.once_days}
        run.note = _("This customer was a reason within %(days)d days.") % words
        run.save()
        return run
    try:
        with transaction.atomic():
            run.results = effects_do(Doing(actor, automation, occasion, rota))
            run.state = State.DONE
    except Exception as error:
        log.exception("automation %s failed on %s", automation.pk, occasion.key)
        run.state, run.note = State.FAILED, str(getattr(error, "message", type(error).__name__))
        run.note = run.note[:300]
    run.save()
    return run


def _was_lately(automation: Automation, occasion: Occasion) -> bool:
    if not automation.once_days or occasion.customer is None:
        return False
    since = timezone.now() - timedelta(days=automation.once_days)
    mine = automation.runs.filter(customer=occasion.customer, at__gte=since)
    return bool(mine.filter(state__in=(State.DONE, State.SEEN)).exists())


def _stop(actor: Actor, automation: Automation, reason: str) -> None:
    """Switch an automation off and tell who can mend it; the reason stands on its page."""
    automation.is_active, automation.stopped_reason = False, reason[:300]
    automation.version += 1
    automation.save(update_fields=["is_active", "stopped_reason", "version", "updated_at"])
    audit(
        actor=actor,
        action="automation.stop",
        obj=automation,
        changes={"is_active": [True, False], "reason": [None, reason]},
    )
    emit(
        actor=actor,
        event="automation.stopped",
        payload={"id": automation.pk, "name": str(automation), "reason": reason},
    )
    leads = Membership.objects.for_actor(actor).filter(
        role__in=(Role.OWNER, Role.DESIGNER), is_active=True
    )
    notify_many(
        actor=actor,
        memberships=leads,
        kind="automation_stopped",
        params={"name": str(automation), "reason": reason},
        url=actor.url("journeys:automation-detail", automation.pk),
    )


def automations_run_daily(*, actor: Actor, now: datetime | None = None) -> int:
    """Patterns, dates and score changes up to today; what was found before is passed over.

    Looks back three days, so that a day the worker slept is caught up. Returns how many ran.
    """
    moment = now or timezone.now()
    today = moment.astimezone(actor.program.zone).date()
    done = 0
    with translation.override(actor.language):
        for trigger in (Trigger.PATTERN, Trigger.DATE, Trigger.SCORE):
            for automation in automations_active(actor, trigger):
                done += _run_days(actor, automation, today)
    return done


def _run_days(actor: Actor, automation: Automation, today: date) -> int:
    began = automation.switched_on_at or timezone.now()
    first = max(today - timedelta(days=3), began.astimezone(actor.program.zone).date())
    found = daily_occasions(actor, automation, first, today)
    wanted = [o for o in found if _concerns(automation, o)]
    return len(automation_run(actor=actor, automation=automation, occasions=wanted))


def automation_mark_seen(actor: Actor, automation: Automation) -> int:
    """Write down who is in a lasting state already: only those who come later count."""
    today = timezone.now().astimezone(actor.program.zone).date()
    found = daily_occasions(actor, automation, today, today)
    rows = [
        AutomationRun(
            program=actor.program,
            automation=automation,
            key=occasion.key,
            customer=occasion.customer,
            at=timezone.now(),
            state=State.SEEN,
        )
        for occasion in found
        if holds(automation.condition, occasion.facts)
    ]
    made = AutomationRun.unscoped.bulk_create(  # unscoped: written for the actor's own program
        rows, batch_size=2000, ignore_conflicts=True
    )
    return len(made)
