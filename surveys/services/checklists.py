"""Mystery shopping: items with their weight and touchpoint, stores of ours and of others."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from surveys.calc.checklists import EARNS
from surveys.models import ChecklistItem, ChecklistStore, Question, Survey
from surveys.queries.checklists import STORE, item_questions, store_choices
from surveys.services.draft_steps import undoable
from surveys.services.drafts import draft_lock, invalid
from surveys.services.questions import question_add

MAX_WEIGHT = Decimal(1000)
MAX_LINES, MAX_NAME = 100, 120
WORDS = {
    "yes": {"en": "Yes", "ko": "예"},
    "partly": {"en": "Partly", "ko": "부분적으로"},
    "no": {"en": "No", "ko": "아니요"},
    "na": {"en": "Not applicable", "ko": "해당 없음"},
}


@transaction.atomic
def checklist_set(
    *,
    actor: Actor,
    survey: Survey,
    items: Iterable[Mapping[str, Any]],
    stores: Iterable[Mapping[str, Any]],
) -> None:
    """Say what each item weighs and where it belongs, and whose each store is.

    `items`: [{"code", "touchpoint", "weight"}] of questions with the choices yes, partly, no,
    na; weight 0 leaves one out of the score. `stores`: [{"code", "competitor"}] of the choices
    of the question “store”, competitor "" for our own. Both replace what was there; it holds at
    once, without publishing. Raises DomainError "invalid".
    """
    draft = draft_lock(actor, survey)
    known = {question.code for question in item_questions(draft)}
    wanted = [_item(actor, draft, spec, known) for spec in items]
    _refuse_twice([item.question_code for item in wanted], "items")
    shops = {choice.code for choice in store_choices(draft)}
    kept = [_store(actor, draft, spec, shops) for spec in stores]
    _refuse_twice([store.code for store in kept], "stores")
    draft.checklist_items.all().delete()
    draft.checklist_stores.all().delete()
    ChecklistItem.unscoped.bulk_create(wanted)  # unscoped: of the survey locked above
    ChecklistStore.unscoped.bulk_create(kept)  # unscoped: of the survey locked above
    audit(
        actor=actor,
        action="checklist.set",
        obj=draft,
        changes={"items": len(wanted), "stores": len(kept)},
    )


def _item(actor: Actor, survey: Survey, spec: Mapping[str, Any], known: set[str]) -> ChecklistItem:
    code = str(spec.get("code", ""))
    if code not in known:
        sentence = _("“%(code)s” has not the choices yes, partly, no and na.")
        raise invalid(sentence % {"code": code[:60]}, "items")
    try:
        weight = Decimal(str(spec.get("weight", 1)))
    except InvalidOperation:
        weight = Decimal(-1)
    if not weight.is_finite() or not 0 <= weight <= MAX_WEIGHT:
        raise invalid(_("A weight is a number from 0 to 1,000."), "items")
    return ChecklistItem(
        program=actor.program,
        survey=survey,
        question_code=code,
        touchpoint=_name(spec.get("touchpoint"), "items"),
        weight=weight.quantize(Decimal("0.01")),
    )


def _store(
    actor: Actor, survey: Survey, spec: Mapping[str, Any], known: set[str]
) -> ChecklistStore:
    code = str(spec.get("code", ""))
    if code not in known:
        sentence = _("The question “%(question)s” has no choice “%(code)s”.")
        raise invalid(sentence % {"question": STORE, "code": code[:60]}, "stores")
    return ChecklistStore(
        program=actor.program,
        survey=survey,
        code=code,
        competitor=_name(spec.get("competitor"), "stores"),
    )


def _name(value: Any, field: str) -> str:
    text = str(value or "").strip()
    if len(text) > MAX_NAME or "\x00" in text:
        raise invalid(_("A name has at most 120 characters."), field)
    return text


def _refuse_twice(codes: list[str], field: str) -> None:
    doubled = next((code for code in codes if codes.count(code) > 1), None)
    if doubled:
        raise invalid(_("“%(code)s” stands twice.") % {"code": doubled}, field)


@transaction.atomic
@undoable("checklist.set")
def checklist_add(*, actor: Actor, survey: Survey, lines: str) -> list[Question]:
    """Add items from lines “touchpoint | what is checked | weight” at the end of the survey.

    Raises DomainError "invalid" naming the line.
    """
    draft = draft_lock(actor, survey)
    wanted = [line for line in lines.splitlines() if line.strip()]
    if len(wanted) > MAX_LINES:
        raise invalid(_("Add at most 100 items at a time."), "lines")
    added = []
    for number, line in enumerate(wanted, 1):
        touchpoint, text, weight = _parts(line, number)
        question = question_add(
            actor=actor,
            survey=draft,
            kind=Question.Kind.SINGLE,
            text=text,
            required=True,
            choices=[{"code": code, "text": WORDS[code]} for code in EARNS],
        )
        spec = {"code": question.code, "touchpoint": touchpoint, "weight": weight}
        _item(actor, draft, spec, {question.code}).save()
        added.append(question)
    return added


def _parts(line: str, number: int) -> tuple[str, str, str]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) == 1:
        parts = ["", *parts]
    if len(parts) not in (2, 3) or not parts[1]:
        sentence = _("Line %(number)s: write “touchpoint | what is checked | weight”.")
        raise invalid(sentence % {"number": number}, "lines")
    return parts[0], parts[1], parts[2] if len(parts) == 3 else "1"
