"""The base of every API view: same querysets, filters, rules and services as the pages."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from cxportal.core.actors import Actor
from cxportal.core.api.authentication import ApiClient
from cxportal.core.api.idempotency import once
from cxportal.core.api.rendering import NdjsonParser, OrjsonParser
from cxportal.core.bulk import MAX_ROWS, BulkResult
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from cxportal.core.views.base import get_or_404

MAX_ID = 2**63 - 1
_BLANK_OFFSET = re.compile(r" (\d\d:?\d\d)$")


class AlwaysJson(BaseContentNegotiation):
    """The API speaks JSON, whatever the client says it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class PortalViewSet(GenericViewSet[Any]):
    """Declare `model`, `serializer_class`, `permissions`, and the service calls.

    `orderings` are the names allowed in ?ordering=; `updated_field` allows ?updated_since=.
    Every POST honours the Idempotency-Key.
    """

    model: type[Model]
    permissions: dict[str, str] = {}
    orderings: dict[str, str] = {"id": "id"}
    default_ordering = "id"
    updated_field = ""
    lookup_value_converter = "int"
    content_negotiation_class = AlwaysJson
    # Set by the router to the action of the route.
    post: Callable[..., Response]
    _work: Callable[..., Response]

    @property
    def actor(self) -> Actor:
        return cast(ApiClient, self.request.user).actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # Read at once: the size is checked, and the Idempotency-Key needs the bytes.
        len(request._request.body)
        if request.method == "POST" and self.action:
            self._work = self.post
            self.post = self._once

    def _once(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return once(request, self.actor, lambda: self._work(request, *args, **kwargs))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        limit = getattr(getattr(request, "_request", request), "rate_limit", None)
        if limit is not None:
            answer["RateLimit-Limit"], answer["RateLimit-Remaining"] = str(limit[0]), str(limit[1])
            answer["RateLimit-Reset"] = str(int(limit[2]) + 1)
        answer["Cache-Control"] = "no-store"
        return answer

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.model._default_manager.none()
        return self.scoped()

    def scoped(self) -> QuerySet[Any]:
        """Rows of the actor; override to add joins."""
        queryset: QuerySet[Any] = self.model.objects.for_actor(self.actor)  # type: ignore[attr-defined]
        return queryset

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        asked = self.request.query_params.get("updated_since", "")
        if not (self.updated_field and asked and self.action == "list"):
            return rows
        return rows.filter(**{f"{self.updated_field}__gte": moment_from(asked, "updated_since")})

    def get_object(self) -> Any:
        """The row of the address, without the list's filters."""
        if int(self.kwargs.get("pk", 0)) > MAX_ID:
            raise Http404
        obj = get_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        self.check_object_permissions(self.request, obj)
        return obj

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

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
        return self.shown(obj, serializer_class, status=201)

    def shown(self, obj: Any, serializer_class: Any = None, status: int = 200) -> Response:
        """The record as it now is, with its version as ETag."""
        chosen = serializer_class or self.get_serializer_class()
        body = chosen(obj, context=self.get_serializer_context()).data
        return Response(body, status=status, headers=etag(obj))

    def gone(self) -> Response:
        """204 after a deletion."""
        return Response(status=204)

    def expected_version(self) -> int | None:
        """The version the client edited, from If-Match; None when it does not say."""
        value = self.request.headers.get("If-Match", "").strip()
        if value in ("", "*"):
            return None
        number = value.removeprefix("W/").strip('"')
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            sentence = _("Send the ETag you were given as If-Match.")
            raise DomainError("bad_if_match", sentence, status=400)
        return int(number)


class NestedViewSet(PortalViewSet):
    """Rows below another record: `parent_model` and its name in address and row.

    The action's permission is asked for the parent as well; a foreign parent answers 404.
    """

    parent_model: type[Model]
    parent_name: str

    def parent(self) -> Any:
        """The record of the address. Raises Http404."""
        pk = int(self.kwargs[self.parent_name])
        if pk > MAX_ID:
            raise Http404
        rows = self.parent_model.objects.for_actor(self.actor)  # type: ignore[attr-defined]
        found = get_or_404(rows, pk=pk)
        authorise(self.actor, self.permissions[self.action], found)
        return found

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().filter(**{self.parent_name: self.parent()})


def moment_from(text: str, name: str) -> datetime:
    """A moment from the address. Raises DomainError naming the parameter."""
    try:
        # An unescaped “+” of the offset arrives as a blank.
        moment = parse_datetime(_BLANK_OFFSET.sub(r"+\1", text.strip()))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        sentence = _("Write the moment as 2026-11-22T09:30:00+09:00.")
        raise DomainError("invalid", sentence, details={name: sentence})
    return moment


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
