"""What the OpenAPI document needs to know beyond the views themselves."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from cxportal.core.api.errors import PROBLEM_TYPE


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The key of a program as a bearer token."""

    target_class = "cxportal.core.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


def query(name: str, kind: Any = str, text: str = "", **values: Any) -> OpenApiParameter:
    """A query parameter that no filter declares."""
    return OpenApiParameter(name, kind, "query", description=text, **values)


PERIOD = [
    query("from", OpenApiTypes.DATE, "First day, in the program's time zone"),
    query("to", OpenApiTypes.DATE, "Last day, included"),
    query("dimension", str, "A group as kind:key, for example store:Gangnam or segment:vip"),
]

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": True},
        "current": {"type": "object", "additionalProperties": True},
    },
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
}
_IF_MATCH = {"name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"}}


def problems_and_headers(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Say in every operation what a refusal looks like and which headers are honoured."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result.get("paths", {}).values():
        for method, operation in operations.items():
            operation["responses"]["default"] = {"description": "A refusal", "content": content}
            header = {"post": _IDEMPOTENCY_KEY, "patch": _IF_MATCH}.get(method)
            if header is not None:
                operation.setdefault("parameters", []).append(header)
    return result
