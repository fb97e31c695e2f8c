"""`manage.py translations update|compile|check [ROOM …]`, `… fill ROOM --file ko.json`."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxportal.core.services.translations import (
    ROOMS,
    catalogue_fill,
    catalogue_problems,
    catalogue_update,
    catalogues_compile,
)


class Command(BaseCommand):
    help = "Keep the Korean catalogues complete: update, compile or check them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["update", "compile", "check", "fill"])
        parser.add_argument("rooms", nargs="*", default=[])
        parser.add_argument("--file", help="fill: JSON of {English: Korean}")

    def handle(self, *args: Any, **options: Any) -> None:
        rooms = options["rooms"] or list(ROOMS)
        if options["verb"] == "compile":
            self.stdout.write(f"{catalogues_compile()} catalogues compiled")
        elif options["verb"] == "update":
            for room in rooms:
                self.stdout.write(f"{room}: {catalogue_update(room)} new sentences")
            catalogues_compile()
        elif options["verb"] == "fill":
            self._fill(rooms, options["file"])
        else:
            self._check(rooms)

    def _fill(self, rooms: list[str], file: str) -> None:
        sentences = json.loads(Path(file).read_text(encoding="utf-8"))
        for room in rooms:
            catalogue_update(room)
            self.stdout.write(f"{room}: {catalogue_fill(room, 'ko', sentences)} filled")
        catalogues_compile()

    def _check(self, rooms: list[str]) -> None:
        problems = [line for room in rooms for line in catalogue_problems(room)]
        for line in problems:
            self.stdout.write(line)
        if problems:
            raise CommandError(f"{len(problems)} sentences need work")
        self.stdout.write("every sentence has its Korean")
