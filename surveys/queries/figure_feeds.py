"""Figures counted from answers and comments, for counted metrics to be fed by."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.registry import FedFigure, FigureFeed, figure_feeds
from surveys.models import Metric, MetricSource
from surveys.queries.scores import Period, metric_trend

_SENTIMENT = """
SELECT (c.at AT TIME ZONE %(zone)s)::date AS day,
  count(*) FILTER (WHERE c.sentiment = 'positive'),
  count(*) FILTER (WHERE c.sentiment = 'negative'),
  count(*) FILTER (WHERE c.sentiment = 'neutral')
FROM surveys_comment c LEFT JOIN surveys_survey s ON s.id = c.survey_id
WHERE c.program_id = %(program)s AND NOT c.is_test AND c.sentiment <> 'unknown'
  AND NOT COALESCE(s.anonymous, FALSE)
  AND (c.at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
GROUP BY 1 ORDER BY 1
"""


def whole_months(first: date, last: date) -> list[Period]:
    """Months that begin and end within two days, oldest first."""
    start = first if first.day == 1 else _next_month(first)
    found = []
    while (end := _next_month(start) - timedelta(1)) <= last:
        found.append(Period(start, end))
        start = _next_month(start)
    return found


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(4)).replace(day=1)


def rows_of(actor: Actor, sql: str, **params: Any) -> list[tuple[Any, ...]]:
    """Rows of a statement that counts the actor's program in its time zone."""
    given = {"program": actor.program_id, "zone": actor.program.timezone, **params}
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def feed_code(feed: str, setting: str) -> str:
    """Feed and setting as one word: "churn:180"."""
    return f"{feed}:{setting}" if setting else feed


def feed_choices(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every feed with its settings, as a form offers them: (feed, [(word, words)])."""
    found = []
    for code, feed in figure_feeds.items():
        settings = feed.settings(actor) if feed.settings else [("", str(feed.label))]
        if settings:
            rows = [(feed_code(code, value), words) for value, words in settings]
            found.append((str(feed.label), rows))
    return found


def sentiment_settings(actor: Actor) -> list[tuple[str, str]]:
    """What is said of sentiment in one figure."""
    return [
        ("praise", _("Praise among comments that praise or complain")),
        ("net", _("Praise less complaints, of all that were decided")),
    ]


def sentiment_figures(actor: Actor, setting: str, first: date, last: date) -> Iterator[FedFigure]:
    """Comments by day, those of anonymous surveys left out; undecided ones do not count."""
    for day, good, bad, neutral in rows_of(actor, _SENTIMENT, first=first, last=last):
        above, n = (good - bad, good + bad + neutral) if setting == "net" else (good, good + bad)
        if n:
            yield FedFigure(day, 100 * above / n, n)


def open_metrics(actor: Actor) -> list[Metric]:
    """Metrics no anonymous survey feeds: their months may be told apart."""
    closed = MetricSource.objects.for_actor(actor).filter(survey__anonymous=True)
    rows = Metric.objects.for_actor(actor).exclude(pk__in=closed.values("metric_id"))
    return list(rows.select_related("program").order_by("pk"))


def metric_settings(actor: Actor) -> list[tuple[str, str]]:
    """The metrics a figure may be taken from, by code."""
    return [(metric.code, str(metric)) for metric in open_metrics(actor)]


def metric_named(actor: Actor, code: str) -> Metric | None:
    """One of `open_metrics` by its code."""
    return next((metric for metric in open_metrics(actor) if metric.code == code), None)


def score_figures(actor: Actor, setting: str, first: date, last: date) -> Iterable[FedFigure]:
    """A metric's score month by month, where enough answered."""
    metric, months = metric_named(actor, setting), whole_months(first, last)
    if metric is None or not months:
        return []
    steps = metric_trend(
        actor=actor, metric=metric, first_day=months[0].first, last_day=months[-1].last,
        step="month",
    )  # fmt: skip
    return _shown(steps)


def _shown(steps: Sequence[Any]) -> list[FedFigure]:
    return [
        FedFigure(step.period.last, step.score.value, step.score.n)
        for step in steps
        if step.score.value is not None
    ]


SENTIMENT = FigureFeed(
    label=gettext_lazy("Sentiment of comments"),
    how=gettext_lazy("Comments by the day they were made; n counts comments."),
    subject="sentiment",
    count=sentiment_figures,
    settings=sentiment_settings,
)
SCORE = FigureFeed(
    label=gettext_lazy("Brand tracking and other scores of surveys"),
    how=gettext_lazy("A metric's score of each whole month; n counts answers."),
    subject="brand",
    count=score_figures,
    settings=metric_settings,
)
