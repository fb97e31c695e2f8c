"""The demo's customer relationships in standard steps, and the next meeting of its committee."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxportal.core.models import Customer
from journeys.models import Action, Board, Meeting
from journeys.services.actions import action_create, action_move
from journeys.services.boards import board_create
from journeys.services.meetings import meeting_create
from journeys.standard_board import RELATIONSHIP_NAME

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

#: What is done, for which relationship, how many steps it has come, how many days ago it began.
DEEDS = (
    ("정기 구매 고객에게 새 라인 소개", "extend", 6, 60),
    ("단골 고객 감사 전화", "keep", 7, 75),
    ("휴면 고객 다시 초대", "win", 2, 30),
    ("신규 가입 고객 첫 상담", "find", 3, 21),
    ("선물 세트 맞춤 제안", "grow", 5, 40),
    ("부모님 건강 상담 예약", "grow", 4, 28),
    ("법인 선물 담당자 접촉", "find", 1, 14),
    ("이탈 위험 고객 방문", "keep", 2, 18),
    ("정기 배송 전환 제안", "extend", 7, 55),
    ("추천 고객의 지인 초대", "find", 0, 5),
)
COMMITTEE = "CX 개선 위원회"


def build_relationships(build: "Build") -> None:
    """A board of relationships with key customers on their way through the steps."""
    actor = build.actor
    boards: Any = Board.objects.for_actor(actor).filter(kind=Board.Kind.RELATIONSHIP)
    board = boards.first() or board_create(
        actor=actor, name=RELATIONSHIP_NAME, kind=Board.Kind.RELATIONSHIP
    )
    rows: Any = Action.objects.for_actor(actor)
    if rows.filter(board=board).exists():
        return
    customers = list(
        Customer.objects.for_actor(actor)
        .filter(is_test=False, erased_at=None, kind="customer")
        .order_by("-lifetime_value", "pk")[: len(DEEDS)]
    )
    columns = list(board.columns.all())
    owners = [build.members[role] for role in ("staff", "manager")]
    for place, (title, relationship, steps, days) in enumerate(DEEDS):
        began = build.now - timedelta(days=days)
        action = action_create(
            actor=actor,
            title=title,
            board=board,
            owner=owners[place % 2],
            customer=customers[place] if place < len(customers) else None,
            relationship=relationship,
            due=(build.now + timedelta(days=place * 3 - 6)).date(),
            at=began,
        )
        for step in range(1, steps + 1):
            at = began + timedelta(days=days * step / (steps + 1))
            action_move(actor=actor, action=action, column=columns[step], at=at)


def build_committee(build: "Build") -> None:
    """The committee meets in three days; its agenda is filled from the boards."""
    rows: Any = Meeting.objects.for_actor(build.actor)
    if rows.exists():
        return
    members = [build.members[role] for role in ("owner", "manager", "staff")]
    held_on = (build.now + timedelta(days=3)).astimezone(build.actor.program.zone).date()
    meeting_create(
        actor=build.actor, title=COMMITTEE, held_on=held_on, place="본사 3층", members=members
    )
