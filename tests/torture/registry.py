"""Finds the probes: every module here named f…_ or s…_ with FAULT and run(size) -> Line."""

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.torture.line import Line

_PROBE = re.compile(r"[fs]\d*_\w+")
_NUMBER = re.compile(r"(\D+)(\d+)")


@dataclass(frozen=True)
class Probe:
    """One fault of SAFETY's table; `run` gets "ci" or "full"."""

    fault: str
    run: Callable[[str], Line]


def probes() -> list[Probe]:
    """All probes, F before S, each by its number."""
    found = []
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if _PROBE.fullmatch(module.name):
            loaded = importlib.import_module(f"tests.torture.{module.name}")
            found.append(Probe(loaded.FAULT, loaded.run))
    return sorted(found, key=lambda probe: _order(probe.fault))


def _order(fault: str) -> tuple[str, int]:
    parts = _NUMBER.fullmatch(fault)
    return (parts[1], int(parts[2])) if parts else (fault, 0)
