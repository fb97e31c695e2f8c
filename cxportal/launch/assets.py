"""The few files of ``node_modules/`` that are served, under ``vendor/<package>/<file>``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from .environment import ROOT

NODE_MODULES = ROOT / "node_modules"
SERVED: Mapping[str, str] = MappingProxyType(
    {
        "vendor/bootstrap/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
        "vendor/bootstrap/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
        "vendor/bootstrap-icons/bootstrap-icons.svg": "bootstrap-icons/bootstrap-icons.svg",
        "vendor/sortablejs/sortable.min.js": "sortablejs/Sortable.min.js",
        "vendor/sortablejs/sortable.esm.js": "sortablejs/modular/sortable.esm.js",
        "vendor/tom-select/tom-select.min.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
        "vendor/tom-select/tom-select.min.js": "tom-select/dist/js/tom-select.complete.min.js",
        "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
        "vendor/echarts/lang-ko.js": "echarts/i18n/langKO.js",
    }
)
# Read by the portal itself to write PDF, never served.
FONTS: Mapping[str, str] = MappingProxyType(
    {
        "regular": "pretendard/dist/public/static/alternative/Pretendard-Regular.ttf",
        "bold": "pretendard/dist/public/static/alternative/Pretendard-SemiBold.ttf",
    }
)
TEXT_SUFFIXES = frozenset({".css", ".js"})
# The maps are not served, so a line that points at one would break collecting and debuggers.
_MAP_LINE = re.compile(rb"^(?://|/\*)# sourceMappingURL=.*$", re.MULTILINE)


def font_file(weight: str) -> Path:
    """Where the font of PDF documents stands ("regular" or "bold"); it may be missing."""
    return NODE_MODULES / FONTS[weight]


class NodeModulesStorage(FileSystemStorage):
    """Reads the served names from the packages they come from."""

    prefix = ""

    def __init__(self, folder: Path) -> None:
        super().__init__(location=folder)

    def path(self, name: str) -> str:
        """Path of a served file in ``node_modules``. Raises ``KeyError`` for any other."""
        return str(Path(self.location) / SERVED[name])

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        content = Path(self.path(name)).read_bytes()
        if Path(name).suffix in TEXT_SUFFIXES:
            content = _MAP_LINE.sub(b"", content)
        return ContentFile(content, name=name)


class NodeModulesFinder(BaseFinder):
    """Finds the served files; none where the browser libraries are not installed."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = NodeModulesStorage(NODE_MODULES)
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> str | list[str]:  # type: ignore[override]
        """Path of ``path``, as a list when all are wanted; ``[]`` when it is not ours."""
        if path not in SERVED or not self.storage.exists(path):
            return []
        found = self.storage.path(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Give each served file that is installed, with the storage that reads it."""
        return ((name, self.storage) for name in SERVED if self.storage.exists(name))
