"""The demo's steering: a scorecard with targets, two rounds of an assessment, the inventory."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from cxportal.core.actors import Actor
from loyalty.calc.frameworks import items_of
from loyalty.calc.months import month_of, months_up_to
from loyalty.models import Assessment, Kpi, Process, Technology
from loyalty.services.assessments import (
    assessment_answer,
    assessment_begin,
    assessment_close,
    framework_take,
)
from loyalty.services.goals_template import goals_from_template
from loyalty.services.scorecard import (
    kpi_create,
    kpi_link_add,
    kpi_update,
    kpi_value_set,
    scorecard_close,
    scorecard_refresh,
)
from loyalty.services.scorecard_template import scorecard_from_template
from loyalty.services.steering import record_create
from surveys.queries.scores import today_of

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

_TARGETS = {"actions_on_time": 80, "repeat_share": 70, "new_buyers": 400}
_TRAINED = {"en": "Staff trained in advising", "ko": "상담 교육을 마친 직원"}
_COMMENT = "4월부터 매장별 실습 과정을 열었습니다."


def build_scorecard(build: "Build") -> None:
    """Two years of months; the share of trained staff grows, with a stop over the second summer."""
    actor = build.actor
    if Kpi.objects.for_actor(actor).exists():
        return
    scorecard_from_template(actor=actor)
    for kpi in Kpi.objects.for_actor(actor).filter(computed__in=_TARGETS):
        kpi_update(actor=actor, kpi=kpi, target=Decimal(_TARGETS[kpi.computed]))
    trained = kpi_create(
        actor=actor,
        name=_TRAINED,
        view=Kpi.View.CAPABILITY,
        unit=Kpi.Unit.PERCENT,
        target=Decimal(90),
        owner=build.members["manager"].user,
    )
    months = months_up_to(month_of(today_of(actor)), 25)[:-1]
    for at, month in enumerate(months):
        share = min(86.0, 40 + 2.4 * at + float(build.rng.normal(0, 1.2)))
        kpi_value_set(actor=actor, kpi=trained, month=month, value=round(Decimal(share), 1), n=300)
    kpi_value_set(actor=actor, kpi=trained, month=months[-1], comment=_COMMENT)
    experience = Kpi.objects.for_actor(actor).filter(view=Kpi.View.EXPERIENCE).first()
    if experience is not None:
        kpi_link_add(actor=actor, cause=trained, effect=experience)
    goals_from_template(actor=actor)
    scorecard_refresh(actor=actor)
    # The month before the last is closed; about the last one owners can still write.
    scorecard_close(actor=actor, month=months[-2])


_TECHNOLOGIES = (
    ("voc", "CX Portal", Technology.State.IN_USE, Technology.Layer.EXPERIENCE, "CX팀", 12_000_000),
    (
        "voc",
        "매장 자체 설문 양식",
        Technology.State.IN_USE,
        Technology.Layer.EXPERIENCE,
        "매장",
        2_400_000,
    ),
    (
        "service",
        "상담 센터 시스템",
        Technology.State.IN_USE,
        Technology.Layer.EXECUTION,
        "상담 센터",
        48_000_000,
    ),
    (
        "profile",
        "멤버십 DB",
        Technology.State.IN_USE,
        Technology.Layer.EXECUTION,
        "마케팅팀",
        30_000_000,
    ),
    (
        "marketing",
        "메시지 발송 서비스",
        Technology.State.IN_USE,
        Technology.Layer.COMMUNICATION,
        "마케팅팀",
        9_600_000,
    ),
    (
        "marketing",
        "쇼핑몰 푸시 서비스",
        Technology.State.ENDING,
        Technology.Layer.COMMUNICATION,
        "온라인팀",
        6_000_000,
    ),
    (
        "digital",
        "모바일 쇼핑 앱",
        Technology.State.PROJECT,
        Technology.Layer.EXPERIENCE,
        "온라인팀",
        80_000_000,
    ),
)
#: Kind → (touchpoint whose metric it should move, days since it came into use, its project).
_EVIDENCE = {
    "service": ("care-call", 210, "콜백 예약 도입, 상담 센터장"),
    "voc": ("advice", 400, "고객의 소리 통합, CX팀장"),
}
_PROCESSES = (
    (
        {"en": "Return and refund", "ko": "반품과 환불"},
        "매장, 물류, 상담 센터",
        Process.State.REDESIGN,
        2,
        3,
    ),
    (
        {"en": "From order to doorstep", "ko": "주문에서 배송까지"},
        "온라인팀, 물류",
        Process.State.RUNNING,
        4,
        4,
    ),
    (
        {"en": "Advice before buying", "ko": "구매 전 상담"},
        "매장, 상담 센터",
        Process.State.AS_IS,
        3,
        4,
    ),
)
#: Two rounds of the maturity framework; each person's levels wander around the mean.
_ROUNDS = (("2025년 하반기", 2.3), ("2026년 상반기", 3.1))


def build_assessments(build: "Build") -> None:
    """Two closed rounds answered by everybody, so that there is a change to see."""
    actor = build.actor
    if Assessment.objects.for_actor(actor).exists():
        return
    framework = framework_take(actor=actor, code="maturity")
    for name, mean in _ROUNDS:
        made = assessment_begin(actor=actor, framework=framework, name=name)
        for member in build.members.values():
            levels = build.rng.normal(mean, 0.9, size=len(list(items_of(made.document))))
            answers = {
                item["code"]: (int(min(5, max(1, round(level)))), "")
                for item, level in zip(items_of(made.document), levels, strict=True)
            }
            assessment_answer(actor=Actor.member(member), assessment=made, answers=answers)
        assessment_close(actor=actor, assessment=made)


def build_inventory(build: "Build") -> None:
    """What the retailer uses, and the processes its customers feel."""
    actor = build.actor
    if Technology.objects.for_actor(actor).exists():
        return
    manager = build.members["manager"].user
    proven: set[str] = set()
    for kind, name, state, layer, used_by, cost in _TECHNOLOGIES:
        touchpoint, days, project = _EVIDENCE.get(kind, ("", 0, ""))
        metrics = build.metrics.get(touchpoint, []) if kind not in proven else []
        proven.add(kind)
        record_create(
            actor=actor, model=Technology, kind=kind, name=name, state=state, layer=layer,
            used_by=used_by, yearly_cost=Decimal(cost), owner=manager if kind != "profile" else None,
            metric=metrics[0] if metrics else None, project=project if metrics else "",
            since=today_of(actor) - timedelta(days) if metrics else None,
        )  # fmt: skip
    for label, departments, stage, customer, organisation in _PROCESSES:
        record_create(
            actor=actor, model=Process, name=label, departments=departments, state=stage,
            customer_fit=customer, organisation_fit=organisation,
            owner=manager if stage != Process.State.AS_IS else None,
        )  # fmt: skip
