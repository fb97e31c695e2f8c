"""What made files and tables depend on, as short digests: unchanged means nothing to do."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from .environment import ROOT, VAR

ROOMS = ("cxportal", "surveys", "journeys", "loyalty")
LIBRARIES = (ROOT / "requirements.txt", ROOT / "package-lock.json")


def static_sources() -> list[Path]:
    """The files collected and served: ours, and the locks that name everyone else's."""
    return [*(ROOT / "static").rglob("*"), *LIBRARIES, ROOT / "cxportal" / "launch" / "assets.py"]


def catalogue_sources() -> list[Path]:
    """The Korean catalogues, and what the compiler made of them."""
    return [*(ROOT / "locale").rglob("*.po"), *(ROOT / "locale").rglob("*.mo")]


def migration_sources() -> list[Path]:
    """The portal's migrations and the lock that decides the libraries' own."""
    found = [path for room in ROOMS for path in (ROOT / room).rglob("migrations/*.py")]
    return [*found, ROOT / "requirements.txt"]


def digest_of(paths: Iterable[Path], *words: str) -> str:
    """Digest names, sizes and times of change of ``paths``, and ``words``."""
    sha = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        if path.is_file():
            stat = path.stat()
            sha.update(f"{path.relative_to(ROOT)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return sha.hexdigest()


def stamp_matches(name: str, digest: str) -> bool:
    """Tell whether the work ``name`` was last done for ``digest``."""
    path = _stamp(name)
    return path.exists() and path.read_text() == digest


def stamp_set(name: str, digest: str) -> None:
    """Note that the work ``name`` is done for ``digest``."""
    _stamp(name).parent.mkdir(parents=True, exist_ok=True)
    _stamp(name).write_text(digest)


def _stamp(name: str) -> Path:
    return VAR / "stamps" / name
