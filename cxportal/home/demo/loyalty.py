"""What the demo's customers are worth and what is done about it."""

from typing import TYPE_CHECKING

from cxportal.core.models import OutboxEvent
from loyalty.services.transactions import TOPIC
from loyalty.services.value import value_rules_update, values_rebuild

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

STRATEGIES = {
    "most_valuable": {"en": "A named adviser, service before being asked",
                      "ko": "전담 상담사를 두고 먼저 챙깁니다"},
    "at_risk_earner": {"en": "Call within a week, find the reason, win back",
                       "ko": "일주일 안에 연락해 이유를 듣고 관계를 되살립니다"},
    "growable": {"en": "Show the second product line at the right moment",
                 "ko": "알맞은 때에 다른 제품군을 소개합니다"},
    "below_cost": {"en": "Serve well by the low-cost channels",
                   "ko": "비용이 적은 채널로 편하게 이용하게 합니다"},
}  # fmt: skip


def build_value(build: "Build") -> None:
    """Everybody's value at once; what the outbox would do one by one is thereby done."""
    OutboxEvent.objects.for_actor(build.actor).filter(topic=TOPIC).delete()
    value_rules_update(actor=build.actor, segment_strategies=STRATEGIES)
    values_rebuild(actor=build.actor)
