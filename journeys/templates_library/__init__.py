"""Journeys to begin with, in both languages. Data only."""

from typing import Any

from journeys.templates_library.retail import RETAIL
from journeys.templates_library.services import B2B, CARE_CALL, ONBOARDING
from journeys.templates_library.shape import template
from journeys.templates_library.telecom import TELECOM

#: Lanes of a map that begins empty.
EMPTY_LANES = ("goal", "touchpoint", "emotion", "metric", "pain", "opportunity", "work")

TEMPLATES: dict[str, dict[str, Any]] = {
    "empty": template(("Empty", "빈 여정"), EMPTY_LANES),
    "retail": RETAIL,
    "telecom": TELECOM,
    "b2b": B2B,
    "care-call": CARE_CALL,
    "onboarding": ONBOARDING,
}
