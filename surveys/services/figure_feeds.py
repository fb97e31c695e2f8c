"""Counted metrics that the portal counts itself, from its own records, every night."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from cxportal.core.policies import authorise
from cxportal.core.registry import FedFigure, figure_feeds
from surveys.models import MetricValue, OperationalMetric
from surveys.queries.scores import today_of

#: How far back a feed counts; older values stay as they were.
FED_DAYS = 760


def feed_defaults(feed: str) -> dict[str, Any]:
    """What a metric fed by it is, unless somebody says otherwise."""
    found = figure_feeds.get(feed)
    if found is None:
        return {}
    return {
        "subject": found.subject,
        "unit": found.unit,
        "high_is_good": found.high_is_good,
        "source": str(found.label),
    }


def check_feed(actor: Actor, feed: str, setting: str, formula: str) -> None:
    """Raise DomainError "bad_feed" for a feed or setting there is not, or beside a formula."""
    if not feed:
        return
    found = figure_feeds.get(feed)
    known = found is not None and (
        setting in dict(found.settings(actor)) if found.settings else setting == ""
    )
    if formula or not known:
        sentence = _("Choose a feed with one of its settings, and no formula beside it.")
        raise DomainError("bad_feed", sentence, details={"feed": sentence})


@transaction.atomic
def feed_recount(*, actor: Actor, metric: OperationalMetric) -> int:
    """Count a fed metric anew now, because somebody asks; returns its values."""
    authorise(actor, "surveys.change_metrics", metric)
    if not metric.feed:
        raise DomainError("not_fed", _("This metric is not counted by the portal."))
    found = feed_count(actor=actor, metric=metric)
    audit(actor=actor, action="operationalmetric.count", obj=metric, changes={"values": found})
    return found


@transaction.atomic
def feed_count(*, actor: Actor, metric: OperationalMetric) -> int:
    """Replace the values of the last two years by what the records say now; returns how many.

    A feed or setting that is no more leaves the values as they are.
    """
    authorise(actor, "surveys.change_metrics", metric)
    last = today_of(actor)
    first = last - timedelta(FED_DAYS)
    feed = figure_feeds.get(metric.feed)
    offered = feed is not None and (
        feed.settings is None or metric.feed_setting in dict(feed.settings(actor))
    )
    if feed is None or not offered:
        return 0
    figures = list(feed.count(actor, metric.feed_setting, first, last))
    _replace(metric, figures, first, last)
    metric.fed_at = timezone.now()
    metric.save(update_fields=["fed_at"])
    return len(figures)


def _replace(metric: OperationalMetric, figures: list[FedFigure], first: date, last: date) -> None:
    days = [figure.day for figure in figures]
    metric.values.filter(day__gte=first, day__lte=last).exclude(day__in=days).delete()
    MetricValue.unscoped.bulk_create(  # unscoped: the metric was authorised
        [
            MetricValue(
                program_id=metric.program_id, metric=metric, day=figure.day,
                value=round(figure.value, 4), n=figure.n,
            )
            for figure in figures
        ],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["metric", "day"],
        update_fields=["value", "n"],
    )  # fmt: skip


def feeds_count_due() -> int:
    """Count every fed metric whose program began a new day since; returns how many."""
    done = 0
    for program in Program.objects.order_by("pk"):
        actor = Actor.system(program)
        midnight = timezone.now().astimezone(program.zone).replace(
            hour=0, minute=0, second=0, microsecond=0
        )  # fmt: skip
        old = Q(fed_at=None) | Q(fed_at__lt=midnight)
        for metric in OperationalMetric.objects.for_actor(actor).exclude(feed="").filter(old):
            feed_count(actor=actor, metric=metric)
            done += 1
    return done
