"""A first scorecard: the usual KPIs of a CX program and the links they are kept for."""

from itertools import pairwise
from typing import Any

from django.db import transaction

from cxportal.core.actors import Actor
from cxportal.core.policies import authorise
from loyalty.models import Kpi
from loyalty.services.scorecard import kpi_create, kpi_link_add
from surveys.models import Metric

_NAMES = {
    "actions_on_time": {"en": "Actions closed on time", "ko": "기한 내 완료된 개선 과제"},
    "response_rate": {"en": "Answers per mail sent", "ko": "발송 메일당 응답률"},
    "repeat_share": {"en": "Buyers who came back", "ko": "재구매 고객 비율"},
    "revenue": {"en": "Revenue", "ko": "매출"},
    "new_buyers": {"en": "First-time buyers", "ko": "신규 구매 고객"},
}
_GOALS = {
    "actions_on_time": {
        "en": "What we decide for customers gets done.",
        "ko": "고객을 위해 정한 일을 끝까지 해냅니다.",
    },
    "response_rate": {
        "en": "Customers find it worth telling us.",
        "ko": "고객이 의견을 줄 만하다고 느낍니다.",
    },
    "repeat_share": {"en": "A good experience is repeated.", "ko": "좋은 경험은 다시 찾게 합니다."},
    "revenue": {"en": "Loyal customers carry the business.", "ko": "충성 고객이 사업을 이끕니다."},
    "new_buyers": {
        "en": "Being recommended brings new ones.",
        "ko": "추천이 새 고객을 부릅니다.",
    },
}
_VIEWS = {"actions_on_time": Kpi.View.CAPABILITY, "response_rate": Kpi.View.CAPABILITY}
#: Headline metrics taken into the experience view, at most.
_METRICS = 4


@transaction.atomic
def scorecard_from_template(*, actor: Actor) -> int:
    """Add the usual KPIs that are not there yet, and a link from each view to the next.

    Returns how many KPIs were added.
    """
    authorise(actor, "loyalty.change_scorecard")
    kpis = Kpi.objects.for_actor(actor)
    computed = set(kpis.values_list("computed", flat=True))
    taken = set(kpis.values_list("metric_id", flat=True))
    made: dict[str, list[Kpi]] = {view: [] for view in Kpi.View}
    for name in _NAMES:
        if name not in computed:
            view = _VIEWS.get(name, Kpi.View.EQUITY)
            made[view].append(_computed(actor, name, view))
    metrics: Any = Metric.objects.for_actor(actor).order_by("-is_headline", "pk")
    for metric in metrics.exclude(pk__in=[pk for pk in taken if pk])[:_METRICS]:
        made[Kpi.View.EXPERIENCE].append(_of_metric(actor, metric))
    chain = list(Kpi.View)
    for before, after in pairwise(chain):
        for cause in made[before]:
            for effect in made[after][:1]:
                kpi_link_add(actor=actor, cause=cause, effect=effect)
    return sum(len(rows) for rows in made.values())


def _computed(actor: Actor, name: str, view: str) -> Kpi:
    return kpi_create(
        actor=actor,
        name=_NAMES[name],
        goal=_GOALS[name],
        view=view,
        source=Kpi.Source.COMPUTED,
        computed=name,
    )


def _of_metric(actor: Actor, metric: Metric) -> Kpi:
    return kpi_create(
        actor=actor,
        name=metric.name,
        view=Kpi.View.EXPERIENCE,
        source=Kpi.Source.METRIC,
        metric=metric,
        target=metric.target,
        owner=metric.owner,
    )
