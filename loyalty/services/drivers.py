"""Drivers, competitors and outside values: written down with their source."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from loyalty.models import Benchmark, Competitor, Driver

DRIVER = (
    "name", "source", "stage", "touchpoint", "metric", "stated_importance", "is_critical", "owner",
    "evidence",
)  # fmt: skip
COMPETITOR = ("name", "is_same_industry", "note")


@transaction.atomic
def driver_create(*, actor: Actor, name: dict[str, str], **values: Any) -> Driver:
    """Add a candidate. Raises DomainError."""
    authorise(actor, "loyalty.change_propositions")
    _refuse_bad_driver(actor, {"name": name, **values})
    driver = Driver.unscoped.create(program=actor.program, name=name, **values)  # unscoped: own
    audit(actor=actor, action="driver.create", obj=driver)
    return driver


@transaction.atomic
def driver_update(
    *, actor: Actor, driver: Driver, version: int | None = None, **values: Any
) -> Driver:
    """Change a driver. Raises StaleEdit, DomainError."""
    authorise(actor, "loyalty.change_propositions", driver)
    stored = lock(driver)
    expect_version(stored, version, DRIVER)
    _refuse_bad_driver(actor, values)
    changes = save_version(stored, values)
    if changes:
        audit(actor=actor, action="driver.update", obj=stored, changes=changes)
    return stored


@transaction.atomic
def driver_delete(*, actor: Actor, driver: Driver) -> None:
    """Delete a driver with its outside values and differences."""
    authorise(actor, "loyalty.change_propositions", driver)
    audit(actor=actor, action="driver.delete", obj=driver)
    driver.delete()


def _refuse_bad_driver(actor: Actor, values: Mapping[str, Any]) -> None:
    wrong = {}
    if "name" in values and not any(values["name"].values()):
        wrong["name"] = _("Write it in at least one language.")
    stated = values.get("stated_importance")
    if stated is not None and not 0 <= stated <= 10:
        wrong["stated_importance"] = _("Give a number from 0 to 10.")
    for name in ("stage", "touchpoint", "metric"):
        other = values.get(name)
        if other is not None and other.program_id != actor.program_id:
            wrong[name] = _("This does not belong to the program.")
    if wrong:
        raise DomainError("invalid", _("Some fields need mending."), details=wrong)


@transaction.atomic
def competitor_save(
    *, actor: Actor, competitor: Competitor | None = None, version: int | None = None, **values: Any
) -> Competitor:
    """Add or change a named competitor. Raises StaleEdit, DomainError for a name in use."""
    authorise(actor, "loyalty.change_propositions", competitor)
    if "name" in values and not values["name"].strip():
        message = _("Give the competitor a name.")
        raise DomainError("invalid", message, details={"name": message})
    try:
        with transaction.atomic():
            if competitor is None:
                stored = Competitor.unscoped.create(  # unscoped: the actor's own program
                    program=actor.program, **values
                )
                changes: dict[str, Any] = {}
            else:
                stored = lock(competitor)
                expect_version(stored, version, COMPETITOR)
                changes = save_version(stored, values)
    except IntegrityError:
        message = _("There is a competitor of this name.")
        raise DomainError("name_taken", message, status=409, details={"name": message}) from None
    verb = "update" if competitor else "create"
    if changes or competitor is None:
        audit(actor=actor, action=f"competitor.{verb}", obj=stored, changes=changes)
    return stored


@transaction.atomic
def competitor_delete(*, actor: Actor, competitor: Competitor) -> None:
    """Delete a competitor with its values."""
    authorise(actor, "loyalty.change_propositions", competitor)
    audit(actor=actor, action="competitor.delete", obj=competitor)
    competitor.delete()


@transaction.atomic
def benchmark_create(
    *, actor: Actor, value: Decimal, source: str, measured_on: date, **values: Any
) -> Benchmark:
    """Write down an outside value: of what, whose, how many, from where, when."""
    authorise(actor, "loyalty.change_propositions")
    wrong = {}
    if not source.strip():
        wrong["source"] = _("Say where the value is from.")
    if measured_on > timezone.localdate(timezone=actor.program.zone):
        wrong["measured_on"] = _("This day lies in the future.")
    if not -100 <= value <= 100:
        wrong["value"] = _("Give a value on 0 to 100, NPS on -100 to 100.")
    if not (values.get("driver") or values.get("metric") or values.get("label", "").strip()):
        wrong["label"] = _("Say what was measured: a driver, a metric or a name.")
    if wrong:
        raise DomainError("invalid", _("Some fields need mending."), details=wrong)
    row = Benchmark.unscoped.create(  # unscoped: the actor's own program
        program=actor.program, value=value, source=source, measured_on=measured_on, **values
    )
    audit(actor=actor, action="benchmark.create", obj=row)
    return row


@transaction.atomic
def benchmark_delete(*, actor: Actor, benchmark: Benchmark) -> None:
    """Take an outside value away."""
    authorise(actor, "loyalty.change_propositions", benchmark)
    audit(actor=actor, action="benchmark.delete", obj=benchmark)
    benchmark.delete()
