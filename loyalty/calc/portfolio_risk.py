"""Which customers of an account manager need somebody first, and why. Own rule, stated openly.

A customer stands by the gravest of their reasons, then by how many there are, then by value.
"""

from dataclasses import dataclass

#: Reasons, gravest first.
REASONS = ("case_late", "case_open", "low_score", "leaving", "activity_late", "silent")
LOW_SCORE = 6  # a detractor's highest answer (0–10)
LEAVING = 0.5  # below this probability of still being a customer (0–1)
SILENT_DAYS = 90


@dataclass(frozen=True)
class Facts:
    """What is known of one customer; None where nothing is.

    `score` is the last answer to “would you recommend us” (0–10), `alive` the probability of
    still being a customer (0–1), `silent_days` the days since somebody spoke with them.
    """

    open_cases: int = 0
    late_cases: int = 0
    score: int | None = None
    alive: float | None = None
    late_activities: int = 0
    silent_days: int | None = None


def risks(facts: Facts) -> list[str]:
    """Reasons of REASONS that hold, gravest first. Nobody spoken with yet counts as silent."""
    holds = {
        "case_late": facts.late_cases > 0,
        "case_open": facts.open_cases > facts.late_cases,
        "low_score": facts.score is not None and facts.score <= LOW_SCORE,
        "leaving": facts.alive is not None and facts.alive < LEAVING,
        "activity_late": facts.late_activities > 0,
        "silent": facts.silent_days is None or facts.silent_days > SILENT_DAYS,
    }
    return [reason for reason in REASONS if holds[reason]]


def urgency(reasons: list[str], value: float) -> tuple[int, int, float]:
    """Sort key, most urgent first: gravest reason, number of reasons, lifetime value."""
    gravest = min((REASONS.index(reason) for reason in reasons), default=len(REASONS))
    return gravest, -len(reasons), -value
