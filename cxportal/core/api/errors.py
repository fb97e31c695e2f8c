"""Every refusal of the API in the form of RFC 9457, with a stable code."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from cxportal.core.errors import DomainError, StaleEdit

PROBLEM_TYPE = "application/problem+json"
RETRY_SECONDS = 5
log = logging.getLogger(__name__)


def problem_body(status: int, code: str, detail: str) -> dict[str, Any]:
    """The members every problem document has."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Any = None,
    current: Any = None,
    headers: Any = None,
) -> Response:
    """One problem document; `errors` maps fields to sentences, `current` is what is stored."""
    body = problem_body(status, code, detail)
    if errors:
        body["errors"] = errors
    if current is not None:
        body["current"] = current
    return Response(body, status=status, headers=headers, content_type=PROBLEM_TYPE)


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: None lets an unknown error become a 500."""
    if isinstance(error, StaleEdit):
        current = error.details.get("current", {})
        return problem(error.status, error.code, error.message, current=current)
    if isinstance(error, DomainError):
        return problem(error.status, error.code, error.message, errors=_lists(error.details))
    if isinstance(error, Http404):
        return problem(404, "not_found", _("There is no such record in this program."))
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        message = _("Some fields need mending.")
        return problem(422, "invalid", message, errors=error.detail)
    if isinstance(error, exceptions.APIException):
        return _from_drf(error)
    return _from_below(error)


def _lists(details: Mapping[str, Any]) -> dict[str, Any]:
    """A list of sentences per field, as the serializers answer."""
    return {name: [said] if isinstance(said, str) else said for name, said in details.items()}


def _from_drf(error: exceptions.APIException) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    wait = getattr(error, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    code = str(error.get_codes()) if isinstance(error.detail, str) else error.default_code
    return problem(error.status_code, code, _said(error), headers=headers)


def _said(error: exceptions.APIException) -> str:
    """What to do about it, where the framework's own sentence only names the fault."""
    match error:
        case exceptions.NotAuthenticated():
            return _("Send an API key as “Authorization: Bearer …”. Keys are made in the settings.")
        case exceptions.PermissionDenied():
            return _("This key lacks the scope for it. Make one with more scopes in the settings.")
        case exceptions.MethodNotAllowed():
            return _("This address has no such method. The header Allow lists those it has.")
        case exceptions.UnsupportedMediaType():
            return _("Send the body as application/json; bulk rows also as application/x-ndjson.")
    return str(error.detail)


def _from_below(error: Exception) -> Response | None:
    if isinstance(error, RequestDataTooBig):
        sentence = _("The body is too large. Send fewer rows at a time.")
        return problem(413, "too_large", sentence)
    if isinstance(error, DataError):
        log.warning("a value was refused by the database: %s", type(error).__name__)
        return problem(422, "invalid", _("A value is out of range or cannot be stored."))
    if isinstance(error, OperationalError | InterfaceError):
        log.error("the database does not answer", exc_info=error)
        sentence = _("The portal cannot reach its database. Try again in a moment.")
        return problem(503, "unavailable", sentence, headers={"Retry-After": str(RETRY_SECONDS)})
    return None
