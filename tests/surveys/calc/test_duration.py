"""How long a survey takes is said before anybody has answered it."""

import pytest

from surveys.calc.duration import estimated_seconds, minutes
from tests.surveys.logic_surveys import CHOICES, question, section, survey


def test_kinds_take_their_usual_time_and_reading_counts() -> None:
    one = survey(section({**question("a", "nps"), "text": {"en": "word " * 20}}))
    assert estimated_seconds(one) == pytest.approx(7.5 + 6)
    rows = [{"code": str(n), "text": {}} for n in range(4)]
    grid = survey(section({**question("m", "matrix_single", rows=rows), "text": {}}))
    assert estimated_seconds(grid) == 20
    ranked = survey(section({**question("r", "ranking", choices=CHOICES), "text": {}}))
    assert estimated_seconds(ranked) == pytest.approx(12 + 3 * 60 / 200)


def test_hidden_data_takes_no_time_and_korean_is_read_by_its_letters() -> None:
    asked = survey(section(question("h", "hidden")))
    assert estimated_seconds(asked) == 0
    korean = survey(section({**question("s", "statement"), "text": {"ko": "가" * 100}}))
    assert estimated_seconds(korean, "ko") == pytest.approx(1 + 12)


def test_minutes_are_said_whole() -> None:
    assert [minutes(s) for s in (0, 80, 100, 300)] == [1, 1, 2, 5]
