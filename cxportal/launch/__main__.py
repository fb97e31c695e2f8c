"""``python -m cxportal.launch``: ``run`` the portal, ``prepare`` its files, back it up."""

import argparse
import sys
from pathlib import Path

from .places import ServerError


def main(arguments: list[str]) -> int:
    """Do what the command line asks; give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m cxportal.launch")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start the portal and watch it until Ctrl-C")
    run.add_argument("--with-parent", action="store_true", help="stop when the caller dies")
    commands.add_parser("prepare", help="compile catalogues, collect static files when changed")
    for name, text in (
        ("backup", "write database, files and secret key to a new folder"),
        ("restore", "replace database and files by those of a backup"),
    ):
        commands.add_parser(name, help=text).add_argument("folder", type=Path)
    keep = commands.add_parser("keep", help="keep one embedded server (started by the portal)")
    keep.add_argument("server", choices=("postgres", "valkey"))
    keep.add_argument("kind", choices=("run", "test"))
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "keep":
            return _keep(chosen.server, chosen.kind)
        if chosen.command == "prepare":
            return _prepare()
        if chosen.command in ("backup", "restore"):
            return _copy(chosen.command, chosen.folder)
        return _run(with_parent=chosen.with_parent)
    except ServerError as problem:
        print(problem, file=sys.stderr)
        return 1


def _keep(server: str, kind: str) -> int:
    from .keeper import Keeper
    from .servers import server_for

    return Keeper(server_for(server, kind)).keep()


def _prepare() -> int:
    from .prepare import files_make

    files_make()
    return 0


def _copy(command: str, folder: Path) -> int:
    from . import backup

    (backup.backup if command == "backup" else backup.restore)(folder)
    return 0


def _run(*, with_parent: bool) -> int:
    from .run import run_portal

    return run_portal(with_parent=with_parent)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
