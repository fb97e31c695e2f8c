"""Many comparisons at once: p values corrected so that a family cries wolf no more than one.

Holm (1979) keeps the chance of any false alarm; Benjamini & Hochberg (1995) the share of false
ones among the alarms. Checked against statsmodels' multipletests.
"""

from collections.abc import Sequence

from surveys.calc.quantiles import LEVEL

ALPHA = 1 - LEVEL


def holm(p_values: Sequence[float]) -> list[float]:
    """Corrected p values in the order given: p₍ᵢ₎·(m - i + 1), never falling, at most 1."""
    corrected = [0.0] * len(p_values)
    so_far = 0.0
    for rank, place in enumerate(_order(p_values)):
        so_far = max(so_far, min(1.0, p_values[place] * (len(p_values) - rank)))
        corrected[place] = so_far
    return corrected


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Corrected p values in the order given: p₍ᵢ₎·m/i, never rising from the largest down."""
    corrected = [0.0] * len(p_values)
    size, least = len(p_values), 1.0
    for rank, place in reversed(list(enumerate(_order(p_values), start=1))):
        least = min(least, p_values[place] * size / rank)
        corrected[place] = least
    return corrected


def _order(p_values: Sequence[float]) -> list[int]:
    return sorted(range(len(p_values)), key=lambda place: p_values[place])
