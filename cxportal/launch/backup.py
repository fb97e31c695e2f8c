"""Backup and restore of everything that cannot be made again: database, files, secret key."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .environment import VAR, secret_key, service_urls
from .places import ServerError
from .postgres import postgres_install
from .processes import lock_held

DUMP = "database.dump"
MEDIA = "media"
KEY = "secret_key"
STAMP = "backup"
PRIVATE = 0o700


def backup(folder: Path) -> None:
    """Write database, files and secret key to the new ``folder``, which nobody else may enter.

    The portal may run meanwhile: the dump is one consistent moment. Raises ``ServerError``.
    """
    if folder.exists():
        raise ServerError(f"{folder} exists already. Name a new folder.")
    database, _redis = service_urls(testing=False)
    folder.mkdir(parents=True, mode=PRIVATE)
    _run("pg_dump", database, "--format=custom", "--no-owner", f"--file={folder / DUMP}")
    if _media().is_dir():
        shutil.copytree(_media(), folder / MEDIA)
    (folder / KEY).touch(mode=0o600)
    (folder / KEY).write_text(secret_key() + "\n")
    # the health page says when the last one was made
    stamp = VAR / "stamps" / STAMP
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(f"{folder.resolve()}\n", encoding="utf-8")


def restore(folder: Path) -> None:
    """Replace database and files by those of a backup; all of the database or nothing of it.

    Raises ``ServerError`` when ``folder`` is no backup, the portal runs, or the database refuses.
    """
    if not (folder / DUMP).is_file():
        raise ServerError(f"{folder} is not a backup: it holds no {DUMP}.")
    if lock_held(VAR / "run" / "portal.lock"):
        raise ServerError("The portal runs. Stop it before restoring.")
    database, _redis = service_urls(testing=False)
    _run(
        "pg_restore", database, "--clean", "--if-exists", "--no-owner", "--single-transaction",
        "--exit-on-error", "--dbname", _variables(database)["PGDATABASE"], str(folder / DUMP),
    )  # fmt: skip
    if (folder / MEDIA).is_dir():
        shutil.copytree(folder / MEDIA, _media(), dirs_exist_ok=True)
    # tables of an older portal are brought up to date at the next start
    (VAR / "stamps" / "tables").unlink(missing_ok=True)


def _media() -> Path:
    return Path(os.environ.get("MEDIA_ROOT") or VAR / "media")


def _run(program: str, database: str, *arguments: str) -> None:
    ours = postgres_install().program(program)
    found = str(ours) if ours.exists() else shutil.which(program)
    if found is None:
        raise ServerError(
            f"{program} is not installed (on Debian: apt-get install postgresql-client)"
        )
    done = subprocess.run(
        [found, *arguments],
        env={**os.environ, **_variables(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(f"{program} failed:\n{done.stderr.strip()}")


def _variables(database: str) -> dict[str, str]:
    """The address in libpq's variables: a password on the command line could be seen by all."""
    parts = urlsplit(database)
    given = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port or ""),
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.path.removeprefix("/"),
    }
    return {name: unquote(value) for name, value in given.items() if value}
