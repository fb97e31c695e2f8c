"""Who needs somebody first."""

import pytest

from loyalty.calc.portfolio_risk import Facts, risks, urgency


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        (Facts(silent_days=90), []),
        (Facts(), ["silent"]),
        (Facts(open_cases=2, late_cases=1, silent_days=1), ["case_late", "case_open"]),
        (Facts(open_cases=1, late_cases=1, silent_days=1), ["case_late"]),
        (Facts(score=6, alive=0.49, silent_days=91), ["low_score", "leaving", "silent"]),
        (Facts(score=7, alive=0.5, late_activities=1, silent_days=0), ["activity_late"]),
    ],
)
def test_each_reason_holds_at_its_bound_only(facts: Facts, reasons: list[str]) -> None:
    assert risks(facts) == reasons


def test_the_gravest_reason_goes_first_then_how_many_then_value() -> None:
    people = {
        "quiet rich": ([], 9e9),
        "late case": (["case_late"], 1.0),
        "low and leaving": (["low_score", "leaving"], 1.0),
        "low": (["low_score"], 500.0),
        "low and rich": (["low_score"], 900.0),
    }
    order = sorted(people, key=lambda who: urgency(*people[who]))
    assert order == ["late case", "low and leaving", "low and rich", "low", "quiet rich"]
