"""Text messages: how long they are on a Korean network, and the night in which none may come."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from surveys.calc.schedules import quiet_until

#: A short message holds 90 bytes of KS X 1001 (EUC-KR), a long one 2,000.
SHORT_BYTES, LONG_BYTES = 90, 2_000
#: Network Act, article 50(3): no advertising between nine in the evening and eight in the morning
#: without a consent of its own. Surveys keep the same hours: nobody is woken by a question.
NIGHT = (time(21), time(8))
#: Network Act, article 50(4): these exact characters stand first in advertising.
ADVERTISING_MARK = "(광고)"


def sms_bytes(text: str) -> int:
    """Length as the network counts it; what EUC-KR cannot write takes a question mark's byte."""
    return len(text.encode("euc-kr", errors="replace"))


def is_long(text: str) -> bool:
    """Whether it goes out as a long message (LMS)."""
    return sms_bytes(text) > SHORT_BYTES


def night_over(now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the night that `now` lies in is over (UTC); None by day."""
    return quiet_until(now, zone, *NIGHT)


def number_normalised(number: str) -> str:
    """Digits only; a Korean number with its country code as it is dialled at home."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    if digits.startswith("+82"):
        return "0" + digits.removeprefix("+82").removeprefix("0")
    return digits.replace("+", "")
