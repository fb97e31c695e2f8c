"""The scorecard: its KPIs, their months, the links tested between them, months closed for good."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from loyalty.calc.months import month_of, month_shift, months_up_to
from loyalty.models import Kpi, KpiLink, KpiValue, ScorecardSnapshot
from loyalty.queries.kpi_sources import SOURCES
from loyalty.queries.kpi_values import months_of_kpis
from surveys.calc.definitions import Unit
from surveys.queries.scores import UNITS, definition_of, today_of

#: Months that are kept up to date as long as they are not closed.
MONTHS = 36
SHOWN = ("name", "goal", "view", "target", "weight")
#: Capability makes experience, experience makes equity: a link never leads back down.
_ORDER = {Kpi.View.CAPABILITY: 0, Kpi.View.EXPERIENCE: 1, Kpi.View.EQUITY: 2}


@transaction.atomic
def kpi_create(*, actor: Actor, name: dict[str, str], view: str, **values: Any) -> Kpi:
    """Add a KPI. Raises DomainError "invalid" for a missing name or a source that names nothing."""
    authorise(actor, "loyalty.change_scorecard")
    kpi = Kpi(program=actor.program, name=name, view=view, **values)
    _settle(actor, kpi)
    kpi.position = Kpi.objects.for_actor(actor).filter(view=view).count()
    kpi.save()
    audit(actor=actor, action="kpi.create", obj=kpi)
    _refresh(actor, [kpi])
    return kpi


@transaction.atomic
def kpi_update(*, actor: Actor, kpi: Kpi, version: int | None = None, **values: Any) -> Kpi:
    """Change a KPI. Raises StaleEdit for an older version."""
    authorise(actor, "loyalty.change_scorecard", kpi)
    stored = lock(kpi)
    expect_version(stored, version, SHOWN)
    wanted = {name: value for name, value in values.items() if getattr(stored, name) != value}
    draft = Kpi(**{f.attname: getattr(stored, f.attname) for f in Kpi._meta.concrete_fields})
    for name, value in wanted.items():
        setattr(draft, name, value)
    _settle(actor, draft)
    settled = {name: getattr(draft, name) for name in {*wanted, "unit", "high_is_good"}}
    changes = save_version(stored, settled)
    if changes:
        audit(actor=actor, action="kpi.update", obj=stored, changes=changes)
        _refresh(actor, [stored])
    return stored


@transaction.atomic
def kpi_delete(*, actor: Actor, kpi: Kpi) -> None:
    """Take a KPI off the scorecard with its open months; closed months keep it."""
    authorise(actor, "loyalty.change_scorecard", kpi)
    audit(actor=actor, action="kpi.delete", obj=kpi)
    kpi.delete()


def _settle(actor: Actor, kpi: Kpi) -> None:
    """Let the source decide unit and direction; refuse one that gives nothing."""
    faults: dict[str, str] = {}
    if not any((kpi.name or {}).values()):
        faults["name"] = _("Write it in at least one language.")
    if kpi.weight is not None and kpi.weight < 0:
        faults["weight"] = _("A weight is zero or more.")
    if kpi.part_of is not None and kpi.part_of.program_id != actor.program_id:
        faults["part_of"] = _("This is not of this program.")
    faults |= _settle_source(actor, kpi)
    if faults:
        raise DomainError("invalid", _("Some fields need mending."), details=faults)


def _settle_source(actor: Actor, kpi: Kpi) -> dict[str, str]:
    """Unit and direction as the source has them; a sentence per field when there is none."""
    if kpi.source == Kpi.Source.METRIC:
        if kpi.metric is None or kpi.metric.program_id != actor.program_id:
            return {"metric": _("Choose the metric it is taken from.")}
        definition = definition_of(kpi.metric)
        kpi.unit = UNITS.get(definition.unit, "") or Kpi.Unit.NUMBER
        kpi.high_is_good = definition.unit is not Unit.MEAN or definition.high_is_good
    elif kpi.source == Kpi.Source.COUNTED:
        if kpi.counted is None or kpi.counted.program_id != actor.program_id:
            return {"counted": _("Choose the metric it is taken from.")}
        kpi.unit, kpi.high_is_good = kpi.counted.unit, kpi.counted.high_is_good
    elif kpi.source == Kpi.Source.COMPUTED:
        if kpi.computed not in SOURCES:
            return {"computed": _("Choose what the portal computes.")}
        kpi.unit, kpi.high_is_good = SOURCES[kpi.computed].unit, True
    return {}


@transaction.atomic
def kpi_value_set(
    *,
    actor: Actor,
    kpi: Kpi,
    month: date,
    value: Decimal | None = None,
    n: int | None = None,
    comment: str | None = None,
) -> KpiValue:
    """Enter a month's value (of a KPI entered by hand) or its comment; what is None stays.

    Raises DomainError "closed" for a closed month, "computed" for a value the portal computes.
    """
    authorise(actor, "loyalty.comment_scorecard", kpi)
    month = month_of(month)
    _refuse_closed(actor, month)
    if value is not None or n is not None:
        authorise(actor, "loyalty.change_scorecard", kpi)
        if kpi.source != Kpi.Source.MANUAL:
            message = _("The portal fills this KPI by itself; only its comment can be written.")
            raise DomainError("computed", message)
    given = {"value": value, "n": n, "comment": comment}
    chosen = {name: part for name, part in given.items() if part is not None}
    row, _made = KpiValue.unscoped.update_or_create(  # unscoped: a KPI of the actor's program
        kpi=kpi, month=month, defaults={"program": actor.program, **chosen}
    )
    audit(actor=actor, action="kpi.value", obj=kpi, changes={f"{month:%Y-%m}": [None, chosen]})
    return row


def _refuse_closed(actor: Actor, month: date) -> None:
    if ScorecardSnapshot.objects.for_actor(actor).filter(month=month).exists():
        message = _("%(month)s is closed and stays as it was.") % {"month": f"{month:%Y-%m}"}
        raise DomainError("closed", message)


@transaction.atomic
def kpi_link_add(*, actor: Actor, cause: Kpi, effect: Kpi) -> KpiLink:
    """Say that `effect` should follow `cause`. Raises DomainError "invalid" for a way back."""
    authorise(actor, "loyalty.change_scorecard", cause)
    authorise(actor, "loyalty.change_scorecard", effect)
    if cause.pk == effect.pk or _ORDER[Kpi.View(cause.view)] > _ORDER[Kpi.View(effect.view)]:
        message = _("A link leads from capability over experience to customer equity.")
        raise DomainError("invalid", message, details={"effect": message})
    link, made = KpiLink.unscoped.get_or_create(  # unscoped: KPIs of the actor's program
        cause=cause, effect=effect, defaults={"program": actor.program}
    )
    if made:
        audit(actor=actor, action="kpi.link", obj=cause, changes={"effect": [None, effect.pk]})
    return link


@transaction.atomic
def kpi_link_remove(*, actor: Actor, link: KpiLink) -> None:
    """Drop a hypothesis."""
    authorise(actor, "loyalty.change_scorecard", link)
    audit(
        actor=actor, action="kpi.unlink", obj=link.cause, changes={"effect": [link.effect_id, None]}
    )
    link.delete()


@transaction.atomic
def scorecard_refresh(*, actor: Actor) -> int:
    """Bring every month that is not closed up to date; returns how many values were written."""
    authorise(actor, "loyalty.comment_scorecard")
    return _refresh(actor, list(Kpi.objects.for_actor(actor).select_related("metric", "counted")))


def _refresh(actor: Actor, kpis: list[Kpi]) -> int:
    months = months_up_to(today_of(actor), MONTHS)
    closed = set(
        ScorecardSnapshot.objects.for_actor(actor)
        .filter(month__in=months)
        .values_list("month", flat=True)
    )
    found = months_of_kpis(actor, kpis, months[0], months[-1])
    rows = [
        KpiValue(program=actor.program, kpi_id=kpi, month=month, value=_stored(value), n=n)
        for kpi, by_month in found.items()
        for month, (value, n) in by_month.items()
        if month not in closed
    ]
    KpiValue.unscoped.bulk_create(  # unscoped: KPIs of the actor's program
        rows,
        update_conflicts=True,
        unique_fields=["kpi", "month"],
        update_fields=["value", "n"],
    )
    return len(rows)


def _stored(value: float | None) -> Decimal | None:
    return None if value is None else round(Decimal(value), 4)


@transaction.atomic
def scorecard_close(*, actor: Actor, month: date) -> ScorecardSnapshot:
    """Keep a month's scorecard as it stands now, for good.

    Raises DomainError "too_early" before the month is over, "closed" when it is closed already.
    """
    from loyalty.queries.scorecard import scorecard_of

    authorise(actor, "loyalty.change_scorecard")
    month = month_of(month)
    if month >= month_of(today_of(actor)):
        raise DomainError("too_early", _("A month can be closed once it is over."))
    _refresh(actor, list(Kpi.objects.for_actor(actor).select_related("metric", "counted")))
    card = scorecard_of(actor, month)
    if not card.rows:
        raise DomainError("invalid", _("There is no KPI on the scorecard yet."))
    try:
        with transaction.atomic():
            snapshot = ScorecardSnapshot.unscoped.create(  # unscoped: the actor's own program
                program=actor.program, month=month, document=card.document(), taken_by=actor.user
            )
    except IntegrityError:
        message = _("%(month)s is closed and stays as it was.") % {"month": f"{month:%Y-%m}"}
        raise DomainError("closed", message) from None
    audit(actor=actor, action="scorecard.close", obj=snapshot)
    return snapshot


#: Days of the new month in which owners can still write about the last one.
DAYS_TO_COMMENT = 10


def scorecard_tend(*, actor: Actor) -> None:
    """What a day asks of a scorecard: fresh values, and last month closed after ten days."""
    if not Kpi.objects.for_actor(actor).exists():
        return
    scorecard_refresh(actor=actor)
    today = today_of(actor)
    last = month_shift(month_of(today), -1)
    snapshots = ScorecardSnapshot.objects.for_actor(actor)
    if today.day > DAYS_TO_COMMENT and not snapshots.filter(month=last).exists():
        scorecard_close(actor=actor, month=last)
