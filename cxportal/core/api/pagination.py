"""Lists answer {"next", "previous", "results"}, paged by key."""

from typing import Any
from urllib.parse import urlencode

from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

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
            cursor=request.query_params.get("cursor", ""),
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
        return parameters

    def _ordering(self, request: Request, view: Any) -> str:
        asked = request.query_params.get("ordering", "")
        field = getattr(view, "orderings", {}).get(asked.lstrip("-"))
        if field is None:
            return str(getattr(view, "default_ordering", "id"))
        return f"-{field}" if asked.startswith("-") else str(field)

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", "")
        return min(max(int(asked), 1), MAX_SIZE) if asked.isdigit() else DEFAULT_SIZE

    def _link(self, cursor: str) -> str | None:
        if not cursor:
            return None
        query = self.request.query_params.dict() | {"cursor": cursor}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}
