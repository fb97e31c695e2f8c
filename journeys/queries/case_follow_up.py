"""What customers say some days after their case was closed, and how many are won back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from journeys.calc.case_times import Share
from journeys.calc.low_scores import badness, is_low
from journeys.models import Case, CaseRules
from surveys.calc.histogram import Histogram
from surveys.calc.intervals import share_interval
from surveys.models import Campaign, Invitation, Metric, Score
from surveys.queries.responses import DETRACTOR, group_of
from surveys.queries.scores import ShownScore, score_of_histogram, shown

#: The event that campaigns of a follow-up survey wait for.
FOLLOW_UP_KIND = "case_follow_up"
#: Nobody is asked about something that was closed longer ago than it was due by.
LATEST = timedelta(days=7)
#: A rate is shown of at least so many answers.
ENOUGH = 10
ASKED = (Case.Resolution.SOLVED, Case.Resolution.PARTLY, Case.Resolution.UNSOLVED)


def follow_up_due(case: Case, rules: CaseRules) -> datetime | None:
    """When the customer of a closed case is asked how it went; None where nobody is asked."""
    if rules.follow_up_campaign_id is None or case.customer_id is None or case.closed_at is None:
        return None
    if case.resolution not in ASKED:
        return None
    return case.closed_at + timedelta(days=rules.follow_up_days)


def follow_up_campaigns(actor: Actor) -> QuerySet[Any]:
    """Campaigns that could ask, newest first."""
    rows: QuerySet[Any] = Campaign.objects.for_actor(actor)
    waiting = rows.filter(timing=Campaign.Timing.EVENT, event_kind=FOLLOW_UP_KIND)
    return waiting.exclude(state=Campaign.State.STOPPED).order_by("-pk")


@dataclass(frozen=True)
class FollowUp:
    """How the follow-up survey of one case stands."""

    due_at: datetime | None
    asked_at: datetime | None
    left_out: str
    response: int | None
    lines: list[tuple[str, int]] = field(default_factory=list)


def follow_up_of(actor: Actor, case: Case) -> FollowUp | None:
    """The follow-up of a case; None where nothing is due and nobody was asked."""
    if case.follow_up_due_at is None and case.follow_up_event_id is None:
        return None
    asked: Any = Invitation.objects.for_actor(actor).filter(event=case.follow_up_event_id)
    event = case.follow_up_event
    invitation: Invitation | None = asked.first() if event else None
    scores: Any = Score.objects.for_actor(actor).filter(response=case.follow_up_response_id)
    lines = (
        [(str(s.metric), s.value) for s in scores.select_related("metric")]
        if case.follow_up_response_id
        else []
    )
    return FollowUp(
        due_at=case.follow_up_due_at,
        asked_at=invitation.created_at if invitation else event.occurred_at if event else None,
        left_out=str(invitation.get_skip_reason_display()) if invitation else "",
        response=case.follow_up_response_id,
        lines=lines,
    )


@dataclass(frozen=True)
class RecoveryScore:
    """One metric of the follow-up survey, and the same customers' answers before."""

    name: str
    after: ShownScore
    before: ShownScore | None


@dataclass(frozen=True)
class Recovery:
    """Of cases asked about in a period: asked, answered, and no longer unhappy."""

    answered: Share
    won_back: Share
    low: float | None = None
    high: float | None = None
    scores: list[RecoveryScore] = field(default_factory=list)


def recovery_of(actor: Actor, since: datetime) -> Recovery:
    """Recovery rate with its interval and the post-recovery scores; a constant few queries.

    Over the cases asked about since then, each by its latest answer; those opened again because
    of it stay in.

    Won back: no score of the follow-up answer is low (calc/low_scores.py).
    """
    rows: QuerySet[Any] = Case.objects.for_actor(actor).filter(
        follow_up_event__occurred_at__gte=since
    )
    cases = list(rows.order_by("pk").values_list("response_id", "follow_up_response_id"))
    answers = [after for _before, after in cases if after is not None]
    scores: QuerySet[Any] = Score.objects.for_actor(actor)
    first = {before: after for before, after in cases if before and after}
    found = scores.filter(response__in=[*answers, *first]).select_related("metric__program")
    by_response: dict[int, list[Score]] = defaultdict(list)
    for score in found:
        by_response[score.response_id].append(score)
    judged = [by_response[pk] for pk in answers if by_response[pk]]
    won = sum(not any(map(score_is_low, given)) for given in judged)
    interval = share_interval(won, len(judged)) if judged else None
    return Recovery(
        answered=Share(len(answers), len(cases)),
        won_back=Share(won, len(judged)),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        scores=_scores(judged, [by_response[pk] for pk in first]),
    )


def score_is_low(score: Score) -> bool:
    """Whether one score calls for a call."""
    metric = score.metric
    if metric.maximum <= metric.minimum:
        return False
    share = badness(score.value, metric.minimum, metric.maximum, high_is_good=metric.high_is_good)
    return is_low(share, detractor=group_of(metric, score.value) == DETRACTOR)


def _scores(after: Iterable[Sequence[Score]], before: Iterable[Sequence[Score]]) -> Any:
    """Each metric of the follow-up answers beside what was said on the same scale before."""
    now, metrics = _by_scale(after)
    then, _metrics = _by_scale(before)
    return [
        RecoveryScore(
            str(metric),
            shown(metric, score_of_histogram(metric, _histogram(now[scale]))),
            shown(metric, score_of_histogram(metric, _histogram(then[scale])))
            if scale in then
            else None,
        )
        for scale, metric in metrics.items()
    ]


_Scale = tuple[str, int, int, bool]


def _by_scale(
    answers: Iterable[Sequence[Score]],
) -> tuple[dict[_Scale, list[int]], dict[_Scale, Metric]]:
    values: dict[_Scale, list[int]] = defaultdict(list)
    metrics: dict[_Scale, Metric] = {}
    for given in answers:
        heard: set[_Scale] = set()
        for score in given:
            metric = score.metric
            scale = (metric.kind, metric.minimum, metric.maximum, metric.high_is_good)
            # One voice per answer and scale, however many questions share it.
            if scale not in heard:
                heard.add(scale)
                values[scale].append(score.value)
                metrics.setdefault(scale, metric)
    return values, metrics


def _histogram(values: Iterable[int]) -> Histogram:
    counts = [0] * 11
    for value in values:
        counts[value] += 1
    return Histogram.from_counts(counts)
