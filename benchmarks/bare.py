"""The limits: bare views behind the same server, workers and threads as the portal."""

import json
from uuid import uuid4

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.crypto import constant_time_compare

from benchmarks.document import DOCUMENT
from cxportal.core.tokens import hash_of
from surveys.rendering import page_html

ROW = """
INSERT INTO bench_row (program_id, survey_id, version_id, campaign_id, customer_id, submission_id,
  channel, language, status, answers, dimensions, started_at, completed_at)
VALUES (1, 1, 1, 1, 1, %s, 'email', 'en', 'complete', %s, '{1,2,3}', now(), now())
"""
KEY = "SELECT key_hash FROM core_apikey WHERE prefix = %s AND revoked_at IS NULL"
ANSWERS = json.dumps({"nps": 9, "csat": 4, "why": "Friendly people and a fast delivery, thanks."})


def insert(request: HttpRequest) -> HttpResponse:
    """Insert one row of a response's size over the kept connection and commit."""
    with connection.cursor() as cursor:
        cursor.execute(ROW, [str(uuid4()), ANSWERS])
    return HttpResponse("ok")


def keyed(request: HttpRequest) -> HttpResponse:
    """The same for the holder of an API key: one look-up, one comparison, one row."""
    assert request.body  # what is left unread would end the connection
    secret = request.headers.get("Authorization", "").removeprefix("Bearer ")
    with connection.cursor() as cursor:
        cursor.execute(KEY, [secret[:12]])
        known = cursor.fetchone()
        if known is None or not constant_time_compare(known[0], hash_of(secret, "api-key")):
            return HttpResponse(status=401)
        cursor.execute(ROW, [str(uuid4()), ANSWERS])
    return HttpResponse("ok")


def page(request: HttpRequest) -> HttpResponse:
    """Render the survey page's own template from a document at hand, without a database."""
    return HttpResponse(page_html(DOCUMENT, language="en"))


urlpatterns = [
    path("bench/insert/", insert),
    path("bench/keyed/", keyed),
    path("bench/page/", page),
]
