"""`manage.py transfer export SLUG FILE`, `… import FILE`: a whole program as one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from cxportal.home.services.transfer import program_export, program_import


class Command(BaseCommand):
    help = "Write a program to a file, or take one over into an empty portal."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        out = verbs.add_parser("export", help="write a program to a new file")
        out.add_argument("slug")
        out.add_argument("file", type=Path)
        back = verbs.add_parser("import", help="take a program's file over")
        back.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = self._export(options) if options["verb"] == "export" else self._import(options)
        except DomainError as error:
            raise CommandError(error.message) from error
        for table, rows in counts.items():
            if rows:
                self.stdout.write(f"{rows:>10} {table}")

    def _export(self, options: dict[str, Any]) -> dict[str, int]:
        program = Program.objects.filter(slug=options["slug"]).first()
        if program is None:
            raise CommandError(f"There is no program {options['slug']}.")
        if options["file"].exists():
            raise CommandError(f"{options['file']} exists already. Name a new file.")
        return program_export(program=program, path=options["file"])

    def _import(self, options: dict[str, Any]) -> dict[str, int]:
        program, counts = program_import(path=options["file"])
        self.stdout.write(f"program {program.slug} is there; its people set passwords by mail")
        return counts
