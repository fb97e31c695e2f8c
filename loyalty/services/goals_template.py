"""A first tree: one goal over the three views, with the KPIs of each view under it."""

from django.db import transaction

from cxportal.core.actors import Actor
from cxportal.core.policies import authorise
from loyalty.models import Goal, Kpi
from loyalty.services.goals import goal_create
from loyalty.services.scorecard import kpi_update

_TOP = {
    "en": "Customers stay because they want to",
    "ko": "고객이 원해서 계속 함께하는 회사",
}
_ABOUT = {
    "en": "What we can do makes the experience, and the experience makes the value.",
    "ko": "역량이 경험을 만들고, 경험이 고객 가치를 만듭니다.",
}
_VIEWS = {
    Kpi.View.CAPABILITY: {"en": "We can do what we promise", "ko": "약속을 지킬 역량 갖추기"},
    Kpi.View.EXPERIENCE: {"en": "Customers feel it", "ko": "고객이 체감하는 경험 만들기"},
    Kpi.View.EQUITY: {"en": "It pays for both sides", "ko": "고객과 회사 모두의 가치 높이기"},
}


@transaction.atomic
def goals_from_template(*, actor: Actor) -> int:
    """Make the first tree; nothing when there are goals already. Returns how many were made."""
    authorise(actor, "loyalty.change_scorecard")
    if Goal.objects.for_actor(actor).exists():
        return 0
    top = goal_create(actor=actor, name=_TOP, about=_ABOUT)
    for view, name in _VIEWS.items():
        goal = goal_create(actor=actor, name=name, parent=top)
        for kpi in Kpi.objects.for_actor(actor).filter(view=view, part_of__isnull=True):
            kpi_update(actor=actor, kpi=kpi, part_of=goal)
    return 1 + len(_VIEWS)
