"""Every refusal of the API in the form of RFC 9457, with a stable code."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from cxportal.core.errors import DomainError

PROBLEM_TYPE = "application/problem+json"


def problem(
    status: int, code: str, detail: str, *, errors: Any = None, headers: Any = None
) -> Response:
    """One problem document: type, title, status, code, detail and the fields' errors."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return Response(body, status=status, headers=headers, content_type=PROBLEM_TYPE)


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: None lets an unknown error become a 500."""
    if isinstance(error, DomainError):
        return problem(error.status, error.code, error.message, errors=error.details)
    if isinstance(error, Http404):
        return problem(404, "not_found", _("There is no such record in this program."))
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        message = _("Some fields need mending.")
        return problem(422, "invalid", message, errors=error.detail)
    if isinstance(error, exceptions.APIException):
        return _from_drf(error)
    return None


def _from_drf(error: exceptions.APIException) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    wait = getattr(error, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    code = str(error.get_codes()) if isinstance(error.detail, str) else error.default_code
    return problem(error.status_code, code, str(error.detail), headers=headers)
