"""Answers in bulk: from the API, an import or the demo; thousands a second, the same facts."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.commands import AUDIT_COLUMNS, AUDIT_VALUES, audit_values
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, SegmentMember, text_in
from cxportal.core.policies import authorise
from cxportal.core.prepared import bound_cursor, prepared_cursor
from surveys.models import Campaign, Invitation, Response, Survey
from surveys.queries.ways import events_behind, people_facts
from surveys.rendering import CompiledVersion, compiled_version
from surveys.services.dimensions import dimension_ids
from surveys.services.recording_rows import (
    BadRow,
    CheckedRow,
    Known,
    is_id,
    row_checked,
    rows_checked,
)
from surveys.services.scores import DELTAS, INSERT_FACTS

_GIVEN = """jsonb_to_recordset(%(rows)s::text::jsonb) AS w(place integer, campaign_id bigint,
    invitation_id bigint, customer_id bigint, submission_id uuid, channel text, language text,
    is_test boolean, answers jsonb, dimensions bigint[], started_at timestamptz,
    completed_at timestamptz)"""
# Rows, their facts, the invitations they answer, one outbox row and one line of the audit trail.
_RECORD = f"""
WITH given AS MATERIALIZED (
  SELECT * FROM {_GIVEN}
), response AS (
  INSERT INTO surveys_response (program_id, survey_id, version_id, status, campaign_id,
    invitation_id, customer_id, submission_id, channel, language, is_test, answers, dimensions,
    started_at, completed_at)
  SELECT %(program)s::bigint, %(survey)s::bigint, %(version)s::bigint, 'complete', w.campaign_id,
    CASE WHEN %(anonymous)s::boolean THEN NULL ELSE w.invitation_id END, w.customer_id,
    w.submission_id, w.channel, w.language, w.is_test, w.answers, w.dimensions,
    w.started_at, w.completed_at
  FROM given w LEFT JOIN surveys_invitation i ON i.id = w.invitation_id
  WHERE w.invitation_id IS NULL OR i.answered_at IS NULL
  ORDER BY w.place
  ON CONFLICT DO NOTHING
  RETURNING *
), marked AS (
  UPDATE surveys_invitation i SET answered_at = w.completed_at,
    started_at = COALESCE(i.started_at, w.started_at)
  FROM given w JOIN response r ON r.submission_id = w.submission_id
  WHERE i.id = w.invitation_id AND i.answered_at IS NULL
  RETURNING 1
), facts AS ({INSERT_FACTS.format(responses="response")}
), sent AS (
  INSERT INTO core_outboxevent (program_id, topic, payload, created_at)
  SELECT %(program)s::bigint, 'scores', jsonb_build_object('sign', 1,
    'completed', (SELECT jsonb_agg(id ORDER BY id) FROM response), 'scores', {DELTAS}), now()
  WHERE EXISTS (SELECT 1 FROM response) RETURNING 1
), noted AS (
  INSERT INTO core_auditentry ({AUDIT_COLUMNS}, changes, at)
  SELECT {AUDIT_VALUES}, jsonb_build_object('rows', (SELECT count(*) FROM response)), now()
  WHERE EXISTS (SELECT 1 FROM response) RETURNING 1
)
SELECT submission_id, id FROM response
"""  # noqa: S608  # constant texts of this module
# What one answer may point to, and the groups its customer is reported by.
_TARGET = """
SELECT s.state, s.current_version_id, s.anonymous, s.title, s.default_language, c.id, c.is_test,
  ARRAY(SELECT g.code FROM core_segmentmember m
        JOIN core_segment g ON g.id = m.segment_id AND g.is_reported
        WHERE m.customer_id = c.id AND m.program_id = s.program_id)
FROM surveys_survey s
LEFT JOIN core_customer c ON c.program_id = s.program_id
  AND c.external_id = %(customer)s::text AND c.erased_at IS NULL
WHERE s.id = %(survey)s::bigint AND s.program_id = %(program)s::bigint
"""


@dataclass(frozen=True)
class Target:
    """The survey that is answered, as far as taking answers in has to know it."""

    pk: int
    label: str
    state: str
    version_id: int | None
    anonymous: bool


@dataclass(frozen=True)
class Receipt:
    """What became of one answer: created, or there before under this or another submission."""

    pk: int
    submission_id: UUID
    created: bool


@transaction.atomic
def responses_record(
    *, actor: Actor, survey: Survey, rows: Sequence[Mapping[str, Any]]
) -> BulkResult:
    """Take in complete answers, at most MAX_ROWS; each row is taken or refused on its own.

    A row: {"answers": {code: value}, "submission_id"?, "external_id"? (the customer's),
    "completed_at"? (ISO 8601), "started_at"?, "language"?, "channel"?, "campaign_id"?,
    "invitation_id"?, "is_test"?, "dimensions"? {"store": "Gangnam"}}. A submission id (or
    invitation) that was answered before is "unchanged". The result's rows are in the order of
    the input and carry the submission id. Raises DomainError when the survey takes no answers.
    """
    authorise(actor, "surveys.change_responses", survey)
    if len(rows) > MAX_ROWS:
        sentence = _("Send at most %(most)s rows at once.") % {"most": MAX_ROWS}
        raise DomainError("too_many_rows", sentence, status=413)
    target = Target(
        survey.pk, str(survey), survey.state, survey.current_version_id, survey.anonymous
    )
    version = _open_version(target)
    known = _known(actor, target, version, rows)
    good, faults = rows_checked(rows, known)
    created: Mapping[UUID, int] = {}
    if good:
        # Planned for these rows: a plan for any number would be a poor one for thousands.
        with bound_cursor() as cursor:
            created = _insert(cursor, actor, target, known, good)
    return _result(rows, good, faults, created)


def response_record(*, actor: Actor, survey: int, row: Mapping[str, Any]) -> Receipt:
    """Take in one complete answer, as `responses_record` takes a batch: two statements in all.

    Raises DomainError: "invalid" with a sentence per field, "survey_closed", "answered_before"
    (409) for an invitation that somebody else's answer used up.
    """
    authorise(actor, "surveys.change_responses")
    found, customers, segments = _target(actor, survey, row)
    version = _open_version(found)
    if is_id(_given(row, "campaign_id")) or is_id(_given(row, "invitation_id")):
        known = _known(actor, found, version, [row])
    else:
        known = _known_person(actor, found, version, customers, segments)
    try:
        checked = row_checked(0, row, known)
    except BadRow as bad:
        raise _unfit(bad.errors) from bad
    with prepared_cursor() as cursor:
        created = _insert(cursor, actor, found, known, [checked])
    for submission, pk in created.items():
        return Receipt(pk, submission, created=True)
    return _recorded_before(actor, found, checked)


def _unfit(errors: Mapping[str, str]) -> DomainError:
    sentence = _("Some answers do not fit the survey. Correct them and send them again.")
    return DomainError("invalid", sentence, details=errors)


def _target(
    actor: Actor, survey: int, row: Mapping[str, Any]
) -> tuple[Target, dict[str, tuple[int, bool]], list[str]]:
    """The survey, the customer the row names by id, and the customer's reported segments."""
    named = str(_given(row, "external_id") or "").replace("\x00", "")
    params: dict[str, Any] = {"survey": survey, "program": actor.program_id, "customer": named}
    with prepared_cursor() as cursor:
        cursor.execute(_TARGET, params)
        got = cursor.fetchone()
    if got is None:
        sentence = _("There is no such record in this program.")
        raise DomainError("invalid", sentence, details={"survey": sentence})
    state, version_id, anonymous, title, language, customer_id, is_test, segments = got
    label = text_in(orjson.loads(title), fallback=language)
    found = Target(survey, label, state, version_id, anonymous)
    customers = {} if customer_id is None else {named: (customer_id, is_test)}
    return found, customers, segments


def _known_person(
    actor: Actor,
    survey: Target,
    version: CompiledVersion,
    customers: Mapping[str, tuple[int, bool]],
    segments: list[str],
) -> Known:
    ids = [pk for pk, _is_test in customers.values()]
    anonymous = survey.anonymous or version.anonymous
    return Known(
        program_id=actor.program_id,
        version=version,
        customers=customers,
        segments={} if anonymous else dict.fromkeys(ids, segments),
        campaigns=frozenset(),
        invitations={},
        people=people_facts(ids, version.sources),
        events={},
        now=timezone.now(),
        anonymous=anonymous,
    )


def _recorded_before(actor: Actor, survey: Target, row: CheckedRow) -> Receipt:
    """The answer of this submission, or the one the invitation was answered with before."""
    kept = Response.objects.for_actor(actor).filter(survey=survey.pk)
    found = kept.filter(submission_id=row.submission_id).first()
    if found is None and row.invitation_id is not None:
        found = kept.filter(invitation_id=row.invitation_id).first()
    if found is None:
        sentence = _("This invitation was answered before.")
        raise DomainError("answered_before", sentence, status=409)
    return Receipt(found.pk, found.submission_id, created=False)


def _open_version(survey: Target) -> CompiledVersion:
    if survey.state != Survey.State.OPEN or survey.version_id is None:
        sentence = _("The survey takes no answers. Publish or reopen it first.")
        raise DomainError("survey_closed", sentence, status=409)
    return compiled_version(survey.version_id)


def _known(
    actor: Actor, survey: Target, version: CompiledVersion, rows: Iterable[Mapping[str, Any]]
) -> Known:
    anonymous = survey.anonymous or version.anonymous
    wanted = {str(r["external_id"]) for r in rows if _given(r, "external_id")}
    wanted = {text for text in wanted if "\x00" not in text}
    customers = {
        external_id: (pk, is_test)
        for external_id, pk, is_test in Customer.objects.for_actor(actor)
        .filter(external_id__in=wanted, erased_at=None)
        .values_list("external_id", "pk", "is_test")
    }
    named = {r["campaign_id"] for r in rows if is_id(_given(r, "campaign_id"))}
    invited = {r["invitation_id"] for r in rows if is_id(_given(r, "invitation_id"))}
    invitations = Invitation.objects.for_actor(actor).filter(
        pk__in=invited, campaign__survey=survey.pk
    )
    found = {
        pk: (campaign, customer)
        for pk, campaign, customer in invitations.values_list("pk", "campaign_id", "customer_id")
    }
    ids = {pk for pk, _t in customers.values()} | {pk for _c, pk in found.values() if pk}
    return Known(
        program_id=actor.program_id,
        version=version,
        customers=customers,
        segments={} if anonymous else _segments(actor, ids),
        campaigns=frozenset(
            Campaign.objects.for_actor(actor)
            .filter(survey=survey.pk, pk__in=named)
            .values_list("pk", flat=True)
        ),
        invitations=found,
        people=people_facts(ids, version.sources),
        events={} if anonymous else events_behind(found, version.sources),
        now=timezone.now(),
        anonymous=anonymous,
    )


def _given(row: Mapping[str, Any], name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else None


def _segments(actor: Actor, customer_ids: Iterable[int]) -> dict[int, list[str]]:
    """Reported segments of each customer."""
    found: dict[int, list[str]] = defaultdict(list)
    members = SegmentMember.objects.for_actor(actor).filter(
        customer__in=customer_ids, segment__is_reported=True
    )
    for customer_id, code in members.values_list("customer_id", "segment__code"):
        found[customer_id].append(code)
    return found


def _insert(
    cursor: CursorWrapper, actor: Actor, survey: Target, known: Known, rows: list[CheckedRow]
) -> dict[UUID, int]:
    """Write the rows; returns the submission ids that were new, with their keys."""
    groups = {row.groups for row in rows}
    ids = dimension_ids(actor.program_id, {pair for pairs in groups for pair in pairs})
    numbers = {pairs: sorted({ids[pair] for pair in pairs}) for pairs in groups}
    zone = actor.program.zone if known.anonymous else None
    written = [_written(row, numbers[row.groups], zone) for row in rows]
    params: dict[str, Any] = {
        "rows": orjson.dumps(written).decode(),
        "program": actor.program_id,
        "survey": survey.pk,
        "version": known.version.pk,
        "anonymous": known.anonymous,
        "zone": actor.program.timezone,
        **audit_values(actor, "response.record", "surveys.survey", survey.pk, survey.label),
    }
    cursor.execute(_RECORD, params)
    return dict(cursor.fetchall())


def _written(row: CheckedRow, numbers: list[int], zone: ZoneInfo | None) -> dict[str, Any]:
    """A row as the statement reads it; in a `zone` only the day of its answer is kept."""
    started, completed = row.started_at, row.completed_at
    if zone is not None:
        day = completed.astimezone(zone).date()
        started = completed = datetime.combine(day, time.min, tzinfo=zone)
    return {
        "place": row.place,
        "campaign_id": row.campaign_id,
        "invitation_id": row.invitation_id,
        "customer_id": row.customer_id,
        "submission_id": row.submission_id,
        "channel": row.channel,
        "language": row.language,
        "is_test": row.is_test,
        "answers": row.answers,
        "dimensions": numbers,
        "started_at": started,
        "completed_at": completed,
    }


def _result(
    rows: Sequence[Mapping[str, Any]],
    good: Iterable[CheckedRow],
    faults: Mapping[int, dict[str, str]],
    created: Container[UUID],
) -> BulkResult:
    result, taken = BulkResult(), {row.place: row.submission_id for row in good}
    counted: set[UUID] = set()
    for place, row in enumerate(rows):
        submission = taken.get(place)
        if submission is None:
            result.add(str(_given(row, "submission_id") or ""), "failed", faults[place])
            continue
        new = submission in created and submission not in counted
        counted.add(submission)
        result.add(str(submission), "created" if new else "unchanged")
    return result
