"""Reads of automations: the list, the log, a trial on the last 90 days, and conditions in words."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.actors import Actor
from cxportal.core.models import CustomerEvent
from cxportal.core.queries.customers import shown_name
from cxportal.core.registry import customer_patterns
from journeys.automation_catalogue import CATALOGUE, Entry
from journeys.models import Automation, AutomationRun, Trigger
from journeys.queries.occasions import (
    Occasion,
    answers_occasions,
    comments_occasions,
    daily_occasions,
    events_occasions,
    fits,
)
from surveys.calc.logic import comparisons, holds
from surveys.models import Comment, Metric, Response, Survey

TRIAL_DAYS = 90
#: A trial looks at this many of the newest answers, comments or events.
TRIAL_MOST = 10_000
SAMPLE = 20


def automations_listed(actor: Actor) -> QuerySet[Any]:
    """Automations with how often they ran in the last 30 days, active ones first."""
    rows: QuerySet[Any] = Automation.objects.for_actor(actor)
    since = timezone.now() - timedelta(days=30)
    done = Q(runs__state=AutomationRun.State.DONE, runs__at__gte=since)
    counted: QuerySet[Any] = rows.annotate(done=Count("runs", filter=done), last=Max("runs__at"))
    return counted


def catalogue_left(actor: Actor) -> list[Entry]:
    """Entries of the starter catalogue that were not taken over yet."""
    rows: QuerySet[Any] = Automation.objects.for_actor(actor)
    taken = set(rows.exclude(code=None).values_list("code", flat=True))
    return [entry for code, entry in CATALOGUE.items() if code not in taken]


def automation_runs(actor: Actor, automation: Automation) -> QuerySet[Any]:
    """The log of an automation."""
    rows: QuerySet[Any] = AutomationRun.objects.for_actor(actor)
    return rows.filter(automation=automation).select_related("customer")


@dataclass(frozen=True)
class Trial:
    """What an automation would have done in the last TRIAL_DAYS.

    `looked_at` occasions were read, `matched` of them met the condition, `left_out` of these
    within the customer's rest. `weeks` counts what would have been done, oldest week first.
    """

    looked_at: int
    matched: int
    left_out: int
    cut: bool
    weeks: list[tuple[date, int]]
    busiest_hour: int
    over_limit: bool
    sample: list[tuple[Any, str, str]] = field(default_factory=list)
    lasting: bool = False

    @property
    def done(self) -> int:
        """How often something would have been done."""
        return self.matched - self.left_out


def automation_trial(actor: Actor, automation: Automation) -> Trial:
    """Read the last 90 days as the worker would have; nothing is done."""
    occasions = recent_occasions(actor, automation)
    wanted = [o for o in occasions if fits(automation, o) and holds(automation.condition, o.facts)]
    wanted.sort(key=lambda o: (o.at, o.key))
    kept = _rested(wanted, automation.once_days)
    busiest = max(Counter(o.at.replace(minute=0, second=0, microsecond=0) for o in kept).values(),
                  default=0)  # fmt: skip
    pattern = customer_patterns.get(str(automation.settings.get("pattern", "")))
    return Trial(
        looked_at=len(occasions),
        matched=len(wanted),
        left_out=len(wanted) - len(kept),
        cut=len(occasions) >= TRIAL_MOST,
        weeks=_weeks(actor, kept),
        busiest_hour=busiest,
        over_limit=busiest > automation.hourly_limit,
        sample=[_sampled(actor, o) for o in reversed(kept[-SAMPLE:])],
        lasting=bool(pattern and pattern.lasting and automation.trigger == Trigger.PATTERN),
    )


def _rested(wanted: Sequence[Occasion], days: int) -> list[Occasion]:
    if not days:
        return list(wanted)
    last: dict[int, Any] = {}
    kept = []
    for occasion in wanted:
        pk = occasion.customer.pk if occasion.customer else 0
        if pk and pk in last and occasion.at - last[pk] < timedelta(days=days):
            continue
        last[pk] = occasion.at
        kept.append(occasion)
    return kept


def _weeks(actor: Actor, kept: Iterable[Occasion]) -> list[tuple[date, int]]:
    zone = actor.program.zone
    today = timezone.now().astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    counts = Counter(
        (day := o.at.astimezone(zone).date()) - timedelta(days=day.weekday()) for o in kept
    )
    weeks = [monday - timedelta(weeks=n) for n in range(TRIAL_DAYS // 7, -1, -1)]
    return [(week, counts.get(week, 0)) for week in weeks]


def _sampled(actor: Actor, occasion: Occasion) -> tuple[Any, str, str]:
    customer = occasion.customer
    who = shown_name(actor, customer) if customer else "–"
    return occasion.at, who, occasion_words(occasion)


def occasion_words(occasion: Occasion) -> str:
    """What happened, in a few words."""
    words = occasion.words
    if words.get("scores"):
        return ", ".join(f"{code} {value}" for code, value in words["scores"].items())
    if words.get("topics"):
        return ", ".join(words["topics"])
    return ", ".join(f"{value}" for value in words.values() if value not in ("", None, {}, []))


def recent_occasions(actor: Actor, automation: Automation) -> list[Occasion]:
    """Occasions of the trigger in the last TRIAL_DAYS, the newest TRIAL_MOST."""
    since = timezone.now() - timedelta(days=TRIAL_DAYS)
    if automation.trigger == Trigger.ANSWER:
        return answers_occasions(actor, _recent_answers(actor, automation, since))
    if automation.trigger == Trigger.TOPIC:
        comments: QuerySet[Any] = Comment.objects.for_actor(actor)
        found = comments.filter(at__gte=since, is_test=False).order_by("-at", "-pk")
        return comments_occasions(actor, comments.filter(pk__in=_newest(found)))
    if automation.trigger == Trigger.EVENT:
        events: QuerySet[Any] = CustomerEvent.objects.for_actor(actor)
        kinds = automation.settings.get("kinds", [])
        found = events.filter(occurred_at__gte=since, kind__in=kinds, customer__erased_at=None)
        newest = found.select_related("customer").order_by("-occurred_at", "-pk")[:TRIAL_MOST]
        return events_occasions(actor, newest)
    today = timezone.now().astimezone(actor.program.zone).date()
    return daily_occasions(actor, automation, today - timedelta(days=TRIAL_DAYS - 1), today)


def _recent_answers(actor: Actor, automation: Automation, since: Any) -> QuerySet[Any]:
    responses: QuerySet[Any] = Response.objects.for_actor(actor)
    found = responses.filter(completed_at__gte=since, is_test=False)
    if automation.settings.get("survey"):
        found = found.filter(survey=automation.settings["survey"])
    return responses.filter(pk__in=_newest(found.order_by("-completed_at", "-pk")))


def _newest(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:TRIAL_MOST])


def trigger_words(actor: Actor, automation: Automation) -> str:
    """What it waits for, in a sentence."""
    say = _TRIGGER_WORDS.get(automation.trigger)
    return say(actor, automation.settings) if say else _("When a comment is read")


def _event_words(actor: Actor, settings: Mapping[str, Any]) -> str:
    return _("When “%(kinds)s” happens") % {"kinds": ", ".join(settings.get("kinds", []))}


def _pattern_words(actor: Actor, settings: Mapping[str, Any]) -> str:
    pattern = customer_patterns.get(str(settings.get("pattern", "")))
    if pattern is None:
        return "–"
    value = dict(pattern.choices).get(settings.get("value", ""), settings.get("value"))
    return str(pattern.label) if value is None else f"{pattern.label}: {value}"


def _score_words(actor: Actor, settings: Mapping[str, Any]) -> str:
    metrics: QuerySet[Any] = Metric.objects.for_actor(actor)
    metric = metrics.filter(pk=settings["metric"]).first() if settings.get("metric") else None
    name = str(metric) if metric else _("a score")
    better = settings.get("direction") == "better"
    words = _("When %(metric)s really gets better") if better else ""
    return (words or _("When %(metric)s really gets worse")) % {"metric": name}


def _answer_words(actor: Actor, settings: Mapping[str, Any]) -> str:
    surveys: QuerySet[Any] = Survey.objects.for_actor(actor)
    survey = surveys.filter(pk=settings["survey"]).first() if settings.get("survey") else None
    if survey is None:
        return _("When any survey is answered")
    return _("When “%(survey)s” is answered") % {"survey": survey}


def _date_words(actor: Actor, settings: Mapping[str, Any]) -> str:
    days = int(settings.get("days") or 0)
    words = {"days": abs(days), "attribute": settings.get("attribute", "")}
    if days < 0:
        text = ngettext(
            "%(days)d day after “%(attribute)s”", "%(days)d days after “%(attribute)s”", -days
        )
        return text % words
    text = ngettext(
        "%(days)d day before “%(attribute)s”", "%(days)d days before “%(attribute)s”", days
    )
    return text % words


_TRIGGER_WORDS: dict[str, Callable[[Actor, Mapping[str, Any]], str]] = {
    Trigger.EVENT: _event_words,
    Trigger.DATE: _date_words,
    Trigger.PATTERN: _pattern_words,
    Trigger.SCORE: _score_words,
    Trigger.ANSWER: _answer_words,
}


def operator_words() -> dict[str, str]:
    """Comparisons as a form and a sentence name them."""
    return {
        "is": _("is"),
        "is_not": _("is not"),
        "lte": _("is at most"),
        "gte": _("is at least"),
        "lt": _("is less than"),
        "gt": _("is more than"),
        "any_of": _("is one of"),
        "none_of": _("is none of"),
        "includes": _("includes"),
        "excludes": _("does not include"),
        "contains": _("contains the text"),
        "not_contains": _("does not contain the text"),
        "between": _("is between"),
        "answered": _("is there"),
        "not_answered": _("is not there"),
    }


def condition_words(condition: Mapping[str, Any]) -> str:
    """A condition as a sentence; nested ones are listed in order."""
    words = operator_words()
    parts = []
    for test in comparisons(condition):
        value = test.get("value")
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        said = "" if shown is None else f" {shown}"
        parts.append(f"{test['source']} {words.get(test['operator'], test['operator'])}{said}")
    if not parts:
        return _("always")
    glue = _(" or ") if "any" in condition else _(" and ")
    return glue.join(parts)


def effect_kinds() -> dict[str, str]:
    """Things to do, by kind."""
    return {
        "case": _("open a case"),
        "action": _("give an activity to do"),
        "notify": _("tell people"),
        "survey": _("invite to a survey"),
        "event": _("record a customer event"),
        "tag": _("set an attribute of the customer"),
        "webhook": _("tell other systems (webhook)"),
        "chat": _("say it in a chat channel"),
    }


def effects_words(automation: Automation) -> str:
    """What is done, in a line."""
    words = effect_kinds()
    return ", ".join(words.get(str(e.get("kind")), "–") for e in automation.effects)
