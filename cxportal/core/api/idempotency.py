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
from cxportal.core.prepared import prepared_cursor

MAX_KEY = 255
MAX_ROUTE = 300
_CLAIM = """
INSERT INTO core_idempotencyrecord (program_id, api_key_id, key, route, body_hash, created_at)
VALUES (%s::bigint, %s::bigint, %s::text, %s::text, %s::text, now())
ON CONFLICT (api_key_id, key) DO NOTHING RETURNING id
"""
_KEEP = """
UPDATE core_idempotencyrecord SET status = %s::smallint, body = %s::bytea WHERE id = %s::bigint
"""


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
        pk = _claim(actor, key, route, body_hash)
        if pk is None:
            return _repeat(_record(actor, key), route, body_hash)
        answer = work()
        _keep(pk, answer)
        return answer


def _claim(actor: Actor, key: str, route: str, body_hash: str) -> int | None:
    """Begin the record; None when there is one, after the commit of whoever is at work on it."""
    params = [actor.program_id, _key_id(actor), key, route, body_hash]
    with prepared_cursor() as cursor:
        cursor.execute(_CLAIM, params)
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _record(actor: Actor, key: str) -> IdempotencyRecord:
    rows = IdempotencyRecord.unscoped.all()  # unscoped: the key's own
    return rows.get(api_key=actor.api_key, key=key)


def _keep(pk: int, answer: Response) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(_KEEP, [answer.status_code, dumps(answer.data), pk])


def _key_id(actor: Actor) -> int | None:
    return actor.api_key.pk if actor.api_key else None


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
