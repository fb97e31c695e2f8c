"""A map as one document, out and in: what templates, versions, copies and files share.

{"stages": [{"code", "name", "description", "target",
             "steps": [{"key", "name", "touchpoint": code or null,
                        "emotions": {persona or "": number}}]}],
 "lanes": [{"key", "kind", "name"}],
 "cards": [{"key", "lane", "step", "title", "text", "emotion", "severity", "is_moment_of_truth",
            "persona", "image", "tags", "details"}]}

Keys are uuids; personas and images are ids of the program. What a document leaves out is empty.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from cxportal.core.actors import Actor
from cxportal.core.models import StoredFile
from journeys.models import Card, EmotionPoint, Journey, Lane, Persona, Stage, Step, Touchpoint

Document: TypeAlias = dict[str, Any]
CARD_TEXTS = ("title", "text")
CARD_PLAIN = ("emotion", "severity", "is_moment_of_truth", "tags", "details")


def map_document(actor: Actor, journey: Journey) -> Document:
    """The document of a map; five queries."""
    steps: dict[int, list[Step]] = {}
    for step in (
        Step.objects.for_actor(actor)
        .filter(stage__journey=journey)
        .select_related("touchpoint")
        .prefetch_related("emotions")
        .order_by("position", "pk")
    ):
        steps.setdefault(step.stage_id, []).append(step)
    lanes = list(Lane.objects.for_actor(actor).filter(journey=journey).order_by("position", "pk"))
    cards = (
        Card.objects.for_actor(actor)
        .filter(lane__journey=journey)
        .select_related("lane", "step")
        .order_by("lane__position", "step__stage__position", "step__position", "position", "pk")
    )
    stages = Stage.objects.for_actor(actor).filter(journey=journey).order_by("position", "pk")
    return {
        "stages": [_stage_out(stage, steps.get(stage.pk, [])) for stage in stages],
        "lanes": [{"key": str(x.uid), "kind": x.kind, "name": x.name} for x in lanes],
        "cards": [_card_out(card) for card in cards],
    }


def _stage_out(stage: Stage, steps: Iterable[Step]) -> Document:
    return {
        "code": stage.code,
        "name": stage.name,
        "description": stage.description,
        "target": None if stage.target is None else float(stage.target),
        "steps": [
            {
                "key": str(step.uid),
                "name": step.name,
                "touchpoint": step.touchpoint.code if step.touchpoint else None,
                "emotions": {str(p.persona_id or ""): p.value for p in step.emotions.all()},
            }
            for step in steps
        ],
    }


def _card_out(card: Card) -> Document:
    return {
        "key": str(card.uid),
        "lane": str(card.lane.uid),
        "step": str(card.step.uid),
        **{name: getattr(card, name) for name in (*CARD_TEXTS, *CARD_PLAIN)},
        "persona": card.persona_id,
        "image": card.image_id,
    }


def map_fill(actor: Actor, journey: Journey, document: Mapping[str, Any]) -> None:
    """Make the map say what the document says; rows of the same key stay the same rows.

    Inside the caller's transaction, which has authorised the change and holds the journey.
    """
    stages = _fill_stages(actor, journey, document.get("stages", ()))
    steps = _fill_steps(actor, journey, document.get("stages", ()), stages)
    lanes = _fill_lanes(actor, journey, document.get("lanes", ()))
    # What left the document goes last: cards and steps move out of it first.
    _fill_cards(actor, journey, document.get("cards", ()), lanes, steps)
    _fill_emotions(actor, journey, document.get("stages", ()), steps)
    journey.lanes.exclude(pk__in=[lane.pk for lane in lanes.values()]).delete()
    gone = Step.unscoped.filter(stage__journey=journey)  # unscoped: the journey was authorised
    gone.exclude(pk__in=[step.pk for step in steps.values()]).delete()
    journey.stages.exclude(pk__in=[stage.pk for stage in stages.values()]).delete()


def _put(row: Any, values: Mapping[str, Any]) -> Any:
    """Save a row when it is new or differs."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if row._state.adding or changed:
        row.version += 0 if row._state.adding else 1
        row.save()
    return row


def _fill_stages(actor: Actor, journey: Journey, specs: Sequence[Document]) -> dict[str, Stage]:
    known = {stage.code: stage for stage in journey.stages.all()}
    found = {}
    for place, spec in enumerate(specs):
        code = spec["code"]
        stage = known.get(code) or Stage(program=actor.program, journey=journey, code=code)
        target = spec.get("target")
        values = {
            "name": spec["name"],
            "description": spec.get("description") or {},
            "target": None if target is None else Decimal(str(target)),
            "position": place,
        }
        found[code] = _put(stage, values)
    return found


def _fill_steps(
    actor: Actor, journey: Journey, specs: Sequence[Document], stages: Mapping[str, Stage]
) -> dict[str, Step]:
    codes = {s["touchpoint"] for spec in specs for s in spec.get("steps", ()) if s["touchpoint"]}
    places = Touchpoint.objects.for_actor(actor).filter(code__in=codes)
    touchpoints = {touchpoint.code: touchpoint for touchpoint in places}
    rows = Step.unscoped.filter(stage__journey=journey)  # unscoped: the journey was authorised
    known = {str(step.uid): step for step in rows}
    found: dict[str, Step] = {}
    fresh: list[Step] = []
    for spec in specs:
        for place, own in enumerate(spec.get("steps", ())):
            stage = stages[spec["code"]]
            step = known.get(own["key"]) or Step(
                program=actor.program, uid=uuid.UUID(own["key"]), stage=stage
            )
            values = {
                "stage": stage,
                "name": own.get("name") or {},
                "touchpoint": touchpoints.get(own["touchpoint"]),
                "position": place,
            }
            found[own["key"]] = _put_or_keep(step, values, fresh)
    Step.unscoped.bulk_create(fresh)  # unscoped: the actor's own program
    return found


def _put_or_keep(row: Any, values: Mapping[str, Any], fresh: list[Any]) -> Any:
    """A known row is saved where it differs; a new one waits for the bulk insert."""
    if not row._state.adding:
        return _put(row, values)
    for name, value in values.items():
        setattr(row, name, value)
    fresh.append(row)
    return row


def _fill_lanes(actor: Actor, journey: Journey, specs: Sequence[Document]) -> dict[str, Lane]:
    known = {str(lane.uid): lane for lane in journey.lanes.all()}
    found: dict[str, Lane] = {}
    fresh: list[Lane] = []
    for place, spec in enumerate(specs):
        lane = known.get(spec["key"]) or Lane(
            program=actor.program, journey=journey, uid=uuid.UUID(spec["key"])
        )
        values = {"kind": spec["kind"], "name": spec.get("name") or {}, "position": place}
        found[spec["key"]] = _put_or_keep(lane, values, fresh)
    Lane.unscoped.bulk_create(fresh)  # unscoped: the actor's own program
    return found


def _fill_cards(
    actor: Actor,
    journey: Journey,
    specs: Sequence[Document],
    lanes: Mapping[str, Lane],
    steps: Mapping[str, Step],
) -> None:
    personas = set(Persona.objects.for_actor(actor).values_list("pk", flat=True))
    wanted = {int(spec["image"]) for spec in specs if spec.get("image")}
    images: set[Any] = set()
    if wanted:
        files = StoredFile.objects.for_actor(actor).filter(pk__in=wanted)
        images = set(files.values_list("pk", flat=True))
    rows = Card.unscoped.filter(lane__journey=journey)  # unscoped: the journey was authorised
    known = {str(card.uid): card for card in rows}
    kept: set[str] = set()
    fresh: list[Card] = []
    places: dict[tuple[str, str], int] = {}
    for spec in specs:
        cell = (spec["lane"], spec["step"])
        places[cell] = places.get(cell, -1) + 1
        key = spec.get("key") or str(uuid.uuid4())
        card = known.get(key) or Card(program=actor.program, uid=uuid.UUID(key))
        values = {
            "lane": lanes[spec["lane"]],
            "step": steps[spec["step"]],
            "title": spec["title"],
            "text": spec.get("text") or {},
            "position": places[cell],
            "emotion": spec.get("emotion"),
            "severity": spec.get("severity") or "",
            "is_moment_of_truth": bool(spec.get("is_moment_of_truth")),
            "tags": list(spec.get("tags") or ()),
            "details": dict(spec.get("details") or {}),
            "persona_id": spec.get("persona") if spec.get("persona") in personas else None,
            "image_id": spec.get("image") if spec.get("image") in images else None,
        }
        _put_or_keep(card, values, fresh)
        kept.add(key)
    Card.unscoped.bulk_create(fresh)  # unscoped: the actor's own program
    gone = [card.pk for key, card in known.items() if key not in kept]
    Card.unscoped.filter(pk__in=gone).delete()  # unscoped: rows of the authorised journey


def _fill_emotions(
    actor: Actor, journey: Journey, specs: Sequence[Document], steps: Mapping[str, Step]
) -> None:
    personas = set(Persona.objects.for_actor(actor).values_list("pk", flat=True))
    rows = EmotionPoint.unscoped.filter(step__stage__journey=journey)  # unscoped: authorised
    known = {(point.step_id, point.persona_id): point for point in rows}
    fresh, kept = [], set()
    for spec in specs:
        for own in spec.get("steps", ()):
            for who, value in (own.get("emotions") or {}).items():
                persona = int(who) if who else None
                if persona is not None and persona not in personas:
                    continue
                place = (steps[own["key"]].pk, persona)
                kept.add(place)
                point = known.get(place)
                if point is None:
                    new = {"step": steps[own["key"]], "persona_id": persona, "value": value}
                    fresh.append(EmotionPoint(program=actor.program, **new))
                elif point.value != value:
                    point.value = value
                    point.save(update_fields=["value"])
    EmotionPoint.unscoped.bulk_create(fresh)  # unscoped: the actor's own program
    gone = [point.pk for place, point in known.items() if place not in kept]
    rows.filter(pk__in=gone).delete()
