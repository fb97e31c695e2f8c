"""What stands beside a map in a file: its touchpoints' metrics, actions, pictures of cards."""

from base64 import b64decode, b64encode
from typing import Any

from django.core.files.base import ContentFile

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from journeys.calc.map_files import Note, ParsedMap
from journeys.models import Action, Card, Journey, Step, Touchpoint, TouchpointMetric
from journeys.services.pictures import MOST_BYTES, picture_store
from journeys.services.touchpoints import MAX_WEIGHT, touchpoint_metric_attach
from surveys.models import Metric

#: Pictures of more bytes together stay out of a file: it must be small enough to come in again.
MOST_PICTURES = 3 * 1024 * 1024
MOST_ACTIONS = 1_000
_AT = "$.cxPortal"


def beside_of(actor: Actor, journey: Journey) -> dict[str, Any]:
    """Metrics, actions and pictures by the codes and keys of the map; three queries."""
    steps = Step.objects.for_actor(actor).filter(stage__journey=journey)
    links: Any = TouchpointMetric.objects.for_actor(actor)
    measured = links.filter(touchpoint__in=steps.values("touchpoint"))
    return {
        "metrics": [
            {
                "touchpoint": link.touchpoint.code,
                "metric": link.metric.code,
                "aspect": link.aspect,
                "weight": float(link.weight),
                "competitor": link.competitor,
            }
            for link in measured.select_related("touchpoint", "metric").order_by(
                "touchpoint__code", "metric__code"
            )
        ],
        "actions": _actions(actor, journey),
        "pictures": _pictures(actor, journey),
    }


def _actions(actor: Actor, journey: Journey) -> list[dict[str, Any]]:
    if not may(actor, "journeys.view_boards"):
        return []
    rows: Any = Action.objects.for_actor(actor).filter(stage__journey=journey, deleted_at=None)
    return [
        {
            "title": row.title,
            "stage": row.stage.code,
            "touchpoint": row.touchpoint.code if row.touchpoint else None,
            "state": row.column.state,
            "due": row.due.isoformat() if row.due else None,
        }
        for row in rows.select_related("stage", "touchpoint", "column").order_by("pk")[
            :MOST_ACTIONS
        ]
    ]


def _pictures(actor: Actor, journey: Journey) -> list[dict[str, Any]]:
    cards: Any = Card.objects.for_actor(actor).filter(lane__journey=journey, image__isnull=False)
    found, whole = [], 0
    for card in cards.select_related("image").order_by("pk"):
        whole += card.image.size
        if whole > MOST_PICTURES:
            break
        try:
            with card.image.file.storage.open(str(card.image.file.name), "rb") as file:
                content = b64encode(file.read()).decode()
        except FileNotFoundError:
            continue
        found.append({"card": str(card.uid), "name": card.image.name, "content": content})
    return found


def beside_take(actor: Actor, journey: Journey, parsed: ParsedMap) -> None:
    """Attach the metrics this program has, put the pictures on their cards, note the rest."""
    beside = parsed.beside
    _take_metrics(actor, parsed, beside.get("metrics", []))
    for key, picture in beside.get("pictures", {}).items():
        card = Card.objects.for_actor(actor).filter(lane__journey=journey, uid=key).first()
        try:
            content = b64decode(picture["content"], validate=True)
            if card is None or len(content) > MOST_BYTES:
                raise ValueError(key)
            card.image = picture_store(
                actor=actor, name=picture["name"], content=ContentFile(content)
            )
        except (ValueError, DomainError):
            place = f"{_AT}.pictures"
            parsed.notes.append(Note(place, "no_picture", picture["name"][:60], "left out"))
            continue
        card.save(update_fields=["image"])
    if beside.get("actions"):
        count = str(beside["actions"])
        parsed.notes.append(Note(f"{_AT}.actions", "actions_stay", count, "left out"))


def _take_metrics(actor: Actor, parsed: ParsedMap, rows: list[dict[str, Any]]) -> None:
    codes = {row["metric"] for row in rows}
    metrics = {m.code: m for m in Metric.objects.for_actor(actor).filter(code__in=codes)}
    names = {row["touchpoint"] for row in rows}
    places = {t.code: t for t in Touchpoint.objects.for_actor(actor).filter(code__in=names)}
    links: Any = TouchpointMetric.objects.for_actor(actor).filter(metric__in=metrics.values())
    known = set(links.values_list("touchpoint__code", "metric__code"))
    for number, row in enumerate(rows):
        touchpoint, metric = places.get(row["touchpoint"]), metrics.get(row["metric"])
        if (row["touchpoint"], row["metric"]) in known:
            continue
        place = f"{_AT}.metrics[{number}]"
        if touchpoint is None or metric is None:
            parsed.notes.append(Note(place, "unknown_metric", row["metric"], "left out"))
            continue
        weight = row["weight"]
        sound = isinstance(weight, int | float) and 0 <= weight <= MAX_WEIGHT
        try:
            touchpoint_metric_attach(
                actor=actor,
                touchpoint=touchpoint,
                metric=metric,
                weight=weight if sound else 1,
                aspect=row["aspect"] or TouchpointMetric.Aspect.PERFORMANCE,
                competitor=row["competitor"],
            )
        except DomainError:
            parsed.notes.append(Note(place, "unread", row["aspect"][:60], "left out"))
