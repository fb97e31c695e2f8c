"""What a respondent's link opens, read with one indexed query."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from cxportal.core.prepared import prepared_cursor
from cxportal.core.tokens import derive, hash_of

#: What the tokens of links are derived and hashed for.
INVITATION, OPEN_LINK, TEST_LINK = "invitation", "open-link", "test-link"
_TEST_TOKEN = re.compile(r"test-(\d{1,18})-(\d{1,7})-([A-Za-z0-9_-]{43})")


class Closed(StrEnum):
    """Why a link takes no answers now."""

    EXPIRED = "expired"
    SURVEY = "survey"
    CAMPAIGN = "campaign"
    PAUSED = "paused"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """The survey behind a token, the invitation if it is personal, and what was answered so far.

    `response_*` describe the response that already exists for the invitation, or for the
    submission the browser named; all None when there is none. `submission_id` is the id a
    personal link answers under, `nonce` what its other links are derived from.
    """

    kind: str
    program_id: int
    program_name: str
    timezone: str
    survey_id: int
    survey_state: str
    survey_anonymous: bool
    version_id: int | None
    campaign_id: int | None
    campaign_state: str
    campaign_channel: str
    invitation_id: int | None
    nonce: str | None
    customer_id: int | None
    customer_language: str | None
    is_test: bool
    expires_at: datetime | None
    answered_at: datetime | None
    response_id: int | None
    response_status: str | None
    response_answers: Mapping[str, Any]
    response_version_id: int | None
    response_language: str | None
    access: Mapping[str, Any]
    submission_id: UUID

    @property
    def is_personal(self) -> bool:
        return self.kind == INVITATION

    @property
    def is_trial(self) -> bool:
        """True for the link staff try a published survey by."""
        return self.kind == TEST_LINK

    @property
    def is_answered(self) -> bool:
        """True when nothing more is taken in through this link or submission."""
        return self.answered_at is not None or self.response_status in ("complete", "screened")

    @property
    def today(self) -> date:
        """The day of the program's time zone."""
        return timezone.now().astimezone(ZoneInfo(self.timezone)).date()

    def may_change(self, now: datetime | None = None) -> bool:
        """True while a complete answer may be changed by its personal link."""
        minutes = self.access.get("change_minutes")
        if not minutes or not self.is_personal or self.response_status != "complete":
            return False
        given = self.answered_at
        return given is not None and (now or timezone.now()) < given + timedelta(minutes=minutes)

    def closed(self, now: datetime | None = None) -> Closed | None:
        """Why no answers are taken, None when they are."""
        if self.survey_state != "open" or self.version_id is None:
            return Closed.SURVEY
        moment = now or timezone.now()
        closes = self.access.get("closes_at")
        if closes and datetime.fromisoformat(closes) <= moment:
            return Closed.SURVEY
        if self.expires_at is not None and self.expires_at <= moment:
            return Closed.EXPIRED
        if self.is_personal or self.campaign_state == "running":
            # A stopped or paused mailing sends no more; who was already asked may answer.
            return None
        return Closed.PAUSED if self.campaign_state == "paused" else Closed.CAMPAIGN


_ANSWERS = "CASE WHEN r.status = 'partial' OR s.access ? 'change_minutes' THEN r.answers END"
_FIELDS = tuple(field.name for field in fields(LinkTarget))
# One row at most: a token has one purpose, so only one of the two halves can match.
_TARGET = f"""
SELECT t.kind, p.id, p.name, p.timezone, s.id, s.state, s.anonymous, s.current_version_id,
       c.id, c.state, c.channel, t.invitation_id, t.nonce, u.id, u.language,
       COALESCE(u.is_test, FALSE),
       t.expires_at, t.answered_at, r.id, r.status,
       {_ANSWERS},
       r.version_id, r.language, s.access
FROM (
  SELECT 'invitation' AS kind, i.id AS invitation_id, i.nonce, i.campaign_id, i.customer_id,
         i.expires_at, i.answered_at
  FROM surveys_invitation i WHERE i.token_hash = %(invitation)s
  UNION ALL
  SELECT 'open-link', NULL, NULL, o.id, NULL, NULL, NULL
  FROM surveys_campaign o WHERE o.link_hash = %(link)s
) t
JOIN surveys_campaign c ON c.id = t.campaign_id
JOIN surveys_survey s ON s.id = c.survey_id
JOIN core_program p ON p.id = s.program_id
LEFT JOIN core_customer u ON u.id = t.customer_id
LEFT JOIN surveys_response r ON r.survey_id = s.id AND r.submission_id = %(submission)s
"""  # noqa: S608  # constant texts of this module
# Of no campaign and nobody known; only what was begun as a test is gone on with.
_TRIAL = f"""
SELECT 'test-link', p.id, p.name, p.timezone, s.id, s.state, s.anonymous, s.current_version_id,
       NULL, 'running', 'link', NULL, NULL, NULL, NULL, TRUE,
       %(expires)s::timestamptz, NULL, r.id, r.status, {_ANSWERS},
       r.version_id, r.language, s.access
FROM surveys_survey s
JOIN core_program p ON p.id = s.program_id
LEFT JOIN surveys_response r
  ON r.survey_id = s.id AND r.submission_id = %(submission)s AND r.is_test
WHERE s.id = %(survey)s
"""  # noqa: S608  # constant texts of this module


def submission_of(token: str) -> UUID:
    """The submission id of a personal link: one form, however often and wherever it is opened."""
    return UUID(bytes=hashlib.sha256(f"submission:{token}".encode()).digest()[:16], version=5)


def trial_token(survey: int, ends: date) -> str:
    """The token by which a survey is tried until the end of a day (UTC); nothing is stored."""
    day = ends.toordinal()
    return f"test-{survey}-{day}-{derive(f'{survey}:{day}', TEST_LINK)}"


def trial_of(token: str) -> tuple[int, datetime] | None:
    """The survey a test link opens and when it stops doing so; None for any other token."""
    parts = _TEST_TOKEN.fullmatch(token)
    if parts is None:
        return None
    survey, day = int(parts[1]), int(parts[2])
    if not 0 < day < date.max.toordinal():
        return None
    ends = date.fromordinal(day)
    if not hmac.compare_digest(token, trial_token(survey, ends)):
        return None
    return survey, trial_end(ends)


def trial_end(ends: date) -> datetime:
    """The moment a test link of this last day stops working."""
    return datetime.combine(ends + timedelta(days=1), time.min, tzinfo=UTC)


def target_of(token: str, submission_id: UUID | None = None) -> LinkTarget | None:
    """What a token opens, None for an unknown one.

    `submission_id` is the one an open link's form carries, to find what it saved before.
    """
    submission = submission_id or submission_of(token)
    trial = trial_of(token)
    keys: dict[str, Any] = {
        "invitation": hash_of(token, INVITATION),
        "link": hash_of(token, OPEN_LINK),
        "submission": submission,
    }
    if trial is not None:
        survey, expires = trial
        keys = {"survey": survey, "expires": expires, "submission": submission}
    with prepared_cursor() as cursor:
        cursor.execute(_TARGET if trial is None else _TRIAL, keys)
        row: Any = cursor.fetchone()
    if row is None:
        return None
    values = dict(zip(_FIELDS, (*row, submission), strict=True))
    stored = {name: decoded(values[name]) for name in ("response_answers", "access")}
    return LinkTarget(**{**values, **stored})


def decoded(answers: Any) -> dict[str, Any]:
    """A JSON column of a raw query."""
    if not answers:
        return {}
    if isinstance(answers, str | bytes):
        import orjson

        answers = orjson.loads(answers)
    return dict(answers)
