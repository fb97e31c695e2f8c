"""The Makefile and the locks: what a newcomer meets before anything is installed."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cxportal.launch.environment import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-installer.txt")


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_too_old_a_python_is_told_with_the_way_out(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    done = make(tmp_path, "setup", "PYTHON=false")
    assert done.returncode == 2
    assert "needs Python 3.11 or newer" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]


@pytest.mark.parametrize("target", ["run", "test", "bench", "torture", "lint", "format", "lock"])
def test_help_lists_every_command(target: str) -> None:
    assert f"make {target} " in make(ROOT, "help").stdout


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_its_hashes_and_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"^[a-zA-Z0-9][^\n]*==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
    lines = re.findall(r"^[a-zA-Z0-9-][^\n]*$", text, re.MULTILINE)
    assert len(pins) == len(lines) > 0
    assert "http" not in re.sub(r"httpx|httpcore|httptools", "", re.sub(r"#.*|^\w.*", "", text))


def test_run_pins_cover_the_oldest_python() -> None:
    assert re.search(r"^async-timeout==.*python_full_version < '3\.11\.3'", _lock(), re.MULTILINE)


def test_browser_lock_has_hashes_and_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    libraries = {name: entry for name, entry in packages.items() if name}
    assert all(entry["integrity"].startswith("sha512-") for entry in libraries.values())
    assert not any("resolved" in entry for entry in libraries.values())


def _lock() -> str:
    return (ROOT / "requirements.txt").read_text()
