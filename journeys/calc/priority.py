"""How improvement actions are ranked.

Priority is ours: 100 · (importance + urgency + effect)/15 · (6 - cost)/5, each factor 1..5, so
benefit and ease multiply and the best is 100. RICE and ICE are Intercom's: reach · impact ·
confidence ÷ effort, and ICE the same without reach.
"""

from enum import StrEnum

#: Factors run from 1 to this.
TOP = 5
#: Values RICE allows for impact, and for confidence in per cent.
IMPACTS = (3.0, 2.0, 1.0, 0.5, 0.25)
CONFIDENCES = (100, 80, 50)
#: Lowest priority of each band; below the last it is low.
HIGH_FROM, MEDIUM_FROM = 60.0, 30.0

#: Printed beside priorities; pages translate it.
PRIORITY_FORMULA = "priority = 100 × (importance + urgency + effect) ÷ 15 × (6 − cost) ÷ 5"


class Band(StrEnum):
    """Priority in a word."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def priority(
    *, importance: int | None, urgency: int | None, effect: int | None, cost: int | None
) -> float | None:
    """Priority from 4 to 100, None while a factor is open. Raises ValueError outside 1..5."""
    if importance is None or urgency is None or effect is None or cost is None:
        return None
    for factor in (importance, urgency, effect, cost):
        if not 1 <= factor <= TOP:
            raise ValueError(f"factors run from 1 to {TOP}, not to {factor}")
    benefit = (importance + urgency + effect) / (3 * TOP)
    ease = (TOP + 1 - cost) / TOP
    return 100 * benefit * ease


def band(value: float | None) -> Band | None:
    """The word for a priority, None when there is none yet."""
    if value is None:
        return None
    if value >= HIGH_FROM:
        return Band.HIGH
    return Band.MEDIUM if value >= MEDIUM_FROM else Band.LOW


def rice(*, reach: float, impact: float, confidence: int, effort: float) -> float:
    """Reach (people a period) · impact · confidence (per cent) ÷ effort (person-months).

    Raises ValueError for an impact or confidence RICE does not know or an effort of nothing.
    """
    return reach * ice(impact=impact, confidence=confidence, effort=effort)


def ice(*, impact: float, confidence: int, effort: float) -> float:
    """RICE without reach. Raises ValueError as `rice` does."""
    if impact not in IMPACTS or confidence not in CONFIDENCES:
        raise ValueError(f"impact is one of {IMPACTS}, confidence one of {CONFIDENCES} per cent")
    if effort <= 0:
        raise ValueError("an effort is more than nothing")
    return impact * confidence / 100 / effort
