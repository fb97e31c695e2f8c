"""Undo and redo of a draft, by page and by API: each command on a draft is kept as what it changed.

A command marked `undoable` compares the draft before and after itself and keeps the difference
for the person or API key that gave it. Taking it back writes the values before, beside whatever
others did since, and is refused where one of them changed the same thing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import text_in
from surveys.calc.draft_steps import (
    ORDER,
    Changes,
    Meanwhile,
    State,
    applied,
    changes_between,
    joined,
)
from surveys.models import DraftStep, Question, Section, Survey
from surveys.queries.surveys import sections_of
from surveys.services.choices import choice_spec, choices_write
from surveys.services.drafts import draft_lock, draft_touch, last_change

P = ParamSpec("P")
R = TypeVar("R")
OWN = (
    "title",
    "welcome",
    "thanks",
    "languages",
    "default_language",
    "anonymous",
    "theme",
    "settings",
    "quotas",
    "endings",
)
_SECTION = ("title", "code", "logic")
_QUESTION = ("code", "kind", "text", "help", "required", "settings", "rows", "logic", "note")
#: Steps one person can go back in one survey, and for how long.
MOST, KEPT = 100, timedelta(days=30)
#: Automatic saves of the same words within this time are one step.
TYPING = timedelta(seconds=10)
_JOINED = frozenset({"question.update", "section.update", "survey.update"})
_under_way: ContextVar[bool] = ContextVar("draft_step", default=False)


def draft_state(survey: Survey, sections: Sequence[Section] | None = None) -> State:
    """The draft as calc/draft_steps.py compares it: three queries."""
    pages = sections_of(survey) if sections is None else sections
    state: State = {
        "survey": {name: getattr(survey, name) for name in OWN},
        ORDER: {"sections": [f"section:{page.pk}" for page in pages]},
    }
    for page in pages:
        key = f"section:{page.pk}"
        state[key] = {name: getattr(page, name) for name in _SECTION}
        state[ORDER][key] = [f"question:{question.pk}" for question in page.questions.all()]
        for question in page.questions.all():
            fields = {name: getattr(question, name) for name in _QUESTION}
            fields["choices"] = [choice_spec(choice) for choice in question.choices.all()]
            state[f"question:{question.pk}"] = fields
    return state


@contextmanager
def not_undoable() -> Iterator[None]:
    """Commands inside keep no steps: a survey being made is not being edited."""
    token = _under_way.set(True)
    try:
        yield
    finally:
        _under_way.reset(token)


def undoable(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a command on `survey`, `section` or `question` that a person can take back.

    Stands below `transaction.atomic`. What a command does by others is one step.
    """

    def mark(command: Callable[P, R]) -> Callable[P, R]:
        @wraps(command)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            named: Mapping[str, Any] = kwargs
            actor: Actor = named["actor"]
            if (actor.user is None and actor.api_key is None) or _under_way.get():
                return command(*args, **kwargs)
            part = next(named[n] for n in ("survey", "question", "section") if named.get(n))
            draft = draft_lock(actor, part if isinstance(part, Survey) else part.survey)
            before = draft_state(draft)
            with not_undoable():
                result = command(*args, **kwargs)
            draft.refresh_from_db(fields=OWN)
            after = draft_state(draft)
            _keep(actor, draft, action, before, after)
            return result

        return run

    return mark


def _keep(actor: Actor, draft: Survey, action: str, before: State, after: State) -> None:
    changes = changes_between(before, after)
    if not changes:
        return
    own = draft.steps.filter(user=actor.user, api_key=actor.api_key)
    own.filter(undone=True).delete()
    last = own.order_by("-pk").first()
    now = timezone.now()
    if (
        last is not None
        and last.action == action in _JOINED
        and now - last.updated_at < TYPING
        and (whole := joined(last.changes, changes)) is not None
    ):
        if not whole:
            last.delete()
            return
        last.changes = whole
        last.save(update_fields=["changes", "updated_at"])
        return
    step = DraftStep(program=actor.program, survey=draft, action=action)
    step.user, step.api_key = actor.user, actor.api_key
    step.changes, step.label = changes, _label(draft, changes, before, after)
    step.save()
    kept = own.order_by("-pk").values("pk")[:MOST]
    own.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


def _label(draft: Survey, changes: Changes, before: State, after: State) -> str:
    """The words of the first question or page that was touched, in the main language."""
    moved = changes.get(ORDER, {}).values()
    parts = [*changes, *(p for pair in moved for p in pair[1] or pair[0] or ())]
    for kind, name in (("question:", "text"), ("section:", "title")):
        part = next((p for p in parts if p.startswith(kind)), None)
        if part is not None:
            fields = after.get(part) or before.get(part) or {}
            words = text_in(fields.get(name) or {}, draft.default_language)
            return str(words or fields.get("code") or "")[:200]
    return ""


def draft_undo(*, actor: Actor, survey: Survey, step: DraftStep | None = None) -> DraftStep:
    """Take back one's own last change, or the one given.

    Raises DomainError "nothing_to_undo" and "changed_meanwhile" (409) naming who and what; such a
    step is given up, so that the ones before it can still be undone.
    """
    return _turn(actor, survey, step, backwards=True)


def draft_redo(*, actor: Actor, survey: Survey) -> DraftStep:
    """Do again what was undone last. Raises like `draft_undo`, with "nothing_to_redo"."""
    return _turn(actor, survey, None, backwards=False)


def _turn(actor: Actor, survey: Survey, step: DraftStep | None, *, backwards: bool) -> DraftStep:
    refusal: DomainError | None = None
    with transaction.atomic():
        draft = draft_lock(actor, survey)
        chosen = _chosen(actor, draft, step, backwards=backwards)
        try:
            with transaction.atomic():
                _apply(actor, draft, chosen, backwards=backwards)
        except DomainError as refused:
            refusal = refused
            chosen.delete()
    if refusal is not None:
        raise refusal
    return chosen


def _chosen(actor: Actor, draft: Survey, step: DraftStep | None, *, backwards: bool) -> DraftStep:
    own = draft.steps.filter(user=actor.user, api_key=actor.api_key, undone=not backwards)
    if step is not None:
        own = own.filter(pk=step.pk)
    found = own.order_by("-pk" if backwards else "pk").first()
    if found is None:
        sentence = _("There is nothing of yours to undo.")
        if not backwards:
            sentence = _("There is nothing to do again.")
        code = "nothing_to_undo" if backwards else "nothing_to_redo"
        raise DomainError(code, sentence, status=409)
    return found


def _apply(actor: Actor, draft: Survey, step: DraftStep, *, backwards: bool) -> None:
    sections = sections_of(draft)
    now = draft_state(draft, sections)
    try:
        wanted = applied(now, step.changes, backwards=backwards)
    except Meanwhile as other:
        raise _changed_meanwhile(draft, now, sections, other.part) from other
    _refuse_impossible(draft, wanted)
    version = draft_touch(draft)
    _write(draft, sections, now, wanted, version)
    step.undone = backwards
    step.save(update_fields=["undone", "updated_at"])
    noted = {"step": step.action, **_named(now, wanted, step.changes)}
    action = "survey.undo" if backwards else "survey.redo"
    audit(actor=actor, action=action, obj=draft, changes=noted)


def _named(now: State, wanted: State, changes: Changes) -> dict[str, Any]:
    """The question or page that was touched, as other commands name it in the audit trail."""
    for part in changes:
        kind, _colon, pk = part.partition(":")
        if kind == "question":
            return {"question": (wanted.get(part) or now.get(part) or {}).get("code", "")}
        if kind == "section":
            return {"section": int(pk)}
    return {}


def _changed_meanwhile(
    draft: Survey, now: State, sections: Sequence[Section], part: str
) -> DomainError:
    kind, _colon, pk = part.partition(":")
    rows: list[Section | Question] = list(sections)
    if kind == "question":
        rows = [question for page in sections for question in page.questions.all()]
    row = next((row for row in rows if str(row.pk) == pk), None)
    who = last_change(draft, row).get("changed_by", "")
    name = text_in((now.get(part) or {}).get("text") or {}, draft.default_language)
    if who and name:
        words = {"who": who, "name": name}
        sentence = _("%(who)s changed “%(name)s” meanwhile. It stays as it is.") % words
    else:
        sentence = _("Somebody else changed the same thing meanwhile. It stays as it is.")
    return DomainError("changed_meanwhile", sentence, status=409)


def _refuse_impossible(draft: Survey, wanted: State) -> None:
    """What others did since may forbid what was fine before."""
    codes = [fields["code"] for part, fields in wanted.items() if part.startswith("question:")]
    own = wanted["survey"]
    if len(set(codes)) < len(codes):
        message = _("Another question of this survey has this code.")
        raise DomainError("code_taken", message, status=409)
    if own["anonymous"] != draft.anonymous and draft.responses.exists():
        message = _("Answers were given under the old promise. Copy the survey to change it.")
        raise DomainError("anonymity_fixed", message, status=409)
    if not wanted[ORDER]["sections"]:
        raise DomainError("last_section", _("A survey has at least one page."), status=409)


def _write(
    draft: Survey, sections: Sequence[Section], now: State, wanted: State, version: int
) -> None:
    """Make the rows those of `wanted`; the parts that changed carry the new version."""
    own = {n: v for n, v in wanted["survey"].items() if v != now["survey"][n]}
    if own:
        for name, value in own.items():
            setattr(draft, name, value)
        draft.own_version = version
        draft.save(update_fields=[*own, "own_version"])
    gone = [_pk(p) for p in now.keys() - wanted.keys() if p.startswith("question:")]
    draft.questions.filter(pk__in=gone).delete()
    pages = {f"section:{page.pk}": page for page in sections}
    asked = {f"question:{q.pk}": q for page in sections for q in page.questions.all()}
    for place, part in enumerate(wanted[ORDER]["sections"]):
        page = pages.get(part) or Section(
            pk=_pk(part), program_id=draft.program_id, survey=draft, position=-1
        )
        if now.get(part) != wanted[part]:
            page.version = version
        if page.position != place or now.get(part) != wanted[part]:
            _write_section(page, place, wanted[part], is_new=part not in pages)
        pages[part] = page
    for page_part in wanted[ORDER]["sections"]:
        for place, part in enumerate(wanted[ORDER][page_part]):
            question = asked.get(part) or Question(
                pk=_pk(part), program_id=draft.program_id, survey=draft, position=-1
            )
            moved = (question.section_id, question.position) != (pages[page_part].pk, place)
            question.section, question.position = pages[page_part], place
            if moved or now[part] != wanted[part]:
                _write_question(question, now.get(part), wanted[part], version)
    left = [_pk(p) for p in now.keys() - wanted.keys() if p.startswith("section:")]
    draft.sections.filter(pk__in=left).delete()


def _pk(part: str) -> int:
    return int(part.partition(":")[2])


def _write_section(page: Section, place: int, fields: Mapping[str, Any], *, is_new: bool) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    page.position = place
    page.save(force_insert=is_new)


def _write_question(
    question: Question, before: Mapping[str, Any] | None, fields: Mapping[str, Any], version: int
) -> None:
    for name in _QUESTION:
        setattr(question, name, fields[name])
    if before != fields:
        question.version = version
    question.save(force_insert=before is None)
    if before is None or before["choices"] != fields["choices"]:
        choices_write(question, list(fields["choices"]))


def steps_drop_old() -> None:
    """Forget what nobody will undo any more."""
    old = timezone.now() - KEPT
    DraftStep.unscoped.filter(updated_at__lt=old).delete()  # unscoped: housekeeping
