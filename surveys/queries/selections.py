"""Which answers a report is about: its filters, as they stand in the address, and as SQL.

`?from=&to=` or `?days=`, `?group=segment:gold`, `?version=2`, `?answer=used:app`,
`?answer=nps:0..6`; several of one kind widen, of different kinds narrow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from django.utils.functional import cached_property

from cxportal.core.actors import Actor
from surveys.calc.anonymity import blocks, cells, counted
from surveys.models import Dimension, Survey, SurveyVersion
from surveys.queries.guards import last_of_month as month_end
from surveys.queries.guards import months_before
from surveys.queries.scores import Period

#: Newest answers that free tables are made of; more would keep a reader waiting.
SAMPLE = 50_000
#: Groups that cut answers by people; "survey" only tells the surveys of a metric apart.
HIDDEN_KINDS = frozenset({"survey"})
_MOST = 20


@dataclass(frozen=True)
class AnswerCondition:
    """An answer to one question: one of these codes or numbers, or a number in a range."""

    code: str
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        """As it stands in the address."""
        if self.low is not None:
            return f"{self.code}:{self.low:g}..{self.high:g}"
        return f"{self.code}:{','.join(self.values)}"


@dataclass(frozen=True)
class ReportFilter:
    """What narrows a report besides its period."""

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    versions: tuple[int, ...] = ()
    answers: tuple[AnswerCondition, ...] = ()

    @classmethod
    def read(cls, query: QueryDict) -> "ReportFilter":
        """From an address; what cannot be read is left out."""
        groups: dict[str, tuple[str, ...]] = {}
        for text in query.getlist("group")[:_MOST]:
            kind, colon, key = text.replace("\x00", "").partition(":")
            if colon and key and kind not in HIDDEN_KINDS:
                groups[kind] = (*groups.get(kind, ()), key)
        versions = [v for v in query.getlist("version")[:_MOST] if v.isdecimal() and len(v) < 6]
        conditions = (_condition(text) for text in query.getlist("answer")[:_MOST])
        found = tuple(condition for condition in conditions if condition is not None)
        return cls(groups, tuple(int(v) for v in versions), _merged(found))

    def __bool__(self) -> bool:
        return bool(self.groups or self.versions or self.answers)

    def pairs(self) -> list[tuple[str, str]]:
        """(name, value) pairs of the address, one for each thing that can be taken off."""
        return [
            *(("group", f"{kind}:{key}") for kind, keys in self.groups.items() for key in keys),
            *(("version", str(number)) for number in self.versions),
            *(("answer", condition.text) for condition in self.answers),
        ]

    def query(self) -> str:
        """The address's part."""
        return urlencode(self.pairs())


def _condition(text: str) -> AnswerCondition | None:
    code, colon, value = text.replace("\x00", "").partition(":")
    if not (code and colon and value) or len(text) > 500:
        return None
    low, dots, high = value.partition("..")
    if dots:
        try:
            return AnswerCondition(code, low=float(low), high=float(high))
        except ValueError:
            return None
    return AnswerCondition(code, tuple(value.split(",")[:_MOST]))


def _merged(conditions: Sequence[AnswerCondition]) -> tuple[AnswerCondition, ...]:
    """Several values of one question widen: they become one condition."""
    merged: dict[str, AnswerCondition] = {}
    for condition in conditions:
        before = merged.get(condition.code)
        both = before is not None and before.low is None and condition.low is None
        if before is not None and both:
            merged[condition.code] = AnswerCondition(
                condition.code, before.values + condition.values
            )
        else:
            merged[condition.code] = condition
    return tuple(merged.values())


def is_protected(actor: Actor, survey: Survey | None = None) -> bool:
    """True where people only count in cells: anonymous surveys, and whatever a guest sees."""
    return actor.role == "guest" or (survey is not None and survey.anonymous)


@dataclass(frozen=True)
class Selection:
    """The complete, real answers of one survey a report is about.

    Where `protected`, only whole months and whole cells of people count, and answers are no
    filter; `shown_period` says which months are left, None when none is.
    """

    actor: Actor
    survey: Survey
    period: Period
    filter: ReportFilter

    @property
    def protected(self) -> bool:
        return is_protected(self.actor, self.survey)

    @property
    def threshold(self) -> int:
        """Fewest people that count together."""
        return self.actor.program.anonymity_n

    @cached_property
    def shown_period(self) -> Period | None:
        if not self.protected:
            return self.period
        return whole_blocks(self._blocks, self.period)

    @cached_property
    def before(self) -> Period | None:
        """As many days just before, of the same people's kind; whole months where protected."""
        period = self.shown_period
        if period is None or not self.protected:
            return period and period.before
        return Period(*months_before(period.first, period.last))

    @property
    def shown_blocks(self) -> list[Period]:
        """The whole blocks of months that are shown, where people only count in them."""
        period = self.shown_period
        found = [Period(first, month_end(last)) for first, last in self._blocks]
        if period is None:
            return []
        return [b for b in found if period.first <= b.first and b.last <= period.last]

    @property
    def active(self) -> ReportFilter:
        """The filters that count."""
        if not self.protected:
            return self.filter
        return ReportFilter(self.filter.groups, self.filter.versions)

    @cached_property
    def where(self) -> tuple[str, dict[str, Any]]:
        """A condition on `surveys_response r` and its parameters."""
        period = self.shown_period
        if period is None:
            return "FALSE", {}
        if self.protected and self.active:
            return "r.id = ANY(%(ids)s)", {"ids": self._protected_ids()}
        return self._plain_where(period, self.active)

    def _plain_where(self, period: Period, wanted: ReportFilter) -> tuple[str, dict[str, Any]]:
        first, after = instants(self.actor, period)
        params: dict[str, Any] = {
            "program": self.actor.program_id,
            "survey": self.survey.pk,
            "first": first,
            "after": after,
        }
        parts = [
            "r.program_id = %(program)s AND r.survey_id = %(survey)s AND r.status = 'complete'"
            " AND NOT r.is_test AND r.completed_at >= %(first)s AND r.completed_at < %(after)s"
        ]
        for place, kind in enumerate(sorted(wanted.groups)):
            params[f"group{place}"] = self.group_ids[kind]
            parts.append(f"r.dimensions && %(group{place})s::bigint[]")
        if wanted.versions:
            params["versions"] = self.version_ids
            parts.append("r.version_id = ANY(%(versions)s)")
        for place, condition in enumerate(wanted.answers):
            parts.append(_answer_sql(place, condition, params))
        return " AND ".join(parts), params

    @cached_property
    def group_ids(self) -> dict[str, list[int]]:
        """Numbers of the groups wanted, by kind; a group nobody is in gives none."""
        found: dict[str, list[int]] = {kind: [] for kind in self.active.groups}
        rows = Dimension.objects.for_actor(self.actor).filter(kind__in=list(found))
        for pk, kind, key in rows.values_list("pk", "kind", "key"):
            if key in self.active.groups[kind]:
                found[kind].append(pk)
        return found

    @cached_property
    def version_ids(self) -> list[int]:
        rows = SurveyVersion.objects.for_actor(self.actor).filter(survey=self.survey)
        return list(rows.filter(number__in=self.active.versions).values_list("pk", flat=True))

    @cached_property
    def _blocks(self) -> list[tuple[date, date]]:
        sql = (
            "SELECT date_trunc('month', r.completed_at AT TIME ZONE %(zone)s)::date, count(*)"
            " FROM surveys_response r WHERE r.program_id = %(program)s"
            " AND r.survey_id = %(survey)s AND r.status = 'complete' AND NOT r.is_test"
            " GROUP BY 1"
        )
        values = {"program": self.actor.program_id, "survey": self.survey.pk}
        with connection.cursor() as cursor:
            cursor.execute(sql, {**values, "zone": self.actor.program.timezone})
            return blocks(dict(cursor.fetchall()), self.threshold)

    def _protected_ids(self) -> list[int]:
        """Responses of the cells all of whose people fit; each block has cells of its own."""
        found: list[int] = []
        for block in self.shown_blocks:
            found += self._block_ids(block)
        return found

    def _block_ids(self, block: Period) -> list[int]:
        where, params = self._plain_where(block, ReportFilter())
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT r.id, r.version_id, r.dimensions FROM surveys_response r"  # noqa: S608
                f" WHERE {where} ORDER BY r.completed_at, r.id",
                params,
            )
            rows = cursor.fetchall()
        keys = [(version, tuple(sorted(groups))) for _pk, version, groups in rows]
        fits = [self._fits(version, groups) for _pk, version, groups in rows]
        kept = counted(cells(keys, self.threshold), fits)
        return [rows[place][0] for place in kept]

    def _fits(self, version: int, groups: Sequence[int]) -> bool:
        if self.active.versions and version not in self.version_ids:
            return False
        mine = set(groups)
        return all(mine & set(ids) for ids in self.group_ids.values())


def _answer_sql(place: int, condition: AnswerCondition, params: dict[str, Any]) -> str:
    code = f"code{place}"
    params[code] = condition.code
    answer = f"r.answers -> %({code})s::text"
    if condition.low is not None:
        params[f"low{place}"], params[f"high{place}"] = condition.low, condition.high
        return (
            f"CASE WHEN jsonb_typeof({answer}) = 'number' THEN ({answer})::numeric"
            f" BETWEEN %(low{place})s AND %(high{place})s ELSE FALSE END"
        )
    params[f"values{place}"] = list(condition.values)
    return (
        f"CASE jsonb_typeof({answer}) WHEN 'array' THEN ({answer}) ?| %(values{place})s::text[]"
        f" ELSE COALESCE(({answer}) #>> '{{}}' = ANY(%(values{place})s::text[]), FALSE) END"
    )


def whole_blocks(found: Sequence[tuple[date, date]], period: Period) -> Period | None:
    """The whole blocks of months a period touches; None when it touches none from end to end."""
    start, end = month_start(period.first), month_end(period.last)
    inside = [(a, month_end(b)) for a, b in found if start <= a and month_end(b) <= end]
    return Period(inside[0][0], inside[-1][1]) if inside else None


def month_start(day: date) -> date:
    return day.replace(day=1)


def instants(actor: Actor, period: Period) -> tuple[datetime, datetime]:
    """The period as instants: from its first midnight to before the midnight after its last day."""
    zone = actor.program.zone
    first = datetime.combine(period.first, time.min, tzinfo=zone)
    return first, datetime.combine(period.last + timedelta(1), time.min, tzinfo=zone)
