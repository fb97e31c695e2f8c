"""How well-known states look: one state, one icon and one tone on every page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StatusLook:
    """`tone` is good, bad, neutral, attention or accent; `icon` a Bootstrap Icons name."""

    tone: str
    icon: str


_DRAFT = StatusLook("neutral", "pencil")
_LIVE = StatusLook("accent", "broadcast")
_WORKING = StatusLook("accent", "arrow-repeat")
_WAITING = StatusLook("neutral", "clock")
_PAUSED = StatusLook("attention", "pause-fill")
_DONE = StatusLook("good", "check2")
_OVER = StatusLook("neutral", "check2-all")
_STOPPED = StatusLook("neutral", "stop-fill")
_FAILED = StatusLook("bad", "exclamation-triangle")
_LATE = StatusLook("bad", "alarm")
_WATCH = StatusLook("attention", "exclamation-circle")

STATUS_LOOKS: dict[str, StatusLook] = {
    "draft": _DRAFT,
    "published": _LIVE,
    "active": _LIVE,
    "open": StatusLook("accent", "circle"),
    "live": _LIVE,
    "running": _WORKING,
    "sending": _WORKING,
    "doing": _WORKING,
    "in_progress": _WORKING,
    "queued": _WAITING,
    "scheduled": _WAITING,
    "waiting": _WAITING,
    "invited": _WAITING,
    "pending": _WAITING,
    "planned": _WAITING,
    "todo": StatusLook("neutral", "circle"),
    "backlog": StatusLook("neutral", "dash-circle-dotted"),
    "idea": StatusLook("neutral", "lightbulb"),
    "proposed": StatusLook("neutral", "lightbulb"),
    "review": StatusLook("attention", "eye"),
    "paused": _PAUSED,
    "partial": StatusLook("neutral", "circle-half"),
    "complete": _DONE,
    "completed": _DONE,
    "sent": _DONE,
    "answered": _DONE,
    "delivered": _DONE,
    "done": _DONE,
    "resolved": _DONE,
    "succeeded": _DONE,
    "finished": _OVER,
    "closed": _OVER,
    "ended": _OVER,
    "archived": StatusLook("neutral", "archive"),
    "stopped": _STOPPED,
    "cancelled": StatusLook("neutral", "x-circle"),
    "revoked": StatusLook("neutral", "slash-circle"),
    "skipped": StatusLook("neutral", "skip-forward"),
    "expired": StatusLook("neutral", "hourglass-bottom"),
    "test": StatusLook("neutral", "eyedropper"),
    "failed": _FAILED,
    "hard": _FAILED,
    "bounced": _FAILED,
    "soft": _WATCH,
    "unknown": StatusLook("attention", "question-circle"),
    "overdue": _LATE,
    "at_risk": _WATCH,
    "blocked": StatusLook("bad", "slash-circle"),
    "promoter": StatusLook("good", "emoji-smile"),
    "passive": StatusLook("neutral", "emoji-neutral"),
    "detractor": StatusLook("bad", "emoji-frown"),
    "positive": StatusLook("good", "emoji-smile"),
    "negative": StatusLook("bad", "emoji-frown"),
    "neutral": StatusLook("neutral", "emoji-neutral"),
}
