"""What comes back to a mailbox: delivery reports (RFC 3464) and complaints (RFC 5965), read."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

BOUNCED, COMPLAINED = "bounced", "complained"
_MOST_BYTES = 1_000_000
_ID = re.compile(r"<[^<>\s]{3,300}>")


@dataclass(frozen=True, slots=True)
class Returned:
    """One message that came back: why, which one (its Message-ID), to whom, the status "5.1.1"."""

    kind: str
    message_id: str
    recipient: str
    status: str = ""
    words: str = ""

    @property
    def for_good(self) -> bool:
        """Whether the address itself is at fault: 5.1.x, 5.2.1 (RFC 3463)."""
        return self.status.startswith("5.1.") or self.status == "5.2.1"


def returned_read(raw: bytes) -> list[Returned]:
    """The messages a report speaks of; none for any other mail, for delays and for successes."""
    if len(raw) > _MOST_BYTES:
        raw = raw[:_MOST_BYTES]
    message = message_from_bytes(raw, policy=policy.default)
    if not isinstance(message, EmailMessage) or message.get_content_type() != "multipart/report":
        return []
    kind = str(message.get_param("report-type", "") or "").lower()
    original = _original_id(message)
    if kind == "feedback-report":
        return [Returned(COMPLAINED, original, _recipient_of_complaint(message))]
    return [
        Returned(BOUNCED, original, recipient, status, words)
        for recipient, status, words in _failures(message)
    ]


def _parts(message: EmailMessage, kind: str) -> list[str]:
    found = []
    for part in message.walk():
        if part.get_content_type() == kind:
            inner = part.get_payload()
            texts = inner if isinstance(inner, list) else [part]
            found += [str(one) if isinstance(inner, list) else str(inner) for one in texts]
    return found


def _failures(message: EmailMessage) -> list[tuple[str, str, str]]:
    """(recipient, status, what the server said) of each recipient that failed."""
    failures = []
    for block in "\n\n".join(_parts(message, "message/delivery-status")).split("\n\n"):
        fields = _fields(block)
        if fields.get("action", "").lower() == "failed":
            recipient = fields.get("final-recipient") or fields.get("original-recipient", "")
            said = fields.get("diagnostic-code", "").partition(";")[2].strip()
            status = fields.get("status", "").split(" ")[0]
            failures.append((recipient.partition(";")[2].strip().lower(), status, said[:200]))
    return failures


def _fields(block: str) -> dict[str, str]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", block)
    pairs = (line.partition(":") for line in unfolded.splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, _colon, value in pairs}


def _original_id(message: EmailMessage) -> str:
    """The Message-ID of the message the report is about, from its copy or its headers."""
    for kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
        for text in _parts(message, kind):
            for line in re.sub(r"\r?\n[ \t]+", " ", text).splitlines():
                if line.lower().startswith("message-id:"):
                    found = _ID.search(line)
                    return found.group(0) if found else ""
    return ""


def _recipient_of_complaint(message: EmailMessage) -> str:
    for text in _parts(message, "message/feedback-report"):
        address = _fields(text).get("original-rcpt-to", "")
        if address:
            return parseaddr(address)[1].lower()
    return ""
