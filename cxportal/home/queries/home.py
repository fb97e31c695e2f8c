"""What a person should see in five seconds, by role."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import Job
from cxportal.core.policies import may
from cxportal.core.registry import job_titles
from journeys.models import Action, Journey, State
from journeys.queries.actions import actions_live, actions_mine, actions_overdue
from journeys.queries.outside import rival_metrics
from journeys.queries.stage_scores import StageRow, journeys_worst_stages
from surveys.models import Campaign, Comment, Metric, Response
from surveys.queries.campaigns import campaigns_listed, shown_state
from surveys.queries.scores import MetricReview, last_days, metric_reviews

DAYS = 30
HEADLINES = 4
WORST = 3
MINE = 5
RUNNING = 3
COMMENTS = 3


@dataclass(frozen=True)
class Running:
    """A campaign or job under way."""

    label: str
    state: str
    words: str
    url: str
    share: int | None = None


@dataclass(frozen=True)
class ActionCounts:
    """How many actions are under way, overdue, and being watched for their effect."""

    open: int
    overdue: int
    watching: int


def every_metric(actor: Actor) -> list[MetricReview]:
    """All metrics of ours over the last 30 days, headline metrics first. Three queries."""
    metrics = Metric.objects.for_actor(actor).exclude(pk__in=rival_metrics(actor))
    chosen = list(metrics.select_related("program").order_by("-is_headline", "pk"))
    return metric_reviews(actor=actor, metrics=chosen, period=last_days(actor, DAYS))


def worst_stages(actor: Actor) -> list[tuple[Journey, StageRow]]:
    """The stages customers like least, worst first."""
    if not may(actor, "journeys.view_journeys"):
        return []
    return journeys_worst_stages(actor, period=last_days(actor, DAYS), limit=WORST)


def my_actions(actor: Actor) -> list[Action]:
    """What waits for this person: own open actions, the earliest due first."""
    if actor.membership is None:
        return []
    mine: QuerySet[Any] = actions_mine(actor).filter(
        column__state__in=[State.IDEA, State.READY, State.DOING]
    )
    dated = mine.select_related("column", "touchpoint__program", "program")
    return list(dated.order_by("due", "pk")[:MINE])


def is_unanswered(actor: Actor, reviews: Sequence[MetricReview]) -> bool:
    """Whether nobody has answered anything yet; asks the database only where no metric shows it."""
    if any(review.score.n for review in reviews):
        return False
    real = Response.objects.for_actor(actor).filter(is_test=False, status=Response.Status.COMPLETE)
    return not real.exists()


def action_counts(actor: Actor) -> ActionCounts:
    """Counts over the whole program."""
    live = actions_live(actor)
    counts = live.aggregate(
        doing=Count("pk", filter=Q(column__state__in=[State.READY, State.DOING])),
        watching=Count("pk", filter=Q(column__state=State.WATCHING)),
    )
    overdue = actions_overdue(actor).count()
    return ActionCounts(counts["doing"], overdue, counts["watching"])


def running(actor: Actor) -> list[Running]:
    """Jobs and campaigns under way."""
    jobs = Job.objects.for_actor(actor).filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    found = [
        Running(
            label=job.message or str(job_titles.get(job.kind, job.kind)),
            state=job.state,
            words=str(job.get_state_display()),
            url=actor.url("core:job-list"),
            share=job.share,
        )
        for job in jobs.order_by("-pk")[:RUNNING]
    ]
    campaigns = campaigns_listed(actor).filter(
        state__in=[Campaign.State.RUNNING, Campaign.State.PAUSED]
    )
    for campaign in campaigns.order_by("-pk")[:RUNNING]:
        state, words = shown_state(campaign)
        url = actor.url("surveys:campaign-detail", campaign.pk)
        found.append(Running(str(campaign), state, words, url))
    return found


def newest_complaints(actor: Actor) -> Sequence[Comment]:
    """What customers complained about last."""
    rows = Comment.objects.for_actor(actor).filter(
        sentiment=Comment.Sentiment.NEGATIVE, is_test=False
    )
    return list(rows.select_related("survey").order_by("-at", "-id")[:COMMENTS])
