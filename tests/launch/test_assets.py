"""The browser libraries: only the named files are found, and they bring no broken references."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from cxportal.launch import assets
from cxportal.launch.assets import SERVED, NodeModulesFinder

STYLE = "vendor/bootstrap/bootstrap.min.css"


def test_every_served_file_is_installed() -> None:
    found = {name for name, _storage in NodeModulesFinder().list([])}
    assert found == set(SERVED)


def test_served_file_is_found_by_its_short_name() -> None:
    path = finders.find(STYLE)
    assert isinstance(path, str)
    assert path.endswith("node_modules/bootstrap/dist/css/bootstrap.min.css")


@pytest.mark.parametrize(
    "name", ["vendor/bootstrap/package.json", "vendor/../package.json", "css/none.css"]
)
def test_other_files_are_not_found(name: str) -> None:
    assert NodeModulesFinder().find(name) == []


def test_collected_style_names_no_source_map() -> None:
    storage = NodeModulesFinder().storage
    assert b"sourceMappingURL" in Path(storage.path(STYLE)).read_bytes()
    with storage.open(STYLE) as file:
        content = file.read()
    assert b"sourceMappingURL" not in content
    assert len(content) > 200_000


def test_nothing_is_listed_where_nothing_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "NODE_MODULES", tmp_path)
    finder = NodeModulesFinder()
    assert list(finder.list([])) == []
    assert finder.find(STYLE) == []
    assert finder.find(STYLE, find_all=True) == []
