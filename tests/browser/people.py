"""An empty program with one member of each role and customers to ask, and answers over HTTP."""

import re
from dataclasses import dataclass

from django.core.mail import EmailMessage
from django.test import Client

from cxportal.core.actors import ROLES, Actor
from cxportal.core.models import Customer, Program, Segment
from cxportal.core.services.programs import program_create
from cxportal.core.services.segments import segment_create
from tests.conftest import make_member

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
LINK = re.compile(r"https?://[^/\s]+(/s/[^/\s?]+/)")


@dataclass
class Cast:
    """Who takes part: `emails` by role, and the segment that is asked."""

    program: Program
    emails: dict[str, str]
    segment: Segment


def make_cast(language: str, reachable: int) -> Cast:
    """A new program in `language`: `reachable` members of a club with mail, one without."""
    program = program_create(slug="thread", name="Thread & Tea", language=language)
    members = {role: make_member(program, role) for role in ROLES}
    for member in members.values():
        member.user.language = language
        member.user.save()
    Customer.unscoped.bulk_create(
        Customer(
            program=program,
            external_id=f"T{number:02d}",
            name=f"Guest {number:02d}",
            email=f"guest{number:02d}@example.com" if number < reachable else "",
            language=language,
            attributes={"club": "yes"},
        )
        for number in range(reachable + 1)
    )
    rule = {
        "match": "all",
        "conditions": [{"field": "attributes.club", "operator": "is", "value": "yes"}],
    }
    segment = segment_create(
        actor=Actor.system(program),
        code="club",
        name={"en": "Tea club", "ko": "차 모임"},
        rule=rule,
    )
    return Cast(program, {role: member.user.email for role, member in members.items()}, segment)


def link_of(mail: EmailMessage) -> str:
    """The path of the survey's link in a mail."""
    found = LINK.search(str(mail.body))
    assert found, mail.body
    return found.group(1)


def answer_over_http(path: str, **answers: str) -> None:
    """Open a link without a browser, send the answers, and see them taken."""
    client = Client()
    page = client.get(path).content.decode()
    sent = dict(HIDDEN.findall(page)) | answers | {"go": "next"}
    assert client.post(path, sent, follow=True).status_code == 200
