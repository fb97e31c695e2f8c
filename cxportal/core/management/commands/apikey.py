"""`manage.py apikey create --program SLUG --name N --scopes a,b|all`: prints the key once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from cxportal.core.scopes import SCOPES
from cxportal.core.services.api_keys import api_key_create


class Command(BaseCommand):
    help = "Make an API key; the key alone goes to standard output, and is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["create"])
        parser.add_argument("--program", required=True, help="the program's slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--scopes", required=True, help=f"all, or of: {', '.join(SCOPES)}")

    def handle(self, *args: Any, **options: Any) -> None:
        program = Program.objects.filter(slug=options["program"]).first()
        if program is None:
            raise CommandError(f"there is no program {options['program']}")
        asked = options["scopes"]
        scopes = SCOPES if asked == "all" else [s.strip() for s in asked.split(",") if s.strip()]
        try:
            _key, secret = api_key_create(
                actor=Actor.system(program), name=options["name"], scopes=scopes
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(secret)
