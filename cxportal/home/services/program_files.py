"""What a program's file says of itself, and why a file is refused, before a row is read."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError

FORMAT, FORMAT_VERSION = "cx-program", 1
MANIFEST = "manifest.json"
_FLOORS = ("core", "surveys", "journeys", "loyalty")
#: A manifest names some hundred tables and everybody who works in the program.
_MOST_MANIFEST = 64 * 1024**2
#: What a person recognises a program by, of all its tables.
_TOLD = {
    "customers": "core_customer",
    "surveys": "surveys_survey",
    "responses": "surveys_response",
    "journeys": "journeys_journey",
    "actions": "journeys_action",
    "cases": "journeys_case",
    "transactions": "loyalty_transaction",
    "files": "core_storedfile",
}


@dataclass(frozen=True)
class Summary:
    """A program's file in figures."""

    name: str
    slug: str
    made_at: str
    people: int
    rows: int
    counts: dict[str, int]


def migrations() -> dict[str, str]:
    """The newest migration of each floor, as this database has it."""
    applied = MigrationRecorder(connection).applied_migrations()
    return {floor: max(name for app, name in applied if app == floor) for floor in _FLOORS}


def damaged() -> DomainError:
    """The refusal of a file that began well and cannot be read to its end."""
    sentence = _("The file is damaged or was changed. Export the program again.")
    return DomainError("damaged", sentence)


def foreign() -> DomainError:
    """The refusal of a file that is something else."""
    return DomainError("not_a_program", _("This file is no exported program."))


def summary_of(file: Path | IO[bytes]) -> Summary:
    """What the file holds. Raises DomainError "not_a_program", "damaged", "other_version"."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = manifest_of(archive)
            tables = manifest["tables"]
            rows = {name: int(table["rows"]) for name, table in tables.items()}
            return Summary(
                name=str(manifest.get("name") or manifest["program"]),
                slug=str(manifest["program"]),
                made_at=str(manifest["made_at"]),
                people=len(manifest["people"]),
                rows=sum(rows.values()),
                counts={word: rows.get(table, 0) for word, table in _TOLD.items()},
            )
    except (zipfile.BadZipFile, OSError) as fault:
        raise foreign() from fault
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise damaged() from fault


def manifest_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest of a file this portal can take over.

    Raises DomainError "not_a_program", "damaged", "other_version".
    """
    if MANIFEST not in archive.namelist():
        raise foreign()
    if archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
        raise damaged()
    try:
        manifest: Any = json.loads(archive.read(MANIFEST))
    except ValueError as fault:
        raise foreign() from fault
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise foreign()
    _refuse_other_version(manifest)
    missing = {f"rows/{name}" for name in manifest.get("tables", {})} - set(archive.namelist())
    if missing or not manifest.get("tables"):
        raise damaged()
    return manifest


def _refuse_other_version(manifest: Mapping[str, Any]) -> None:
    version, theirs, ours = manifest.get("format_version"), manifest.get("migrations"), migrations()
    if version == FORMAT_VERSION and theirs == ours:
        return
    if not isinstance(version, int) or not isinstance(theirs, dict):
        raise damaged()
    newer = any(str(theirs.get(floor, "")) > ours[floor] for floor in _FLOORS)
    if version > FORMAT_VERSION or newer:
        sentence = _("A newer version of the portal made this file. Bring this portal up to date.")
    else:
        sentence = _(
            "An older version of the portal made this file."
            " Bring that portal up to date and export the program again."
        )
    raise DomainError("other_version", sentence)
