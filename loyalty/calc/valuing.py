"""From transactions to what each customer is worth, for all customers at once.

Money is whole numbers of the smallest unit stored (hundredths); days are whole numbers since
`EPOCH`. One pass over arrays, so that two million transactions take seconds.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from loyalty.calc.buying import (
    BgNbd,
    Floats,
    Histories,
    bgnbd_fit,
    expected_purchases,
    probability_alive,
    purchases_between,
)
from loyalty.calc.spending import GammaGamma, expected_amount, gamma_gamma_fit
from loyalty.calc.value import future_value

Whole = NDArray[np.int64]

EPOCH = date(2000, 1, 1)
PURCHASE, REFUND, COST = 0, 1, 2
WEEK, YEAR = 7.0, 365.25
WEEKS_A_YEAR = YEAR / WEEK
PRESENT_DAYS = 365
CELLS = 5
#: Fewer buyers than this who came back, and the model is not trusted.
MINIMUM_REPEATERS = 50
MOST_VALUABLE, AT_RISK_EARNER, GROWABLE, BELOW_COST = 1, 2, 3, 4


def day_number(day: date) -> int:
    """Whole days since EPOCH."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day of a number."""
    return EPOCH + timedelta(days=int(number))


def in_units(hundredths: int) -> Decimal:
    """Money in the currency's unit, exact."""
    return Decimal(hundredths) / 100


@dataclass(frozen=True, slots=True)
class Money:
    """Transactions as columns of equal length, in any order."""

    customer: Whole
    day: Whole
    kind: Whole
    amount: Whole
    profit: Whole


@dataclass(frozen=True, slots=True)
class Bought:
    """Customers (ascending) and what their transactions say up to the day `until`."""

    customer: Whole
    until: int
    transactions: Whole
    revenue: Whole
    past: Whole
    present: Whole
    profit: Whole
    first: Whole
    last: Whole
    #: Days with a purchase after the first one, and the mean amount of those days.
    repeats: Whole
    repeat_mean: Floats

    def histories(self) -> Histories:
        """The buying model's view, in weeks; customers who only cost or refunded have x = 0."""
        first = self.first.astype(float)
        return Histories(
            self.repeats.astype(float), (self.last - first) / WEEK, (self.until - first) / WEEK
        )


def bought(money: Money, until: int, rate: float) -> Bought:
    """Add transactions up to `until` up per customer; `rate` a year grows past profit to then.

    Purchases of one day are one purchase (as in the models' papers).
    """
    chosen = money.day <= until
    order = np.argsort(money.customer[chosen] * 100_000 + money.day[chosen], kind="stable")
    customer, day, kind, amount, profit = (
        column[chosen][order]
        for column in (money.customer, money.day, money.kind, money.amount, money.profit)
    )
    if not len(customer):
        return _nobody(until)
    starts = np.flatnonzero(np.r_[True, customer[1:] != customer[:-1]])
    sums = np.add.reduceat
    grown = profit * (1 + rate) ** ((until - day) / YEAR)
    present = np.where(day > until - PRESENT_DAYS, profit, 0)
    ids = customer[starts]
    days = _purchase_days(customer, day, kind, amount, ids)
    return Bought(
        customer=ids, until=until,
        transactions=sums((kind != COST).astype(np.int64), starts),
        revenue=sums(np.where(kind != COST, amount, 0), starts),
        past=_rounded(sums(grown, starts)), present=sums(present, starts),
        profit=sums(profit, starts), first=days[0], last=days[1],
        repeats=days[2], repeat_mean=days[3],
    )  # fmt: skip


def _nobody(until: int) -> Bought:
    none = np.zeros(0, dtype=np.int64)
    return Bought(none, until, none, none, none, none, none, none, none, none, none.astype(float))


def _rounded(values: Floats) -> Whole:
    return np.rint(values).astype(np.int64)


def _purchase_days(
    customer: Whole, day: Whole, kind: Whole, amount: Whole, ids: Whole
) -> tuple[Whole, Whole, Whole, Floats]:
    """Per id: first and last purchase day, repeat days, their mean amount. Rows are sorted."""
    bought = kind == PURCHASE
    customer_b, day_b, amount_b = customer[bought], day[bought], amount[bought]
    # Who never purchased counts from the first thing that happened.
    starts = np.searchsorted(customer, ids)
    first = last = day[starts]
    repeats = np.zeros(len(ids), dtype=np.int64)
    mean = np.zeros(len(ids))
    if not len(customer_b):
        return first, last, repeats, mean
    fresh = np.r_[True, (customer_b[1:] != customer_b[:-1]) | (day_b[1:] != day_b[:-1])]
    visits = np.flatnonzero(fresh)
    paid = np.add.reduceat(amount_b, visits).astype(float)
    visitor, when = customer_b[visits], day_b[visits]
    heads = np.flatnonzero(np.r_[True, visitor[1:] != visitor[:-1]])
    number = np.diff(np.r_[heads, len(visitor)])
    where = np.searchsorted(ids, visitor[heads])
    first, last = first.copy(), last.copy()
    first[where], last[where] = when[heads], when[heads + number - 1]
    repeats[where] = number - 1
    later = np.add.reduceat(paid, heads) - paid[heads]
    mean[where] = later / np.maximum(number - 1, 1)
    return first, last, repeats, mean


@dataclass(frozen=True, slots=True)
class Model:
    """What future value is computed with: the two models, or retention where data are thin."""

    margin_share: float
    retention: float
    buying: BgNbd | None = None
    spending: GammaGamma | None = None
    log_likelihood: float | None = None
    spending_log_likelihood: float | None = None
    why_simple: str = ""


def model_fit(seen: Bought) -> Model:
    """Fit both models, or say why the simple formula is used instead."""
    share = _margin_share(seen)
    retention = _retention(seen)
    histories = seen.histories()
    if int((seen.repeats > 0).sum()) < MINIMUM_REPEATERS:
        return Model(share, retention, why_simple="few_repeaters")
    try:
        buying, likelihood = bgnbd_fit(histories)
        spending, spent = gamma_gamma_fit(histories.x, seen.repeat_mean / 100)
    except ValueError:
        return Model(share, retention, why_simple="no_fit")
    return Model(share, retention, buying, spending, likelihood, spent)


def _margin_share(seen: Bought) -> float:
    revenue = float(seen.revenue.sum())
    return float(seen.profit.sum()) / revenue if revenue > 0 else 0.0


def _retention(seen: Bought) -> float:
    """Share of those who bought before the last year and bought again within it; 0.5 unknown."""
    old = seen.first <= seen.until - PRESENT_DAYS
    if not old.any():
        return 0.5
    return float((seen.last[old] > seen.until - PRESENT_DAYS).mean())


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far the program looks ahead: discount a year, years, what can be won of competitors'."""

    rate: float
    years: int
    winnable: float


@dataclass(frozen=True, slots=True)
class Future:
    """Per customer, in the order of `Bought`: money in hundredths, NaN where unknown."""

    alive: Floats
    expected: Floats
    value: Floats
    low: Floats
    high: Floats


def future_of(seen: Bought, model: Model, ahead: Outlook) -> Future:
    """Profit of the coming years, discounted from the middle of each.

    `expected` is purchases in the next year. Low and high hold 8 of 10 such customers.
    """
    if model.buying is None or model.spending is None:
        return _simple_future(seen, model, ahead.rate)
    histories = seen.histories()
    amount = expected_amount(model.spending, histories.x, seen.repeat_mean / 100) * 100
    each = amount * model.margin_share
    before, value = np.zeros(len(seen.customer)), np.zeros(len(seen.customer))
    expected = before
    for year in range(1, ahead.years + 1):
        until = expected_purchases(model.buying, histories, year * WEEKS_A_YEAR)
        value += (until - before) * each / (1 + ahead.rate) ** (year - 0.5)
        expected = until if year == 1 else expected
        before = until
    low, high = purchases_between(model.buying, histories, before)
    worth = np.divide(value, before, out=np.zeros_like(value), where=before > 0)
    ends = np.sort(np.column_stack((low * worth, high * worth)), axis=1)
    return Future(
        probability_alive(model.buying, histories), expected, value, ends[:, 0], ends[:, 1]
    )


def _simple_future(seen: Bought, model: Model, rate: float) -> Future:
    """m·r/(1 + i - r) with yearly profit m (Gupta & Lehmann 2004); no interval."""
    unknown = np.full(len(seen.customer), np.nan)
    age = np.maximum((seen.until - seen.first) / YEAR, 1.0)
    value = future_value(seen.profit / age, model.retention, rate)
    return Future(unknown, unknown, value, unknown, unknown)


def potential_of(seen: Bought, model: Model, wallet: Floats, ahead: Outlook) -> Floats:
    """Profit now held by competitors that can be won over: NaN where the share is unknown.

    `wallet` is our share (0..1) of what the customer spends in the market; a year's revenue
    stands for the yearly spend with us.
    """
    age = np.maximum((seen.until - seen.first) / YEAR, 1.0)
    yearly = np.maximum(seen.revenue, 0) / age
    known = (wallet > 0) & (wallet <= 1)
    share = np.where(known, wallet, 1.0)
    discount = sum((1 + ahead.rate) ** -(year - 0.5) for year in range(1, ahead.years + 1))
    won = yearly * (1 - share) / share * ahead.winnable
    return np.where(known, won * max(model.margin_share, 0.0) * discount, np.nan)


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where RFM cells and value segments are cut: quintiles, and what counts as high."""

    recency: tuple[float, ...] = ()
    frequency: tuple[float, ...] = ()
    money: tuple[float, ...] = ()
    present: float = 0.0
    future: float = 0.0


def cuts_of(seen: Bought, outlook: Floats, present_share: float, future_share: float) -> Cuts:
    """Cuts over all customers; high is above the value that `…_share` (0..1) do not exceed."""
    if not len(seen.customer):
        return Cuts()
    return Cuts(
        _quintiles(seen.last - seen.until),
        _quintiles(seen.repeats),
        _quintiles(seen.revenue),
        float(np.quantile(seen.present, present_share, method="inverted_cdf")),
        float(np.quantile(outlook, future_share, method="inverted_cdf")),
    )


def _quintiles(values: Whole) -> tuple[float, ...]:
    places = [k / CELLS for k in range(1, CELLS)]
    return tuple(float(v) for v in np.quantile(values, places, method="inverted_cdf"))


def rfm_cells(seen: Bought, cuts: Cuts) -> tuple[Whole, Whole, Whole]:
    """Recency, frequency and money, 1..5, 5 the best; equal customers get equal cells."""
    columns = (
        (cuts.recency, seen.last - seen.until),
        (cuts.frequency, seen.repeats),
        (cuts.money, seen.revenue),
    )
    return tuple(np.searchsorted(c, v, side="left") + 1 for c, v in columns)  # type: ignore[return-value]


def segments_of(present: Whole, outlook: Floats, cuts: Cuts) -> Whole:
    """The value segment of each customer: high or low now by high or low in future."""
    high_now = (present > cuts.present) & (present > 0)
    high_then = (outlook > cuts.future) & (outlook > 0)
    return np.where(
        high_now,
        np.where(high_then, MOST_VALUABLE, AT_RISK_EARNER),
        np.where(high_then, GROWABLE, BELOW_COST),
    )


@dataclass(frozen=True, slots=True)
class Holdout:
    """The models fitted on the first half of the time, compared with what then happened."""

    until: date
    end: date
    customers: int
    expected: float
    actual: int
    #: Share of customers whose purchases the 8-of-10 interval held.
    held: float
    mean_error: float
    by_repeats: list[tuple[str, int, float, float]] = field(default_factory=list)


def holdout_check(money: Money, until: int, end: int) -> tuple[Model, Holdout] | None:
    """Fit on days up to `until`, predict the days up to `end`; None where the fit is refused."""
    seen = bought(money, until, 0.0)
    model = model_fit(seen)
    if model.buying is None or end <= until:
        return None
    histories = seen.histories()
    ahead = (end - until) / WEEK
    expected = expected_purchases(model.buying, histories, ahead)
    actual = _visits_between(money, seen.customer, until, end)
    low, high = purchases_between(model.buying, histories, expected)
    return model, Holdout(
        until=day_of(until), end=day_of(end), customers=len(seen.customer),
        expected=float(expected.sum()), actual=int(actual.sum()),
        held=float(((actual >= low) & (actual <= high)).mean()),
        mean_error=float(np.abs(actual - expected).mean()),
        by_repeats=_by_repeats(seen.repeats, expected, actual),
    )  # fmt: skip


def _visits_between(money: Money, ids: Whole, after: int, end: int) -> Whole:
    chosen = (money.day > after) & (money.day <= end) & (money.kind == PURCHASE)
    visits = np.unique(money.customer[chosen] * 100_000 + money.day[chosen]) // 100_000
    visits = visits[np.isin(visits, ids)]
    return np.bincount(np.searchsorted(ids, visits), minlength=len(ids))


def _by_repeats(
    repeats: Whole, expected: Floats, actual: Whole, most: int = 7
) -> list[tuple[str, int, float, float]]:
    """(repeats, customers, mean expected, mean actual): figure 3 of the paper."""
    rows = []
    for count in range(most + 1):
        group = repeats >= most if count == most else repeats == count
        if group.any():
            name = f"{count}+" if count == most else str(count)
            means = float(expected[group].mean()), float(actual[group].mean())
            rows.append((name, int(group.sum()), *means))
    return rows
