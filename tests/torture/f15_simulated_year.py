"""F15: a simulated year of four recurring campaigns, three zones, two schedulers; no fault."""

from datetime import date

from tests.surveys.simulated_year import live_through
from tests.torture.line import Line
from tests.torture.people import make_crowd

FAULT = "F15"
# people, first and last day; both changes of the clocks in New York and London lie inside.
SIZES = {
    "ci": (100, date(2026, 2, 20), date(2026, 4, 10)),
    "full": (5_000, date(2026, 1, 1), date(2026, 12, 31)),
}


def run(size: str) -> Line:
    people, first, last = SIZES[size]
    actor, customers = make_crowd("f15", people)
    seen = live_through(actor, customers, first, last)
    names = ("too_often", "doubled", "missed", "off_time", "unsettled", "asked", "occurrences")
    return Line(FAULT, {name: getattr(seen, name) for name in names}, seen.faults == 0)
