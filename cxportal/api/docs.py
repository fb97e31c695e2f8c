"""The OpenAPI document, its reader in the browser, and addresses that do not exist."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.errors import PROBLEM_TYPE, problem_body
from cxportal.core.api.rendering import dumps


def _generate() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=8)
def _schema(language: str) -> dict[str, Any]:
    """The document; it depends on the code and the language of its labels alone."""
    with translation.override(language):
        found: dict[str, Any] = _generate()
    return found


class SchemaView(SpectacularAPIView):
    """`/api/schema/`: the same for everybody, so nothing is asked."""

    authentication_classes: list[Any] = []

    def _get_schema_response(self, request: Request) -> Response:
        return Response(
            data=_schema(translation.get_language() or "en"),
            headers={"Content-Disposition": 'inline; filename="cx-portal-api.yaml"'},
        )


class DocsView(SpectacularSwaggerSplitView):
    """`/api/docs/`: the document to read and try; script and style come from files of ours."""

    url_name = "api:schema"
    authentication_classes: list[Any] = []
    template_name = "api/docs.html"


@csrf_exempt
def unknown_address(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address below /api/."""
    sentence = _("There is no such address. Addresses of the API end with a slash.")
    return HttpResponse(
        dumps(problem_body(404, "not_found", sentence)), status=404, content_type=PROBLEM_TYPE
    )
