"""All-day events as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_FOLD = 75  # octets a line may have


@dataclass(frozen=True)
class Day:
    """One all-day event; `uid` stays the same over all downloads."""

    uid: str
    on: date
    title: str
    url: str = ""
    detail: str = ""


def calendar(name: str, days: Iterable[Day], made_at: datetime) -> bytes:
    """The file. Lines end in CRLF and are folded by octets, never inside a character."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//CX Portal//Actions//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for day in days:
        lines += _event(day, made_at)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(day: Day, made_at: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{day.uid}",
        f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(day.title)}",
    ]
    if day.detail:
        lines.append(f"DESCRIPTION:{_text(day.detail)}")
    if day.url:
        lines.append(f"URL:{day.url}")
    return [*lines, "TRANSP:TRANSPARENT", "END:VEVENT"]


def _text(value: str) -> str:
    plain = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> bytes:
    parts: list[bytes] = []
    current = b""
    for character in line:
        octets = character.encode()
        if len(current) + len(octets) > _FOLD - bool(parts):
            parts.append(current)
            current = b""
        current += octets
    return b"\r\n ".join([*parts, current]) + b"\r\n"
