"""manage.py scores rebuild|check [--program SLUG]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxportal.core.models import Program
from surveys.services.scores import scores_differences, scores_rebuild


class Command(BaseCommand):
    help = "Rebuild the tallies of scores from their facts, or check that both agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["rebuild", "check"])
        parser.add_argument("--program", help="slug of one program; all when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        programs = Program.objects.order_by("slug")
        if options["program"]:
            programs = programs.filter(slug=options["program"])
            if not programs:
                raise CommandError(f"There is no program “{options['program']}”.")
        differing = sum(self._do(options["action"], program) for program in programs)
        if differing:
            raise CommandError(
                f"{differing} rows differ. `manage.py scores rebuild` computes them anew."
            )

    def _do(self, action: str, program: Program) -> int:
        if action == "rebuild":
            self.stdout.write(f"{program.slug}: {scores_rebuild(program.pk)} days put right")
            return 0
        differences = scores_differences(program.pk)
        for row in differences:
            self.stdout.write(
                f"{program.slug}: {row.tier} {row.day} metric {row.metric_id} dimension"
                f" {row.dimension}: facts n={row.expected[0]}, tallies n={row.stored[0]}"
            )
        self.stdout.write(f"{program.slug}: {len(differences)} rows differ")
        return len(differences)
