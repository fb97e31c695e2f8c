"""F14: back up, destroy, restore: every table's rows are the same, by count and by checksum."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from cxportal.launch.environment import ROOT
from tests.torture.ground import ground
from tests.torture.line import Line

FAULT = "F14"
CUSTOMERS = {"ci": 60, "full": 20_000}
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def run(size: str) -> Line:
    from django.db import connections

    from cxportal.home.demo.load import Size, demo_fill, demo_program_create
    from cxportal.home.demo.remove import program_remove

    count = CUSTOMERS[size]
    program = demo_program_create("a password of the probe")
    demo_fill(program, size=Size(customers=count, responses=3 * count), report=lambda *_: None)
    before = _checksums()
    folder = Path(tempfile.mkdtemp()) / "backup"
    try:
        _launch("backup", str(folder))
        program_remove(program)
        spoiled = _checksums()
        connections.close_all()
        _launch("restore", str(folder))
        after = _checksums()
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)
    different = sum(before[table] != after.get(table) for table in before)
    destroyed = sum(before[table] != spoiled.get(table) for table in before)
    figures = {"tables": len(before), "destroyed": destroyed, "different": different}
    return Line(FAULT, figures, ok=different == 0 and destroyed > 0 and set(before) == set(after))


def _checksums() -> dict[str, tuple[int, str]]:
    """Rows and their checksum by table."""
    found = {}
    with psycopg.connect(ground.env["DATABASE_URL"]) as line:
        for (table,) in line.execute(_TABLES).fetchall():
            row = line.execute(
                "SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
                f' FROM "{table}" t'
            ).fetchone()
            assert row is not None
            found[table] = (row[0], row[1])
    return found


def _launch(verb: str, folder: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cxportal.launch", verb, folder],
        cwd=ROOT,
        env=ground.env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
