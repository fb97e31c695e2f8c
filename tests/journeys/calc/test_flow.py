"""Cycle times, stands and calendars from moves."""

from datetime import UTC, date, datetime, timedelta

from journeys.calc.flow import age_bands, days_between, percentile, stacked, standing
from journeys.calc.flow_drawing import flow_drawing
from journeys.calc.icalendar import Day, calendar

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_percentiles_by_nearest_rank() -> None:
    values = [15.0, 20.0, 35.0, 40.0, 50.0]
    assert [percentile(values, share) for share in (0.05, 0.3, 0.4, 0.5, 1.0)] == [
        15.0,
        20.0,
        20.0,
        35.0,
        50.0,
    ]
    assert percentile([], 0.5) is None
    assert days_between(START, START + timedelta(hours=36)) == 1.5
    assert days_between(START, START - timedelta(hours=1)) == 0


def test_what_stood_where_at_the_end_of_each_day() -> None:
    moves = {
        1: [(START, "idea"), (START + timedelta(days=2), "done")],
        2: [(START + timedelta(days=1), "idea")],
    }
    days = [(date(2026, 1, n + 1), START + timedelta(days=n, hours=23)) for n in range(3)]
    counts = standing(moves, days)
    assert counts == [{"idea": 1}, {"idea": 2}, {"done": 1, "idea": 1}]
    assert stacked(counts, ["idea", "done"]) == [[1, 0], [2, 0], [1, 1]]


def test_a_calendar_folds_long_lines_between_characters() -> None:
    body = calendar("Name", [Day("u", date(2026, 1, 1), "가" * 60)], START)
    lines = body.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert "가" * 60 in body.decode().replace("\r\n ", "")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert body.endswith(b"END:VCALENDAR\r\n")


def test_the_drawing_stacks_what_stands_and_says_how_much_is_there_now() -> None:
    weeks = [("w1", [2, 0, 0]), ("w2", [1, 1, 0]), ("w3", [1, 1, 2])]
    drawn = flow_drawing(weeks, ["idea", "doing", "done"])
    assert drawn is not None
    assert [(layer.name, layer.now) for layer in drawn.layers] == [
        ("done", 2),
        ("doing", 1),
        ("idea", 1),
    ]
    # Four on a scale of four: done reaches half of the height in the end, everything the top.
    assert drawn.layers[0].line.endswith("1000.0 110.0")
    assert drawn.layers[2].line == "M0.0 110.0L500.0 110.0L1000.0 0.0"
    assert [text for _y, text in drawn.ticks] == ["0", "1", "2", "3", "4"]
    assert flow_drawing([("w1", [0]), ("w2", [0])], ["idea"]) is None


def test_age_is_counted_in_bands() -> None:
    assert age_bands([0, 7, 8, 30, 31, 90, 91, 400]) == [2, 2, 2, 2]
