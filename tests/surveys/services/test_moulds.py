"""A poured mail is the mail Django would have built, part by part."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from cxportal.core.actors import Actor
from surveys.models import Campaign
from surveys.services.letters import Recipient
from surveys.services.mails import letter_make, message_for
from surveys.services.moulds import can_be_poured, mould_make
from surveys.services.wire import on_the_wire
from tests.surveys.campaign_cast import make_campaign

pytestmark = pytest.mark.django_db
NAMES = ["Kim Minji", "김민지", "", "O'Brien & <Sons>", "1", "{{link}}", "Xavier"]


def person(name: str, **values: str) -> Recipient:
    return Recipient(
        address=values.get("address", "kim@example.com"),
        name=name,
        link="https://cx.example/s/abc/",
        stop_link="https://cx.example/u/9-def/",
        message_id="<d9.abc@cx.example>",
    )


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def as_told(message: EmailMessage) -> dict[str, Any]:
    """Headers and bodies, without what differs from message to message by chance."""
    heads = {k: str(v) for k, v in message.items() if k not in ("Date", "Content-Type")}
    bodies = [p.get_content() for p in message.walk() if not p.is_multipart()]
    return {"heads": heads, "bodies": bodies}


def campaign_with(actor: Actor, **texts: Any) -> Campaign:
    return make_campaign(actor, **texts)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"subject": {"en": "Hi {{name|you}}", "ko": "{{name|고객}}님께"}},
        {"body": {"en": ".dot\nLine {{name}}\n.", "ko": "{{name}}님\n.\n끝"}},
    ],
)
def test_pouring_and_building_give_the_same_mail(
    system: Actor, language: str, name: str, texts: dict[str, Any]
) -> None:
    letter = letter_make(campaign_with(system, **texts), language)
    recipient = person(name)
    assert can_be_poured(recipient)
    mould = mould_make(letter, named=bool(name))
    assert mould is not None
    poured = mould.pour(letter, recipient)
    assert poured is not None
    built = on_the_wire(message_for(letter, recipient).message().as_bytes())
    assert as_told(read(poured.body)) == as_told(read(built))
    assert poured.recipient == "kim@example.com"


def test_a_particle_that_follows_the_name_is_built_the_long_way(system: Actor) -> None:
    campaign = campaign_with(system, body={"ko": "{{name}}은(는) 어떠셨어요?"})
    letter = letter_make(campaign, "ko")
    assert mould_make(letter, named=True) is None
    assert mould_make(letter, named=False) is not None


@pytest.mark.parametrize("name", ["a\r\nBcc: x@example.com", ".dots", "x" * 200, "a\x00b"])
def test_an_unusual_name_is_built_the_long_way(name: str) -> None:
    assert not can_be_poured(person(name))


@pytest.mark.parametrize(
    "address", ["kim@example.com\r\nBcc: x@example.com", "no address", "@", ""]
)
def test_a_bad_address_is_refused_or_built_the_long_way(system: Actor, address: str) -> None:
    letter = letter_make(campaign_with(system), "en")
    mould = mould_make(letter, named=True)
    assert mould is not None
    try:
        poured = mould.pour(letter, person("Kim", address=address))
    except (ValueError, UnicodeError, IndexError):
        return
    assert poured is None or "\n" not in poured.recipient


def test_every_message_of_a_mould_has_lines_a_server_takes(system: Actor) -> None:
    for language in ("en", "ko"):
        letter = letter_make(campaign_with(system), language)
        mould = mould_make(letter, named=True)
        assert mould is not None
        poured = mould.pour(letter, person("가" * 80))
        assert poured is not None
        assert max(len(line) for line in poured.body.splitlines()) <= 998
