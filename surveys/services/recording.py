"""Answers in bulk: from the API, an import or the demo; thousands a second, the same facts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, SegmentMember
from cxportal.core.policies import authorise
from surveys.calc.answers import AnswerError, validate_all
from surveys.calc.hidden import hidden_values
from surveys.calc.logic import Facts
from surveys.calc.logic_answers import checked_along
from surveys.models import Campaign, Invitation, Survey
from surveys.queries.ways import Person, events_behind, people_facts
from surveys.rendering import CompiledVersion, compiled_version, error_sentence
from surveys.services.answer_files import answer_files_foreign
from surveys.services.dimensions import (
    CHANNEL,
    LANGUAGE,
    MAX_KEY,
    MAX_KIND,
    OWN_KINDS,
    SEGMENT,
    SURVEY,
    Pair,
    dimension_ids,
    segment_dimensions_ensure,
)
from surveys.services.scores import DELTAS, INSERT_FACTS

# A clock a little ahead of ours is believed.
_AHEAD = timedelta(minutes=5)
_CHANNEL = 10
_MAX_ID = 2**63 - 1
_EARLIEST_YEAR = 1970

_COLUMNS = {
    "campaign_id": "bigint",
    "invitation_id": "bigint",
    "customer_id": "bigint",
    "submission_id": "uuid",
    "channel": "text",
    "language": "text",
    "is_test": "boolean",
    "answers": "jsonb",
    "dimensions": "text",
    "started_at": "timestamptz",
    "completed_at": "timestamptz",
}
_ARRAYS = ", ".join(f"%({name})s::text[]::{kind}[]" for name, kind in _COLUMNS.items())
_NAMES = ", ".join(_COLUMNS)
_RECORD = f"""
WITH response AS (
  INSERT INTO surveys_response (program_id, survey_id, version_id, status, campaign_id,
    invitation_id, customer_id, submission_id, channel, language, is_test, answers, dimensions,
    started_at, completed_at)
  SELECT %(program)s, %(survey)s, %(version)s, 'complete', w.campaign_id,
    CASE WHEN %(anonymous)s THEN NULL ELSE w.invitation_id END, w.customer_id, w.submission_id,
    w.channel, w.language, w.is_test, w.answers, w.dimensions::bigint[], w.started_at,
    w.completed_at
  FROM unnest({_ARRAYS}) WITH ORDINALITY AS w({_NAMES}, place)
  LEFT JOIN surveys_invitation i ON i.id = w.invitation_id
  WHERE w.invitation_id IS NULL OR i.answered_at IS NULL
  ORDER BY w.place
  ON CONFLICT DO NOTHING
  RETURNING *
), marked AS (
  UPDATE surveys_invitation i SET answered_at = w.completed_at,
    started_at = COALESCE(i.started_at, w.started_at)
  FROM unnest({_ARRAYS}) AS w({_NAMES})
  JOIN response r ON r.submission_id = w.submission_id
  WHERE i.id = w.invitation_id AND i.answered_at IS NULL
  RETURNING 1
), facts AS ({INSERT_FACTS.format(responses="response")}
), sent AS (
  INSERT INTO core_outboxevent (program_id, topic, payload, created_at)
  SELECT %(program)s, 'scores', jsonb_build_object('sign', 1,
    'completed', (SELECT jsonb_agg(id ORDER BY id) FROM response), 'scores', {DELTAS}), now()
  WHERE EXISTS (SELECT 1 FROM response) RETURNING 1
)
SELECT submission_id FROM response
"""  # noqa: S608  # constant texts of this module


@dataclass
class _Row:
    """A checked row on its way into the database."""

    place: int
    submission_id: UUID
    answers: dict[str, Any]
    completed_at: datetime
    started_at: datetime
    channel: str
    language: str
    is_test: bool
    customer_id: int | None
    campaign_id: int | None
    invitation_id: int | None
    groups: list[Pair] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """What rows may point to: the program's own, read once for the whole batch."""

    program_id: int
    version: CompiledVersion
    customers: Mapping[str, tuple[int, bool]]
    segments: Mapping[int, list[str]]
    campaigns: frozenset[int]
    invitations: Mapping[int, tuple[int, int]]
    people: Mapping[int, Person]
    events: Mapping[int, Mapping[str, Any]]
    now: datetime
    anonymous: bool


class _BadRow(ValueError):
    """A row that cannot be taken; `errors` maps field names to sentences."""

    def __init__(self, **errors: str) -> None:
        super().__init__("bad row")
        self.errors = errors


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
    version = _open_version(survey)
    known = _known(actor, survey, version, rows)
    good, faults = _checked(rows, known)
    created = _insert(actor, survey, known, good) if good else set()
    result = _result(rows, good, faults, created)
    if created:
        audit(actor=actor, action="response.record", obj=survey, changes={"rows": len(created)})
    return result


def _open_version(survey: Survey) -> CompiledVersion:
    if survey.state != Survey.State.OPEN or survey.current_version_id is None:
        sentence = _("The survey takes no answers. Publish or reopen it first.")
        raise DomainError("survey_closed", sentence, status=409)
    return compiled_version(survey.current_version_id)


def _known(
    actor: Actor, survey: Survey, version: CompiledVersion, rows: Iterable[Mapping[str, Any]]
) -> _Known:
    anonymous = survey.anonymous or version.anonymous
    wanted = {str(r["external_id"]) for r in rows if _given(r, "external_id")}
    wanted = {text for text in wanted if "\x00" not in text}
    customers = {
        external_id: (pk, is_test)
        for external_id, pk, is_test in Customer.objects.for_actor(actor)
        .filter(external_id__in=wanted, erased_at=None)
        .values_list("external_id", "pk", "is_test")
    }
    named = {r["campaign_id"] for r in rows if _is_id(_given(r, "campaign_id"))}
    invited = {r["invitation_id"] for r in rows if _is_id(_given(r, "invitation_id"))}
    invitations = Invitation.objects.for_actor(actor).filter(
        pk__in=invited, campaign__survey=survey
    )
    found = {
        pk: (campaign, customer)
        for pk, campaign, customer in invitations.values_list("pk", "campaign_id", "customer_id")
    }
    ids = {pk for pk, _t in customers.values()} | {pk for _c, pk in found.values() if pk}
    return _Known(
        program_id=actor.program_id,
        version=version,
        customers=customers,
        segments={} if anonymous else _segments(actor, [pk for pk, _t in customers.values()]),
        campaigns=frozenset(
            Campaign.objects.for_actor(actor)
            .filter(survey=survey, pk__in=named)
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


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MAX_ID


def _segments(actor: Actor, customer_ids: list[int]) -> dict[int, list[str]]:
    """Reported segments of each customer."""
    segment_dimensions_ensure(actor.program_id)
    found: dict[int, list[str]] = defaultdict(list)
    members = SegmentMember.objects.for_actor(actor).filter(
        customer__in=customer_ids, segment__is_reported=True
    )
    for customer_id, code in members.values_list("customer_id", "segment__code"):
        found[customer_id].append(code)
    return found


def _checked(
    rows: Sequence[Mapping[str, Any]], known: _Known
) -> tuple[list[_Row], dict[int, dict[str, str]]]:
    good, faults = [], {}
    for place, row in enumerate(rows):
        try:
            good.append(_check(place, row, known))
        except _BadRow as bad:
            faults[place] = bad.errors
    return good, faults


def _check(place: int, row: Mapping[str, Any], known: _Known) -> _Row:
    if not isinstance(row, Mapping) or not isinstance(row.get("answers"), Mapping):
        raise _BadRow(answers=_("Give the answers as an object of question codes."))
    submission = _submission(row)
    completed = _moment(row, "completed_at", known.now)
    started = _moment(row, "started_at", completed)
    invitation_id, campaign_id, customer_id, is_test = _people(row, known)
    answers = _answers(row, known, submission, (invitation_id, customer_id))
    language = str(row.get("language") or known.version.default_language)
    if language not in known.version.languages:
        raise _BadRow(language=_("The survey has no such language."))
    channel = str(row.get("channel") or "api")
    if len(channel) > _CHANNEL or "\x00" in channel:
        raise _BadRow(channel=_("A channel has at most 10 characters."))
    return _Row(
        place=place,
        submission_id=submission,
        answers=answers,
        completed_at=completed,
        started_at=min(started, completed),
        channel=channel,
        language=language,
        is_test=is_test,
        customer_id=None if known.anonymous else customer_id,
        campaign_id=campaign_id,
        invitation_id=invitation_id,
        groups=_groups(row, known, channel, language, customer_id),
    )


def _answers(
    row: Mapping[str, Any],
    known: _Known,
    submission: UUID,
    whose: tuple[int | None, int | None],
) -> dict[str, Any]:
    """The clean answers; of a survey with rules those along the way they make, with the hidden
    data of the invitation and customer in `whose`.
    """
    version, given = known.version, row["answers"]
    if version.has_flow:
        person = known.people.get(whose[1] or 0, Person())
        facts = Facts(
            customer=person.customer,
            segments=person.segments,
            language=str(row.get("language") or version.default_language),
            channel=str(row.get("channel") or "api"),
        )
        hidden = hidden_values(
            version.questions,
            customer={} if known.anonymous else person.customer,
            event=known.events.get(whose[0] or 0, {}),
            brought=lambda code, _name: given.get(code),
        )
        # What a client says wins: it may tell of what once was.
        given = {**hidden, **given}
        answers, errors, _way = checked_along(version.document, given, facts, str(submission))
    else:
        answers, errors = validate_all(version.questions.values(), given)
    foreign = answer_files_foreign(known.program_id, version.questions, answers)
    errors = {**errors, **dict.fromkeys(foreign, AnswerError("unreadable"))}
    if errors:
        raise _BadRow(**{f"answers.{c}": error_sentence(e) for c, e in errors.items()})
    return answers


def _submission(row: Mapping[str, Any]) -> UUID:
    given = row.get("submission_id")
    if given in (None, ""):
        return uuid4()
    try:
        return given if isinstance(given, UUID) else UUID(str(given))
    except ValueError as bad:
        raise _BadRow(submission_id=_("Give a UUID.")) from bad


def _moment(row: Mapping[str, Any], name: str, default: datetime) -> datetime:
    given = row.get(name)
    if given in (None, ""):
        return default
    try:
        moment = given if isinstance(given, datetime) else parse_datetime(str(given))
    except ValueError:
        moment = None
    # Before the clocks we know, a moment in another zone may lie before the first year.
    if moment is None or timezone.is_naive(moment) or moment.year < _EARLIEST_YEAR:
        raise _BadRow(**{name: _("Give a time with its zone, like 2026-11-24T10:30:00+09:00.")})
    if moment > timezone.now() + _AHEAD:
        raise _BadRow(**{name: _("This time has not come yet.")})
    return moment


def _people(
    row: Mapping[str, Any], known: _Known
) -> tuple[int | None, int | None, int | None, bool]:
    """(invitation, campaign, customer, test) of a row, all of the actor's program."""
    invitation_id, campaign_id = row.get("invitation_id"), row.get("campaign_id")
    customer_id, is_test = None, bool(row.get("is_test"))
    if row.get("external_id"):
        if str(row["external_id"]) not in known.customers:
            raise _BadRow(external_id=_("There is no customer with this id."))
        customer_id, tests = known.customers[str(row["external_id"])]
        is_test = is_test or tests
    if campaign_id is not None and not (_is_id(campaign_id) and campaign_id in known.campaigns):
        raise _BadRow(campaign_id=_("The survey has no such campaign."))
    if invitation_id is not None:
        if not _is_id(invitation_id) or invitation_id not in known.invitations:
            raise _BadRow(invitation_id=_("The survey has no such invitation."))
        campaign_id, invited = known.invitations[invitation_id]
        if customer_id not in (None, invited):
            raise _BadRow(external_id=_("The invitation belongs to another customer."))
        customer_id = invited
    return invitation_id, campaign_id, customer_id, is_test


def _groups(
    row: Mapping[str, Any], known: _Known, channel: str, language: str, customer_id: int | None
) -> list[Pair]:
    own = row.get("dimensions") or {}
    good = isinstance(own, Mapping) and all(
        isinstance(k, str) and isinstance(v, str) and 0 < len(k) <= MAX_KIND and k not in OWN_KINDS
        for k, v in own.items()
    )
    if not good or any(len(v) > MAX_KEY or "\x00" in k + v for k, v in own.items()):
        raise _BadRow(dimensions=_("Give groups as an object of short texts, like a store."))
    segments = known.segments.get(customer_id or 0, ())
    return [
        (CHANNEL, channel),
        (LANGUAGE, language),
        (SURVEY, str(known.version.survey_id)),
        *((SEGMENT, code) for code in segments),
        *((k, v) for k, v in own.items() if v),
    ]


def _insert(actor: Actor, survey: Survey, known: _Known, rows: list[_Row]) -> set[UUID]:
    """Write the rows; returns the submission ids that were new."""
    ids = dimension_ids(actor.program_id, {pair for row in rows for pair in row.groups})
    columns: dict[str, list[str | None]] = {name: [] for name in _COLUMNS}
    for row in rows:
        for name, value in _texts(actor, known, row, ids).items():
            columns[name].append(value)
    params: dict[str, Any] = {
        **columns,
        "program": actor.program_id,
        "survey": survey.pk,
        "version": known.version.pk,
        "anonymous": known.anonymous,
        "zone": actor.program.timezone,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, params)
        return {submission for (submission,) in cursor.fetchall()}


def _texts(
    actor: Actor, known: _Known, row: _Row, ids: Mapping[Pair, int]
) -> dict[str, str | None]:
    """A row as PostgreSQL writes its values, so that every column travels as one text array."""
    started, completed = row.started_at, row.completed_at
    if known.anonymous:
        day = completed.astimezone(actor.program.zone).date()
        started = completed = datetime.combine(day, time.min, tzinfo=actor.program.zone)
    numbers = sorted({ids[pair] for pair in row.groups})
    return {
        "campaign_id": _number(row.campaign_id),
        "invitation_id": _number(row.invitation_id),
        "customer_id": _number(row.customer_id),
        "submission_id": str(row.submission_id),
        "channel": row.channel,
        "language": row.language,
        "is_test": "true" if row.is_test else "false",
        "answers": orjson.dumps(row.answers).decode(),
        "dimensions": "{" + ",".join(map(str, numbers)) + "}",
        "started_at": started.isoformat(),
        "completed_at": completed.isoformat(),
    }


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _result(
    rows: Sequence[Mapping[str, Any]],
    good: Iterable[_Row],
    faults: Mapping[int, dict[str, str]],
    created: set[UUID],
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
