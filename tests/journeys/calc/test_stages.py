"""Stage scores by hand, their clustered error, what is hidden, and how often they mislead."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from journeys.calc.evidence import Evidence, Products, Row, Sums
from journeys.calc.stages import (
    Journey,
    Measure,
    Settings,
    Stage,
    Touchpoint,
    compare,
    estimate,
    explain,
    roll_up,
    weight_of,
)
from journeys.calc.weighted import clustered_variance
from surveys.calc.change import Verdict
from surveys.calc.intervals import nps_adjusted
from surveys.calc.metrics import Hidden, Kind, normal_points, standard_definition

NPS = standard_definition(Kind.NPS)
CSAT = standard_definition(Kind.CSAT)
CES = standard_definition(Kind.CES)
DEFINITIONS = {"nps": NPS, "csat": CSAT, "ces": CES}
LOOSE = Settings(min_n=1)


def rows(metric: str, values: Iterable[int], prefix: str = "") -> list[Row]:
    """One answer per customer and response, numbered."""
    points = normal_points(DEFINITIONS[metric])
    return [
        Row(f"{prefix}c{place}", f"{prefix}r{place}", metric, points[value])
        for place, value in enumerate(values)
    ]


def evidence(**answers: Iterable[int]) -> Evidence:
    return Evidence.from_rows(
        [row for metric, values in answers.items() for row in rows(metric, values, metric)]
    )


def touchpoint(
    *metrics: str, key: str = "", importance: float = 1, active: bool = False
) -> Touchpoint:
    measures = [Measure(metric, DEFINITIONS[metric]) for metric in metrics]
    return Touchpoint(key or metrics[0], measures, importance, active)


STORE = touchpoint("nps", key="store", importance=4, active=True)
SHOP = touchpoint("csat", key="shop", importance=3)
STAGE = Stage("buy", [STORE, SHOP])
NPS_ANSWERS = [10] * 10 + [8] * 6 + [3] * 4
CSAT_ANSWERS = [5] * 6 + [4] * 6 + [2] * 8


def test_touchpoint_is_the_mean_of_its_metrics_by_weight() -> None:
    both = Touchpoint("t", [Measure("nps", NPS, 3), Measure("csat", CSAT, 1)])
    score = roll_up(both, evidence(nps=NPS_ANSWERS, csat=CSAT_ANSWERS))
    assert score.value == pytest.approx((3 * 65 + 60) / 4)
    assert [part.share for part in score.parts] == [0.75, 0.25]


def test_stage_weighs_importance_and_active_touchpoints_more() -> None:
    score = roll_up(STAGE, evidence(nps=NPS_ANSWERS, csat=CSAT_ANSWERS))
    assert weight_of(STORE) == 6
    assert weight_of(STORE, Settings(active_factor=2)) == 8
    assert score.value == pytest.approx((6 * 65 + 3 * 60) / 9)
    assert score.n == 40
    assert score.worst is not None
    assert (score.worst.key, score.worst.value) == ("shop", 60)
    assert explain(score) == "(6 × 65.0 + 3 × 60.0) ÷ 9 = 63.3"


def test_journey_weighs_its_stages() -> None:
    journey = Journey("j", [Stage("a", [STORE], weight=1), Stage("b", [SHOP], weight=4)])
    score = roll_up(journey, evidence(nps=NPS_ANSWERS, csat=CSAT_ANSWERS))
    assert score.value == pytest.approx((65 + 4 * 60) / 5)
    assert [(part.key, part.n) for part in score.parts] == [("a", 20), ("b", 20)]


def test_a_stage_of_one_nps_has_its_adjusted_error() -> None:
    """On 0..100 the error halves; the small-sample factor acts on the answers given alone."""
    score = roll_up(Stage("s", [STORE]), evidence(nps=NPS_ANSWERS))
    point, se = nps_adjusted(10, 4, 20)
    assert score.se == pytest.approx(se / 2, rel=0.03)
    assert score.se is not None
    assert score.se >= se / 2
    assert score.low is not None
    assert score.high is not None
    assert (score.low + score.high) / 2 == pytest.approx((point + 100) / 2)


def test_promoters_alone_are_not_certain() -> None:
    score = roll_up(Stage("s", [STORE]), evidence(nps=[10] * 10))
    assert (score.value, score.high) == (100, 100)
    assert score.low is not None
    assert 70 < score.low < 90


def test_a_stage_of_one_mean_has_students_interval() -> None:
    answers = [7, 6, 5, 7, 3, 6, 6, 2, 7, 5, 4, 6]
    score = roll_up(touchpoint("ces"), evidence(ces=answers))
    student = stats.t.ppf(0.975, 11) * stats.sem(answers)
    assert score.margin == pytest.approx(student * 100 / 6)
    unanimous = roll_up(touchpoint("ces"), evidence(ces=[7] * 10))
    assert unanimous.se == pytest.approx(100 / 6 / 10)


def by_hand(weights: Mapping[Hashable, float], known: list[Row]) -> float:
    """The formula as written, customer by customer."""
    sums: dict[Hashable, list[float]] = defaultdict(list)
    for row in known:
        sums[row.metric].append(row.value)
    means = {metric: sum(values) / len(values) for metric, values in sums.items()}
    u: dict[object, float] = defaultdict(float)
    for row in known:
        share = weights[row.metric] / len(sums[row.metric])
        u[row.cluster] += share * (row.value - means[row.metric])
    return len(u) / (len(u) - 1) * sum(value**2 for value in u.values())


answer_rows = st.lists(
    st.builds(
        Row,
        st.integers(0, 6),
        st.integers(0, 30),
        st.sampled_from(["nps", "csat", "ces"]),
        st.sampled_from([0.0, 50.0, 100.0, 66.5]),
    ),
    min_size=8,
    max_size=60,
)


@given(answer_rows)
def test_variance_from_products_is_the_formula_customer_by_customer(known: list[Row]) -> None:
    summed = Evidence.from_rows(known)
    metrics = list(summed.sums)
    weights = {metric: 1 / len(metrics) for metric in metrics}
    if summed.cluster_count(metrics) < 2:
        return
    means = {metric: summed.sums[metric].mean for metric in metrics}
    made = clustered_variance(weights, means, summed)
    assert made == pytest.approx(by_hand(weights, known), abs=1e-6)


@given(answer_rows)
def test_interval_holds_the_score_within_the_scale(known: list[Row]) -> None:
    stage = Stage("s", [touchpoint("nps", "csat", "ces")])
    score = roll_up(stage, Evidence.from_rows(known), LOOSE)
    if score.value is not None:
        assert score.low is not None
        assert score.high is not None
        assert 0 <= score.low <= score.value <= score.high <= 100
        assert score.n == len({row.response for row in known})


def test_evidence_is_what_sql_would_sum() -> None:
    made = Evidence.from_rows(
        [
            Row(1, "r1", "a", 100.0),
            Row(1, "r1", "b", 50.0),
            Row(1, "r2", "a", 0.0),
            Row(2, "r3", "b", 50.0),
        ]
    )
    assert made.sums == {"a": Sums(2, 100), "b": Sums(2, 100)}
    assert made.product("a", "b") == Products(5000, 100, 100, 2)
    assert made.product("b", "b") == Products(5000, 100, 100, 2)
    assert made.product("a", "a") == Products(10000, 200, 200, 4)
    assert made.responses == {frozenset("ab"): 1, frozenset("a"): 1, frozenset("b"): 1}
    assert (made.response_count("ab"), made.response_count("a")) == (3, 2)
    assert (made.cluster_count("ab"), made.cluster_count("a")) == (2, 1)
    assert made.product("a", "z") == Products(0, 0, 0, 0)


def test_answering_again_and_again_does_not_make_a_customer_many() -> None:
    once = Evidence.from_rows(rows("nps", NPS_ANSWERS))
    thrice = Evidence.from_rows(
        [
            row._replace(response=f"{row.response}-{k}")
            for row in rows("nps", NPS_ANSWERS)
            for k in "123"
        ]
    )
    single, repeated = (roll_up(Stage("s", [STORE]), e) for e in (once, thrice))
    assert repeated.n == 60
    assert single.se is not None
    assert repeated.se is not None
    # As independent answers the error would fall by √3, to 0.58.
    assert repeated.se / single.se > 0.95


def test_a_stage_without_answers_shows_nothing() -> None:
    score = roll_up(STAGE, Evidence())
    assert (score.hidden, score.value, score.n) == (Hidden.NO_ANSWERS, None, 0)
    assert explain(score) == ""


def test_a_stage_with_too_few_answers_says_how_many() -> None:
    score = roll_up(STAGE, evidence(nps=[10] * 4, csat=[5] * 3))
    assert (score.hidden, score.n, score.min_n) == (Hidden.TOO_FEW, 7, 10)
    assert (score.value, score.low, score.margin, score.worst) == (None,) * 4
    assert [part.value for part in score.parts] == [None, None]


def test_a_member_with_too_few_answers_cannot_be_worked_out_from_the_whole() -> None:
    few = roll_up(STAGE, evidence(nps=NPS_ANSWERS, csat=[1] * 9))
    none = roll_up(STAGE, evidence(nps=NPS_ANSWERS))
    assert few.value == none.value == pytest.approx(65)
    assert few.left_out == ("csat",)
    assert few.n == 20
    assert [(part.value, part.share, part.n) for part in few.parts] == [(65, 1, 20), (None, 0, 9)]


def test_ten_answers_of_few_responses_are_not_ten_people() -> None:
    known = [Row(k % 3, k % 3, "nps", 100.0) for k in range(30)]
    assert roll_up(STORE, Evidence.from_rows(known)).hidden is Hidden.TOO_FEW


def test_one_customer_alone_gives_no_score() -> None:
    known = [Row(1, k, "nps", 100.0) for k in range(30)]
    assert roll_up(STORE, Evidence.from_rows(known)).hidden is Hidden.TOO_FEW


def test_a_metric_at_two_touchpoints_counts_with_both_weights() -> None:
    stage = Stage("s", [STORE, touchpoint("nps", key="again", importance=2), SHOP])
    score = roll_up(stage, evidence(nps=NPS_ANSWERS, csat=CSAT_ANSWERS))
    assert score.value == pytest.approx((8 * 65 + 3 * 60) / 11)


def test_change_between_periods_is_tested_like_the_metric() -> None:
    before = evidence(nps=[10] * 40 + [8] * 35 + [3] * 25)
    after = evidence(nps=[10] * 50 + [8] * 30 + [3] * 20)
    made = compare(STAGE, before, after)
    assert made.change.difference == pytest.approx(7.5)
    assert made.change.verdict is Verdict.NONE
    assert made.change.statistic == pytest.approx(1.331, abs=0.01)
    assert made.left_out == ("csat",)


def test_a_clear_fall_is_real() -> None:
    made = compare(STAGE, evidence(nps=[10] * 100), evidence(nps=[10] * 50 + [0] * 50))
    assert (made.change.verdict, made.change.good) == (Verdict.REAL, False)


def test_a_metric_measured_in_one_period_only_is_no_change() -> None:
    before = evidence(nps=NPS_ANSWERS)
    after = evidence(nps=NPS_ANSWERS, csat=[1] * 50)
    made = compare(STAGE, before, after)
    assert made.change.difference == 0
    assert made.change.verdict is Verdict.NONE


def test_change_without_enough_answers_in_both_periods_is_too_early() -> None:
    made = compare(STAGE, evidence(nps=[10] * 9), evidence(nps=NPS_ANSWERS))
    assert made.change.verdict is Verdict.TOO_EARLY
    assert made.change.difference is None
    assert (made.change.n_before, made.change.n_after) == (9, 20)
    assert estimate(STAGE, evidence(nps=[10] * 9)) is None


def simulated(rng: np.random.Generator, customers: int) -> Evidence:
    """Customers with a mood of their own answer NPS once or more and CSAT at times."""
    known = []
    for customer in range(customers):
        mood = rng.normal(0, 1.5)
        for visit in range(int(rng.integers(1, 4))):
            nps = int(np.clip(round(8 + mood + rng.normal(0, 1.5)), 0, 10))
            known.append(Row(customer, (customer, visit), "nps", normal_points(NPS)[nps]))
            if rng.random() < 0.6:
                csat = int(np.clip(round(4 + mood / 2 + rng.normal(0, 0.8)), 1, 5))
                known.append(Row(customer, (customer, visit), "csat", normal_points(CSAT)[csat]))
    return Evidence.from_rows(known)


def test_intervals_and_alarms_of_stages_keep_their_promise() -> None:
    rng = np.random.default_rng(5)
    truth = roll_up(STAGE, simulated(rng, 10_000)).value
    runs, hits, alarms = 400, 0, 0
    assert truth is not None
    for _ in range(runs):
        before, after = simulated(rng, 30), simulated(rng, 60)
        score = roll_up(STAGE, before)
        assert score.low is not None
        assert score.high is not None
        hits += score.low <= truth <= score.high
        alarms += compare(STAGE, before, after).change.verdict is Verdict.REAL
    noise = 3 * sqrt(0.05 * 0.95 / runs)
    assert hits / runs > 0.95 - noise
    assert alarms / runs < 0.055 + noise
