"""Templates of actions, used by hand or by the calendar."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import (
    audit,
    check_fields,
    expect_version,
    lock,
    refuse_foreign,
    save_version,
    tidy,
)
from cxportal.core.errors import DomainError
from cxportal.core.models import Program, as_texts
from cxportal.core.policies import authorise
from journeys.models import Action, ActionTemplate, ChecklistItem
from journeys.services.actions import action_create

EDITABLE = (
    "name",
    "board",
    "title",
    "description",
    "owner",
    "due_days",
    "horizon",
    "checklist",
    "every",
    "next_on",
)
_MONTHS = {"month": 1, "quarter": 3}


@transaction.atomic
def template_save(
    *,
    actor: Actor,
    template: ActionTemplate | None = None,
    version: int | None = None,
    **values: Any,
) -> ActionTemplate:
    """Make a template, or change one. Raises DomainError "invalid"; StaleEdit."""
    authorise(actor, "journeys.change_boards", template)
    if set(values) - set(EDITABLE):
        raise TypeError(f"a template has no {', '.join(sorted(set(values) - set(EDITABLE)))}")
    refuse_foreign(actor, {"board": values.get("board"), "owner": values.get("owner")})
    wanted = _tidied(actor, values)
    stored = lock(template) if template is not None else ActionTemplate(program=actor.program)
    if template is not None:
        expect_version(stored, version, shown=("title", "every"))
        changes = save_version(stored, wanted)
    else:
        for name, value in wanted.items():
            setattr(stored, name, value)
        changes = dict(wanted)
    _check(stored)
    stored.save()
    if changes:
        verb = "update" if template is not None else "create"
        audit(actor=actor, action=f"action_template.{verb}", obj=stored)
    return stored


def _tidied(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    wanted = tidy(values)
    if "name" in wanted:
        wanted["name"] = as_texts(wanted["name"], actor.program.default_language)
    if "checklist" in wanted:
        lines = [str(line).replace("\x00", "").strip()[:300] for line in wanted["checklist"]]
        wanted["checklist"] = [line for line in lines if line][:100]
    return wanted


def _check(template: ActionTemplate) -> None:
    check_fields(template)
    if not template.name:
        message = _("Give it a name.")
        raise DomainError("invalid", message, details={"name": message})
    if template.every and template.next_on is None:
        message = _("Say on which day it is made first.")
        raise DomainError("invalid", message, details={"next_on": message})


@transaction.atomic
def template_delete(*, actor: Actor, template: ActionTemplate) -> None:
    """Forget a template; the actions it made stay."""
    authorise(actor, "journeys.change_boards", template)
    audit(actor=actor, action="action_template.delete", obj=template)
    template.delete()


@transaction.atomic
def template_use(
    *, actor: Actor, template: ActionTemplate, on: date | None = None, once_key: str | None = None
) -> Action:
    """Log the action of a template with its checklist."""
    authorise(actor, "journeys.create_actions")
    refuse_foreign(actor, {"template": template})
    day = on or timezone.now().astimezone(actor.program.zone).date()
    action = action_create(
        actor=actor,
        title=template.title,
        description=template.description,
        board=template.board,
        owner=template.owner,
        horizon=template.horizon,
        due=day + timedelta(days=template.due_days),
        once_key=once_key,
    )
    if not action.checklist.exists():
        ChecklistItem.unscoped.bulk_create(  # unscoped: written for the actor's own program
            ChecklistItem(program=actor.program, action=action, text=text, position=place)
            for place, text in enumerate(template.checklist)
        )
    return action


def templates_run_due() -> int:
    """Log every action that is due by its template; returns how many."""
    made = 0
    for program in Program.objects.order_by("pk"):
        actor = Actor.system(program)
        today = timezone.now().astimezone(program.zone).date()
        rows: Any = ActionTemplate.objects.for_actor(actor)
        for template in rows.exclude(every="").filter(next_on__lte=today):
            made += _run(actor, template, today)
    return made


@transaction.atomic
def _run(actor: Actor, template: ActionTemplate, today: date) -> int:
    """One action for the newest day that is due; days the worker slept are not made up for."""
    stored = lock(template)
    if not stored.every or stored.next_on is None or stored.next_on > today:
        return 0
    day = stored.next_on
    while (following := next_day(day, stored.every)) <= today:
        day = following
    key = f"template:{stored.pk}:{day.isoformat()}"
    template_use(actor=actor, template=stored, on=day, once_key=key)
    stored.next_on = following
    stored.save(update_fields=["next_on"])
    return 1


def next_day(day: date, every: str) -> date:
    """The day a week, a month or a quarter later; the 31st becomes the month's last day."""
    if every == ActionTemplate.Every.WEEK:
        return day + timedelta(days=7)
    months = day.month - 1 + _MONTHS[every]
    year, month = day.year + months // 12, months % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))
