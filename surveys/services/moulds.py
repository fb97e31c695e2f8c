"""A mail built once per campaign and language, and poured per person.

Django writes one whole message for a specimen whose personal parts are marks no text contains; the
bytes between the marks are the same for everybody. What cannot be poured (a particle that follows
the name's last sound, marks torn by an encoding, an unusual name or address) is built by Django
again, message by message: slower, never different.
"""

import re
from dataclasses import dataclass, replace
from email.utils import formatdate
from html import escape
from typing import Any

from django.core.mail.message import forbid_multi_line_headers, sanitize_address

from cxportal.core.calc.korean import settle_particles
from surveys.calc.merge_tags import Target, merge, tags_in
from surveys.services.letters import Letter, Recipient
from surveys.services.mails import message_for
from surveys.services.wire import Poured, is_plain_address, on_the_wire

_MARKS = {
    "address": "xmarkaddress@xmark.invalid",
    "name": "Xmarknamex",
    "link": "https://xmark.invalid/linkx",
    "stop_link": "https://xmark.invalid/stopx",
    "message_id": "<xmark.id@xmark.invalid>",
    "date": "Xmarkdatex",
    "subject": "Xmarksubjectx",
}
_FIND = re.compile("(" + "|".join(re.escape(mark) for mark in _MARKS.values()) + ")")
_NAMES = {mark: name for name, mark in _MARKS.items()}
_HTML = "Content-Type: text/html"
_PLAIN_NAME = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\u2028\u2029.][^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,79}"
)
#: What a language that joins particles to words adds to a name, to see whether any depends on it.
_SOUNDS = ("Anna", "Xmarkn", "가", "각")


@dataclass(frozen=True, slots=True)
class Mould:
    """Bytes between the places of personal parts; `parts` alternate constant text and place."""

    sender: str
    subject: str
    parts: tuple[tuple[str, str], ...]

    def pour(self, letter: Letter, recipient: Recipient) -> Poured | None:
        """One person's message; None when it has to be built the long way.

        Raises ValueError or UnicodeError where an address cannot stand in a header.
        """
        address = recipient.address
        if not is_plain_address(address):
            address = sanitize_address(address, "utf-8")
        if not address.isascii() or "\r" in address or "\n" in address or "<" in address:
            return None
        values = {
            "address": address,
            "name": recipient.name,
            "name_html": escape(recipient.name),
            "link": recipient.link,
            "stop_link": recipient.stop_link,
            "message_id": recipient.message_id,
            "date": formatdate(),
            "subject": self._subject(letter, recipient),
        }
        text = "".join([values[part] if kind == "place" else part for kind, part in self.parts])
        return Poured(self.sender, address, text.encode())

    def _subject(self, letter: Letter, recipient: Recipient) -> str:
        if not self.subject:
            return ""
        values = {**letter.values, "name": recipient.name}
        merged = merge(self.subject, values, Target.HEADER)
        if letter.language == "ko":
            merged = settle_particles(merged)
        return str(forbid_multi_line_headers("Subject", merged, "utf-8")[1])


def mould_make(letter: Letter, *, named: bool) -> Mould | None:
    """The mould for people with a name, or for those without; None where none can be made."""
    if named and _depends_on_sound(letter):
        return None
    own_subject = "name" in tags_in(letter.subject)
    written = replace(letter, subject=_MARKS["subject"]) if own_subject else letter
    specimen = Recipient(
        address=_MARKS["address"],
        name=_MARKS["name"] if named else "",
        link=_MARKS["link"],
        stop_link=_MARKS["stop_link"],
        message_id=_MARKS["message_id"],
    )
    message = message_for(written, specimen)
    message.extra_headers["Date"] = _MARKS["date"]
    wire = on_the_wire(message.message().as_bytes())
    try:
        text = wire.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not _whole(message, text, named):
        return None
    sender = sanitize_address(message.from_email, "utf-8")
    return Mould(sender, letter.subject if own_subject else "", _parts(text))


def can_be_poured(recipient: Recipient) -> bool:
    """Whether a name is plain enough to stand anywhere in a message as it is."""
    return not recipient.name or bool(_PLAIN_NAME.fullmatch(recipient.name))


def _depends_on_sound(letter: Letter) -> bool:
    """Whether some Korean particle is chosen by the name before it."""
    if letter.language != "ko":
        return False
    for text in (letter.text, letter.html):
        forms = set()
        for name in _SOUNDS:
            settled = settle_particles(merge(text, {**letter.values, "name": name}, Target.TEXT))
            forms.add(settled.replace(name, ""))
        if len(forms) > 1:
            return True
    return False


def _whole(message: Any, text: str, named: bool) -> bool:
    """Whether every mark of the two bodies is found on the wire, torn by no encoding."""
    html = str(message.alternatives[0][0])
    names = ("link", "stop_link", *(("name",) if named else ()))
    for name in names:
        mark = _MARKS[name]
        head = 1 if name == "stop_link" else 0  # the unsubscribing header
        if text.count(mark) != message.body.count(mark) + html.count(mark) + head:
            return False
    return True


def _parts(text: str) -> tuple[tuple[str, str], ...]:
    parts, in_html = [], False
    for piece in _FIND.split(text):
        name = _NAMES.get(piece)
        if name is None:
            in_html = in_html or _HTML in piece
            parts.append(("text", piece))
        else:
            parts.append(("place", "name_html" if in_html and name == "name" else name))
    return tuple(parts)
