"""Cases of the demo: low scores of the last months, followed up in every state."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cxportal.core.models import Team
from cxportal.core.services.notes import note_add
from cxportal.home.demo.recovery import FOLLOW_UP_DAYS, recovery_campaign
from journeys.models import Automation, Case, RootCause, Severity
from journeys.queries.case_rules import case_rules_of
from journeys.services.automations import automation_from_catalogue, automation_switch
from journeys.services.case_assignment import Rota
from journeys.services.case_escalation import cases_escalate_due
from journeys.services.case_rules import case_rules_update, catalogues_ensure
from journeys.services.cases import case_close, case_contact, case_open
from surveys.models import Response, Score
from surveys.queries.responses import DETRACTOR, in_group

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

TEAM = "고객 케어팀"
AUTOMATIONS = (
    "promoter",
    "complaint_comment",
    "delivery_late",
    "delivery_damaged",
    "large_purchase",
    "no_purchase_90",
    "became_most_valuable",
    "supply_runs_out",
)
SWITCHED_OFF = ("promoter", "complaint_comment", "no_purchase_90")
#: One case for so many answers, at most MOST.
PER_ANSWERS, MOST = 500, 120
DAYS = 90
_CAUSES = ("delivery", "waiting", "information", "product", "staff", "digital", "price")
_WEIGHTS = (0.30, 0.20, 0.15, 0.12, 0.09, 0.08, 0.06)
_OUTCOMES = {
    "delivery": "재발송하고 지연된 점을 사과드렸습니다.",
    "waiting": "예약 상담을 안내하고 다음 방문 때 바로 모시기로 했습니다.",
    "information": "잘못 안내된 복용법을 바로잡아 문자로 보냈습니다.",
    "product": "포장이 손상된 제품을 교환해 드렸습니다.",
    "staff": "점장이 직접 사과 전화를 드렸습니다.",
    "digital": "결제 오류를 확인해 주문을 대신 넣어 드렸습니다.",
    "price": "가격 차이를 설명하고 포인트로 보상했습니다.",
}
_RECOVERY = {"delivery": "repair", "product": "refund", "price": "gift"}


def build_cases(build: "Build") -> int:
    """A care team with its rules, and cases from new to closed and opened again."""
    actor = build.actor
    if Case.objects.for_actor(actor).exists():
        return Case.objects.for_actor(actor).count()
    team, _made = Team.objects.for_actor(actor).get_or_create(
        name=TEAM, defaults={"program": actor.program}
    )
    for role in ("manager", "staff"):
        build.members[role].teams.add(team)
    catalogues_ensure(actor)
    case_rules_update(
        actor=actor,
        team=team,
        opens_on_low_score=True,
        follow_up_campaign=recovery_campaign(build),
        follow_up_days=FOLLOW_UP_DAYS,
    )
    causes = {c.code: c for c in RootCause.objects.for_actor(actor)}
    rota = Rota(actor, case_rules_of(actor))
    found = _low_answers(build)
    for place, response in enumerate(found):
        _case(build, response, place, causes, rota)
    cases_escalate_due()
    return len(found)


def _low_answers(build: "Build") -> list[Response]:
    since = build.now - timedelta(days=DAYS)
    rows: Any = Response.objects.for_actor(build.actor)
    low = (
        rows.filter(in_group(build.actor, DETRACTOR), completed_at__gte=since)
        .exclude(customer=None)
        .filter(comments__isnull=False)
        .select_related("customer__account_manager", "survey")
        .order_by("-completed_at")
    )
    most = min(MOST, max(12, build.size.responses // PER_ANSWERS))
    every = max(1, low.count() // most)
    return list(low[: every * most : every])


def _case(
    build: "Build", response: Response, place: int, causes: dict[str, RootCause], rota: Rota
) -> None:
    actor, at = build.actor, response.completed_at or build.now
    score = Score.objects.for_actor(actor).filter(response=response).select_related("metric")
    low = score.order_by("value").first()
    value = low.value if low is not None else 0
    case = case_open(
        actor=actor,
        title=f"“{response.survey}” {value}점",
        reason=Case.Reason.LOW_SCORE,
        response=response,
        comment=response.comments.first(),
        severity=Severity.HIGH if value <= 2 else Severity.NORMAL,
        once_key=f"low-score:{response.pk}",
        at=at,
        rota=rota,
    )
    age = build.now - at
    if age < timedelta(days=1) and place % 3:
        return
    called = at + timedelta(hours=3 + place % 5)
    case_contact(actor=actor, case=case, channel="phone", reached=place % 4 != 0, at=called)
    if place % 6 == 1:
        note_add(actor=actor, obj=case, text="배송사에 다시 확인 중입니다.")
    if age > timedelta(days=6) and place % 9 != 4:
        _close(build, case, called, causes)


def _close(build: "Build", case: Case, called: datetime, causes: dict[str, RootCause]) -> None:
    code = str(build.rng.choice(_CAUSES, p=_WEIGHTS))
    unreached = case.pk % 11 == 0
    case_close(
        actor=build.actor,
        case=case,
        resolution="unreached" if unreached else "partly" if case.pk % 5 == 0 else "solved",
        root_cause=causes[code],
        recovery=_RECOVERY.get(code, "apology"),
        outcome="" if unreached else _OUTCOMES[code],
        customer_told=not unreached,
        at=min(called + timedelta(hours=20), build.now),
    )


def build_automations(build: "Build") -> int:
    """Some of the starter catalogue, on and off; what happened before they were on stays."""
    actor = build.actor
    if Automation.objects.for_actor(actor).exists():
        return Automation.objects.for_actor(actor).count()
    for code in AUTOMATIONS:
        automation = automation_from_catalogue(actor=actor, code=code)
        if code not in SWITCHED_OFF:
            automation_switch(actor=actor, automation=automation, on=True)
    return len(AUTOMATIONS)
