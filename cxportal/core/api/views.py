"""The base of every API view: same querysets, filters, rules and services as the pages."""

from collections.abc import Callable
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from cxportal.core.actors import Actor
from cxportal.core.api.authentication import ApiClient
from cxportal.core.api.idempotency import once
from cxportal.core.api.rendering import NdjsonParser, OrjsonParser
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.errors import DomainError

MAX_ID = 2**63 - 1


class PortalViewSet(GenericViewSet[Any]):
    """Declare `model`, `serializer_class`, `permissions`, and the service calls.

    `orderings` are the names allowed in ?ordering=; `updated_field` allows ?updated_since=.
    """

    model: type[Model]
    permissions: dict[str, str] = {}
    orderings: dict[str, str] = {}
    default_ordering = "id"
    lookup_value_regex = r"\d+"

    @property
    def actor(self) -> Actor:
        return cast(ApiClient, self.request.user).actor

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        return self.scoped()

    def scoped(self) -> QuerySet[Any]:
        """Rows of the actor; override to add joins."""
        queryset: QuerySet[Any] = self.model.objects.for_actor(self.actor)  # type: ignore[attr-defined]
        return queryset

    def get_object(self) -> Any:
        if int(self.kwargs.get("pk", 0)) > MAX_ID:
            raise Http404
        return super().get_object()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        obj = self.get_object()
        return Response(self.get_serializer(obj).data, headers=etag(obj))

    def once(self, work: Callable[[], Response]) -> Response:
        """Honour the Idempotency-Key around a POST."""
        return once(self.request, self.actor, work)

    def data(self, serializer_class: Any = None, *, partial: bool = False) -> dict[str, Any]:
        """The validated body."""
        chosen = serializer_class or self.get_serializer_class()
        body = self.request.data
        if not isinstance(body, dict):
            raise DomainError("invalid", _("Send one JSON object."), status=400)
        serializer = chosen(data=body, partial=partial, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        validated: dict[str, Any] = serializer.validated_data
        return validated

    def created(self, obj: Any, serializer_class: Any = None) -> Response:
        """201 with the new record."""
        chosen = serializer_class or self.get_serializer_class()
        body = chosen(obj, context=self.get_serializer_context()).data
        return Response(body, status=201, headers=etag(obj))

    def shown(self, obj: Any, serializer_class: Any = None) -> Response:
        """200 with the record as it now is."""
        chosen = serializer_class or self.get_serializer_class()
        return Response(chosen(obj, context=self.get_serializer_context()).data, headers=etag(obj))

    def expected_version(self) -> int | None:
        """The version the client edited, from If-Match; None when it does not say."""
        value = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        return int(value) if value.isdigit() else None


def etag(obj: Any) -> dict[str, str]:
    """ETag of an editable record: its version."""
    version = getattr(obj, "version", None)
    return {"ETag": f'"{version}"'} if isinstance(version, int) else {}


class BulkMixin:
    """`POST …/bulk/` with a JSON array or NDJSON, answered row by row."""

    bulk_parsers = [OrjsonParser, NdjsonParser]

    def bulk_answer(self, request: Request, service: Callable[[list[Any]], BulkResult]) -> Response:
        """Check the envelope and hand the rows to the service."""
        rows = request.data
        if not isinstance(rows, list):
            raise DomainError("not_a_list", _("Send a JSON array of rows, or NDJSON."), status=400)
        if len(rows) > MAX_ROWS:
            message = _("Send at most %(max)s rows at a time.") % {"max": MAX_ROWS}
            raise DomainError("too_many_rows", message, status=413)
        return Response(service(rows).as_dict())
