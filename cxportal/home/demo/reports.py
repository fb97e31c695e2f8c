"""The demo's reports: figures that are counted, a computed one, a dashboard, a link, a mail."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from cxportal.core.models import ScheduledReport, ShareLink
from cxportal.core.services.scheduled_reports import scheduled_report_create
from cxportal.core.services.sharing import share_create
from cxportal.home.demo import SEED
from surveys.models import Metric, OperationalMetric
from surveys.services.dashboards import dashboard_create
from surveys.services.operational_metrics import metric_values_set, operational_metric_create

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

MONTHS = 24
# code, subject, unit, English, Korean, source, target, high is good, from, to, noise, n a month
_COUNTED: tuple[tuple[Any, ...], ...] = (
    ("fcr", "first_contact", "percent", "First-contact resolution", "첫 문의 해결률",
     "고객센터 상담 시스템", 78, True, 66.0, 75.0, 1.4, 2400),
    ("orders", "other", "", "Orders", "주문 건수",
     "온라인몰과 매장 POS", None, True, 15800, 17400, 320, None),
    ("orders-repeat", "other", "", "Orders of returning customers", "재구매 주문 건수",
     "온라인몰과 매장 POS", None, True, 5300, 6450, 160, None),
    ("churn", "churn", "percent", "Churn a month", "월 이탈률",
     "12개월 무구매 고객 기준", 2.5, False, 3.9, 3.0, 0.2, 20000),
    ("club-share", "participation", "percent", "Purchases with the club card", "멤버십 구매 비율",
     "매장 POS", 65, True, 48.0, 61.0, 1.1, 16000),
    ("brand-first", "brand", "percent", "First brand that comes to mind", "최초 상기도",
     "분기 브랜드 조사(외부 기관)", 30, True, 22.0, 26.5, 1.2, 800),
    ("against-rival", "benchmark", "nps", "NPS ahead of the strongest rival", "경쟁사 대비 NPS",
     "업계 조사", 5, True, -8.0, 1.0, 2.2, 600),
    ("sentiment-net", "sentiment", "percent", "Praise among decided comments", "칭찬 의견 비율",
     "고객 의견 분석", 70, True, 61.0, 66.0, 1.5, 900),
    ("clv", "lifetime_value", "money", "Customer lifetime value", "고객 생애 가치",
     "고객 가치 모형", 1_250_000, True, 980_000, 1_130_000, 14_000, None),
)  # fmt: skip
_NOTE = "월요일 CX 회의: 먼저 신호가 뜬 지표를 보고, 담당자가 원인을 말합니다."
_SUMS = {"orders", "orders-repeat"}


def build_reports(build: "Build") -> None:
    """Two years of counted figures and what the team looks at on Monday."""
    if OperationalMetric.objects.for_actor(build.actor).exists():
        return
    for spec in _COUNTED:
        _counted(build, spec)
    operational_metric_create(
        actor=build.actor,
        code="repeat-share",
        name={"en": "Repeat orders", "ko": "재구매율"},
        subject="repeat_orders",
        unit="percent",
        target=38,
        source="주문 건수에서 계산",
        formula="{orders-repeat} / {orders} * 100",
        owner=build.members["manager"].user,
    )
    _dashboard(build)


def _counted(build: "Build", spec: tuple[Any, ...]) -> None:
    code, subject, unit, english, korean, source, target, high_is_good, *figures = spec
    first, last, noise, n = figures
    metric = operational_metric_create(
        actor=build.actor,
        code=code,
        name={"en": english, "ko": korean},
        subject=subject,
        unit=unit,
        decimals=0 if unit in ("money", "") else 1,
        high_is_good=high_is_good,
        target=target,
        source=source,
        together="sum" if code in _SUMS else "mean",
        owner=build.members["manager"].user,
    )
    rng = np.random.default_rng([SEED, len(code), n or 1])
    values = np.linspace(first, last, MONTHS) + rng.normal(0, noise, MONTHS)
    month = build.now.astimezone(build.actor.program.zone).date().replace(day=1)
    rows = []
    for value in values[::-1]:
        rows.append({"day": month.isoformat(), "value": round(float(value), 1), "n": n})
        month = (month - timedelta(1)).replace(day=1)
    metric_values_set(actor=build.actor, metric=metric, rows=rows)


def _dashboard(build: "Build") -> None:
    codes = {m.code: m.pk for m in OperationalMetric.objects.for_actor(build.actor)}
    headline = Metric.objects.for_actor(build.actor).filter(is_headline=True).first()
    asked: list[dict[str, Any]] = []
    if headline is not None:
        asked = [
            {"kind": "metric", "id": headline.pk, "days": 365, "size": "half"},
            {"kind": "groups", "id": headline.pk, "by": "segment", "days": 365, "size": "half"},
        ]
    widgets = [
        {"kind": "note", "text": _NOTE, "size": "full"},
        *asked,
        {"kind": "operational", "id": codes["fcr"], "days": 90},
        {"kind": "operational", "id": codes["repeat-share"], "days": 90},
        {"kind": "operational", "id": codes["churn"], "days": 90},
        {"kind": "operational", "id": codes["clv"], "days": 90},
        {"kind": "program", "size": "full", "days": 90},
    ]  # fmt: skip
    board = dashboard_create(
        actor=build.actor, name="월요일 CX 회의", widgets=widgets, is_shared=True
    )
    shared: dict[str, Any] = {"kind": "dashboard", "object_id": board.pk, "title": board.name}
    if not ShareLink.objects.for_actor(build.actor).exists():
        share_create(actor=build.actor, **shared, language="ko")
    if not ScheduledReport.objects.for_actor(build.actor).exists():
        recipients = [build.members["owner"].user.email]
        scheduled_report_create(
            actor=build.actor, **shared, recipients=recipients, day=0, hour=8, language="ko"
        )
