"""Text messages out, through a provider; to try it, into the folder one reads in the browser.

A provider is whatever takes one message and says what became of it (`Provider`). SOLAPI is the one
that is spoken here: https://docs.solapi.com, "단일 메시지" and "API Key 인증 방식".
"""

import hashlib
import hmac
import http.client
import secrets
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from cxportal.core.mail import outbox_write
from surveys.calc.delivery import Event
from surveys.calc.sms import is_long, number_normalised
from surveys.services.couriers import LOST_REPLY, NO_CONNECTION, CourierDownError, Outcome

SMS_HEADER = "X-Portal-Channel"


@dataclass(frozen=True, slots=True)
class Sms:
    """One text message; `reference` names its delivery in the provider's records."""

    to: str
    sender: str
    text: str
    reference: str = ""


class Provider(Protocol):
    """Takes single messages. `ready` raises CourierDownError; `carry` answers for one message."""

    def ready(self) -> None: ...

    def carry(self, message: Sms) -> Outcome: ...

    def close(self) -> None: ...


class FolderProvider:
    """Writes each message as a file beside the mails of a portal to try."""

    def ready(self) -> None:
        if not settings.TRYOUT:
            raise CourierDownError("SMS_PROVIDER is not set")

    def carry(self, message: Sms) -> Outcome:
        folder = Path(settings.OUTBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        shown = EmailMessage(
            subject=message.text.splitlines()[0][:80] if message.text else "",
            body=message.text,
            from_email=f"{number_normalised(message.sender) or 'sms'}@sms.invalid",
            to=[f"{number_normalised(message.to)}@sms.invalid"],
            headers={SMS_HEADER: "sms"},
        )
        outbox_write(folder, shown)
        return Outcome(Event.ACCEPTED)

    def close(self) -> None:
        return


class SolapiProvider:
    """SOLAPI's `POST /messages/v4/send`, over one kept connection."""

    def __init__(self) -> None:
        self._line: http.client.HTTPConnection | None = None

    def ready(self) -> None:
        if not (settings.SOLAPI_API_KEY and settings.SOLAPI_API_SECRET):
            raise CourierDownError("SOLAPI_API_KEY and SOLAPI_API_SECRET are not set")
        if self._line is not None:
            return
        try:
            self._line = self._connected()
        except OSError as error:
            self.close()
            raise CourierDownError(str(error)[:200]) from error

    def _connected(self) -> http.client.HTTPConnection:
        """The address is the operator's own setting, not a client's."""
        parts = urlsplit(settings.SOLAPI_URL)
        host, port, wait = parts.hostname or "", parts.port, float(settings.EMAIL_TIMEOUT)
        line: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            line = http.client.HTTPSConnection(host, port, timeout=wait, context=context)
        else:
            line = http.client.HTTPConnection(host, port, timeout=wait)
        line.connect()
        return line

    def carry(self, message: Sms) -> Outcome:
        sender = number_normalised(message.sender)
        if not number_normalised(message.to) or not sender:
            return Outcome(Event.REFUSED, bad_address=bool(sender), words="no number")
        outcome = self._exchange(message)
        if outcome is None:
            # The kept connection had ended: nothing was read of this message; once more.
            self.close()
            self.ready()
            outcome = self._exchange(message)
        return outcome or Outcome(Event.REFUSED_FOR_NOW, words=NO_CONNECTION)

    def _exchange(self, message: Sms) -> Outcome | None:
        assert self._line is not None
        head = {"Authorization": authorization(), "Content-Type": "application/json"}
        try:
            self._line.request("POST", "/messages/v4/send", solapi_body(message), head)
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        try:
            answer = self._line.getresponse()
            body = answer.read()
        except http.client.RemoteDisconnected:
            self.close()
            return None
        except (OSError, http.client.HTTPException):
            self.close()
            return Outcome(Event.REPLY_LOST, words=LOST_REPLY)
        return solapi_outcome(answer.status, body)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def authorization(*, date: str = "", salt: str = "") -> str:
    """SOLAPI's head: HMAC-SHA256 of date and salt under the secret; each one is used once."""
    date = date or timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    salt = salt or secrets.token_hex(16)
    key = settings.SOLAPI_API_SECRET.encode()
    signature = hmac.new(key, (date + salt).encode(), hashlib.sha256).hexdigest()
    return (
        f"HMAC-SHA256 apiKey={settings.SOLAPI_API_KEY}, date={date}, salt={salt},"
        f" signature={signature}"
    )


def solapi_body(message: Sms) -> bytes:
    """The request for one message; its kind by its length in EUC-KR."""
    told = {
        "to": number_normalised(message.to),
        "from": number_normalised(message.sender),
        "text": message.text,
        "type": "LMS" if is_long(message.text) else "SMS",
        "customFields": {"reference": message.reference},
    }
    return orjson.dumps({"message": told})


def solapi_outcome(status: int, body: bytes) -> Outcome:
    """What SOLAPI's answer means: code 2000 is taken, 4xx refused, everything else for now.

    403 is about our key and the clock, 402 and 429 about our account: a later try may succeed.
    """
    try:
        said = orjson.loads(body)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    code = str(said.get("statusCode") or said.get("errorCode") or status)
    words = f"{code} {said.get('statusMessage') or said.get('errorMessage') or ''}".strip()
    if 200 <= status < 300:
        taken = code.startswith("2")
        return Outcome(Event.ACCEPTED if taken else Event.REFUSED, words=words)
    if 400 <= status < 500 and status not in (401, 402, 403, 408, 429):
        return Outcome(Event.REFUSED, words=words)
    return Outcome(Event.REFUSED_FOR_NOW, words=words)


PROVIDERS: dict[str, type[Provider]] = {"folder": FolderProvider, "solapi": SolapiProvider}


def provider_make() -> Provider:
    """The provider the operator chose. Raises LookupError for one that is not known."""
    return PROVIDERS[settings.SMS_PROVIDER]()
