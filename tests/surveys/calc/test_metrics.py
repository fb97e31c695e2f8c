"""Scores and their intervals, against published and independently computed figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from surveys.calc.histogram import BINS, Histogram
from surveys.calc.intervals import (
    mean_interval,
    nps_interval,
    nps_plain_margin,
    share_interval,
    wilson,
)
from surveys.calc.metrics import (
    Definition,
    Direction,
    Hidden,
    Kind,
    Statistic,
    Unit,
    evaluate,
    mean,
    normal_points,
    normalise,
    normalised_sums,
    nps,
    standard_definition,
    top_box,
)
from tests.surveys.calc.simulation import exact_coverage

NPS = standard_definition(Kind.NPS)
CSAT = standard_definition(Kind.CSAT)
CES = standard_definition(Kind.CES)
CES1 = standard_definition(Kind.CES1)


def of_groups(promoters: int, passives: int, detractors: int) -> Histogram:
    return Histogram.from_counts([0, 0, 0, detractors, 0, 0, 0, 0, passives, 0, promoters])


counts = st.lists(st.integers(0, 300), min_size=BINS, max_size=BINS)
histograms = counts.map(Histogram.from_counts)
GROUPS = st.tuples(*[st.integers(0, 2000)] * 3).filter(lambda g: sum(g) > 0)


def test_nps_counts_passives_into_n() -> None:
    assert nps(of_groups(50, 30, 20)) == 30
    assert nps(Histogram.from_values([9, 10, 8, 7, 6, 0])) == 0


def test_nps_cut_offs_can_be_set() -> None:
    from_seven = standard_definition(Kind.NPS, promoter_from=7, detractor_to=4)
    assert nps(Histogram.from_values([7, 8, 5, 4]), from_seven) == 25


@pytest.mark.parametrize(("groups", "margin"), [((50, 30, 20), 15.3), ((10, 6, 4), 34.2)])
def test_plain_margin_is_the_textbooks(groups: tuple[int, int, int], margin: float) -> None:
    assert nps_plain_margin(groups[0], groups[2], sum(groups)) == pytest.approx(margin, abs=0.05)


@pytest.mark.parametrize(
    ("groups", "centre", "margin"),
    [((50, 30, 20), 29.1, 15.1), ((50, 33, 17), 32.0, 14.5), ((5, 0, 0), 62.5, 45.0)],
)
def test_adjusted_interval_is_the_published(
    groups: tuple[int, int, int], centre: float, margin: float
) -> None:
    interval = nps_interval(groups[0], groups[2], sum(groups))
    assert (interval.low + interval.high) / 2 == pytest.approx(centre, abs=0.05)
    assert interval.margin == pytest.approx(margin, abs=0.05)


def test_five_promoters_show_the_raw_point_and_an_interval_cut_at_100() -> None:
    score = evaluate(NPS, of_groups(5, 0, 0), min_n=5)
    assert (score.value, score.high, score.n) == (100, 100, 5)
    assert score.low == pytest.approx(17.5, abs=0.1)
    assert score.margin == pytest.approx(45.0, abs=0.1)


def test_score_of_too_few_answers_says_how_many_are_needed() -> None:
    score = evaluate(NPS, of_groups(4, 0, 0))
    assert (score.hidden, score.n, score.min_n) == (Hidden.TOO_FEW, 4, 10)
    assert (score.value, score.low, score.high, score.margin, score.se) == (None,) * 5
    assert score.distribution == ()
    assert score.groups is None
    assert not score.shown


def test_no_answers_are_told_apart_from_too_few() -> None:
    assert evaluate(CSAT, Histogram()).hidden is Hidden.NO_ANSWERS


def test_score_is_shown_from_the_minimum_on() -> None:
    assert evaluate(NPS, of_groups(10, 0, 0)).hidden is None
    assert evaluate(NPS, of_groups(9, 0, 0)).hidden is Hidden.TOO_FEW


def test_a_mean_needs_two_answers_whatever_the_setting() -> None:
    assert evaluate(CES, Histogram.from_values([7]), min_n=1).min_n == 2


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_is_newcombes_table(
    successes: int, n: int, low: float, high: float
) -> None:
    """Newcombe 1998, Statistics in Medicine 17, table I, method 3."""
    interval = wilson(successes, n)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2535, 0.3682),
        (15, 148, 0.0598, 0.1644),
        (0, 20, 0, 0.2005),
        (1, 29, 0.0018, 0.1963),
    ],
)
def test_interval_of_a_share_is_newcombes_table(
    successes: int, n: int, low: float, high: float
) -> None:
    """Newcombe 1998, Statistics in Medicine 17, table I, method 4."""
    interval = share_interval(successes, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)
    turned = share_interval(n - successes, n)
    assert (turned.low, turned.high) == pytest.approx((1 - interval.high, 1 - interval.low))


def test_csat_is_the_share_of_the_two_best() -> None:
    score = evaluate(CSAT, Histogram.from_counts([0, 5, 10, 15, 40, 30]))
    assert score.value == 70
    assert score.unit is Unit.PERCENT
    assert (score.low, score.high) == pytest.approx((59.88, 78.53), abs=0.05)
    assert top_box(Histogram.from_values([4, 5, 1, 2])) == 50


@pytest.mark.parametrize("n", [10, 20, 41, 50, 64, 100])
def test_interval_of_a_share_covers_every_share_as_often_as_promised(n: int) -> None:
    intervals = [share_interval(x, n) for x in range(n + 1)]
    for share in (0.005, 0.02, 0.05, 0.1, 0.255, 0.3, 0.385, 0.4, 0.45, 0.5):
        chances = stats.binom.pmf(range(n + 1), n, share)
        held = [interval.low <= share <= interval.high for interval in intervals]
        assert chances @ held >= 0.95, share


@pytest.mark.parametrize("n", [10, 20, 50])
@pytest.mark.parametrize("parts", [(0.95, 0.04, 0.01), (0.8, 0.15, 0.05), (0.3, 0.4, 0.3)])
@pytest.mark.parametrize("turned", [False, True])
def test_interval_of_nps_covers_the_truth_for_few_and_skewed_answers(
    parts: tuple[float, float, float], n: int, turned: bool
) -> None:
    shape = dict(zip((3, 8, 10) if turned else (10, 8, 3), parts, strict=True))
    assert exact_coverage(NPS, shape, n) >= (0.94 if n >= 50 else 0.92)


def test_nps_without_detractors_reaches_up_at_least_as_far_as_the_share_of_promoters() -> None:
    """Eight of ten promoters: Wilson's upper end is 94.33, the adjusted Wald's 93.80."""
    assert nps_interval(8, 0, 10).high == pytest.approx(94.33, abs=0.005)
    assert nps_interval(0, 8, 10).low == pytest.approx(-94.33, abs=0.005)


def test_csat_can_be_a_mean() -> None:
    as_mean = standard_definition(Kind.CSAT, statistic="mean")
    score = evaluate(as_mean, Histogram.from_counts([0, 0, 0, 5, 10, 5]))
    assert (score.value, score.unit) == (4, Unit.MEAN)


def test_mean_has_students_interval_with_an_answer_added_at_each_end() -> None:
    values = [7, 6, 5, 7, 3, 6, 6, 2, 7, 5, 4, 6]
    score = evaluate(CES, Histogram.from_values(values))
    more = [*values, 1, 7]
    scale = stats.sem(more, ddof=0)
    expected = stats.t.interval(0.95, 11, loc=sum(more) / 14, scale=scale)
    assert mean(Histogram.from_values(values)) == pytest.approx(sum(values) / 12)
    assert (score.low, score.high) == pytest.approx(expected)
    assert score.se == pytest.approx(stats.sem(values))


def test_answers_that_all_agree_are_not_shown_as_certain() -> None:
    """Ten fives, a one and a five: 2.262·√(14.667/12/12) around 4.667."""
    interval = mean_interval(5, 0, 10, ends=(1, 5))
    assert interval.margin == pytest.approx(0.7219, abs=1e-4)
    assert interval.low == pytest.approx(4.6667 - 0.7219, abs=1e-4)
    # The error itself is as if one of the ten had been one step off: √(0.9/9/10).
    assert interval.se == pytest.approx(0.1)


def test_share_of_a_scale_where_low_is_good_counts_the_low_end() -> None:
    as_share = standard_definition(Kind.CES1, statistic="share")
    assert evaluate(as_share, Histogram.from_counts([0, 6, 2, 1, 1])).value == 80


def test_distribution_covers_the_whole_scale() -> None:
    bars = evaluate(CSAT, Histogram.from_counts([0, 0, 0, 5, 10, 5])).distribution
    assert [(bar.value, bar.count, bar.share) for bar in bars] == [
        (1, 0, 0),
        (2, 0, 0),
        (3, 5, 25),
        (4, 10, 50),
        (5, 5, 25),
    ]


def test_groups_come_with_their_shares() -> None:
    found = evaluate(NPS, of_groups(50, 30, 20)).groups
    assert found is not None
    assert found.shares == pytest.approx((50, 30, 20))


def test_answers_off_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match=r"outside 1\.\.5"):
        evaluate(CSAT, Histogram.from_values([6] * 20))


def test_a_difference_of_histograms_is_not_a_sample() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        evaluate(NPS, Histogram() - of_groups(10, 0, 0))


@pytest.mark.parametrize(
    "changes",
    [
        {"promoter_from": 6},
        {"detractor_to": -1},
        {"maximum": 11},
        {"minimum": 10},
        {"direction": Direction.LOW},
        {"min_n": 0},
        {"statistic": "share", "top_from": 11},
    ],
)
def test_cut_offs_that_do_not_fit_the_scale_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        standard_definition(Kind.NPS, **changes)


def test_a_longer_rating_keeps_its_two_best() -> None:
    assert standard_definition(Kind.RATING, maximum=10).top_from == 9
    assert standard_definition(Kind.RATING, maximum=7, top_from=5).top_from == 5
    assert standard_definition(Kind.RATING, direction="low").top_from == 2


def test_normalised_nps_is_halfway_up() -> None:
    made = normalise(NPS, evaluate(NPS, of_groups(50, 30, 20)))
    assert made is not None
    assert made.value == 65
    assert made.se == pytest.approx(15.08 / 1.96 / 2, abs=0.005)


def test_normalised_effort_is_turned_so_that_high_is_good() -> None:
    hard = evaluate(CES1, Histogram.from_counts([0, 0, 0, 0, 0, 20]))
    easy = evaluate(CES1, Histogram.from_counts([0, 20]))
    turned = [normalise(CES1, score) for score in (hard, easy)]
    assert [made.value for made in turned if made] == [0, 100]
    assert all(made.low <= made.value <= made.high for made in turned if made)


def test_a_hidden_score_has_no_normalised_value() -> None:
    assert normalise(NPS, evaluate(NPS, of_groups(1, 0, 0))) is None


def test_points_of_answers_are_worth_their_group() -> None:
    assert normal_points(NPS) == (0,) * 7 + (50, 50, 100, 100)
    assert normal_points(CSAT)[1:6] == (0, 0, 0, 100, 100)
    assert normal_points(CES)[1:8] == pytest.approx(
        [0, 100 / 6, 200 / 6, 50, 400 / 6, 500 / 6, 100]
    )
    assert normal_points(CES1)[1:6] == (100, 75, 50, 25, 0)


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
def test_mean_of_the_points_is_the_normalised_score(kind: Kind, data: st.DataObject) -> None:
    definition = standard_definition(kind)
    values = st.integers(definition.minimum, definition.maximum)
    histogram = Histogram.from_values(data.draw(st.lists(values, min_size=2, max_size=60)))
    made = normalise(definition, evaluate(definition, histogram, min_n=2))
    n, total, squares = normalised_sums(definition, histogram)
    assert made is not None
    assert total / n == pytest.approx(made.value)
    assert squares >= total**2 / n - 1e-6


@pytest.mark.parametrize(
    "definition", [NPS, standard_definition(Kind.RATING, minimum=0, maximum=10)]
)
@given(histogram=histograms.filter(lambda h: h.n >= 2))
def test_interval_holds_the_score_and_stays_on_the_scale(
    definition: Definition, histogram: Histogram
) -> None:
    score = evaluate(definition, histogram, min_n=2)
    assert score.low is not None
    assert score.value is not None
    assert score.high is not None
    assert definition.lowest <= score.low <= score.value <= score.high <= definition.highest
    assert score.margin


@given(GROUPS)
def test_adjusted_interval_holds_the_raw_score(groups: tuple[int, int, int]) -> None:
    interval = nps_interval(groups[0], groups[2], sum(groups))
    raw = 100 * (groups[0] - groups[2]) / sum(groups)
    assert interval.low <= raw <= interval.high


@given(GROUPS)
def test_more_of_the_same_answers_narrow_the_interval(groups: tuple[int, int, int]) -> None:
    few = nps_interval(groups[0], groups[2], sum(groups))
    many = nps_interval(4 * groups[0], 4 * groups[2], 4 * sum(groups))
    assert many.margin < few.margin


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40))
def test_one_more_promoter_never_lowers_the_score(
    promoters: int, passives: int, detractors: int
) -> None:
    before = nps(of_groups(promoters, passives, detractors))
    assert nps(of_groups(promoters + 1, passives, detractors)) > before


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_of_a_share_hold_it(pair: tuple[int, int]) -> None:
    for interval in (wilson(*pair), share_interval(*pair)):
        assert 0 <= interval.low <= pair[0] / pair[1] <= interval.high <= 1


def test_high_is_good_but_for_the_mean_of_an_effort() -> None:
    as_share = standard_definition(Kind.CES1, statistic=Statistic.SHARE)
    definitions = (NPS, CSAT, CES, CES1, as_share)
    assert [d.high_is_good for d in definitions] == [True, True, True, False, True]
