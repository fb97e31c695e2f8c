"""The demo's playbook: how staff behave where it matters most, and who was trained."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxportal.core.models import Team
from cxportal.home.demo.follow_up import TEAM
from journeys.models import Behaviour, Touchpoint
from journeys.services.playbook import behaviour_create, behaviour_train

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

# Touchpoint, kind, English, Korean, and how far the care team is.
BEHAVIOURS = (
    (
        "advice",
        "attitude",
        "We ask before we recommend.",
        "권하기 전에 먼저 여쭤봅니다.",
        "trained",
    ),
    (
        "advice",
        "knowledge",
        "Everybody can explain dose and interactions of our twenty best-known products.",
        "주요 제품 20종의 섭취량과 함께 먹으면 안 되는 것을 누구나 설명할 수 있습니다.",
        "trained",
    ),
    (
        "advice",
        "communication",
        "We say openly when a product is not needed.",
        "필요 없는 제품은 필요 없다고 솔직하게 말씀드립니다.",
        "planned",
    ),
    (
        "call-center",
        "attitude",
        "Who takes the call stays responsible until it is solved.",
        "전화를 받은 사람이 해결될 때까지 책임집니다.",
        "trained",
    ),
    (
        "call-center",
        "communication",
        "We say when we will call back, and keep to it.",
        "다시 연락드릴 시간을 말씀드리고 반드시 지킵니다.",
        "planned",
    ),
    (
        "checkout",
        "knowledge",
        "Everybody at the till knows points, returns and today's offers.",
        "계산대 직원은 포인트, 교환·환불, 당일 행사를 모두 알고 있습니다.",
        "none",
    ),
)


def build_playbook(build: "Build") -> None:
    """A few behaviours at three touchpoints, once."""
    actor = build.actor
    if Behaviour.objects.for_actor(actor).exists():
        return
    rows: Any = Touchpoint.objects.for_actor(actor)
    places = {touchpoint.code: touchpoint for touchpoint in rows}
    teams: Any = Team.objects.for_actor(actor)
    team = teams.filter(name=TEAM).first()
    for number, (code, kind, english, korean, state) in enumerate(BEHAVIOURS):
        name = {"en": english, "ko": korean}
        made = behaviour_create(actor=actor, touchpoint=places[code], kind=kind, name=name)
        if team is not None and state != "none":
            ahead = 10 if state == "planned" else -20
            day = (build.now + timedelta(days=ahead + number)).date()
            behaviour_train(actor=actor, behaviour=made, team=team, state=state, day=day)
