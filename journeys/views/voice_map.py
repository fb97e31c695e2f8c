"""The map of strengths and weaknesses: praise to the right, frequency upwards, and its table."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.actors import Actor
from cxportal.core.figures import NO_CHANGE, REAL, TOO_EARLY
from cxportal.core.views.base import PortalView
from journeys.models import Touchpoint
from journeys.queries.voice_map import Counts, TopicLine, VoiceMap, touchpoint_voice, voice_map
from surveys.calc.change import Change, Verdict
from surveys.models import Comment
from surveys.queries.periods import SPANS, period_from
from surveys.queries.scores import last_days

MAP_HEIGHT = 340


def map_dots(found: VoiceMap) -> list[charts.Dot]:
    """Numbered points in the order of the table; the cross stands at even praise and mean share."""
    shown = [line for line in found.lines if not line.hidden]
    if not shown:
        return []
    scale, middle = _upwards(shown)
    return charts.scatter(
        [(str(line.topic), line.counts.net, line.share) for line in shown],
        x_scale=(-115, 115),
        y_scale=scale,
        cross=(0, middle),
        height=MAP_HEIGHT,
    )


def _upwards(shown: list[TopicLine]) -> tuple[tuple[float, float], float]:
    """The scale of shares with room at both ends for words, and its mean."""
    top = max(line.share for line in shown)
    return (-0.2 * top, 1.2 * top), sum(line.share for line in shown) / len(shown)


def map_cross(found: VoiceMap) -> str:
    """Where the line of the mean share stands, from the top."""
    shown = [line for line in found.lines if not line.hidden]
    if not shown:
        return "0"
    (low, high), middle = _upwards(shown)
    return f"{MAP_HEIGHT * (high - middle) / (high - low):.1f}"


def map_corners() -> list[dict[str, str]]:
    """What the quarters of the map mean."""
    bottom = str(MAP_HEIGHT - 8)
    return [
        {"x": "8", "y": "18", "anchor": "start", "text": _("Often and criticised: mend")},
        {"x": "99%", "y": "18", "anchor": "end", "text": _("Often and praised: keep")},
        {"x": "8", "y": bottom, "anchor": "start", "text": _("Seldom and criticised: watch")},
        {"x": "99%", "y": bottom, "anchor": "end", "text": _("Seldom and praised")},
    ]


@dataclass(frozen=True)
class ShownMove:
    """How a share moved, as components/change.html says it: in words, for better or worse alike."""

    value: float
    verdict: str


@dataclass(frozen=True)
class MapLine:
    """A row of the table; `number` is its point on the map, 0 for one not drawn."""

    row: TopicLine
    number: int
    parts: list[tuple[str, int, str]]
    change: Any
    worse: bool
    few: str
    url: str


def map_lines(actor: Actor, found: VoiceMap, touchpoint: str) -> list[MapLine]:
    """Rows in the order of the map's numbers."""
    drawn = [line for line in found.lines if not line.hidden]
    numbers = {line.topic.pk: number for number, line in enumerate(drawn, start=1)}
    place = f"&touchpoint={touchpoint}" if touchpoint.isdigit() else ""
    days = f"since={found.period.first}&until={found.period.last}"
    inbox = actor.url("journeys:voice")
    few = _("too few (%(n)d of %(minimum)d)")
    return [
        MapLine(
            row=line,
            number=numbers.get(line.topic.pk, 0),
            parts=sentiment_parts(line.counts),
            change=_moved(line.change),
            worse=line.counts.net < 0,
            few=few % {"n": line.counts.n, "minimum": found.minimum},
            url=f"{inbox}?topic={line.topic.pk}&{days}{place}",
        )
        for line in found.lines
    ]


def sentiment_parts(counts: Counts) -> list[tuple[str, int, str]]:
    """Parts of a distribution bar."""
    return [
        (_("Praise"), counts.positive, "good"),
        (_("Neutral or undecided"), counts.rest, "neutral"),
        (_("Complaint"), counts.negative, "bad"),
    ]


def _moved(change: Change) -> ShownMove:
    words = {Verdict.REAL: REAL, Verdict.NONE: NO_CHANGE, Verdict.TOO_EARLY: TOO_EARLY}
    return ShownMove(change.difference or 0.0, words[change.verdict])


class VoiceMapView(PortalView):
    """Strengths and weaknesses: topics by sentiment, movement, score and touchpoint."""

    permission = "surveys.view_comments"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = period_from(self.actor, request.GET, default=90)
        touchpoint = request.GET.get("touchpoint", "")
        source = request.GET.get("source", "")
        places = Touchpoint.objects.for_actor(self.actor).select_related("program")
        known = {str(place.pk): place for place in places}
        found = voice_map(
            self.actor,
            chosen.period,
            touchpoint=known[touchpoint].pk if touchpoint in known else None,
            source=source if source in Comment.Source.values else "",
        )
        context = {
            "map": found,
            "chosen": chosen,
            "spans": SPANS,
            "touchpoint": touchpoint,
            "touchpoints": known.items(),
            "source": source,
            "sources": Comment.Source.choices,
            "lines": map_lines(self.actor, found, request.GET.get("touchpoint", "")),
            "dots": map_dots(found),
            "height": MAP_HEIGHT,
            "cross_y": map_cross(found),
            "corners": map_corners(),
        }
        return self.render("journeys/voice_map.html", context)


def voice_here(actor: Actor, touchpoints: list[int], days: int = 90) -> dict[str, Any]:
    """What customers say at touchpoints, for the pages of a touchpoint and of a stage."""
    period = last_days(actor, days)
    counts, praised, blamed = touchpoint_voice(actor, period, touchpoints)
    place = f"&touchpoint={touchpoints[0]}" if len(touchpoints) == 1 else ""
    return {
        "counts": counts,
        "praised": praised,
        "blamed": blamed,
        "parts": sentiment_parts(counts),
        "days": days,
        "url": f"{actor.url('journeys:voice')}?since={period.first}{place}",
    }
