"""BG/NBD and Gamma-Gamma by their published figures (CDNOW), sBG, survival.

The CDNOW file is not ours to copy: CLV_SAMPLES names the folder that holds it. Without it the
published parameters still answer for single customers and a simulated cohort is recovered.
"""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf, logrank

from loyalty.calc.buying import (
    BgNbd,
    Floats,
    Histories,
    bgnbd_fit,
    expected_of_new,
    expected_purchases,
    probability_alive,
    purchases_between,
)
from loyalty.calc.retention import kaplan_meier, log_rank, sbg_fit
from loyalty.calc.spending import GammaGamma, expected_amount, gamma_gamma_fit

CDNOW = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
FILE = Path(os.environ.get("CLV_SAMPLES", "none")) / "cdnow_customers_summary_with_transactions.csv"
needs_file = pytest.mark.skipif(not FILE.exists(), reason="CLV_SAMPLES names no CDNOW file")


def one(x: float, t_x: float, T: float) -> Histories:  # noqa: N803 # the paper's own letter
    return Histories(np.array([x]), np.array([t_x]), np.array([T]))


def test_the_papers_customer_is_expected_to_buy_1_2259_times() -> None:
    customer = one(2, 30.43, 38.86)
    assert expected_purchases(CDNOW, customer, 39)[0] == pytest.approx(1.226, abs=5e-4)
    assert probability_alive(CDNOW, customer)[0] == pytest.approx(0.7266, abs=2e-4)


def test_who_never_came_back_is_alive_by_the_model() -> None:
    assert probability_alive(CDNOW, one(0, 0, 38.86))[0] == 1


def test_thousands_of_purchases_stay_finite() -> None:
    busy = one(4000, 500, 500.1)
    assert np.isfinite(expected_purchases(CDNOW, busy, 52)).all()
    assert 0 <= probability_alive(CDNOW, busy)[0] <= 1


@needs_file
def test_cdnow_gives_the_published_parameters() -> None:
    with FILE.open() as file:
        rows = [[float(v) for v in row.values()] for row in csv.DictReader(file)]
    _id, x, t_x, T, mean = np.array(rows).T  # noqa: N806 # the paper's own letter
    seen = Histories(x, t_x, T)
    model, likelihood = bgnbd_fit(seen)
    found = [round(v, 3) for v in (model.r, model.alpha, model.a, model.b)]
    assert found == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=1.1e-3)
    assert likelihood == pytest.approx(-9582.4, abs=0.05)
    assert expected_purchases(model, seen, 39).sum() == pytest.approx(1653.42, abs=0.05)
    spending, _ = gamma_gamma_fit(x, mean)
    assert (spending.p, spending.q) == pytest.approx((6.25, 3.74), abs=6e-3)
    assert spending.gamma == pytest.approx(15.44, abs=0.02)


def simulated(count: int, model: BgNbd, until: float, rng: np.random.Generator) -> Histories:
    """Customers as the model makes them."""
    histories = []
    for rate, leave in zip(
        rng.gamma(model.r, 1 / model.alpha, count), rng.beta(model.a, model.b, count), strict=True
    ):
        x, t_x, now = 0, 0.0, 0.0
        while (now := now + rng.exponential(1 / rate)) < until:
            x, t_x = x + 1, now
            if rng.random() < leave:
                break
        histories.append((x, t_x, until))
    return Histories(*np.array(histories, dtype=float).T)


def test_a_simulated_cohort_is_recovered_and_its_future_foretold() -> None:
    rng = np.random.default_rng(7)
    truth = BgNbd(r=0.8, alpha=6.0, a=0.9, b=3.0)
    seen = simulated(4_000, truth, 60, rng)
    model, _ = bgnbd_fit(seen)
    assert model.r == pytest.approx(truth.r, rel=0.15)
    assert model.alpha == pytest.approx(truth.alpha, rel=0.15)
    assert expected_of_new(model, 60) == pytest.approx(seen.x.mean(), rel=0.05)
    low, high = purchases_between(model, seen, expected_purchases(model, seen, 52))
    assert (low <= high).all()


def test_too_thin_data_are_refused_not_guessed() -> None:
    with pytest.raises(ValueError, match="twice"):
        bgnbd_fit(one(0, 0, 10))
    with pytest.raises(ValueError, match="few"):
        gamma_gamma_fit(np.array([1.0]), np.array([10.0]))


def test_a_customers_mean_is_drawn_towards_everyones() -> None:
    model = GammaGamma(p=6.25, q=3.74, gamma=15.44)
    everyone = model.p * model.gamma / (model.q - 1)
    amounts = expected_amount(model, np.array([0.0, 1.0, 100.0]), np.array([0.0, 100.0, 100.0]))
    assert amounts[0] == pytest.approx(everyone)
    assert everyone < amounts[1] < amounts[2] < 100


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta"),
    [
        ([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1], 0.668, 3.806),
        ([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1], 0.704, 1.182),
    ],
)
def test_contract_retention_is_the_papers(
    survivors: list[float], alpha: float, beta: float
) -> None:
    model = sbg_fit(survivors)
    assert (model.alpha, model.beta) == pytest.approx((alpha, beta), abs=6e-4)
    assert model.survival(0) == pytest.approx(1)
    assert model.survival(7) == pytest.approx(survivors[-1] / 100, abs=0.02)


def test_survivors_must_fall() -> None:
    for wrong in ([100, 110, 90], [100, 90], [100, 100, 100]):
        with pytest.raises(ValueError, match="fall"):
            sbg_fit(wrong)


def censored(seed: int, scale: float) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    times = np.ceil(rng.exponential(scale, 120))
    return np.minimum(times, 30), (times <= 30).astype(float)


def test_survival_and_log_rank_agree_with_scipy() -> None:
    (first, gone_first), (second, gone_second) = censored(1, 12), censored(2, 18)
    ours = kaplan_meier(first, gone_first)
    theirs = ecdf(CensoredData.right_censored(first, gone_first == 0)).sf
    expected = dict(zip(theirs.quantiles, theirs.probabilities, strict=True))
    assert [p.share for p in ours] == pytest.approx([expected[p.time] for p in ours])
    assert all(p.low <= p.share <= p.high for p in ours)
    _statistic, p = log_rank([(first, gone_first), (second, gone_second)])
    reference = logrank(
        CensoredData.right_censored(first, gone_first == 0),
        CensoredData.right_censored(second, gone_second == 0),
    )
    assert p == pytest.approx(reference.pvalue, rel=1e-6)


def test_customers_who_hardly_differ_in_leaving_have_a_finite_future() -> None:
    model = BgNbd(r=0.543, alpha=5.122, a=399.8, b=2980.96)
    seen = Histories(x=np.array([0.0, 8.0]), t_x=np.array([0.0, 50.0]), T=np.array([38.0, 52.0]))
    found = expected_purchases(model, seen, 52.0)
    for number, x in enumerate(seen.x):
        # Gauss's series, term by term.
        z = 52.0 / (model.alpha + seen.T[number] + 52.0)
        top = model.a + model.b + x - 1
        term = total = 1.0
        for n in range(5000):
            term *= (model.r + x + n) * (model.b + x + n) / ((top + n) * (n + 1)) * z
            total += term
        grown = top / (model.a - 1) * (1 - (1 - z) ** (model.r + x) * total)
        one = Histories(*(values[number : number + 1] for values in (seen.x, seen.t_x, seen.T)))
        assert found[number] == pytest.approx(
            grown * float(probability_alive(model, one)[0]), rel=1e-6
        )
