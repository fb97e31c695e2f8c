"""What a score says in words, whatever floor it comes from."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cxportal.core.calc.numbers import plain_number, score_number

DEFAULT_MINIMUM_N = 10
# How a change was judged; anything else shows nothing.
REAL, NO_CHANGE, TOO_EARLY = "real", "none", "early"
_UP, _DOWN = "caret-up-fill", "caret-down-fill"


@dataclass(frozen=True)
class ShownChange:
    """`tone` is good, bad or neutral; `size` is empty where no change is shown."""

    word: str
    size: str = ""
    icon: str = ""
    direction: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class ShownScore:
    """Everything components/score.html prints. `few` replaces all the rest when it is set."""

    value: str = ""
    margin: str = ""
    n: str = ""
    few: str = ""
    change: ShownChange | None = None


def shown_score(score: Any, unit: str = "", digits: int | None = None) -> ShownScore | None:
    """Words for an object with `value`, `margin`, `n`, `hidden` and perhaps `minimum`, `change`,
    `unit`, `digits`, `lower_is_better`; None where nothing was measured.
    """
    if score is None or not score.n:
        return None
    if score.hidden:
        minimum = getattr(score, "minimum", None) or DEFAULT_MINIMUM_N
        counts = {"n": score.n, "minimum": minimum}
        return ShownScore(few=_("too few (%(n)d of %(minimum)d)") % counts)
    if score.value is None:
        return None
    unit = unit or getattr(score, "unit", "") or ""
    places = _places(score, unit, digits)
    return ShownScore(
        value=score_number(score.value, unit, places),
        margin=_margin(score.margin, places),
        n=plain_number(score.n),
        change=shown_change(
            getattr(score, "change", None), places, bool(getattr(score, "lower_is_better", False))
        ),
    )


def _margin(margin: float | None, places: int) -> str:
    """A margin as exact as its score; where that would be ± 0.0, one place more."""
    if margin is None:
        return ""
    finer = margin > 0 and round(margin, places) == 0
    return plain_number(margin, places + 1 if finer else places)


def shown_change(change: Any, digits: int, lower_is_better: bool = False) -> ShownChange | None:
    """Words for an object with `value` (difference) and `verdict` (real, none or early)."""
    verdict = getattr(change, "verdict", "")
    if verdict == TOO_EARLY:
        return ShownChange(word=_("too early"))
    if verdict == NO_CHANGE:
        return ShownChange(word=_("no change shown"))
    if verdict != REAL:
        return None
    up = change.value > 0
    return ShownChange(
        word=_("real change"),
        size=plain_number(abs(change.value), digits),
        icon=_UP if up else _DOWN,
        direction=_("up") if up else _("down"),
        tone="good" if up != lower_is_better else "bad",
    )


def _places(score: Any, unit: str, digits: int | None) -> int:
    if digits is not None:
        return digits
    own = getattr(score, "digits", None)
    if own is not None:
        return int(own)
    return 0 if unit in ("nps", "percent") or abs(score.value) >= 20 else 1
