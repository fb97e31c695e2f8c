"""`Idempotency-Key`: the first answer to a POST is kept and repeated.

The record is inserted before the work and in its transaction: of twenty parallel requests with
one key, one works and the others wait for its commit, then repeat its answer. A refusal keeps
nothing, so the mended request may use the same key.
"""

import hashlib
from collections.abc import Callable

import orjson
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.actors import Actor
from cxportal.core.api.rendering import dumps
from cxportal.core.errors import DomainError
from cxportal.core.models import IdempotencyRecord

MAX_KEY = 255
MAX_ROUTE = 300


def once(request: Request, actor: Actor, work: Callable[[], Response]) -> Response:
    """Run `work` once per key, route and body. Raises DomainError for a key used otherwise."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return work()
    if len(key) > MAX_KEY:
        raise DomainError(
            "bad_idempotency_key", _("An Idempotency-Key has at most 255 characters.")
        )
    route, body_hash = _route(request), hashlib.sha256(request._request.body).hexdigest()
    with transaction.atomic():
        record, is_new = IdempotencyRecord.unscoped.get_or_create(  # unscoped: the key's own
            api_key=actor.api_key,
            key=key,
            defaults={"program": actor.program, "route": route, "body_hash": body_hash},
        )
        if not is_new:
            return _repeat(record, route, body_hash)
        answer = work()
        record.status, record.body = answer.status_code, dumps(answer.data)
        record.save(update_fields=["status", "body"])
        return answer


def _repeat(record: IdempotencyRecord, route: str, body_hash: str) -> Response:
    if (record.body_hash, record.route) != (body_hash, route):
        raise DomainError(
            "idempotency_key_reused",
            _("This Idempotency-Key was used for another request. Use a new key."),
        )
    body = orjson.loads(bytes(record.body)) if record.body else None
    headers = {"Idempotent-Replayed": "true"}
    if isinstance(body, dict) and isinstance(body.get("version"), int):
        headers["ETag"] = f'"{body["version"]}"'
    return Response(body, status=record.status or 200, headers=headers)


def _route(request: Request) -> str:
    return f"{request.method} {request.get_full_path()}"[:MAX_ROUTE]
