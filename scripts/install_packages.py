"""Bring the packages of requirement files into the environment this runs in.

Usage: ``.venv/bin/python scripts/install_packages.py [--optional] requirements.txt [more.txt …]``.
With ``--optional`` only ready wheels are taken, and a machine without them goes on with a word
about it. Knows only the standard library. uv does the work, told what pip is configured with;
where uv cannot, pip does. Nothing is done when the same files were installed before; two calls at
once wait for each other.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Optional parts are taken ready-made; the Korean model is pure data and comes as source only.
_READY = ["--only-binary", ":all:", "--no-binary", "kiwipiepy-model"]
INSTALLER = ROOT / "requirements-installer.txt"
LOCAL_CACHE = ROOT / "var" / "cache"


def main(names: list[str]) -> int:
    """Install the named files; give the exit status."""
    optional, names = "--optional" in names, [name for name in names if name != "--optional"]
    files = [ROOT / name for name in names]
    environment = Path(sys.prefix)
    if environment == Path(sys.base_prefix):
        print("Run me with a virtual environment's Python.", file=sys.stderr)
        return 2
    with (environment / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = environment / f"installed-{'-'.join(path.stem for path in files)}"
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
        if stamp.exists() and stamp.read_text() == digest:
            return 0
        print(f"Installing {', '.join(names)} …", flush=True)
        status = _install(files, _READY if optional else [])
        if status and not optional:
            return status
        if status:
            print(f"No wheels here for {', '.join(names)}: the portal goes without.", flush=True)
        stamp.write_text(digest)
    return 0


def _install(files: list[Path], more: list[str]) -> int:
    requirements = [*more, *(part for path in files for part in ("-r", str(path)))]
    settings = _environment()
    if importlib.util.find_spec("pip") is None:  # the environment's making was interrupted
        _runs([sys.executable, "-m", "ensurepip"], settings)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if _runs([*pip, "--require-hashes", "-r", str(INSTALLER)], settings):
        uv = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable]
        options = ["--quiet", "--require-hashes", "--compile-bytecode"]
        if _runs([*uv, *options, *requirements], settings | _uv_settings()):
            return 0
    print("uv could not install; pip takes over.", file=sys.stderr, flush=True)
    return 0 if _runs([*pip, "--require-hashes", *requirements], settings) else 1


def _runs(command: list[str], settings: dict[str, str]) -> bool:
    return subprocess.run(command, check=False, env=settings).returncode == 0


def _environment() -> dict[str, str]:
    """The environment, with caches under ``var/`` for an account whose home cannot be written."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home())
    settings = dict(os.environ)
    if not os.access(home, os.W_OK):
        settings["XDG_CACHE_HOME"] = str(LOCAL_CACHE)
    return settings


def _uv_settings() -> dict[str, str]:
    """What pip is configured with, in uv's words; what is set for uv itself stays."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        check=False,
        capture_output=True,
        text=True,
    )
    pip: dict[str, str] = {}
    for line in asked.stdout.splitlines():
        key, _, value = line.partition("=")
        # :env:.find-links comes before global.find-links and counts more, as in pip
        pip.setdefault(key.rpartition(".")[2], value.strip("'\""))
    wanted = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": pip.get("extra-index-url", ""),
        "UV_FIND_LINKS": pip.get("find-links", "").replace(" ", ","),
        "SSL_CERT_FILE": pip.get("cert", ""),
        # every pin carries its hashes, so it may come from any of the indexes
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_LINK_MODE": "copy" if not os.access(Path.home(), os.W_OK) else "",
    }
    return {name: value for name, value in wanted.items() if value and name not in os.environ}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
