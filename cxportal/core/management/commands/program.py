"""`manage.py program create --slug S --name N …`: a new, empty program."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Role
from cxportal.core.services.invitations import invitation_link, member_invite
from cxportal.core.services.programs import program_create


class Command(BaseCommand):
    help = "Make a program and print the link by which its owner joins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["create"])
        parser.add_argument("--slug", required=True, help="its place in addresses: /p/<slug>/")
        parser.add_argument("--name", required=True)
        parser.add_argument("--language", default="en", help="en or ko")
        parser.add_argument("--timezone", default="Asia/Seoul")
        parser.add_argument("--currency", default="KRW")
        parser.add_argument("--owner-email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                self._create(options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _create(self, options: dict[str, Any]) -> None:
        program = program_create(
            slug=options["slug"],
            name=options["name"],
            language=options["language"],
            timezone=options["timezone"],
            currency=options["currency"],
        )
        self.stdout.write(f"program {program.slug} is there")
        email = options["owner_email"] or self._ask()
        if email:
            actor = Actor.system(program)
            _invitation, token = member_invite(actor=actor, email=email, role=Role.OWNER)
            self.stdout.write(f"its owner joins here, within 7 days: {invitation_link(token)}")

    def _ask(self) -> str:
        import sys

        if not sys.stdin.isatty():
            return ""
        return input("E-mail address of its owner (empty: none yet): ").strip()
