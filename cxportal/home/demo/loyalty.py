"""What the demo's customers are worth and what is done about it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxportal.core.models import Customer, Job, OutboxEvent
from loyalty.models import Driver, PointsScheme, ValueProposition
from loyalty.services.drivers import benchmark_create, competitor_save, driver_create
from loyalty.services.equity import allocation_set, equity_keep
from loyalty.services.points import member_enrol, points_earn, points_spend
from loyalty.services.points_scheme import points_campaign_create, scheme_save
from loyalty.services.points_tiers import points_prove
from loyalty.services.propositions import difference_set, proposition_update
from loyalty.services.transactions import POINTS_TOPIC, TOPIC
from loyalty.services.value import REBUILD_JOB, today_of, value_rules_update, values_rebuild

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
    waiting = OutboxEvent.objects.for_actor(build.actor)
    waiting.filter(topic__in=[TOPIC, POINTS_TOPIC]).delete()
    with transaction.atomic():
        # The rules ask for a rebuild in the background, which is what comes next.
        value_rules_update(actor=build.actor, segment_strategies=STRATEGIES)
        asked = Job.objects.for_actor(build.actor).filter(kind=REBUILD_JOB)
        asked.filter(state=Job.State.QUEUED).delete()
    values_rebuild(actor=build.actor)


# name, where from, the touchpoint whose metric measures it, stated importance, critical
DRIVERS: tuple[tuple[dict[str, str], str, str, str, bool], ...] = (
    ({"en": "Advice by someone who knows", "ko": "잘 아는 직원의 상담"}, "survey", "advice",
     "8.6", True),
    ({"en": "Delivered when promised", "ko": "약속한 날 도착하는 배송"}, "survey", "delivery",
     "8.1", True),
    ({"en": "Ordering without effort", "ko": "수고 없는 온라인 주문"}, "survey", "online-order",
     "7.4", False),
    ({"en": "Reached at once by phone", "ko": "바로 연결되는 전화 상담"}, "interview",
     "call-center", "6.9", False),
    ({"en": "Points that are worth something", "ko": "쓸모 있는 포인트"}, "interview", "points",
     "5.2", False),
)  # fmt: skip
COMPETITORS = (
    ("고려인삼당", True, "오프라인 매장이 가장 많은 경쟁사"),
    ("자연건강몰", True, "온라인 최저가 경쟁사"),
    ("한결백화점", False, "접객이 좋기로 이름난 다른 업종"),
)
# driver number, competitor number, value, n, best in class
RIVAL_VALUES = (
    (0, 0, "66", 210, False), (0, 1, "48", 180, False), (0, 2, "82", 150, True),
    (1, 0, "61", 210, False), (1, 1, "79", 180, True), (2, 1, "81", 180, True),
    (2, 0, "55", 210, False), (3, 0, "58", 210, False),
)  # fmt: skip
ALLOCATION = (
    ("most_valuable", "keep", 4, 60_000_000, 320, "전담 상담사"),
    ("at_risk_earner", "keep", 2, 25_000_000, 160, "해지 방어 전화"),
    ("growable", "grow", 3, 45_000_000, 200, "체질 맞춤 제품 소개"),
    ("below_cost", "acquire", 1, 10_000_000, 40, "온라인 안내"),
)
TIERS = [
    {"code": "green", "threshold": 0, "multiplier": Decimal(1),
     "name": {"en": "Green", "ko": "그린"}},
    {"code": "gold", "threshold": 1_500, "multiplier": Decimal("1.5"),
     "name": {"en": "Gold", "ko": "골드"}},
    {"code": "black", "threshold": 4_000, "multiplier": Decimal(2),
     "name": {"en": "Black", "ko": "블랙"}},
]  # fmt: skip
CANVAS: dict[str, Any] = {
    "jobs": {"en": "Choose the right red ginseng for parents",
             "ko": "부모님께 맞는 홍삼을 고르고 싶다"},
    "pains": {"en": "Too many products, nobody to ask",
              "ko": "제품은 많은데 물어볼 사람이 없다"},
    "gains": {"en": "To be sure it was the right choice", "ko": "잘 골랐다는 확신"},
    "behaviours": {"en": "Ask three questions before showing anything; call after a week",
                   "ko": "제품을 보이기 전에 세 가지를 묻고, 일주일 뒤 전화한다"},
    "roadmap": {"en": "Spring: two pilot stores. Summer: all stores. Autumn: online chat.",
                "ko": "봄: 두 매장 시범. 여름: 전 매장. 가을: 온라인 상담."},
}  # fmt: skip
MEMBERS = 60


def build_growth(build: "Build") -> None:
    """Equity by quarter, means, drivers, competitors, the promise's canvas, points."""
    actor, today = build.actor, today_of(build.actor.program)
    if Driver.objects.for_actor(actor).exists():
        return
    for months in (12, 9, 6, 3, 0):
        equity_keep(actor=actor, on=today - timedelta(days=round(30.4 * months)))
    for segment, activity, people, money, hours, note in ALLOCATION:
        allocation_set(
            actor=actor, segment=segment, activity=activity, people=Decimal(people),
            money=Decimal(money), hours=Decimal(hours), note=note,
        )  # fmt: skip
    drivers = [_driver(build, row) for row in DRIVERS]
    rivals = [
        competitor_save(actor=actor, name=name, is_same_industry=same, note=note)
        for name, same, note in COMPETITORS
    ]
    measured = today - timedelta(days=75)
    for driver, rival, value, n, best in RIVAL_VALUES:
        benchmark_create(
            actor=actor, driver=drivers[driver], competitor=rivals[rival], value=Decimal(value),
            n=n, source="온라인 패널 조사 (양쪽을 모두 이용한 고객)", measured_on=measured,
            is_best_in_class=best,
        )  # fmt: skip
    benchmark_create(
        actor=actor, label="B2B mean NPS · B2B 평균 NPS", unit="nps", value=Decimal(23),
        source="Published study, in the articles on NPS", measured_on=date(2015, 1, 1),
    )  # fmt: skip
    _promise(build, drivers, rivals)
    _points(build)


def _driver(build: "Build", row: tuple[dict[str, str], str, str, str, bool]) -> Driver:
    name, source, code, stated, critical = row
    touchpoint = build.touchpoints[code]
    metric = touchpoint.metrics.order_by("pk").first()
    return driver_create(
        actor=build.actor, name=name, source=source, touchpoint=touchpoint,
        metric=metric, stated_importance=Decimal(stated),
        is_critical=critical, owner=build.members["manager"].user,
    )  # fmt: skip


def _promise(build: "Build", drivers: list[Driver], rivals: list[Any]) -> None:
    first = ValueProposition.objects.for_actor(build.actor).order_by("pk").first()
    if first is None:
        return
    metric = drivers[0].metric
    proposition_update(
        actor=build.actor, proposition=first, drivers=drivers[:2], metric=metric, **CANVAS
    )
    texts = (
        {
            "en": "They sell what is in stock; we ask first",
            "ko": "그곳은 재고를 팔고, 우리는 먼저 묻습니다",
        },
        {
            "en": "They are cheaper; we answer after the sale",
            "ko": "그곳은 싸고, 우리는 산 뒤에도 답합니다",
        },
    )
    for rival, text in zip(rivals, texts, strict=False):
        difference_set(
            actor=build.actor, proposition=first, driver=drivers[0], competitor=rival, text=text
        )


def _points(build: "Build") -> None:
    """A club of some dozens: earned, spent, waiting, proved."""
    actor, now = build.actor, build.now
    if PointsScheme.objects.for_actor(actor).exists():
        return
    scheme_save(
        actor=actor, name={"en": "Hanbit club", "ko": "한빛 클럽"}, earn_rate=Decimal("0.01"),
        pending_days=14, expiry_days=730, point_value=Decimal(10), tiers=TIERS,
    )  # fmt: skip
    today = today_of(actor.program)
    points_campaign_create(
        actor=actor, name={"en": "Double points on gifts", "ko": "선물 세트 두 배 적립"},
        starts_on=today - timedelta(days=5), ends_on=today + timedelta(days=25),
        multiplier=Decimal(2),
    )  # fmt: skip
    best = Customer.objects.for_actor(actor).filter(value_segment="most_valuable")
    for customer in best.order_by("-lifetime_value")[:MEMBERS]:
        account = member_enrol(actor=actor, customer=customer)
        for number in range(3):
            points_earn(
                actor=actor, account=account, points=int(build.rng.integers(300, 2_200)),
                key=f"demo:{customer.pk}:{number}",
                at=now - timedelta(days=float(build.rng.integers(2, 500))), note="구매 적립",
            )  # fmt: skip
        account.refresh_from_db()
        if account.available > 500:
            points_spend(actor=actor, account=account, points=500, key=f"demo:{customer.pk}:spend",
                         note="결제에 사용")  # fmt: skip
    points_prove(actor)
