"""What customers are worth, kept current: a few at once by the outbox, all of them every night."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, expect_version, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Job, OutboxEvent, Program
from cxportal.core.policies import authorise
from cxportal.core.services.jobs import job_progress
from loyalty.calc import valuing
from loyalty.calc.buying import BgNbd
from loyalty.calc.spending import GammaGamma
from loyalty.calc.value import concentration, lorenz
from loyalty.models import ValueModel, ValueRules, ValueSegment
from loyalty.services.value_rows import (
    Sheet,
    money_of,
    values_remove,
    values_without_money,
    values_write,
    wallets_of,
)

REBUILD_JOB = "values_rebuild"
RULES = (
    "yearly_rate", "horizon_years", "present_cut", "future_cut", "wallet_attribute",
    "winnable_share", "segment_names", "segment_strategies",
)  # fmt: skip
KEPT_MODELS = 60


def rules_of(program: Program) -> ValueRules:
    """The program's rules of value, or the defaults, not stored."""
    stored = ValueRules.unscoped.filter(program=program).first()  # unscoped: the given program
    return stored or ValueRules(program=program)


def today_of(program: Program) -> date:
    """The day it now is in the program's time zone."""
    return timezone.now().astimezone(program.zone).date()


@transaction.atomic
def value_rules_update(*, actor: Actor, version: int | None = None, **values: Any) -> ValueRules:
    """Change how value is counted; every value follows in the background. Raises StaleEdit."""
    authorise(actor, "loyalty.change_value")
    _refuse_bad_rules(values)
    ValueRules.unscoped.get_or_create(program=actor.program)  # unscoped: the actor's own program
    rules = ValueRules.objects.for_actor(actor).select_for_update().get()
    expect_version(rules, version, RULES)
    changes = save_version(rules, values)
    if changes:
        audit(actor=actor, action="value_rules.update", obj=rules, changes=changes)
        value_rebuild_ask(actor)
    return rules


def _refuse_bad_rules(values: Mapping[str, Any]) -> None:
    wrong = {}
    for name in ("yearly_rate", "present_cut", "future_cut", "winnable_share"):
        if name in values and not 0 <= values[name] < 1:
            wrong[name] = _("Give a share from 0 to 99 per cent.")
    if "horizon_years" in values and not 1 <= values["horizon_years"] <= 10:
        wrong["horizon_years"] = _("Look one to ten years ahead.")
    for name in ("segment_names", "segment_strategies"):
        if set(values.get(name, {})) - set(ValueSegment.values):
            wrong[name] = _("Name the four value segments only.")
    if wrong:
        raise DomainError("invalid", _("Some fields need mending."), details=wrong)


def value_rebuild_ask(actor: Actor) -> Job:
    """Queue the recomputation of every value; one waiting job is enough."""
    waiting = Job.objects.for_actor(actor).filter(kind=REBUILD_JOB, state=Job.State.QUEUED)
    return waiting.first() or Job.unscoped.create(  # unscoped: the actor's own program
        program=actor.program, kind=REBUILD_JOB, started_by=actor.user
    )


def values_rebuild_run(actor: Actor, job: Job) -> dict[str, Any]:
    """The job: fit the models anew and recompute every customer."""
    job_progress(job, done=1, total=3, message=_("Transactions are read"))
    model = values_rebuild(actor=actor)
    return {"customers": model.customers, "method": model.method}


@transaction.atomic
def values_rebuild(*, actor: Actor) -> ValueModel:
    """Fit the models on all transactions and recompute, store and publish every value.

    One at a time in a program: a second one waits, and then sees what the first has stored.
    """
    authorise(actor, "loyalty.change_value")
    # No key: whoever adds a row that points to the program does not wait.
    Program.objects.select_for_update(no_key=True).get(pk=actor.program_id)
    program, rules = actor.program, rules_of(actor.program)
    money = money_of(program)
    today = today_of(program)
    seen = valuing.bought(money, _observed_until(money, today), float(rules.yearly_rate))
    fitted = valuing.model_fit(seen)
    outcome = outcome_of(program, seen, fitted, rules)
    cuts = valuing.cuts_of(seen, outcome[2], float(rules.present_cut), float(rules.future_cut))
    model = _stored_model(program, money, seen, fitted, cuts, is_current=True)
    values_write(program, sheet_of(seen, outcome, cuts), today)
    values_remove(program, values_without_money(program))
    audit(actor=actor, action="values.rebuild", obj=None, changes={"customers": model.customers})
    emit(actor=actor, event="values.rebuilt", payload={"customers": model.customers})
    return model


def _observed_until(money: valuing.Money, today: date) -> int:
    """Customers were watched until the newest transaction: later days may not have arrived."""
    newest = int(money.day.max()) if len(money.day) else valuing.day_number(today)
    return min(newest, valuing.day_number(today))


Outcome = tuple[valuing.Future, np.ndarray[Any, Any], np.ndarray[Any, Any]]


def outcome_of(
    program: Program, seen: valuing.Bought, fitted: valuing.Model, rules: ValueRules
) -> Outcome:
    """Future, potential at competitors, and both together, per customer."""
    ahead = valuing.Outlook(
        float(rules.yearly_rate), rules.horizon_years, float(rules.winnable_share)
    )
    future = valuing.future_of(seen, fitted, ahead)
    wallet = wallets_of(program, rules.wallet_attribute, seen.customer)
    potential = valuing.potential_of(seen, fitted, wallet, ahead)
    return future, potential, future.value + np.nan_to_num(potential)


def sheet_of(seen: valuing.Bought, outcome: Outcome, cuts: valuing.Cuts) -> Sheet:
    """Everything to store of each customer."""
    future, potential, together = outcome
    recency, frequency, money = valuing.rfm_cells(seen, cuts)
    rounded = np.rint(future.value) + np.nan_to_num(np.rint(potential))
    return Sheet({
        "customer": seen.customer, "transactions": seen.transactions, "revenue": seen.revenue,
        "past": seen.past, "present": seen.present, "repeats": seen.repeats,
        "lifetime": seen.past + rounded.astype(np.int64),
        "recency": recency, "frequency": frequency, "money": money,
        "segment": valuing.segments_of(seen.present, together, cuts),
        "first": seen.first, "last": seen.last, "future": future.value, "low": future.low,
        "high": future.high, "potential": potential, "alive": future.alive,
        "expected": future.expected,
    })  # fmt: skip


def _stored_model(
    program: Program,
    money: valuing.Money,
    seen: valuing.Bought,
    fitted: valuing.Model,
    cuts: valuing.Cuts,
    *,
    is_current: bool,
) -> ValueModel:
    models = ValueModel.unscoped.filter(program=program)  # unscoped: the given program
    if is_current:
        models.filter(is_current=True).update(is_current=False)
    buying = asdict(fitted.buying) if fitted.buying else {}
    spending = asdict(fitted.spending) if fitted.spending else {}
    model = ValueModel.unscoped.create(  # unscoped: the given program
        program=program, is_current=is_current, until=valuing.day_of(seen.until),
        method=ValueModel.Method.BG_NBD if buying else ValueModel.Method.SIMPLE,
        why_simple=fitted.why_simple, customers=len(seen.customer),
        repeaters=int((seen.repeats > 0).sum()), **buying, **spending,
        log_likelihood=fitted.log_likelihood,
        spending_log_likelihood=fitted.spending_log_likelihood,
        margin_share=fitted.margin_share, retention=fitted.retention,
        holdout=_holdout(money, seen, is_current=is_current),
        cuts=asdict(cuts), concentration=_concentrated(seen),
    )  # fmt: skip
    old = models.filter(is_current=False).order_by("-pk").values_list("pk", flat=True)
    models.filter(pk__in=list(old[KEPT_MODELS:])).delete()
    return model


def _holdout(money: valuing.Money, seen: valuing.Bought, *, is_current: bool) -> dict[str, Any]:
    """A check of the fit: on the first half of the time, or, for a fit up to a day, after it."""
    if not len(money.day):
        return {}
    first, newest = int(money.day.min()), int(money.day.max())
    until = first + (seen.until - first) // 2 if is_current else seen.until
    checked = valuing.holdout_check(money, until, seen.until if is_current else newest)
    if checked is None:
        return {}
    fitted, holdout = checked
    assert fitted.buying is not None
    return {
        **asdict(holdout),
        "until": holdout.until.isoformat(),
        "end": holdout.end.isoformat(),
        "parameters": asdict(fitted.buying),
        "log_likelihood": fitted.log_likelihood,
    }


def _concentrated(seen: valuing.Bought) -> dict[str, Any]:
    found = concentration(seen.profit)
    if found is None:
        return {}
    return {"type": found.name, "customers": found.customers, "curve": lorenz(seen.profit)}


@transaction.atomic
def value_model_fit(*, actor: Actor, until: date) -> ValueModel:
    """Fit the models on transactions up to a day and check them on what came after.

    Kept for comparison; no customer's value follows it. Raises DomainError "no_transactions".
    """
    authorise(actor, "loyalty.change_value")
    money = money_of(actor.program)
    day = valuing.day_number(until)
    if not len(money.day) or day < money.day.min() or until > today_of(actor.program):
        message = _("There are no transactions up to this day, or it lies in the future.")
        raise DomainError("no_transactions", message, details={"until": message})
    seen = valuing.bought(money, day, float(rules_of(actor.program).yearly_rate))
    fitted = valuing.model_fit(seen)
    model = _stored_model(actor.program, money, seen, fitted, valuing.Cuts(), is_current=False)
    audit(actor=actor, action="value_model.fit", obj=model)
    return model


@transaction.atomic
def values_recompute(*, program: Program, customer_ids: Iterable[int], today: date) -> int:
    """Recompute some customers by the current models; returns how many have transactions.

    Without any model yet, everybody is computed.
    """
    ids = sorted(set(customer_ids))
    if not ids:
        return 0
    model = current_model(program)
    if model is None:
        return values_rebuild(actor=Actor.system(program)).customers
    rules = rules_of(program)
    money = money_of(program, ids)
    newest = min(valuing.day_number(today), int(money.day.max(initial=0)))
    until = max(newest, valuing.day_number(model.until))
    seen = valuing.bought(money, until, float(rules.yearly_rate))
    if len(seen.customer):
        outcome = outcome_of(program, seen, stored_fit(model), rules)
        values_write(program, sheet_of(seen, outcome, valuing.Cuts(**model.cuts)), today)
    values_remove(program, sorted(set(ids) - set(seen.customer.tolist())))
    return len(seen.customer)


def current_model(program: Program) -> ValueModel | None:
    """The fit that values are from."""
    models = ValueModel.unscoped.filter(program=program)  # unscoped: the given program
    return models.filter(is_current=True).first()


def stored_fit(model: ValueModel) -> valuing.Model:
    """The models as they were fitted."""
    share, retention = model.margin_share, model.retention
    if model.method == ValueModel.Method.SIMPLE:
        return valuing.Model(share, retention, why_simple=model.why_simple)
    buying = BgNbd(*(getattr(model, name) for name in ("r", "alpha", "a", "b")))
    spending = GammaGamma(*(getattr(model, name) for name in ("p", "q", "gamma")))
    return valuing.Model(share, retention, buying, spending)


def value_consume(program_id: int, rows: list[OutboxEvent]) -> None:
    """Outbox consumer: recompute everybody whose transactions moved."""
    program = Program.objects.get(pk=program_id)
    customers = {customer for row in rows for customer in row.payload["customers"]}
    values_recompute(program=program, customer_ids=customers, today=today_of(program))


def values_rebuild_stale() -> int:
    """Every program whose values are older than a day anew, program by program."""
    yesterday = timezone.now() - timedelta(hours=23)
    done = 0
    for program in Program.objects.order_by("pk"):
        model = current_model(program)
        if model is not None and model.made_at < yesterday:
            values_rebuild(actor=Actor.system(program))
            done += 1
    return done
