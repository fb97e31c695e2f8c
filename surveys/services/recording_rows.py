"""Rows of answers as clients send them, checked by hand before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from surveys.calc.answers import AnswerError, validate_all
from surveys.calc.hidden import hidden_values
from surveys.calc.logic import Facts
from surveys.calc.logic_answers import checked_along
from surveys.queries.ways import Person
from surveys.rendering import CompiledVersion, error_sentence
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
)

# A clock a little ahead of ours is believed.
_AHEAD = timedelta(minutes=5)
_CHANNEL = 10
_MAX_ID = 2**63 - 1
_EARLIEST_YEAR = 1970


@dataclass
class CheckedRow:
    """A checked row on its way into the database; `groups` are what it is reported by."""

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
    groups: tuple[Pair, ...]


@dataclass(frozen=True)
class Known:
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


class BadRow(ValueError):
    """A row that cannot be taken; `errors` maps field names to sentences."""

    def __init__(self, **errors: str) -> None:
        super().__init__("bad row")
        self.errors = errors


def rows_checked(
    rows: Sequence[Mapping[str, Any]], known: Known
) -> tuple[list[CheckedRow], dict[int, dict[str, str]]]:
    good, faults = [], {}
    for place, row in enumerate(rows):
        try:
            good.append(row_checked(place, row, known))
        except BadRow as bad:
            faults[place] = bad.errors
    return good, faults


def row_checked(place: int, row: Mapping[str, Any], known: Known) -> CheckedRow:
    if not isinstance(row, Mapping) or not isinstance(row.get("answers"), Mapping):
        raise BadRow(answers=_("Give the answers as an object of question codes."))
    submission = _submission(row)
    completed = _moment(row, "completed_at", known.now)
    started = _moment(row, "started_at", completed)
    invitation_id, campaign_id, customer_id, is_test = _people(row, known)
    answers = _answers(row, known, submission, (invitation_id, customer_id))
    language = str(row.get("language") or known.version.default_language)
    if language not in known.version.languages:
        raise BadRow(language=_("The survey has no such language."))
    channel = str(row.get("channel") or "api")
    if len(channel) > _CHANNEL or "\x00" in channel:
        raise BadRow(channel=_("A channel has at most 10 characters."))
    return CheckedRow(
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
    known: Known,
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
        raise BadRow(**{f"answers.{c}": error_sentence(e) for c, e in errors.items()})
    return answers


def _submission(row: Mapping[str, Any]) -> UUID:
    given = row.get("submission_id")
    if given in (None, ""):
        return uuid4()
    try:
        return given if isinstance(given, UUID) else UUID(str(given))
    except ValueError as bad:
        raise BadRow(submission_id=_("Give a UUID.")) from bad


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
        raise BadRow(**{name: _("Give a time with its zone, like 2026-11-24T10:30:00+09:00.")})
    if moment > timezone.now() + _AHEAD:
        raise BadRow(**{name: _("This time has not come yet.")})
    return moment


def _people(
    row: Mapping[str, Any], known: Known
) -> tuple[int | None, int | None, int | None, bool]:
    """(invitation, campaign, customer, test) of a row, all of the actor's program."""
    invitation_id, campaign_id = row.get("invitation_id"), row.get("campaign_id")
    customer_id, is_test = None, bool(row.get("is_test"))
    if row.get("external_id"):
        if str(row["external_id"]) not in known.customers:
            raise BadRow(external_id=_("There is no customer with this id."))
        customer_id, tests = known.customers[str(row["external_id"])]
        is_test = is_test or tests
    if campaign_id is not None and not (is_id(campaign_id) and campaign_id in known.campaigns):
        raise BadRow(campaign_id=_("The survey has no such campaign."))
    if invitation_id is not None:
        if not is_id(invitation_id) or invitation_id not in known.invitations:
            raise BadRow(invitation_id=_("The survey has no such invitation."))
        campaign_id, invited = known.invitations[invitation_id]
        if customer_id not in (None, invited):
            raise BadRow(external_id=_("The invitation belongs to another customer."))
        customer_id = invited
    return invitation_id, campaign_id, customer_id, is_test


def _groups(
    row: Mapping[str, Any], known: Known, channel: str, language: str, customer_id: int | None
) -> tuple[Pair, ...]:
    own = row.get("dimensions") or {}
    good = isinstance(own, Mapping) and all(
        isinstance(k, str) and isinstance(v, str) and 0 < len(k) <= MAX_KIND and k not in OWN_KINDS
        for k, v in own.items()
    )
    if not good or any(len(v) > MAX_KEY or "\x00" in k + v for k, v in own.items()):
        raise BadRow(dimensions=_("Give groups as an object of short texts, like a store."))
    segments = known.segments.get(customer_id or 0, ())
    return (
        (CHANNEL, channel),
        (LANGUAGE, language),
        (SURVEY, str(known.version.survey_id)),
        *((SEGMENT, code) for code in segments),
        *((k, v) for k, v in own.items() if v),
    )


def is_id(value: Any) -> bool:
    """True for a number that may be the key of a row."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MAX_ID
