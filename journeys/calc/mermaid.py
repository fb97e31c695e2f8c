"""A map as a Mermaid `journey` diagram: a section a stage, a task a step, feelings as 0 to 5."""

import re
from collections.abc import Mapping
from typing import Any

#: Mermaid ends a name at these.
_ENDS = re.compile(r"[:;#\n\r]+")


def mermaid(own: Mapping[str, Any], *, language: str, everyone: str) -> str:
    """The diagram's text; feelings -5..5 become 0..5, a step without one stands at the middle."""

    def say(value: Any) -> str:
        texts = value or {}
        text = texts.get(language) or next((t for t in texts.values() if t), "")
        return _ENDS.sub(" ", text).strip()

    names = {row["code"]: say(row["name"]) for row in own["touchpoints"]}
    people = {row["key"]: say(row["name"]).replace(",", " ") for row in own["personas"]}
    lines = ["journey", f"    title {say(own['journey']['name'])}"]
    for stage in own["stages"]:
        lines.append(f"    section {say(stage['name'])}")
        for step in stage["steps"]:
            name = say(step["name"]) or names.get(step["touchpoint"], "") or say(stage["name"])
            feelings = list(step["emotions"].values())
            mean = sum(feelings) / len(feelings) if feelings else 0
            score = max(0, min(5, round((mean + 5) / 2)))
            actors = ", ".join(people.get(who, everyone) for who in step["emotions"]) or everyone
            lines.append(f"      {name}: {score}: {actors}")
    return "\n".join(lines) + "\n"
