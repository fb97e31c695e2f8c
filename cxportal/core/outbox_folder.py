"""Reads the folder of mails that OutboxFolderBackend writes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

FOLDER_BACKEND = "cxportal.core.mail.OutboxFolderBackend"
_NAME = re.compile(r"(\d{8}-\d{6}-\d{6})-[0-9a-f]{8}", re.ASCII)
_TIME = "%Y%m%d-%H%M%S-%f"


@dataclass(frozen=True)
class Mail:
    """One message; `name` is its file's without the ending, `at` when it was written (UTC)."""

    name: str
    at: datetime
    subject: str
    sender: str
    to: str
    message: EmailMessage

    @property
    def html(self) -> str:
        return _part(self.message, "html")

    @property
    def text(self) -> str:
        return _part(self.message, "plain")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]


def outbox_is_shown() -> bool:
    """Only in a portal to try, whose mails go to the folder."""
    return bool(settings.TRYOUT) and settings.EMAIL_BACKEND == FOLDER_BACKEND


def mails_newest(*, before: str = "", count: int = 50, search: str = "") -> list[Mail]:
    """Up to `count` mails, newest first, behind the name `before`, whose head holds `search`."""
    found: list[Mail] = []
    for path in _files(before):
        mail = _read(path)
        if search.casefold() in f"{mail.subject} {mail.to}".casefold():
            found.append(mail)
        if len(found) == count:
            break
    return found


def mails_forget(marks: Sequence[str]) -> None:
    """Delete the mails of the folder in which one of the marks stands, head and body."""
    if settings.EMAIL_BACKEND != FOLDER_BACKEND:
        return
    for path in _files(""):
        mail = _read(path)
        said = " ".join([mail.subject, mail.to, mail.sender, mail.text, mail.html])
        if any(mark in said for mark in marks):
            path.unlink(missing_ok=True)


def mail_named(name: str) -> Mail | None:
    """One mail; None for a name that is not ours or a file that is gone."""
    path = Path(settings.OUTBOX_DIR) / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    return _read(path)


def _files(before: str) -> Iterator[Path]:
    folder = Path(settings.OUTBOX_DIR)
    names = sorted((p.stem for p in folder.glob("*.eml") if _NAME.fullmatch(p.stem)), reverse=True)
    return (folder / f"{name}.eml" for name in names if not before or name < before)


def _read(path: Path) -> Mail:
    with path.open("rb") as file:
        message = message_from_binary_file(file, policy=policy.default)
    moment = datetime.strptime(path.stem[:22], _TIME).replace(tzinfo=UTC)
    return Mail(
        name=path.stem,
        at=moment,
        subject=str(message["subject"] or ""),
        sender=_names(message, "from"),
        to=_names(message, "to"),
        message=message,
    )


def _names(message: EmailMessage, header: str) -> str:
    value = message[header]
    addresses: tuple[Address, ...] = getattr(value, "addresses", ())
    return ", ".join(str(address) for address in addresses) or str(value or "")


def _part(message: EmailMessage, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() == f"text/{kind}":
            return str(part.get_content())
    return ""
