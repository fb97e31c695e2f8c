"""Values of others with what is known of their error: published means, mystery visits."""

from collections.abc import Sequence
from math import sqrt

TOP = 100.0


def largest_se(value: float, n: int) -> float:
    """The largest standard error a mean on 0..100 of n answers can have.

    A variance is at most (top − mean)(mean − bottom) (Bhatia & Davis 2000). Raises ValueError
    for a value outside 0..100 or n below 1.
    """
    if not 0 <= value <= TOP or n < 1:
        raise ValueError("a mean on 0..100 of at least one answer")
    return sqrt(value * (TOP - value) / n)


def share_of_points(visits: Sequence[tuple[float, float]]) -> tuple[float, float, int] | None:
    """Share 0..100 of (earned, possible) points over visits, its standard error, their number.

    Σ earned ÷ Σ possible, so a visit with more items counts for more; the error is that of a
    ratio: n/(n−1) · Σ(eᵢ − r·pᵢ)² ÷ (Σp)² (Cochran 1977, 6.4). None where nothing was possible;
    one visit alone has no error, which the caller hides by its minimum anyway.
    """
    counted = [(earned, possible) for earned, possible in visits if possible > 0]
    whole = sum(possible for _earned, possible in counted)
    if not whole:
        return None
    n, ratio = len(counted), sum(earned for earned, _possible in counted) / whole
    squares = sum((earned - ratio * possible) ** 2 for earned, possible in counted)
    error = sqrt(squares * n / (n - 1)) / whole if n > 1 else 0.0
    return TOP * ratio, TOP * error, n
