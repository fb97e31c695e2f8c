"""Is the portal alive, is it ready?"""

from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.utils import timezone

WORKER_SEEN = "worker-seen"
SCHEDULE_SEEN = "schedule-seen"
WORKER_SILENT_AFTER = 60  # seconds


def healthz() -> HttpResponse:
    """200 while this process answers and its database does; else 503."""
    checks = {"database": _database_answers()}
    return _answer(checks)


def readyz() -> HttpResponse:
    """200 when also a worker was seen within a minute."""
    return _answer({"database": _database_answers(), "worker": _worker_seen()})


def _answer(checks: dict[str, bool]) -> HttpResponse:
    good = all(checks.values())
    states = {name: "ok" if fine else "failed" for name, fine in checks.items()}
    return JsonResponse(
        {"status": "ok" if good else "failed", "checks": states}, status=200 if good else 503
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except Exception:
        connection.close()
        return False


def _worker_seen() -> bool:
    try:
        seen = cache.get(WORKER_SEEN)
    except Exception:
        return False
    return seen is not None and timezone.now().timestamp() - float(seen) < WORKER_SILENT_AFTER
