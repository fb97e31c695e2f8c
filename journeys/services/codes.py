"""Codes for records that people name and clients address."""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

MAX_STEM = 40


def code_from(name: Mapping[str, str], stem: str, among: QuerySet[Any]) -> str:
    """A free code made from the English name, else from `stem` and a number."""
    words = re.sub(r"[^a-z0-9]+", "-", name.get("en", "").lower()).strip("-")
    base = words[:MAX_STEM] or stem
    taken = set(among.filter(code__startswith=base).values_list("code", flat=True))
    if base not in taken and words:
        return base
    number = 2 if words else 1
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
