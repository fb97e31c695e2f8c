"""Our own document inside a file: checked place by place before anything is made of it."""

from collections.abc import Mapping
from typing import Any

from journeys.calc.map_files import (
    CARD_LANES,
    LIMITS,
    OTHER_LANES,
    SEVERITIES,
    TAG,
    TAGS,
    TEXT,
    TITLE,
    FileProblem,
    ParsedMap,
    a_feeling,
    a_key,
    a_list,
    a_text,
    an_object,
    no_doubles,
    texts_of,
    without_nul,
)

AREAS = ("product", "people", "communication")
CODE = 60
#: Base64 of the largest file there is.
PICTURE_LETTERS = 5_000_000
_FLAGS = ("is_active_contact", "is_manageable", "is_moment_of_truth")


def own_map(value: Any, place: str) -> ParsedMap:
    """Read what `out` wrote. Raises FileProblem with the place of what is wrong."""
    root = an_object(value, place)
    journey = an_object(root.get("journey"), f"{place}.journey")
    personas = {
        a_text(row.get("key"), f"{at}.key", CODE, needed=True): texts_of(
            row.get("name"), f"{at}.name", TITLE, needed=True
        )
        for at, row in _rows(root, "personas", place)
    }
    stages = [_stage(row, at, personas) for at, row in _rows(root, "stages", place)]
    no_doubles((stage["code"] for stage in stages), f"{place}.stages")
    steps = [step["key"] for stage in stages for step in stage["steps"]]
    no_doubles(steps, f"{place}.stages.steps")
    lanes = [_lane(row, at) for at, row in _rows(root, "lanes", place)]
    no_doubles((lane["key"] for lane in lanes), f"{place}.lanes")
    holding = {lane["key"] for lane in lanes if lane["kind"] in CARD_LANES}
    cards = [
        _card(row, at, holding, set(steps), personas) for at, row in _rows(root, "cards", place)
    ]
    no_doubles((card["key"] for card in cards), f"{place}.cards")
    touchpoints = [_touchpoint(row, at) for at, row in _rows(root, "touchpoints", place, 1_000)]
    return ParsedMap(
        name=texts_of(journey.get("name"), f"{place}.journey.name", TITLE, needed=True),
        description=texts_of(journey.get("description"), f"{place}.journey.description", TEXT),
        document={"stages": stages, "lanes": lanes, "cards": cards},
        touchpoints=touchpoints,
        personas=personas,
        journey={"kind": "to_be" if journey.get("kind") == "to_be" else "as_is"},
        beside=_beside(root, place),
    )


def _beside(root: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Metrics by code, how many actions there were, pictures by the key of their card."""
    metrics = [
        {
            "touchpoint": a_text(row.get("touchpoint"), f"{at}.touchpoint", CODE, needed=True),
            "metric": a_text(row.get("metric"), f"{at}.metric", CODE, needed=True),
            "aspect": a_text(row.get("aspect"), f"{at}.aspect", CODE),
            "weight": row.get("weight"),
            "competitor": a_text(row.get("competitor"), f"{at}.competitor", 120),
        }
        for at, row in _rows(root, "metrics", place, 2_000)
    ]
    pictures = {
        a_key(row.get("card"), f"{at}.card"): {
            "name": a_text(row.get("name"), f"{at}.name", 200),
            "content": a_text(row.get("content"), f"{at}.content", PICTURE_LETTERS),
        }
        for at, row in _rows(root, "pictures", place, 500)
    }
    actions = a_list(root.get("actions"), f"{place}.actions", 5_000)
    return {"metrics": metrics, "actions": len(actions), "pictures": pictures}


def _rows(
    root: Mapping[str, Any], name: str, place: str, most: int = 0
) -> list[tuple[str, Mapping[str, Any]]]:
    found = a_list(root.get(name), f"{place}.{name}", most or LIMITS[name])
    places = [f"{place}.{name}[{number}]" for number in range(len(found))]
    return [(at, an_object(row, at)) for at, row in zip(places, found, strict=True)]


def _stage(row: Mapping[str, Any], at: str, personas: Mapping[str, Any]) -> dict[str, Any]:
    target = row.get("target")
    if target is not None and not (
        isinstance(target, int | float) and not isinstance(target, bool) and 0 <= target <= 100
    ):
        raise FileProblem(f"{at}.target", "not_target")
    return {
        "code": a_text(row.get("code"), f"{at}.code", CODE, needed=True),
        "name": texts_of(row.get("name"), f"{at}.name", TITLE, needed=True),
        "description": texts_of(row.get("description"), f"{at}.description", TEXT),
        "target": target,
        "steps": [_step(own, place, personas) for place, own in _rows(row, "steps", at)],
    }


def _step(row: Mapping[str, Any], at: str, personas: Mapping[str, Any]) -> dict[str, Any]:
    feelings = an_object(row.get("emotions") or {}, f"{at}.emotions")
    for who in feelings:
        if who and who not in personas:
            raise FileProblem(f"{at}.emotions.{who}", "unknown", name=who)
    touchpoint = row.get("touchpoint")
    return {
        "key": a_key(row.get("key"), f"{at}.key"),
        "name": texts_of(row.get("name"), f"{at}.name", TITLE),
        "touchpoint": a_text(touchpoint, f"{at}.touchpoint", CODE) if touchpoint else None,
        "emotions": {
            who: a_feeling(value, f"{at}.emotions.{who}") for who, value in feelings.items()
        },
    }


def _lane(row: Mapping[str, Any], at: str) -> dict[str, Any]:
    kind = row.get("kind")
    if kind not in CARD_LANES | OTHER_LANES:
        raise FileProblem(f"{at}.kind", "unknown", name=str(kind)[:60])
    name = texts_of(row.get("name"), f"{at}.name", TITLE, needed=kind == "custom")
    return {"key": a_key(row.get("key"), f"{at}.key"), "kind": kind, "name": name}


def _card(
    row: Mapping[str, Any],
    at: str,
    lanes: set[str],
    steps: set[str],
    personas: Mapping[str, Any],
) -> dict[str, Any]:
    lane, step = a_key(row.get("lane"), f"{at}.lane"), a_key(row.get("step"), f"{at}.step")
    for name, key, known in (("lane", lane, lanes), ("step", step, steps)):
        if key not in known:
            raise FileProblem(f"{at}.{name}", "unknown", name=key)
    persona, severity = row.get("persona"), row.get("severity") or ""
    if persona is not None and persona not in personas:
        raise FileProblem(f"{at}.persona", "unknown", name=str(persona)[:60])
    if severity and severity not in SEVERITIES:
        raise FileProblem(f"{at}.severity", "unknown", name=str(severity)[:60])
    tags = a_list(row.get("tags"), f"{at}.tags", TAGS)
    return {
        "key": a_key(row.get("key"), f"{at}.key"),
        "lane": lane,
        "step": step,
        "title": texts_of(row.get("title"), f"{at}.title", TITLE, needed=True),
        "text": texts_of(row.get("text"), f"{at}.text", TEXT),
        "emotion": a_feeling(row.get("emotion"), f"{at}.emotion"),
        "severity": severity,
        "is_moment_of_truth": row.get("is_moment_of_truth") is True,
        "tags": [a_text(tag, f"{at}.tags[{n}]", TAG, needed=True) for n, tag in enumerate(tags)],
        "details": without_nul(an_object(row.get("details") or {}, f"{at}.details")),
        "persona": persona,
        "image": None,
    }


def _touchpoint(row: Mapping[str, Any], at: str) -> dict[str, Any]:
    area, importance = row.get("area", "people"), row.get("importance", 5)
    if area not in AREAS:
        raise FileProblem(f"{at}.area", "unknown", name=str(area)[:60])
    if isinstance(importance, bool) or not isinstance(importance, int | float):
        raise FileProblem(f"{at}.importance", "not_number")
    return {
        "code": a_text(row.get("code"), f"{at}.code", CODE, needed=True),
        "name": texts_of(row.get("name"), f"{at}.name", TITLE, needed=True),
        "description": texts_of(row.get("description"), f"{at}.description", TEXT),
        "area": area,
        "channel": a_text(row.get("channel"), f"{at}.channel", CODE),
        "importance": min(max(importance, 0), 10),
        **{flag: row.get(flag) is True for flag in _FLAGS},
    }
