"""`manage.py demo load|remove`: the fictional retailer, made and taken away."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxportal.core.models import Job, Program
from cxportal.core.services.jobs import job_queue
from cxportal.home.demo import SLUG
from cxportal.home.demo.load import Size, demo_fill, demo_program_create
from cxportal.home.demo.remove import program_remove
from cxportal.launch.environment import demo_password


class Command(BaseCommand):
    help = "Load or remove the demo program (slug hanbit)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["load", "remove"])
        parser.add_argument("--small", action="store_true", help="a fiftieth of the data")
        parser.add_argument("--if-first", action="store_true", help="only where no program is yet")
        parser.add_argument("--as-job", action="store_true", help="let the worker fill it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "remove":
            self._remove()
        elif not (options["if_first"] and Program.objects.exists()):
            self._load(as_job=options["as_job"], small=options["small"])

    def _load(self, *, as_job: bool, small: bool) -> None:
        if Program.objects.filter(slug=SLUG).exists():
            raise CommandError("The demo is here already. `manage.py demo remove` takes it away.")
        began = time.monotonic()
        program = demo_program_create(demo_password())
        if as_job:
            from cxportal.core.actors import Actor

            job_queue(actor=Actor.system(program), kind="demo", params={"small": small})
            return
        size = Size.small() if small else Size()
        counts = demo_fill(program, size=size, report=self._report)
        said = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.stdout.write(f"{said} in {time.monotonic() - began:.0f} s")

    def _report(self, done: int, total: int, message: str) -> None:
        self.stdout.write(f"{done:3d} % {message}")

    def _remove(self) -> None:
        program = Program.objects.filter(slug=SLUG, is_demo=True).first()
        if program is None:
            raise CommandError("There is no demo program.")
        running = Job.unscoped.filter(  # unscoped: jobs of the program that is removed
            program=program, state=Job.State.RUNNING
        )
        if running.exists():
            raise CommandError("The demo is still being loaded. Wait until its job is done.")
        self.stdout.write(f"{program_remove(program)} rows removed")
