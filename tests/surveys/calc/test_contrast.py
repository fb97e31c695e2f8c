"""The contrast shown beside a colour is that of WCAG, cut and never rounded up."""

import pytest

from surveys.calc.contrast import contrast
from surveys.queries.accessibility import contrasts_of


def test_published_contrasts() -> None:
    """Values of the WCAG working group: #777777 on white fails, #767676 just passes (1.4.3)."""
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("767676", "ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(
    ("brand", "figures"),
    [
        ("#777777", [(4.4, "attention"), (4.1, "attention"), (4.6, "good")]),
        ("#0B6E69", [(6.0, "good"), (3.0, "attention"), (6.0, "good")]),
        ("#ffff00", [(1.0, "bad"), (17.2, "good"), (4.6, "good")]),
    ],
)
def test_a_colour_says_how_it_reads(brand: str, figures: list[tuple[float, str]]) -> None:
    found = contrasts_of(brand)
    assert [(one.ratio, one.tone) for one in found] == figures
    assert [bool(one.shown) for one in found] == [tone != "good" for _ratio, tone in figures]
