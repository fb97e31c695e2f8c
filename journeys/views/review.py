"""The manager's page: every stage with score, target, change, importance and work under way."""

from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.views.base import PortalView, get_or_404
from journeys.calc.importance import Quadrant
from journeys.queries.compared import Comparison, comparison_groups, comparison_of, span_of
from journeys.queries.journeys import journeys_live
from journeys.queries.review import (
    CUSTOM,
    LAST_MONTH,
    ROLLING,
    THIS_MONTH,
    Choice,
    Review,
    dimension_groups,
    period_of,
    quadrant_words,
    reviews_of,
)
from journeys.queries.review_signals import reviews_shown
from surveys.models import Dimension
from surveys.queries.scores import EVERYONE, last_days, scores_freshness

SCORES, STATED_TOP = (0.0, 100.0), 10.0
DERIVED = "derived"
CHART_HEIGHT = 320
MOST_JOURNEYS = 20


def period_choices() -> list[tuple[str, str]]:
    """The periods one may pick, by name."""
    return [
        *((key, _("Last %(days)d days") % {"days": days}) for key, days in ROLLING.items()),
        (THIS_MONTH, _("This month")),
        (LAST_MONTH, _("Last month")),
        (CUSTOM, _("From … to …")),
    ]


def review_context(view: PortalView) -> dict[str, Any]:
    """Period and group that the address asks for, and what else one may pick.

    Days that are no period show the default one with a sentence; an unknown group is 404.
    """
    asked, problem = view.request.GET, ""
    try:
        key, period = period_of(view.actor, asked.dict())
    except DomainError as error:
        key, period, problem = CUSTOM, last_days(view.actor), error.message
    choice = Choice(key, period, _dimension(view, asked.get("dimension", "")))
    return {
        "choice": choice,
        "problem": problem,
        "period": period,
        "before": period.before,
        "periods": period_choices(),
        "groups": dimension_groups(view.actor),
        "query": choice_query(choice),
        "first": asked.get("first", "") or period.first.isoformat(),
        "last": asked.get("last", "") or period.last.isoformat(),
    }


def _dimension(view: PortalView, asked: str) -> int:
    if asked in ("", str(EVERYONE)):
        return EVERYONE
    if not asked.isascii() or not asked.isdigit():
        raise Http404
    rows: Any = Dimension.objects.for_actor(view.actor)
    return int(get_or_404(rows, pk=asked).pk)


def choice_query(choice: Choice) -> str:
    """The same period and group as the query of an address, "" for the usual ones."""
    values: dict[str, Any] = {} if choice.key == "30" else {"period": choice.key}
    if choice.key == CUSTOM:
        values |= {"first": choice.period.first, "last": choice.period.last}
    if choice.dimension != EVERYONE:
        values["dimension"] = choice.dimension
    return urlencode(values)


class ReviewView(PortalView):
    """Stages of every live journey, expanded to touchpoints; ?journey= narrows to one."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = review_context(self)
        choice: Choice = context["choice"]
        offered = comparison_groups(self.actor, context["groups"])
        comparison = self._comparison(offered, choice)
        derived = request.GET.get("importance", "") == DERIVED
        journeys = list(journeys_live(self.actor)[:MOST_JOURNEYS])
        asked = request.GET.get("journey", "")
        chosen = [j for j in journeys if str(j.pk) == asked] if asked else journeys
        if asked and not chosen:
            raise Http404
        reviews = reviews_of(
            actor=self.actor,
            journeys=chosen,
            period=choice.period,
            dimension=choice.dimension,
            against=span_of(comparison),
            derived=derived,
        )
        shown = reviews_shown(self.actor, reviews, period=choice.period, comparison=comparison)
        return self.render(
            "journeys/review.html",
            {
                **context,
                "comparable": True,
                "offered": offered,
                "comparison": comparison,
                "derived": derived,
                "may_share": may(self.actor, "core.change_shares"),
                "share": urlencode({"kind": "journeys.review", "title": _("Stage review")}),
                "journeys": journeys,
                "chosen": chosen[0].pk if asked else None,
                "reviews": [(one, scatter_of(one.review)) for one in shown],
                "freshness": scores_freshness(self.actor),
                "may_change": may(self.actor, "journeys.change_journeys"),
            },
        )

    def _comparison(self, offered: Any, choice: Choice) -> Comparison | None:
        """What to compare with; what is not offered is 404."""
        try:
            return comparison_of(
                self.request.GET.get("with", ""),
                offered,
                period=choice.period,
                dimension=choice.dimension,
            )
        except LookupError as unknown:
            raise Http404 from unknown


def scatter_of(review: Review) -> dict[str, Any] | None:
    """Importance against score of the touchpoints; None when fewer than two have a score."""
    if review.crosshair is None or len(review.dots) < 2:
        return None
    importance, score = review.crosshair
    points = [
        (
            str(point.row.touchpoint),
            point.row.roll_up.value or 0.0,
            point.importance or 0.0,
        )
        for _stage, point in review.dots
    ]
    top = _top(review)
    return {
        "dots": charts.scatter(
            points,
            x_scale=SCORES,
            y_scale=(0.0, top),
            cross=(score, importance),
            height=CHART_HEIGHT,
        ),
        "height": CHART_HEIGHT,
        "cross_x": charts.percent(score / SCORES[1]),
        "cross_y": charts.pixels(CHART_HEIGHT * (1 - importance / top)),
        "corners": _corners(),
        "score": score,
        "importance": importance,
        "top": top,
    }


def _top(review: Review) -> float:
    """Upper end of the importance scale: 10 as stated, the next ten per cent when derived."""
    if not review.is_ranked:
        return STATED_TOP
    highest = max(point.importance or 0.0 for _stage, point in review.dots)
    return max(ceil(highest / STATED_TOP) * STATED_TOP, STATED_TOP)


def _corners() -> list[dict[str, str]]:
    words = quadrant_words()
    bottom = str(CHART_HEIGHT - 8)
    return [
        {"x": "1%", "y": "16", "anchor": "start", "text": words[Quadrant.CONCENTRATE_HERE]},
        {"x": "99%", "y": "16", "anchor": "end", "text": words[Quadrant.KEEP_UP]},
        {"x": "1%", "y": bottom, "anchor": "start", "text": words[Quadrant.LOW_PRIORITY]},
        {"x": "99%", "y": bottom, "anchor": "end", "text": words[Quadrant.POSSIBLE_OVERKILL]},
    ]
