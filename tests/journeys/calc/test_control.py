"""The individuals chart against a hand computation, and what counts as a signal."""

import pytest

from journeys.calc.control import Signal, xmr


def test_limits_are_mean_and_moving_range() -> None:
    chart = xmr([10, 12, 11, 13, 12, 14, 12])
    assert (chart.mean, chart.points) == (12, 7)
    # moving ranges 2, 1, 2, 1, 2: mean 1.6
    assert chart.high == pytest.approx(12 + 3 * 1.6 / 1.128)
    assert chart.low == pytest.approx(12 - 3 * 1.6 / 1.128)
    assert chart.signal is Signal.NONE


@pytest.mark.parametrize(
    ("values", "signal"),
    [
        ([50, 51, 50, 51, 50, 51, 70], Signal.ABOVE),
        ([50, 51, 50, 51, 50, 51, 30], Signal.BELOW),
        ([50, 40, 50, 40, 52, 53, 52, 53, 52, 53, 52, 53], Signal.RUN_ABOVE),
        ([50, 51, 50], Signal.TOO_FEW),
        ([], Signal.TOO_FEW),
    ],
)
def test_signals(values: list[float], signal: Signal) -> None:
    assert xmr(values).signal is signal
