"""JSON in and out by orjson; NDJSON for streams of rows."""

from decimal import Decimal
from typing import IO, Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

#: Characters of a broken line that are kept.
_SHOWN = 200


def _default(value: Any) -> Any:
    if isinstance(value, Decimal | Promise):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(type(value).__name__)


def dumps(data: Any) -> bytes:
    """Compact UTF-8 JSON; decimals become strings, as the serializers write them."""
    return orjson.dumps(data, default=_default, option=orjson.OPT_NON_STR_KEYS)


class OrjsonRenderer(BaseRenderer):
    """application/json."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return b"" if data is None else dumps(data)


class OrjsonParser(BaseParser):
    """application/json in; a broken body is told apart from a missing one."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, context: Any = None) -> Any:
        body = stream.read()
        try:
            return orjson.loads(body) if body else {}
        except orjson.JSONDecodeError as error:
            raise ParseError(_("The body is not valid JSON: %s") % error) from error


class NdjsonParser(BaseParser):
    """application/x-ndjson in: one JSON object a line, parsed into a list.

    A line that is no JSON becomes its own text, which every bulk service refuses as that row
    alone.
    """

    media_type = "application/x-ndjson"

    def parse(self, stream: IO[Any], media_type: str | None = None, context: Any = None) -> Any:
        return [_row(line) for line in stream.read().splitlines() if line.strip()]


def _row(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return line[:_SHOWN].decode(errors="replace")
