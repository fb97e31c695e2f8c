"""Metrics that are counted: records, values by hand, file and API, formulas."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.commands import audit, emit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.imports import read_csv
from cxportal.core.models import Membership, User, as_texts
from cxportal.core.policies import authorise
from surveys.calc.formulas import FormulaError, read_formula
from surveys.models import Metric, MetricValue, OperationalMetric
from surveys.services.figure_feeds import check_feed, feed_count, feed_defaults
from surveys.services.metrics import CODE

EDITABLE = frozenset(
    {"name", "subject", "unit", "decimals", "high_is_good", "target", "together", "source"}
    | {"formula", "min_n", "owner", "feed", "feed_setting"}
)
_CHOICES = {
    "subject": OperationalMetric.Subject,
    "unit": OperationalMetric.Unit,
    "together": OperationalMetric.Together,
}
_LIMIT = Decimal(10) ** 14


@transaction.atomic
def operational_metric_create(
    *, actor: Actor, code: str, name: Mapping[str, str] | str, **values: Any
) -> OperationalMetric:
    """Make a record; one with a feed is counted at once and is, unless said, what the feed is.

    Raises DomainError "bad_code", "code_taken", "bad_formula", "bad_feed", "invalid".
    """
    authorise(actor, "surveys.change_metrics")
    values = {**feed_defaults(values.get("feed", "")), **values}
    if not CODE.fullmatch(code):
        _refuse("bad_code", "code", _("Use lower-case letters, digits, dots and hyphens."))
    metric = OperationalMetric(program=actor.program, code=code, **_checked(actor, code, values))
    metric.name = as_texts(name, actor.program.default_language) or {"en": code}
    try:
        with transaction.atomic():
            metric.save()
    except IntegrityError as taken:
        sentence = _("Another metric has this code. Choose a different one.")
        raise DomainError("code_taken", sentence, details={"code": sentence}) from taken
    audit(actor=actor, action="operationalmetric.create", obj=metric)
    if metric.feed:
        feed_count(actor=actor, metric=metric)
    return metric


@transaction.atomic
def operational_metric_update(
    *, actor: Actor, metric: OperationalMetric, version: int | None = None, **values: Any
) -> OperationalMetric:
    """Change a record; `version` as everywhere. Its values stay."""
    authorise(actor, "surveys.change_metrics", metric)
    metric = lock(metric)
    expect_version(metric, version, shown=("name", "target", "formula"))
    if "name" in values:
        values["name"] = as_texts(values["name"], actor.program.default_language)
    changes = save_version(metric, _checked(actor, metric.code, values, metric))
    if changes:
        audit(actor=actor, action="operationalmetric.update", obj=metric, changes=changes)
    if metric.feed and {"feed", "feed_setting"} & set(changes):
        feed_count(actor=actor, metric=metric)
    return metric


@transaction.atomic
def operational_metric_delete(*, actor: Actor, metric: OperationalMetric) -> None:
    """Forget a record and its values."""
    authorise(actor, "surveys.change_metrics", metric)
    audit(actor=actor, action="operationalmetric.delete", obj=metric)
    metric.delete()


def _checked(
    actor: Actor, code: str, values: dict[str, Any], stored: OperationalMetric | None = None
) -> dict[str, Any]:
    unknown = set(values) - EDITABLE
    if unknown:
        raise TypeError(f"an operational metric has no {sorted(unknown)}")
    for field, choices in _CHOICES.items():
        if field in values and values[field] not in choices.values:
            _refuse("invalid", field, _("Choose one of the offered values."))
    if values.get("formula"):
        _check_formula(actor, code, str(values["formula"]))
    feed, setting, formula = (
        str(values.get(name, getattr(stored, name, "")))
        for name in ("feed", "feed_setting", "formula")
    )
    check_feed(actor, feed, setting, formula)
    _check_owner(actor, values.get("owner"))
    return values


def _check_formula(actor: Actor, own: str, text: str) -> None:
    try:
        codes = read_formula(text).codes
    except FormulaError as error:
        sentence = _("The formula cannot be read: %(where)s.") % {"where": error}
        _refuse("bad_formula", "formula", sentence)
    scores = Metric.objects.for_actor(actor).filter(code__in=codes)
    asked = set(scores.values_list("code", flat=True))
    counted = OperationalMetric.objects.for_actor(actor).filter(code__in=codes, formula="")
    missing = codes - asked - set(counted.values_list("code", flat=True))
    if missing or own in codes or not codes:
        sentence = _("The formula needs codes of other metrics that are not computed themselves.")
        _refuse("bad_formula", "formula", sentence)


def _check_owner(actor: Actor, owner: User | None) -> None:
    members = Membership.objects.for_actor(actor)
    if owner is not None and not members.filter(user=owner, is_active=True).exists():
        _refuse("bad_owner", "owner", _("The owner must be a member of this program."))


def _refuse(code: str, field: str, sentence: str) -> None:
    raise DomainError(code, sentence, details={field: sentence})


@transaction.atomic
def metric_values_set(
    *, actor: Actor, metric: OperationalMetric, rows: Iterable[Mapping[str, Any]]
) -> BulkResult:
    """Set values by day: {"day": "2026-11-01", "value": "71.5", "n": 340}; a bad row fails alone.

    A day that has a value gets the new one. Raises DomainError for a computed metric.
    """
    authorise(actor, "surveys.change_metrics", metric)
    if metric.formula or metric.feed:
        raise DomainError("computed", _("This metric is computed; it takes no values."))
    given = list(rows)
    if len(given) > MAX_ROWS:
        raise DomainError("too_many_rows", _("Too many rows."), status=413)
    known = dict(metric.values.values_list("day", "value"))
    result, good = BulkResult(), dict[date, MetricValue]()
    for row in given:
        _take(metric, row, known, good, result)
    MetricValue.unscoped.bulk_create(  # unscoped: the metric was authorised
        good.values(),
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["metric", "day"],
        update_fields=["value", "n"],
    )
    changes = {"created": result.created, "updated": result.updated}
    audit(actor=actor, action="operationalmetric.values", obj=metric, changes=changes)
    emit(actor=actor, event="metric.values", payload={"metric": metric.code, **changes})
    return result


def _take(
    metric: OperationalMetric,
    row: Mapping[str, Any],
    known: Mapping[date, Decimal],
    good: dict[date, MetricValue],
    result: BulkResult,
) -> None:
    label = str(row.get("day", ""))[:40] if isinstance(row, Mapping) else ""
    try:
        day, value, n = _read_row(row)
    except DomainError as error:
        result.add(label, "failed", dict(error.details))
        return
    made = MetricValue(program_id=metric.program_id, metric=metric, day=day, value=value, n=n)
    status = "created" if day not in known and day not in good else "updated"
    if known.get(day) == value and day not in good and n is None:
        status = "unchanged"
    good[day] = made
    result.add(label, status)


def _read_row(row: Mapping[str, Any]) -> tuple[date, Decimal, int | None]:
    if not isinstance(row, Mapping) or set(row) - {"day", "value", "n"}:
        _refuse("invalid", "row", _("A row has day, value and perhaps n."))
    day = _day(row.get("day"))
    try:
        value = Decimal(str(row.get("value", "")).strip().replace(",", ""))
    except InvalidOperation:
        value = _LIMIT
    if not value.is_finite() or abs(value) >= _LIMIT:
        _refuse("invalid", "value", _("Write a number."))
    n = row.get("n")
    if n in (None, ""):
        return day, value, None
    if not str(n).isdecimal() or int(str(n)) > 2_000_000_000:
        _refuse("invalid", "n", _("Write a whole number."))
    return day, value, int(str(n))


def _day(text: Any) -> date:
    try:
        day = parse_date(str(text or "").strip())
    except ValueError:
        day = None
    if day is None:
        sentence = _("Write the day as 2026-11-22.")
        raise DomainError("invalid", sentence, details={"day": sentence})
    return day


def metric_values_import(*, actor: Actor, metric: OperationalMetric, content: bytes) -> BulkResult:
    """Values from a CSV file with the columns day, value and perhaps n."""
    authorise(actor, "surveys.change_metrics", metric)
    table = read_csv(content, required=["day", "value"], known=["day", "value", "n"])
    return metric_values_set(actor=actor, metric=metric, rows=[row for _line, row in table.rows])
