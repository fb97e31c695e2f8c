"""Catalogues of the portal's own sentences: extract, compile, check; gettext is not needed.

Each room keeps its Korean in `locale/<room>/ko/LC_MESSAGES/django.po`.
"""

import fcntl
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOMS: dict[str, tuple[str, ...]] = {
    "core": (
        "cxportal/core",
        "cxportal/settings.py",
        "templates/base.html",
        "templates/public_base.html",
        "templates/core",
        "templates/components",
        "templates/errors",
        "templates/account",
        "templates/mfa",
        "templates/socialaccount",
        "templates/mail",
        "templates/admin",
        "templates/allauth",
    ),
    "surveys": ("surveys", "templates/surveys"),
    "journeys": ("journeys", "templates/journeys"),
    "loyalty": ("loyalty", "templates/loyalty", "templates/steering"),
    "cxportal": ("cxportal/home", "cxportal/api", "cxportal/launch", "templates/home"),
}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "translate_noop": None,
    "gettext_noop": None,
}
LANGUAGES = ("ko",)
Message = tuple[str | tuple[str, str], str | None]


def catalogue_path(room: str, language: str) -> Path:
    """Where a room keeps its sentences in one language."""
    return Path(settings.BASE_DIR) / "locale" / room / language / "LC_MESSAGES" / "django.po"


def messages_of(room: str) -> dict[Message, list[tuple[str, int]]]:
    """Every sentence a room's code and templates ask for, with where it stands."""
    found: dict[Message, list[tuple[str, int]]] = {}
    for path in _files(room):
        shown = str(path.relative_to(settings.BASE_DIR))
        for line, ids, context in _extract(path):
            found.setdefault((ids, context), []).append((shown, line))
    return found


def _files(room: str) -> Iterator[Path]:
    for entry in ROOMS[room]:
        path = Path(settings.BASE_DIR) / entry
        if path.is_file():
            yield path
        elif path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.suffix in {".py", ".html", ".txt"})
            yield from (p for p in files if "migrations" not in p.parts)


def _extract(path: Path) -> Iterator[tuple[int, str | tuple[str, str], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix in {".html", ".txt"}:
        # templatize answers Python-like text; its lines must not look like indented code.
        source = re.sub(r"(?m)^[ \t]+", "", templatize(source))
    stream = io.BytesIO(source.encode())
    for line, ids, _comments, context in extract("python", stream, keywords=KEYWORDS):
        yield line, ids if isinstance(ids, str) else (str(ids[0]), str(ids[1])), context


def catalogue_update(room: str) -> int:
    """Add sentences that are missing and drop those nobody asks for; returns how many are new."""
    new = 0
    for language in LANGUAGES:
        with catalogue_lock(room):
            new += _update(room, language)
    return new


def _update(room: str, language: str) -> int:
    new = 0
    old = catalogue_read(room, language)
    fresh = Catalog(
        locale=language,
        project="CX portal",
        charset="utf-8",
        # An update without news leaves the file as it is.
        creation_date=old.creation_date,
    )
    for (ids, context), places in sorted(messages_of(room).items(), key=lambda m: m[1]):
        known = old.get(_id(ids), context)
        known_string = known.string if known else ""
        new += 0 if known else 1
        # Without line numbers: a line more above changes no catalogue.
        where: Any = [(p, None) for p, _ in places[:1]]
        fresh.add(ids, known_string, locations=where, context=context)
    _write(room, language, fresh)
    return new


def _id(ids: str | tuple[str, ...] | list[str]) -> str:
    return ids if isinstance(ids, str) else ids[0]


def catalogue_read(room: str, language: str) -> Catalog:
    """The stored catalogue, or an empty one."""
    path = catalogue_path(room, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def catalogue_fill(room: str, language: str, sentences: dict[str, str]) -> int:
    """Set translations of sentences the room has; returns how many were set.

    A word with a context of its own is filled once and then left alone: “Owner” of a record is
    not the role.
    """
    with catalogue_lock(room):
        catalogue = catalogue_read(room, language)
        filled = 0
        for message in catalogue:
            text = sentences.get(_id(message.id)) if message.id else None
            if text and not (message.context and message.string):
                message.string = (text,) if isinstance(message.id, tuple | list) else text
                filled += 1
        _write(room, language, catalogue)
    return filled


@contextmanager
def catalogue_lock(room: str) -> Iterator[None]:
    """One writer of a room's catalogue at a time."""
    path = catalogue_path(room, LANGUAGES[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _write(room: str, language: str, catalogue: Catalog) -> None:
    path = catalogue_path(room, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, omit_header=False, include_lineno=False)


def catalogues_compile() -> int:
    """Write the .mo file beside each .po that changed; returns how many were written."""
    written = 0
    for room in ROOMS:
        for language in LANGUAGES:
            source = catalogue_path(room, language)
            target = source.with_suffix(".mo")
            if not source.exists():
                continue
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with target.open("wb") as file:
                write_mo(file, catalogue_read(room, language))
            written += 1
    return written


def catalogue_problems(room: str) -> list[str]:
    """Sentences without Korean, and those whose placeholders differ from the English."""
    problems = []
    for language in LANGUAGES:
        catalogue = catalogue_read(room, language)
        for (ids, context), places in messages_of(room).items():
            message = catalogue.get(_id(ids), context)
            where = f"{places[0][0]}:{places[0][1]} “{_id(ids)[:60]}”"
            if message is None or not any(_strings(message.string)):
                problems.append(f"{where}: not in {language}")
            elif message.fuzzy:
                problems.append(f"{where}: marked fuzzy in {language}")
            else:
                problems += _placeholder_problems(ids, message.string, where)
    return problems


def _strings(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(v) for v in value or ()]  # type: ignore[attr-defined]


def _placeholder_problems(ids: str | tuple[str, str], string: object, where: str) -> list[str]:
    wanted = set(_placeholders(ids if isinstance(ids, str) else ids[1]))
    return [
        f"{where}: placeholders differ"
        for text in _strings(string)
        if text and set(_placeholders(text)) != wanted
    ]


def _placeholders(text: str) -> list[str]:
    return re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text)
