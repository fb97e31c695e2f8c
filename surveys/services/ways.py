"""Answers to surveys with rules: the way is walked once more before anything counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from surveys.calc.answers import AnswerError, Value, validate_all
from surveys.calc.logic import Facts
from surveys.calc.logic_flow import DISQUALIFY, QUOTA, Walk, quota_applies, walk
from surveys.queries.links import LinkTarget
from surveys.queries.ways import full_quotas, is_full, lock_counting
from surveys.rendering import CompiledVersion
from surveys.services.responses import response_complete


@dataclass(frozen=True)
class Finish:
    """How a whole answer came out. `errors` by code: it was not taken. `closed`: nobody more is."""

    way: Walk
    errors: Mapping[str, AnswerError]
    closed: bool = False

    @property
    def screened(self) -> bool:
        return is_screened(self.way)


def is_screened(way: Walk) -> bool:
    """True for who is not asked further and counts in no score."""
    action = (way.quota or {}).get("action", DISQUALIFY)
    return way.ending == DISQUALIFY or (way.ending == QUOTA and action == DISQUALIFY)


def walk_for(
    version: CompiledVersion, facts: Facts, seed: UUID | str, full: frozenset[str] = frozenset()
) -> Walk:
    """The way of the person with this seed through a version."""
    return walk(version.document, facts, seed=str(seed), full=full)


@transaction.atomic
def way_finish(
    *,
    target: LinkTarget,
    version: CompiledVersion,
    submission_id: UUID,
    language: str,
    facts: Facts,
) -> Finish:
    """Check all answers along their way and take them in; quotas are counted under a lock."""
    quotas = version.document.get("quotas") or ()
    most = target.access.get("max_responses")
    if quotas or most:
        lock_counting(target.survey_id)
    if is_full(target.survey_id, most) and not target.is_test:
        return Finish(walk_for(version, facts, submission_id), {}, closed=True)
    full = full_quotas(target.survey_id, quotas)
    way = walk_for(version, facts, submission_id, full)
    answers, errors = answers_on(way)
    if errors:
        return Finish(way, errors)
    response_complete(
        target=target,
        version=version,
        submission_id=submission_id,
        language=language,
        answers=answers,
        meta=meta_of(version, way, facts),
        screened=is_screened(way),
    )
    return Finish(way, {})


def answers_on(way: Walk) -> tuple[dict[str, Value], dict[str, AnswerError]]:
    """Clean answers to the questions of a way, and faults; other answers are left out."""
    return validate_all(way.questions.values(), way.answers)


def meta_of(version: CompiledVersion, way: Walk, facts: Facts) -> dict[str, Any]:
    """What is kept beside the answers: how it ended, the score, the quotas it counts for."""
    known = facts.knowing(answers=way.answers, score=way.score)
    quotas = version.document.get("quotas") or ()
    counted = [q["code"] for q in quotas if quota_applies(q, known)]
    found = {"ending": way.ending, "score": way.score, "quotas": counted}
    return {name: value for name, value in found.items() if value not in (0, [], "complete")}
