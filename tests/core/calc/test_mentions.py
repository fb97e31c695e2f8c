"""Who is called by name in a text."""

import pytest

from cxportal.core.calc.mentions import mentioned

NAMES = {
    1: ["Kim", "kim@acme.example", "kim"],
    2: ["Kim Minsu", "minsu@acme.example", "minsu"],
    3: ["김민수", "ms@acme.example", "ms"],
}


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Kim please look", [1]),
        ("@Kim Minsu please look", [2]),
        ("@kim minsu and @Kim", [1, 2]),
        ("@김민수님, 확인 부탁드립니다", [3]),
        ("write to @minsu@acme.example", [2]),
        ("@minsuk is somebody else", []),
        ("kim without a sign", []),
        ("", []),
    ],
)
def test_people_are_called_by_name_or_address(text: str, called: list[int]) -> None:
    assert mentioned(text, NAMES) == called
