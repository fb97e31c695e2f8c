"""Lists answer {"next", "previous", "results"}, paged by key."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.errors import DomainError
from cxportal.core.queries.paging import Page, keyset_page

MAX_SIZE = 200
DEFAULT_SIZE = 50


class KeysetPagination(BasePagination):
    """?cursor=, ?page_size= (≤ 200), ?ordering= from the view's `orderings`."""

    page: Page
    request: Request

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.page = keyset_page(
            queryset,
            ordering=self._ordering(request, view),
            cursor=checked_cursor(request.query_params.get("cursor", "")),
            size=self._size(request),
        )
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link(self.page.next),
                "previous": self._link(self.page.previous),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        orderings = sorted(getattr(view, "orderings", {}))
        both = [*orderings, *(f"-{name}" for name in orderings)]
        parameters: list[dict[str, Any]] = [
            _parameter("cursor", {"type": "string"}),
            _parameter("page_size", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE}),
        ]
        if both:
            parameters.append(_parameter("ordering", {"type": "string", "enum": both}))
        if getattr(view, "updated_field", ""):
            parameters.append(
                _parameter("updated_since", {"type": "string", "format": "date-time"})
            )
        return parameters

    def _ordering(self, request: Request, view: Any) -> str:
        asked = request.query_params.get("ordering", "")
        if not asked:
            return str(getattr(view, "default_ordering", "id"))
        known = getattr(view, "orderings", {})
        field = known.get(asked.removeprefix("-"))
        if field is None:
            sentence = _("Order by one of: %(names)s.") % {"names": ", ".join(sorted(known))}
            raise DomainError("invalid", sentence, details={"ordering": sentence})
        return f"-{field}" if asked.startswith("-") else str(field)

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", "")
        if not asked:
            return DEFAULT_SIZE
        if not (asked.isascii() and asked.isdigit() and int(asked[:9]) >= 1 and len(asked) < 10):
            sentence = _("Give a whole number from 1 to %(max)s.") % {"max": MAX_SIZE}
            raise DomainError("invalid", sentence, details={"page_size": sentence})
        return min(int(asked), MAX_SIZE)

    def _link(self, cursor: str) -> str | None:
        if not cursor:
            return None
        query = self.request.query_params.dict() | {"cursor": cursor}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")


def checked_cursor(cursor: str) -> str:
    """The cursor, when it is one of ours: a broken one must not begin the walk anew."""
    if not cursor:
        return ""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        side, value, pk = json.loads(raw, parse_constant=_refuse)
    except (ValueError, TypeError):
        side, value, pk = "", None, None
    is_ours = side in ("n", "p") and isinstance(pk, int) and "\x00" not in str(value)
    if not is_ours or abs(pk) >= 2**63:
        sentence = _("This cursor is broken. Begin the list anew.")
        raise DomainError("bad_cursor", sentence, status=400)
    return cursor


def _refuse(name: str) -> None:
    raise ValueError(name)


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}
