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

RELATIONSHIP_NAME = {"en": "Customer relationships", "ko": "고객 관계 활동"}
#: Sales and service in standard steps; what comes before “Care” is still to be won.
RELATIONSHIP_COLUMNS = (
    ColumnPlan({"en": "Prospect", "ko": "잠재 고객"}, State.IDEA),
    ColumnPlan({"en": "Opportunity", "ko": "기회 포착"}, State.READY),
    ColumnPlan({"en": "Approach", "ko": "접근"}, State.DOING),
    ColumnPlan({"en": "Information", "ko": "정보 수집"}, State.DOING),
    ColumnPlan({"en": "Needs", "ko": "니즈 파악"}, State.DOING),
    ColumnPlan({"en": "Design", "ko": "제안 설계"}, State.DOING),
    ColumnPlan({"en": "Contract", "ko": "계약"}, State.DOING),
    ColumnPlan({"en": "Care", "ko": "사후 관리"}, State.DONE),
    ColumnPlan({"en": "Not won", "ko": "미성사"}, State.DECLINED),
)
