"""Taking answers in, one statement each, and what may happen to them later."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from cxportal.core.policies import authorise
from cxportal.core.prepared import prepared_cursor
from surveys.calc.answers import AnswerError, Value, validate_all
from surveys.calc.logic import Facts
from surveys.calc.logic_answers import checked_along
from surveys.models import Comment, Response
from surveys.queries.links import LinkTarget
from surveys.queries.ways import Person, people_facts
from surveys.rendering import CompiledVersion, compiled_version, error_sentence
from surveys.services.answer_files import answer_files_foreign
from surveys.services.comments import comments_write
from surveys.services.dimensions import CHANNEL, LANGUAGE, SURVEY, dimension_ids
from surveys.services.recording import response_record, responses_record
from surveys.services.scores import (
    DELTAS,
    INSERT_FACTS,
    lock_program,
    scores_add,
    scores_withdraw,
)

__all__ = [
    "invalid_answers",
    "response_change",
    "response_change_own",
    "response_complete",
    "response_erase",
    "response_mark_test",
    "response_record",
    "response_save",
    "responses_record",
]

#: Two first saves of one form at the same moment can meet on a second constraint; the loser
#: looks again and finds the row.
_TRIES = 3

_COLUMNS = """program_id, survey_id, version_id, campaign_id, invitation_id, customer_id,
  submission_id, channel, language, status, is_test, answers, dimensions, started_at,
  completed_at, meta"""
_GROUPS = """%(dimensions)s::bigint[] || ARRAY(
    SELECT d.id FROM core_segmentmember b
    JOIN core_segment g ON g.id = b.segment_id AND g.is_reported
    JOIN surveys_dimension d
      ON d.program_id = g.program_id AND d.kind = 'segment' AND d.key = g.code
    WHERE b.customer_id = %(customer)s::bigint ORDER BY d.id)"""
# Each value with its type, for they travel apart from the statement.
_VALUES = f"""%(program)s::bigint, %(survey)s::bigint, %(version)s::bigint, %(campaign)s::bigint,
  %(invitation)s::bigint, %(customer)s::bigint, %(submission)s::uuid, %(channel)s::text,
  %(language)s::text, %(status)s::text, %(is_test)s::boolean, %(answers)s::jsonb,
  {_GROUPS}, %(now)s::timestamptz, %(completed)s::timestamptz, %(meta)s::jsonb"""

# A saved page. `answers` grows by the page's; what was left blank there goes.
_SAVE = f"""
INSERT INTO surveys_response ({_COLUMNS}) VALUES ({_VALUES})
ON CONFLICT (survey_id, submission_id) DO UPDATE SET
  answers = (surveys_response.answers - %(codes)s::text[]) || EXCLUDED.answers,
  language = EXCLUDED.language
WHERE surveys_response.status = 'partial'
RETURNING id
"""  # noqa: S608  # constant texts of this module

# The whole arrival: the invitation is marked (which an anonymous answer needs to be counted
# once), the answer written, its facts, and one outbox row that carries their sums. A replay
# finds the invitation marked or the response complete, and changes nothing.
_COMPLETE = f"""
WITH marked AS (
  UPDATE surveys_invitation
  SET answered_at = %(completed)s::timestamptz,
      started_at = COALESCE(started_at, %(completed)s::timestamptz)
  WHERE id = %(guard)s::bigint AND answered_at IS NULL RETURNING id
), response AS (
  INSERT INTO surveys_response ({_COLUMNS})
  SELECT {_VALUES} WHERE %(guard)s::bigint IS NULL OR EXISTS (SELECT 1 FROM marked)
  ON CONFLICT (survey_id, submission_id) DO UPDATE SET
    version_id = EXCLUDED.version_id, answers = EXCLUDED.answers, status = EXCLUDED.status,
    language = EXCLUDED.language, dimensions = EXCLUDED.dimensions,
    completed_at = EXCLUDED.completed_at, meta = EXCLUDED.meta
  WHERE surveys_response.status = 'partial'
  RETURNING *
), facts AS ({INSERT_FACTS.format(responses="response")}
), sent AS (
  INSERT INTO core_outboxevent (program_id, topic, payload, created_at)
  SELECT program_id, 'scores', jsonb_build_object(
    'sign', 1, 'completed', jsonb_build_array(id), 'scores', {DELTAS}), now()
  FROM response WHERE status = 'complete' RETURNING 1
)
SELECT id FROM response
"""  # noqa: S608  # constant texts of this module


def moment_of(target: LinkTarget, *, anonymous: bool) -> datetime:
    """Now; for an anonymous answer the start of the program's day, so that no clock betrays it."""
    if not anonymous:
        return timezone.now()
    return datetime.combine(target.today, time.min, tzinfo=ZoneInfo(target.timezone))


def response_save(
    *,
    target: LinkTarget,
    version: CompiledVersion,
    submission_id: UUID,
    language: str,
    answers: Mapping[str, Value],
    codes: Sequence[str],
) -> int | None:
    """Keep a page of answers of an unfinished form; `codes` are all questions of that page.

    One statement, committed when it returns. None when the form is already complete.
    """
    params = _params(target, version, submission_id, language, answers)
    params |= {"status": "partial", "completed": None, "codes": list(codes)}
    return _execute(_SAVE, params)


def response_complete(
    *,
    target: LinkTarget,
    version: CompiledVersion,
    submission_id: UUID,
    language: str,
    answers: Mapping[str, Value],
    meta: Mapping[str, Any] | None = None,
    screened: bool = False,
) -> int | None:
    """Take a whole valid answer in: response, facts, invitation and outbox in one statement.

    Committed when it returns. None for a replay, which changes nothing. Who was `screened` out
    is kept, but counts in no score. `meta` is what the rules found (Response.meta).
    """
    params = _params(target, version, submission_id, language, answers)
    params |= {"completed": params["now"], "guard": target.invitation_id}
    params["status"] = "screened" if screened else "complete"
    if meta:
        params["meta"] = orjson.dumps(dict(meta)).decode()
    return _execute(_COMPLETE, params)


def _params(
    target: LinkTarget,
    version: CompiledVersion,
    submission_id: UUID,
    language: str,
    answers: Mapping[str, Value],
) -> dict[str, Any]:
    anonymous = target.survey_anonymous or version.anonymous
    channel = target.campaign_channel
    pairs = [(CHANNEL, channel), (LANGUAGE, language), (SURVEY, str(target.survey_id))]
    return {
        "program": target.program_id,
        "survey": target.survey_id,
        "version": version.pk,
        "campaign": target.campaign_id,
        "invitation": None if anonymous else target.invitation_id,
        "customer": None if anonymous else target.customer_id,
        "submission": submission_id,
        "channel": channel,
        "language": language,
        "is_test": target.is_test,
        "answers": orjson.dumps(dict(answers)).decode(),
        "dimensions": sorted(dimension_ids(target.program_id, pairs).values()),
        "meta": None,
        "now": moment_of(target, anonymous=anonymous),
        "zone": target.timezone,
    }


def _execute(sql: str, params: Mapping[str, Any]) -> int | None:
    for attempt in range(1, _TRIES + 1):
        try:
            with prepared_cursor() as cursor:
                cursor.execute(sql, params)
                row = cursor.fetchone()
        except IntegrityError:
            if attempt == _TRIES or connection.in_atomic_block:
                raise
        else:
            return None if row is None else int(row[0])
    raise AssertionError("unreachable")


@transaction.atomic
def response_change(*, actor: Actor, response: Response, answers: Mapping[str, object]) -> Response:
    """Correct the answers of a complete response; scores and comments follow.

    `answers` replaces all answers. Raises DomainError (422) with a sentence per question.
    """
    authorise(actor, "surveys.change_responses", response)
    response = _locked(actor, response)
    _expect_complete(response)
    version = compiled_version(response.version_id)
    clean, errors = _checked(version, response, answers)
    if errors:
        raise invalid_answers(errors)
    before, response.answers = response.answers, clean
    scores_withdraw(actor.program, [response.pk])
    response.save(update_fields=["answers"])
    scores_add(actor.program, [response.pk])
    comments_write(actor.program_id, [response.pk])
    changed = [c for c in {*before, *clean} if before.get(c) != clean.get(c)]
    # Only which questions: an answer may be personal, the audit trail outlives it.
    audit(
        actor=actor, action="response.change", obj=response, changes={"questions": sorted(changed)}
    )
    return response


def response_change_own(
    *, target: LinkTarget, answers: Mapping[str, object]
) -> Mapping[str, AnswerError]:
    """Let the person behind a personal link change their answer; the link is the permission.

    Returns the faults by question code; nothing has changed when there are some.
    """
    actor = Actor.system(Program.objects.get(pk=target.program_id))
    response = Response.objects.for_actor(actor).get(pk=target.response_id or 0)
    clean, errors = _checked(compiled_version(response.version_id), response, answers)
    if not errors:
        response_change(actor=actor, response=response, answers=clean)
    return errors


def _checked(
    version: CompiledVersion, response: Response, answers: Mapping[str, object]
) -> tuple[dict[str, Value], dict[str, AnswerError]]:
    if version.has_flow:
        customer_id = response.customer_id
        people = people_facts([customer_id] if customer_id else [], version.sources)
        person = people.get(customer_id or 0, Person())
        facts = Facts(
            customer=person.customer,
            segments=person.segments,
            language=response.language,
            channel=response.channel,
        )
        seed = str(response.submission_id)
        clean, errors, _way = checked_along(version.document, answers, facts, seed)
    else:
        clean, errors = validate_all(version.questions.values(), answers)
    foreign = answer_files_foreign(response.program_id, version.questions, clean)
    return clean, {**errors, **dict.fromkeys(foreign, AnswerError("unreadable"))}


def invalid_answers(errors: Mapping[str, AnswerError]) -> DomainError:
    """The refusal of answers, with a sentence per question code."""
    details = {code: error_sentence(error) for code, error in errors.items()}
    sentence = _("Some answers do not fit the survey. Correct them and send them again.")
    return DomainError("invalid_answers", sentence, details=details)


def _locked(actor: Actor, response: Response) -> Response:
    lock_program(actor.program_id)
    return lock(response)


def _expect_complete(response: Response) -> None:
    if response.status != Response.Status.COMPLETE:
        raise DomainError("response_unfinished", _("This answer is not complete yet."), status=409)


@transaction.atomic
def response_mark_test(*, actor: Actor, response: Response, is_test: bool = True) -> Response:
    """Take a response out of all scores as a test, or back in. Doing it twice changes nothing."""
    authorise(actor, "surveys.change_responses", response)
    response = _locked(actor, response)
    if response.is_test == is_test:
        return response
    response.is_test = is_test
    response.save(update_fields=["is_test"])
    if is_test:
        scores_withdraw(actor.program, [response.pk])
    else:
        scores_add(actor.program, [response.pk])
    Comment.objects.for_actor(actor).filter(response=response).update(is_test=is_test)
    audit(
        actor=actor,
        action="response.mark_test",
        obj=response,
        changes={"is_test": [not is_test, is_test]},
    )
    return response


@transaction.atomic
def response_erase(*, actor: Actor, response: Response) -> None:
    """Delete a response with its comments and take it out of all scores, for good."""
    authorise(actor, "surveys.change_responses", response)
    response = _locked(actor, response)
    audit(actor=actor, action="response.erase", obj=response)
    scores_withdraw(actor.program, [response.pk])
    response.delete()
