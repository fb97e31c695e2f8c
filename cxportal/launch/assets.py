"""Browser libraries from node_modules."""

from typing import Any

from django.contrib.staticfiles.finders import BaseFinder


class NodeModulesFinder(BaseFinder):
    """Finds the few files of node_modules that pages use."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        return []

    def list(self, ignore_patterns: Any) -> Any:
        return []
