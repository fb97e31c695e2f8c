"""How the templates are written down: short calls that build the pieces of a map's document."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

Texts = dict[str, str]
Pair = tuple[str, str]


def texts(pair: Pair) -> Texts:
    """English and Korean of one text."""
    return {"en": pair[0], "ko": pair[1]}


def at(
    code: str,
    name: Pair,
    area: str,
    *,
    channel: str = "",
    active: bool = True,
    truth: bool = False,
    importance: int = 5,
    feels: int | None = None,
    **cards: list[Pair],
) -> dict[str, Any]:
    """A step at a touchpoint; the keyword of its cards is the kind of their lane."""
    touchpoint = {
        "code": code,
        "name": texts(name),
        "area": area,
        "is_active_contact": active,
        "is_moment_of_truth": truth,
        "importance": importance,
        "channel": channel,
    }
    return {"touchpoint": touchpoint, "name": {}, "feels": feels, "cards": cards}


def alone(name: Pair, *, feels: int | None = None, **cards: list[Pair]) -> dict[str, Any]:
    """A step the customer does without us."""
    return {"touchpoint": None, "name": texts(name), "feels": feels, "cards": cards}


def stage(code: str, name: Pair, about: Pair, *steps: dict[str, Any]) -> dict[str, Any]:
    """A stage with its steps."""
    return {"code": code, "name": texts(name), "description": texts(about), "steps": steps}


def template(name: Pair, lanes: tuple[str, ...], *stages: dict[str, Any]) -> dict[str, Any]:
    """A whole map to begin with."""
    return {"name": texts(name), "lanes": lanes, "stages": stages}


def touchpoints_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Touchpoints a template places, each once."""
    found = {
        step["touchpoint"]["code"]: step["touchpoint"]
        for own in spec["stages"]
        for step in own["steps"]
        if step["touchpoint"]
    }
    return list(found.values())


def document_of(spec: dict[str, Any], seed: str) -> dict[str, Any]:
    """The document of a template for one journey; `seed` makes its keys the journey's own."""

    def key(*parts: str) -> str:
        return str(uuid5(NAMESPACE_URL, "/".join((seed, *parts))))

    stages, cards = [], []
    for own in spec["stages"]:
        steps = []
        for place, step in enumerate(own["steps"]):
            step_key = key(own["code"], str(place))
            touchpoint = step["touchpoint"]
            steps.append(
                {
                    "key": step_key,
                    "name": step["name"],
                    "touchpoint": touchpoint["code"] if touchpoint else None,
                    "emotions": {} if step["feels"] is None else {"": step["feels"]},
                }
            )
            cards += [
                {"lane": key(lane), "step": step_key, "title": texts(title)}
                for lane, titles in step["cards"].items()
                for title in titles
            ]
        plain = {name: own[name] for name in ("code", "name", "description")}
        stages.append({**plain, "target": None, "steps": steps})
    lanes = [{"key": key(kind), "kind": kind, "name": {}} for kind in spec["lanes"]]
    return {"stages": stages, "lanes": lanes, "cards": cards}
