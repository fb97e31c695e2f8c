"""The mailbox bounces come to, read by IMAP: BOUNCE_IMAP_URL=imaps://user:password@host/INBOX."""

import imaplib
from urllib.parse import unquote, urlsplit

from django.conf import settings

from surveys.services.returns import report_take

_MOST_AT_ONCE = 500


def mailbox_empty() -> int:
    """Take in what lies in the mailbox and mark it as read; returns how many were ours.

    A report is marked only after it was taken in; taken twice it changes nothing.
    """
    parts = urlsplit(settings.BOUNCE_IMAP_URL)
    if not parts.hostname:
        return 0
    open_mailbox = imaplib.IMAP4_SSL if parts.scheme == "imaps" else imaplib.IMAP4
    with open_mailbox(
        parts.hostname, parts.port or (993 if parts.scheme == "imaps" else 143)
    ) as box:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        box.select(parts.path.strip("/") or "INBOX")
        _kind, found = box.search(None, "UNSEEN")
        return sum(_take(box, number) for number in found[0].split()[:_MOST_AT_ONCE])


def _take(box: imaplib.IMAP4, number: bytes) -> int:
    _kind, data = box.fetch(number.decode(), "(BODY.PEEK[])")
    taken = sum(report_take(part[1]) for part in data if isinstance(part, tuple))
    box.store(number.decode(), "+FLAGS", "\\Seen")
    return taken
