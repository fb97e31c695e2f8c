"""Addresses of the portal's pages: each without a number, and one detail page of each kind."""

import re

from django.db import models

from cxportal.core.models import Program
from tests.permission_matrix import FIXED, INSIDE, SEGMENTS, Route, routes

# Addresses that answer a part of a page, a file or a redirect, and so are no pages to look at.
NO_PAGES = {
    "board-cards", "campaign-progress", "campaign-mail", "campaign-qr", "file-download",
    "notification-open", "survey-file", "survey-translations-csv", "survey-translations-xlsx",
    "campaign-links", "transitions", "map-file", "framework-export", "survey-try-frame",
    "scores-export", "action-menu", "minutes",
    "nps-money-csv", "nps-money-xlsx", "share-create", "scheduled-report-create",
    "survey-preview-frame", "question-preview", "action-log", "map-picture",
}  # fmt: skip
NUMBER = re.compile(r"([a-z-]+)/<(?:int|slug|str):(\w+)>")


def addresses_of(program: Program) -> dict[str, str]:
    """Name → address of every page one can open with GET; what has no rows yet is left out."""
    found = {}
    for route in routes():
        name = route.name.rpartition(":")[2]
        if route.pattern.startswith(INSIDE) and _is_page(route, name):
            path = _filled(route.pattern.removeprefix(INSIDE), program)
            if path is not None:
                found[name] = f"/p/{program.slug}/{path}"
    return found


def _is_page(route: Route, name: str) -> bool:
    methods = getattr(route.view, "http_method_names", ())
    return hasattr(route.view, "get") and "get" in methods and name not in NO_PAGES


def _filled(pattern: str, program: Program) -> str | None:
    for segment, argument in NUMBER.findall(pattern):
        value = FIXED.get(argument) or _first(SEGMENTS.get(segment), program)
        if value is None:
            return None
        pattern = re.sub(rf"<\w+:{argument}>", value, pattern, count=1)
    return pattern


def _first(model: type[models.Model] | None, program: Program) -> str | None:
    if model is None:
        return None
    rows = model._default_manager.filter(program=program)
    number = rows.order_by("pk").values_list("pk", flat=True).first()
    return None if number is None else str(number)
