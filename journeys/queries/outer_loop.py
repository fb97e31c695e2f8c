"""Topics that call for an action: those that grow or hurt, and what is done about them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cxportal.core.actors import Actor
from journeys.models import OPEN_STATES, Action, TopicAction, Touchpoint
from journeys.queries.voice_map import TopicLine, voice_map
from surveys.calc.change import Verdict
from surveys.queries.scores import last_days

DAYS = 90
MOST = 10


@dataclass(frozen=True)
class TopicSignal:
    """A topic of the last 90 days with why it calls for an action, and the action under way."""

    line: TopicLine
    grows: bool
    hurts: bool
    action: Action | None

    @property
    def touchpoint(self) -> Touchpoint | None:
        """Where it is spoken of most."""
        return self.line.touchpoints[0][0] if self.line.touchpoints else None


def topic_signals(actor: Actor) -> list[TopicSignal]:
    """Topics that really grow with more complaint than praise, or whose answers score really lower.

    Both tests hold over all topics at once (Holm's correction) and need the program's minimum n.
    """
    found = voice_map(actor, last_days(actor, DAYS))
    signals = []
    for line in found.lines:
        if line.hidden:
            continue
        grows = _is_real(line.change) and (line.change.difference or 0) > 0 and line.counts.net < 0
        hurts = (
            line.effect is not None and _is_real(line.effect) and (line.effect.difference or 0) < 0
        )
        if grows or hurts:
            signals.append((line, grows, hurts))
    actions = _actions(actor, [line.topic.pk for line, _grows, _hurts in signals])
    return [
        TopicSignal(line, grows, hurts, actions.get(line.topic.pk))
        for line, grows, hurts in signals[:MOST]
    ]


def _is_real(change: Any) -> bool:
    return bool(change.verdict == Verdict.REAL)


def _actions(actor: Actor, topics: list[int]) -> dict[int, Action]:
    """The open action of each topic that has one."""
    links: QuerySet[Any] = TopicAction.objects.for_actor(actor)
    rows = links.filter(
        topic__in=topics, action__deleted_at=None, action__column__state__in=OPEN_STATES
    )
    return {link.topic_id: link.action for link in rows.select_related("action").order_by("pk")}
