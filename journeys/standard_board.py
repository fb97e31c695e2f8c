"""The columns a program starts with: names in both languages on states the portal understands."""

from collections.abc import Mapping
from dataclasses import dataclass

from journeys.models import State

BOARD_NAME = {"en": "Improvement actions", "ko": "개선 과제"}


@dataclass(frozen=True)
class ColumnPlan:
    """A column to be made: its names by language, what it means, how many cards it should hold."""

    name: Mapping[str, str]
    state: str
    limit: int | None = None


STANDARD_COLUMNS = (
    ColumnPlan({"en": "Idea", "ko": "아이디어"}, State.IDEA),
    ColumnPlan({"en": "Ready", "ko": "착수 대기"}, State.READY),
    ColumnPlan({"en": "In progress", "ko": "진행 중"}, State.DOING, limit=8),
    ColumnPlan({"en": "Watching", "ko": "효과 관찰"}, State.WATCHING),
    ColumnPlan({"en": "Done", "ko": "완료"}, State.DONE),
    ColumnPlan({"en": "Declined", "ko": "미채택"}, State.DECLINED),
)
