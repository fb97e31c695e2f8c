"""What a file may cost, checked before it is parsed; and which kind of file it is.

Sizes are far above real surveys and far below what would hurt: the largest survey seen has
half a megabyte.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_MEMBERS = 200
MAX_RATIO = 200
_SMALL = 1024 * 1024  # ratios are not looked at below this size
_CHUNK = 256 * 1024
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OTHERS = {
    b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF",
    b"\x1f\x8b": "GZIP", b"Rar!": "RAR", b"7z\xbc\xaf": "7Z", b"\x7fELF": "ELF", b"MZ": "EXE",
    b"BZh": "BZIP2",
}  # fmt: skip
_DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}encoding=["']([A-Za-z0-9._-]{1,40})["']""")


class Unreadable(ValueError):
    """The file as a whole is refused: `code` says why, `place` where, `params` the figures."""

    def __init__(self, code: str, place: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.place = place
        self.params: dict[str, Any] = params


def check_size(content: bytes) -> None:
    """Raises Unreadable "empty", "too_large", "other_format"."""
    if not content.strip(b"\x00 \t\r\n"):
        raise Unreadable("empty")
    if len(content) > MAX_BYTES:
        raise Unreadable("too_large", megabytes=MAX_BYTES // 1024 // 1024)
    for start, name in _OTHERS.items():
        if content.startswith(start):
            raise Unreadable("other_format", format=name)


def decoded(content: bytes) -> str:
    """The text of a file by its byte-order mark or declaration, else UTF-8, else CP949.

    Raises Unreadable "encoding" with the line, "nul" for binary content.
    """
    text = _decoded(content)
    if "\x00" in text:
        raise Unreadable("nul", place=f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}")
    return text


def _decoded(content: bytes) -> str:
    candidates = ["utf-8-sig"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif declared := _DECLARED.match(content.lstrip()[:400]):
        named = declared[1].decode("ascii").lower()
        candidates = [named if named not in ("utf-8", "utf8") else "utf-8-sig"]
    else:
        candidates.append("cp949")
    line = 1
    for encoding in candidates:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == candidates[0]:
                line = content.count(b"\n", 0, error.start) + 1
        except LookupError as error:
            raise Unreadable("encoding", place="line 1", encoding=encoding) from error
    raise Unreadable("encoding", place=f"line {line}", encoding=candidates[0].removesuffix("-sig"))


def unpacked(content: bytes) -> dict[str, bytes]:
    """All members of a zip by name, read with limits and checked sums.

    Raises Unreadable "not_zip", "zip_members", "zip_path", "zip_bomb", "zip_encrypted".
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return dict(_members(archive, len(content)))
    except Unreadable:
        raise
    except Exception as error:  # BadZipFile, zlib.error and what else a broken archive provokes
        raise Unreadable("not_zip") from error


def _members(archive: zipfile.ZipFile, packed: int) -> Iterator[tuple[str, bytes]]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise Unreadable("zip_members", most=MAX_MEMBERS)
    said = sum(info.file_size for info in infos)
    if said > MAX_UNPACKED or (said > _SMALL and said > packed * MAX_RATIO):
        raise Unreadable("zip_bomb", megabytes=MAX_UNPACKED // 1024 // 1024)
    left = MAX_UNPACKED
    for info in infos:
        if info.is_dir():
            continue
        _refuse_path(info.filename)
        if info.flag_bits & 1:
            raise Unreadable("zip_encrypted", place=info.filename[:100])
        data = bytearray()
        with archive.open(info) as member:
            while chunk := member.read(_CHUNK):
                data += chunk
                left -= len(chunk)
                if left < 0:
                    raise Unreadable("zip_bomb", megabytes=MAX_UNPACKED // 1024 // 1024)
        yield info.filename, bytes(data)


def _refuse_path(name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\x00" in name:
        raise Unreadable("zip_path", place=name[:100])
