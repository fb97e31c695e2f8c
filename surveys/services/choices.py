"""The choices of a question: replaced as a list, known codes keep their answers."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import Choice, Question, Survey
from surveys.queries.pictures import own_pictures
from surveys.services.drafts import MAX_CHOICES, checked_texts, invalid, published_questions
from surveys.services.question_checks import checked_choice_settings

_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_OWN_CODE = re.compile(r"c(\d{1,9})")
Spec = dict[str, Any]


def choice_specs(question: Question) -> list[Spec]:
    """The stored choices as [{"code", "text", …}] with their own settings, in order."""
    return [choice_spec(choice) for choice in question.choices.order_by("position", "pk")]


def choice_spec(choice: Choice) -> Spec:
    """A choice as the document has it: code, text and what it sets besides."""
    return {"code": choice.code, "text": choice.text, **choice.settings}


def choices_checked(
    draft: Survey, question: Question, choices: Iterable[Mapping[str, Any]]
) -> list[Spec]:
    """The wanted choices, each with a code of its own.

    A choice without a code gets one that was never used for this question, so that old answers
    keep their meaning. Raises DomainError "invalid".
    """
    wanted = list(choices)
    if len(wanted) > MAX_CHOICES:
        raise invalid(_("A question has at most 1,000 choices."), "choices")
    if not all(isinstance(spec, Mapping) for spec in wanted):
        raise invalid(_("Give each choice a text per language."), "choices")
    used: set[str] = set()
    number = next_choice_number(draft, question, wanted)
    specs: list[Spec] = []
    for spec in wanted:
        code = spec.get("code") or f"c{number}"
        number += 0 if spec.get("code") else 1
        if not isinstance(code, str) or not _CODE.fullmatch(code) or code in used:
            raise invalid(_("Each choice needs a code of its own."), "choices")
        used.add(code)
        text = checked_texts(spec.get("text"), draft.default_language, "choices")
        settings = checked_choice_settings(spec, draft.default_language)
        specs.append({"code": code, "text": text, **settings})
    _refuse_foreign_pictures(draft, question, {s["image"] for s in specs if "image" in s})
    return specs


def _refuse_foreign_pictures(draft: Survey, question: Question, images: set[str]) -> None:
    """A picture must have been brought to a survey of this program."""
    if images and question.pk:
        images -= set(question.choices.values_list("settings__image", flat=True))
    if images - own_pictures(draft.program_id, images):
        raise invalid(_("Name the picture of a choice by the file you brought."), "choices")


def next_choice_number(
    draft: Survey, question: Question, wanted: Iterable[Mapping[str, Any]] = ()
) -> int:
    """The first n for which no code c<n>, c<n+1> … was ever used in this question."""
    published = (q.get("choices", ()) for q in published_questions(draft) if _same(q, question))
    codes = [spec.get("code") for specs in published for spec in specs]
    stored = question.choices.values_list("code", flat=True) if question.pk else ()
    codes += [*stored, *(spec.get("code") for spec in wanted)]
    numbers = [int(found[1]) for code in codes if (found := _OWN_CODE.fullmatch(str(code)))]
    return max(numbers, default=0) + 1


def _same(published: Mapping[str, Any], question: Question) -> bool:
    return bool(published["code"] == question.code)


def choices_write(question: Question, specs: list[Spec]) -> None:
    """Make the stored choices those of `specs`, in their order, in at most three statements."""
    known = {choice.code: choice for choice in question.choices.all()}
    wanted = [
        known.get(spec["code"])
        or Choice(program_id=question.program_id, question=question, code=spec["code"])
        for spec in specs
    ]
    for position, (choice, spec) in enumerate(zip(wanted, specs, strict=True)):
        choice.text, choice.position = spec["text"], position
        choice.settings = {n: v for n, v in spec.items() if n not in ("code", "text")}
    gone = known.keys() - {spec["code"] for spec in specs}
    if gone:
        question.choices.filter(code__in=gone).delete()
    rows = Choice.unscoped  # unscoped: children of the question at hand
    rows.bulk_update([choice for choice in wanted if choice.pk], ["text", "position", "settings"])
    rows.bulk_create([choice for choice in wanted if not choice.pk])
