"""The demo's scorecard: the usual KPIs with targets, training entered by hand, what was said."""

from decimal import Decimal
from typing import TYPE_CHECKING

from loyalty.calc.months import month_of, months_up_to
from loyalty.models import Kpi
from loyalty.services.scorecard import (
    kpi_create,
    kpi_link_add,
    kpi_update,
    kpi_value_set,
    scorecard_refresh,
)
from loyalty.services.scorecard_template import scorecard_from_template
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
    scorecard_refresh(actor=actor)
