"""`manage.py bounces read` takes a report from standard input; `… fetch` empties the mailbox."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from surveys.services.bounce_mailbox import mailbox_empty
from surveys.services.returns import report_take


class Command(BaseCommand):
    """For a mail server's pipe, or by hand."""

    help = "Take in delivery reports and complaints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["read", "fetch"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "read":
            taken = report_take(sys.stdin.buffer.read())
        else:
            taken = mailbox_empty()
        self.stdout.write(f"{taken} messages came back")
