"""Mail of a portal to try: every message becomes a file one can read in the browser."""

from collections.abc import Sequence
from email.generator import BytesGenerator
from email.policy import SMTP
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class OutboxFolderBackend(BaseEmailBackend):
    """Writes each message as one .eml under settings.OUTBOX_DIR, by rename, never half."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.OUTBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            outbox_write(folder, message)
        return len(email_messages)


def outbox_write(folder: Path, message: EmailMessage) -> Path:
    """Write one message; the name sorts by time."""
    name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid4().hex[:8]}"
    part = folder / f".{name}.part"
    with part.open("wb") as file:
        BytesGenerator(file, policy=SMTP).flatten(message.message())
    return part.rename(folder / f"{name}.eml")
