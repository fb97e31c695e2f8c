"""S8: broken, huge and hostile files brought to the import: refused at once, nothing kept."""

import resource
import time

from cxportal.core.errors import DomainError
from surveys.models import Question, Survey, SurveyImport
from surveys.services.imports import survey_import
from tests.surveys.exchange.files import archive
from tests.surveys.exchange.test_limits import HOSTILE
from tests.torture.line import Line
from tests.torture.people import make_crowd

FAULT = "S8"
_SECONDS = 2.0
_MEGABYTES = 200


def run(size: str) -> Line:
    """Each file by the service that page, API and command call."""
    actor, _people = make_crowd("s8", 0)
    files = dict(HOSTILE)
    if size == "full":
        sheet = archive({"xl/worksheets/sheet1.xml": b"<c/>" * 50_000_000})
        files["a bomb of 200 MB"] = (sheet, "x.xlsx", "zip_bomb")
        files["100 MB"] = (b"x" * 100_000_000, "x.lss", "too_large")
    before = _memory()
    slowest, taken = 0.0, 0
    for content, name, _code in files.values():
        begun = time.perf_counter()
        try:
            survey_import(actor=actor, name=name, content=content)
            taken += 1
        except DomainError:
            pass
        slowest = max(slowest, time.perf_counter() - begun)
    grown = (_memory() - before) / 1024
    kept = sum(model.unscoped.count() for model in (Survey, Question, SurveyImport))
    figures = {
        "files": len(files),
        "taken": taken,
        "stored": kept,
        "slowest_s": round(slowest, 2),
        "grown_mb": round(grown),
    }
    good = not taken and not kept and slowest < _SECONDS and grown < _MEGABYTES
    return Line(FAULT, figures, ok=good)


def _memory() -> int:
    """Most memory this process ever held, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
