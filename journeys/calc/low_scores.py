"""When an answer is so low that somebody should call, and how urgently."""

#: Of the scale, counted from its bad end: 1–2 of 5, 1–2 of 7, 0–2 of 10.
LOW_SHARE = 0.25
#: The very bottom is urgent: 1 of 5, 1–2 of 7, 0–2 of 10.
WORST_SHARE = 0.2


def badness(value: float, minimum: float, maximum: float, *, high_is_good: bool = True) -> float:
    """How far from the bad end of the scale, from 0 (worst) to 1 (best).

    Raises ValueError when the scale has no length.
    """
    if maximum <= minimum:
        raise ValueError("a scale needs two ends")
    share = (value - minimum) / (maximum - minimum)
    return share if high_is_good else 1 - share


def is_low(share: float, *, detractor: bool = False) -> bool:
    """A detractor, or in the bottom quarter of another scale."""
    return detractor or share <= LOW_SHARE


def is_worst(share: float) -> bool:
    """At the very bottom of the scale."""
    return share <= WORST_SHARE
