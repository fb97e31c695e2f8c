"""Journeys to begin with, in both languages. Data only."""

from typing import Any

from journeys.templates_library.retail import RETAIL
from journeys.templates_library.shape import template

#: Lanes of a map that begins empty.
EMPTY_LANES = ("goal", "touchpoint", "emotion", "metric", "pain", "opportunity", "work")

TEMPLATES: dict[str, dict[str, Any]] = {
    "empty": template(("Empty", "빈 여정"), EMPTY_LANES),
    "retail": RETAIL,
}
