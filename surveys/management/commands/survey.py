"""`manage.py survey import FILE --program SLUG [--json]`: take a survey over, print the report."""

import json
from argparse import RawTextHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.file_limits import MAX_BYTES
from cxportal.core.models import Program
from surveys.import_words import kind_word, reason_sentence
from surveys.models import SurveyImport
from surveys.services.imports import survey_import


class Command(BaseCommand):
    help = "Take a survey over from LimeSurvey, Qualtrics, XLSForm or our own JSON."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawTextHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["import"])
        parser.add_argument("file")
        parser.add_argument("--program", required=True, help="the program's slug")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        program = Program.objects.filter(slug=options["program"]).first()
        if program is None:
            raise CommandError(f"there is no program {options['program']}")
        path = Path(options["file"])
        try:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            done = survey_import(actor=Actor.system(program), name=path.name, content=content)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except DomainError as error:
            self._refused(error, as_json=options["json"])
        else:
            self._print(done, as_json=options["json"])

    def _refused(self, error: DomainError, *, as_json: bool) -> None:
        if as_json:
            answer = {"refused": True, "code": error.code, "detail": error.message}
            self.stdout.write(json.dumps({**answer, "errors": error.details}, ensure_ascii=False))
        raise CommandError(error.message)

    def _print(self, done: SurveyImport, *, as_json: bool) -> None:
        report = done.report
        if as_json:
            answer = {"survey": done.survey_id, "format": done.format, "report": report}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write(f"survey {done.survey_id} “{done.survey}” ({done.format})")
        counts = "{found} found, {taken} taken, {changed} changed, {refused} not taken"
        self.stdout.write(counts.format(**report))
        for kind, row in report["kinds"].items():
            self.stdout.write(f"  {kind_word(kind)}: {counts.format(**row)}")
        for element in report["elements"]:
            if element["result"] != "taken":
                became = f" → {element['became']}" if element["became"] else ""
                self.stdout.write(
                    f"{element['result']}: {element['place']} “{element['name']}”{became}:"
                    f" {reason_sentence(element)}"
                )
