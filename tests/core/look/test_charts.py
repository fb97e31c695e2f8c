"""Marks stand where the numbers say."""

import pytest
from django.template.loader import render_to_string

from cxportal.core.charts import (
    TrendPoint,
    bar,
    columns,
    distribution,
    nice_step,
    scatter,
    sparkline,
    trend,
)


def points(*values: float | None, margin: float = 5) -> list[TrendPoint]:
    return [
        TrendPoint(
            f"p{index}",
            value,
            None if value is None else value - margin,
            None if value is None else value + margin,
        )
        for index, value in enumerate(values)
    ]


def test_a_distribution_fills_the_whole_bar_in_order() -> None:
    laid = distribution(
        [("promoters", 50, "good"), ("passives", 30, "neutral"), ("none", 20, "bad")]
    )
    assert [(p.x, p.width, p.middle) for p in laid] == [
        ("0.00%", "50.00%", "25.00%"),
        ("50.00%", "30.00%", "65.00%"),
        ("80.00%", "20.00%", "90.00%"),
    ]
    assert [p.share for p in laid] == [0.5, 0.3, 0.2]


def test_a_distribution_without_answers_draws_nothing() -> None:
    assert distribution([("promoters", 0, "good")]) == []


def test_a_small_part_carries_no_label() -> None:
    assert [p.fits for p in distribution([("a", 95, "good"), ("b", 5, "bad")])] == [True, False]


def test_the_highest_column_fills_the_plot_and_the_others_are_in_proportion() -> None:
    first, second, third = columns([("0", 10, "bad"), ("1", 40, "neutral"), ("2", 0, "good")], 100)
    assert (first.y, first.height) == ("75", "25")
    assert (second.y, second.height) == ("0", "100")
    assert (third.y, third.height) == ("100", "0")


def test_columns_without_answers_lie_flat() -> None:
    assert [c.height for c in columns([("0", 0, "bad"), ("1", 0, "good")], 100)] == ["0", "0"]


def test_a_sparkline_runs_from_low_to_high_and_leaves_gaps() -> None:
    line = sparkline([0, 10, None, 5, 5])
    assert line.path == "M3 21L25.5 3M70.5 12L93 12"
    assert line.last == ("93", "12")


@pytest.mark.parametrize("values", [[], [None, None]])
def test_a_sparkline_of_nothing_is_empty(values: list[float | None]) -> None:
    assert (sparkline(values).path, sparkline(values).last) == ("", None)


def test_one_value_is_a_point_in_the_middle() -> None:
    assert sparkline([7]).path == ""
    assert sparkline([7]).last == ("3", "12")


def test_a_trend_shows_the_whole_scale_unless_asked() -> None:
    chart = trend(points(0, 50, -100), scale=(-100, 100), height=200, target=50)
    assert chart.lines == ["M0 100L500 50L1000 200"]
    assert [t.text for t in chart.ticks] == ["−100", "−50", "0", "50", "100"]
    assert [t.zero for t in chart.ticks] == [False, False, True, False, False]
    assert chart.target_y == "50"
    assert chart.part_of_scale is None


def test_a_cut_axis_says_so_and_holds_interval_and_target() -> None:
    chart = trend(points(30, 34, 38), scale=(-100, 100), zoom=True, target=45)
    assert chart.part_of_scale == (25, 45)


def test_a_period_with_too_few_answers_is_a_gap_in_line_and_band() -> None:
    chart = trend(points(10, 20, None, 30, 40), scale=(0, 100), height=100)
    assert chart.lines == ["M0 90L250 80M750 70L1000 60"]
    assert chart.bands == ["M0 85L250 75L250 85L0 95Z", "M750 65L1000 55L1000 65L750 75Z"]
    assert [d.last for d in chart.dots] == [False, False, False, True]


def test_an_interval_is_cut_at_the_ends_of_the_scale() -> None:
    chart = trend(points(98, 99, margin=10), scale=(0, 100), height=100)
    assert chart.bands == ["M0 0L1000 0L1000 11L0 12Z"]


def test_a_single_period_stands_in_the_middle() -> None:
    chart = trend(points(50), scale=(0, 100), height=100)
    assert chart.lines == [] and chart.bands == []
    assert [(d.x, d.y) for d in chart.dots] == [("50.00%", "50")]


def test_long_series_keep_at_most_eight_labels_with_the_newest_last() -> None:
    chart = trend(points(*[50] * 24), scale=(0, 100))
    assert [label.text for label in chart.labels] == [f"p{i}" for i in range(2, 24, 3)]
    assert not chart.labels[-1].minor
    assert chart.labels[-1].anchor == "end"


def test_nothing_measured_draws_an_empty_plot() -> None:
    chart = trend(points(None, None), scale=(1, 7), zoom=True)
    assert chart.lines == [] and chart.dots == [] and chart.bands == []
    assert chart.part_of_scale is None


def test_a_trend_of_too_few_answers_says_so_instead_of_an_empty_plot() -> None:
    def drawn(*values: float | None) -> str:
        chart = {"chart": trend(points(*values), scale=(0, 100)), "title": "Trend", "digits": 0}
        return render_to_string("components/charts/trend.html", chart)

    assert "No step of this period" in drawn(None, None)
    assert "chart-plot" not in drawn(None, None)
    assert "chart-plot" in drawn(None, 40)


@pytest.mark.parametrize(("span", "step"), [(200, 50), (10, 2), (1, 0.2), (6, 2), (0, 1)])
def test_steps_are_round_numbers(span: float, step: float) -> None:
    assert nice_step(span, 5) == pytest.approx(step)


def test_a_bar_starts_at_zero_in_both_directions() -> None:
    up = bar(50, scale=(-100, 100), low=40, high=60, target=20)
    down = bar(-50, scale=(-100, 100))
    assert up is not None and down is not None
    assert (up.x, up.width, up.low, up.high, up.target) == (
        "50.00%", "25.00%", "70.00%", "80.00%", "60.00%",
    )  # fmt: skip
    assert (down.x, down.width, down.low) == ("25.00%", "25.00%", "")
    assert bar(None, scale=(0, 1)) is None


def test_a_scatter_says_the_quadrant_of_each_point() -> None:
    dots = scatter(
        [("a", 9, 9), ("b", 2, 9), ("c", 2, 1)],
        x_scale=(0, 10), y_scale=(0, 10), cross=(5, 5), height=100,
    )  # fmt: skip
    assert [d.quadrant for d in dots] == ["high-high", "high-low", "low-low"]
    assert (dots[0].number, dots[0].x, dots[0].y) == (1, "90.00%", "10")
