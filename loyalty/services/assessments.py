"""Frameworks taken over, rounds begun, answered and closed, gaps turned into actions."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership, text_in
from cxportal.core.policies import authorise
from journeys.models import Action
from journeys.services.actions import action_create, action_restore
from loyalty.calc.framework_outline import code_of, framework_from_outline, levels_write
from loyalty.calc.frameworks import FrameworkError, framework_check, framework_read, items_of
from loyalty.models import Assessment, AssessmentAnswer, Framework
from loyalty.queries.assessments import gap_key, item_of, result_of

_FOLDER = Path(__file__).resolve().parents[1] / "frameworks"


@cache
def standard_frameworks() -> dict[str, dict[str, Any]]:
    """The frameworks that come with the portal, by code."""
    found = (
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.json"))
    )
    return {document["code"]: framework_check(document) for document in found}


@transaction.atomic
def framework_take(*, actor: Actor, code: str) -> Framework:
    """Make a framework of the portal one of the program's; the same again gives the same."""
    authorise(actor, "loyalty.change_assessments")
    document = standard_frameworks().get(code)
    if document is None:
        raise DomainError("not_found", _("There is no such framework."), status=404)
    known: Framework | None = Framework.objects.for_actor(actor).filter(code=code).first()
    return known or _framework(actor, document)


def framework_import(*, actor: Actor, content: bytes) -> Framework:
    """Take over a framework file; see `framework_import_document`."""
    try:
        document = framework_read(content)
    except FrameworkError as fault:
        raise DomainError("invalid", _sentence(fault)) from fault
    return framework_import_document(actor=actor, document=document)


@transaction.atomic
def framework_import_document(*, actor: Actor, document: Any) -> Framework:
    """Take over a framework; a code the program has is replaced for coming rounds.

    Raises DomainError "invalid" that names the place in the document.
    """
    authorise(actor, "loyalty.change_assessments")
    try:
        document = framework_check(document)
    except FrameworkError as fault:
        raise DomainError("invalid", _sentence(fault)) from fault
    known: Any = Framework.objects.for_actor(actor).filter(code=document["code"]).first()
    if known is None:
        return _framework(actor, document)
    stored: Framework = lock(known)
    if save_version(stored, {"document": document, "name": document["name"]}):
        audit(actor=actor, action="framework.import", obj=stored)
    return stored


@transaction.atomic
def framework_write(
    *,
    actor: Actor,
    framework: Framework | None = None,
    name: dict[str, str],
    description: dict[str, str],
    levels: str,
    outline: str,
    version: int | None = None,
) -> Framework:
    """Make or change a framework from its lines (loyalty/calc/framework_outline.py).

    Rounds that were begun keep theirs. Raises DomainError "invalid", StaleEdit.
    """
    authorise(actor, "loyalty.change_assessments", framework)
    known = None
    if framework is None:
        taken = set(Framework.objects.for_actor(actor).values_list("code", flat=True))
        code = code_of(name, taken | set(standard_frameworks()), "framework")
    else:
        stored: Framework = lock(framework)
        expect_version(stored, version, ("name",))
        code, known = stored.code, stored.document
    document = framework_from_outline(
        code=code,
        name=name,
        description=description or {},
        levels=levels,
        outline=outline,
        languages=list(actor.program.languages),
        known=known,
    )
    return framework_import_document(actor=actor, document=document)


def levels_to_begin_with(languages: list[str]) -> str:
    """The levels most frameworks of the portal use."""
    return levels_write(standard_frameworks()["maturity"], languages)


def _framework(actor: Actor, document: dict[str, Any]) -> Framework:
    try:
        with transaction.atomic():
            made = Framework.unscoped.create(  # unscoped: the actor's own program
                program=actor.program,
                code=document["code"],
                name=document["name"],
                document=document,
            )
    except IntegrityError:  # somebody took it in the same moment
        found: Framework = Framework.objects.for_actor(actor).get(code=document["code"])
        return found
    audit(actor=actor, action="framework.create", obj=made)
    return made


def _sentence(fault: FrameworkError) -> str:
    said = {
        "too_large": _("The file is larger than 500 kB."),
        "not_json": _("The file is not JSON in UTF-8."),
        "not_this_format": _("The file is no framework of this portal (format “cx-framework”, 1)."),
        "missing": _("Something is missing here."),
        "bad_code": _("A code has lower-case letters, digits and hyphens, 60 at most."),
        "twice": _("This code stands twice."),
        "bad_text": _("A text of at most 2,000 characters per language is needed here."),
        "bad_levels": _("A scale has three to ten levels."),
        "bad_weight": _("A weight is a number from 0 to 100."),
        "bad_reference": _("A reference has a share from 0 to 100 and a text."),
        "too_many": _("A framework has at most 300 statements."),
    }
    return f"{fault.place}: {said[fault.reason]}"


@transaction.atomic
def assessment_begin(
    *, actor: Actor, framework: Framework, name: str = "", due: date | None = None
) -> Assessment:
    """Open a round. Raises DomainError "open" while another round of the framework is open."""
    authorise(actor, "loyalty.change_assessments", framework)
    lock(framework)
    rounds = Assessment.objects.for_actor(actor).filter(framework=framework)
    if rounds.filter(state=Assessment.State.OPEN).exists():
        message = _("A round of this framework is open. Close it before you begin another.")
        raise DomainError("open", message)
    today = timezone.now().astimezone(actor.program.zone).date()
    made = Assessment.unscoped.create(  # unscoped: the actor's own program
        program=actor.program,
        framework=framework,
        name=name.strip() or f"{text_in(framework.name)} {today:%Y-%m}",
        document=framework.document,
        due=due,
        owner=actor.user,
    )
    audit(actor=actor, action="assessment.begin", obj=made)
    return made


@transaction.atomic
def assessment_answer(
    *,
    actor: Actor,
    assessment: Assessment,
    answers: Mapping[str, tuple[int | None, str]],
    member: Membership | None = None,
) -> int:
    """Keep what the actor says: statement → (level or None = cannot say, note).

    `member` is who said it, when whoever runs the round brings it in for them, from a workshop
    or another system. Said again, it replaces what was said. Raises DomainError "closed",
    "invalid".
    """
    if member is None:
        authorise(actor, "loyalty.answer_assessments", assessment)
    else:
        authorise(actor, "loyalty.change_assessments", assessment)
    user = member.user if member else actor.user
    if user is None:
        raise DomainError("invalid", _("Only people can answer."))
    stored = lock(assessment)
    if stored.state != Assessment.State.OPEN:
        raise DomainError("closed", _("This round is closed; nothing can be answered any more."))
    known = {item["code"] for item in items_of(stored.document)}
    most = len(stored.document["levels"])
    for code, (level, _note) in answers.items():
        if code not in known or not (level is None or 1 <= level <= most):
            message = _("Choose one of the levels for each statement.")
            raise DomainError("invalid", message, details={code: message})
    rows = [
        AssessmentAnswer(
            program=actor.program,
            assessment=stored,
            user=user,
            item=code,
            level=level,
            note=note.strip()[:500],
        )
        for code, (level, note) in answers.items()
    ]
    AssessmentAnswer.unscoped.bulk_create(  # unscoped: a round of the actor's program
        rows,
        update_conflicts=True,
        unique_fields=["assessment", "user", "item"],
        update_fields=["level", "note"],
    )
    if member is not None:
        changes = {"answers": len(rows), "of": member.user.email}
        audit(actor=actor, action="assessment.answer", obj=stored, changes=changes)
    return len(rows)


@transaction.atomic
def assessment_close(
    *, actor: Actor, assessment: Assessment, version: int | None = None
) -> Assessment:
    """Close the round and keep its level (0–100). Raises DomainError "closed", StaleEdit."""
    authorise(actor, "loyalty.change_assessments", assessment)
    stored = lock(assessment)
    expect_version(stored, version)
    if stored.state != Assessment.State.OPEN:
        raise DomainError("closed", _("This round is closed already."))
    level = result_of(actor, stored).level
    save_version(
        stored,
        {
            "state": Assessment.State.CLOSED,
            "closed_at": timezone.now(),
            "level": None if level is None else round(Decimal(level), 2),
        },
    )
    audit(actor=actor, action="assessment.close", obj=stored)
    return stored


@transaction.atomic
def gap_to_action(*, actor: Actor, assessment: Assessment, item: str) -> Action:
    """Log an action for a statement that is not true yet; the same gap again gives the same action.

    Raises DomainError "not_found".
    """
    authorise(actor, "loyalty.view_assessments", assessment)
    found = item_of(assessment, item)
    if found is None:
        raise DomainError("not_found", _("There is no such statement."), status=404)
    text = text_in(found["text"], actor.language)
    description = _("From the assessment “%(name)s”: “%(text)s”") % {
        "name": assessment.name,
        "text": text,
    }
    guidance = text_in(found.get("guidance"), actor.language)
    action = action_create(
        actor=actor,
        title=text[:200],
        description=f"{description}\n\n{guidance}".strip(),
        once_key=gap_key(assessment, item),
    )
    return action if action.deleted_at is None else action_restore(actor=actor, action=action)
