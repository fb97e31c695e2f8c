"""F43: an empty database made at once holds just what the steps of an upgrade make."""

import os
import subprocess
import sys
from collections.abc import Mapping

import psycopg

from cxportal.launch.environment import ROOT
from tests.torture.ground import ground
from tests.torture.line import Line

FAULT = "F43"
#: What a database consists of, each thing by name; the order of columns is no difference.
_PARTS = {
    "columns": """
        SELECT table_name || '.' || column_name, concat_ws(' ', udt_name, is_nullable,
          character_maximum_length, numeric_precision, column_default, is_identity, is_generated)
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "triggers": """
        SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """
        SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
          SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    "steps": "SELECT app || '.' || name, '' FROM django_migrations",
}
# Numbered as Django's own app says when made at once, as our settings say when made by steps.
_EXCEPT = {"columns: auth_group_permissions.id"}
Parts = Mapping[str, Mapping[str, str]]


def run(size: str) -> Line:
    """Two databases, each made its own way, compared thing by thing."""
    at_once, by_steps = _made("at_once"), _made("by_steps", "--stepwise")
    differing = {
        f"{part}: {name}"
        for part in _PARTS
        for name in sorted(at_once[part].keys() | by_steps[part].keys())
        if at_once[part].get(name) != by_steps[part].get(name)
    } - _EXCEPT
    for line in sorted(differing):
        print(line, file=sys.stderr)
    figures = {part: len(found) for part, found in at_once.items()}
    return Line(FAULT, {**figures, "different": len(differing)}, ok=not differing)


def _made(name: str, *options: str) -> Parts:
    url = os.environ["DATABASE_URL"].rpartition("/")[0]
    with psycopg.connect(f"{url}/postgres", autocommit=True) as line:
        line.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        line.execute(f'CREATE DATABASE "{name}"')
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", *options],
        cwd=ROOT,
        env={**ground.env, "DATABASE_URL": f"{url}/{name}"},
        check=True,
    )
    with psycopg.connect(f"{url}/{name}") as line:
        return {part: dict(line.execute(query).fetchall()) for part, query in _PARTS.items()}
