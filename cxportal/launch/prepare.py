"""What must be made from sources before the portal serves: catalogues, static files, tables."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .environment import ROOT, VAR
from .fingerprints import (
    catalogue_sources,
    digest_of,
    migration_sources,
    stamp_matches,
    stamp_set,
    static_sources,
)
from .processes import child_start

CATALOGUES = "catalogues"
STATIC = "static"
TABLES = "tables"
# Collected files that no page of ours asks for.
UNSERVED = [
    "rest_framework/*",
    "drf_spectacular_sidecar/redoc/*",
    "swagger-ui.js*",
    "swagger-ui-es-bundle*",
    "*bundle.js.map",
]
FILES_LOG = VAR / "log" / "files.log"
TABLES_LOG = VAR / "log" / "tables.log"


def files_current() -> bool:
    """Tell whether catalogues and static files are made from the sources as they are."""
    return _current(CATALOGUES) and _current(STATIC)


def files_make() -> None:
    """Compile changed catalogues and collect changed static files."""
    if files_current():
        return
    os.environ["EMBEDDED_SERVERS"] = "off"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")
    import django
    from django.core.management import call_command

    django.setup()
    if not _current(CATALOGUES):
        call_command("translations", "compile")
        stamp_set(CATALOGUES, _digest(CATALOGUES))
    if not _current(STATIC):
        call_command("collectstatic", interactive=False, verbosity=1, ignore_patterns=UNSERVED)
        stamp_set(STATIC, _digest(STATIC))


def files_start() -> subprocess.Popen[bytes] | None:
    """Start ``files_make`` as a child; ``None`` when there is nothing to make."""
    if files_current():
        return None
    return child_start(
        [sys.executable, "-m", "cxportal.launch", "prepare"], log=FILES_LOG, cwd=ROOT
    )


def tables_digest(cluster: Path) -> str:
    """Digest of the migrations and of the cluster they were applied to."""
    made = cluster / "PG_VERSION"
    return digest_of(migration_sources(), str(made.stat().st_mtime_ns) if made.exists() else "")


def tables_current(cluster: Path | None) -> bool:
    """Tell whether the embedded cluster had these very migrations; a named server is not known."""
    return cluster is not None and stamp_matches(TABLES, tables_digest(cluster))


def tables_start(env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the migration as a child."""
    return child_start(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "1"],
        log=TABLES_LOG,
        cwd=ROOT,
        env=env,
    )


def tables_note(cluster: Path | None) -> None:
    """Note that the cluster has the migrations as they are."""
    if cluster is not None:
        stamp_set(TABLES, tables_digest(cluster))


def _current(work: str) -> bool:
    kept = work != STATIC or (VAR / "static" / "staticfiles.json").exists()
    return kept and stamp_matches(work, _digest(work))


def _digest(work: str) -> str:
    return digest_of(static_sources() if work == STATIC else catalogue_sources(), work)
