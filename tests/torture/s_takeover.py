"""TAKEOVER: every survey file at hand is brought by page and by API, published and answered.

The files lie under `shared/samples` beside the checkout and below the folders named in FILES
(separated by colons); they are other people's and not part of the repository. SIZE=ci takes a
sample. A file may be refused, with a sentence; what is taken must be counted element by element,
open in the designer, go out or say why not, and be answered to the end without JavaScript.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.models import Program
from cxportal.launch.environment import ROOT, VAR
from tests.conftest import make_key, make_member, make_program
from tests.torture.line import Line

FAULT = "TAKEOVER"
ENDINGS = {".lss", ".lsa", ".lsg", ".lsq", ".qsf", ".xls", ".xlsx", ".xlsm", ".csv", ".md", ".tsv"}
ROBOTS = 3  # per survey, each with choices of its own
_CI = 12  # files


@dataclass
class Taken:
    """What became of one file."""

    path: Path
    faults: list[str] = field(default_factory=list)
    said: str = ""
    counts: str = ""


def sample_files() -> list[Path]:
    """Survey files of others, wherever the checkout stands."""
    found = [parent / "shared" / "samples" for parent in ROOT.parents]
    folders = [folder / name for folder in found for name in ("lss", "qsf", "xlsform")]
    folders += [Path(name) for name in os.environ.get("FILES", "").split(":") if name]
    files = [path for folder in folders for path in sorted(folder.rglob("*"))]
    return [path for path in files if path.suffix.lower() in ENDINGS and path.is_file()]


def run(size: str) -> Line:
    """Walk all files; a line of each is kept in var/takeover.txt."""
    files = sample_files()
    chosen = files if size == "full" else files[:: max(1, len(files) // _CI)]
    program = make_program("takeover")
    walk = Walk(program)
    done = [walk.file(path) for path in chosen]
    rows = [f"{one.path.name}\t{one.counts}\t{one.said}\t{' | '.join(one.faults)}" for one in done]
    (VAR / "takeover.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for one in done:
        for fault in one.faults:
            print(f"  {one.path.name}: {fault}")
    figures = {
        "files": len(done),
        "taken": sum(not one.said for one in done),
        "refused": sum(bool(one.said) for one in done),
        "explained": walk.unpublished,
        "answered": walk.answered,
        "pages": walk.pages,
        "faulty": sum(bool(one.faults) for one in done),
    }
    return Line(FAULT, figures, ok=not any(one.faults for one in done))


class Walk:
    """A designer and a key of one program."""

    def __init__(self, program: Program) -> None:
        self.program, self.pages, self.answered, self.unpublished = program, 0, 0, 0
        member = make_member(program, "designer")
        self.client = Client(raise_request_exception=False)
        self.client.force_login(member.user, backend="cxportal.core.auth.ActiveUserBackend")
        self.key = make_key(program)
        self.base = f"/p/{program.slug}/surveys/"

    def file(self, path: Path) -> Taken:
        """Bring one file both ways and go on with what became of it."""
        one, content = Taken(path), path.read_bytes()
        answer = self.client.post(
            f"{self.base}import/", {"file": SimpleUploadedFile(path.name, content)}
        )
        status, body = self.api(path.name, content)
        if answer.status_code != 302:
            one.said = _refusal(body)
            if answer.status_code != 422 or status != 422 or not one.said:
                one.faults.append(f"page {answer.status_code}, API {status}: {one.said}")
            return one
        if status != 201:
            one.faults.append(f"API {status}: {_refusal(body)}")
            return one
        one.faults += list(_counted(body["report"]))
        report = body["report"]
        one.counts = " ".join(
            str(report[name]) for name in ("found", "taken", "changed", "refused")
        )
        one.faults += [f"report {self.status(answer['Location'])}"] * (
            self.status(answer["Location"]) != 200
        )
        one.faults += list(self.survey(body["survey"]))
        return one

    def api(self, name: str, content: bytes) -> tuple[int, Any]:
        """The same by API."""
        answer = Client(raise_request_exception=False).post(
            "/api/v1/surveys/import/",
            {"file": SimpleUploadedFile(name, content)},
            headers={"Authorization": f"Bearer {self.key}"},
        )
        try:
            return answer.status_code, json.loads(answer.content)
        except ValueError:
            return answer.status_code, {}

    def status(self, address: str) -> int:
        """How a page answers."""
        return self.client.get(address).status_code

    def survey(self, pk: int) -> Iterator[str]:
        """Faults of the draft on its way to answers."""
        from surveys.models import Survey
        from surveys.queries.problems import problems_of
        from surveys.queries.surveys import sections_of

        for name in ("", "design/", "preview/", "try/", "publish/", "translations/", "print/"):
            status = self.status(f"{self.base}{pk}/{name}")
            if status != 200:
                yield f"{name or 'detail'} {status}"
        survey = Survey.unscoped.get(pk=pk)  # unscoped: the probe made it
        blocking = [p.text for p in problems_of(survey, sections_of(survey)) if p.blocks]
        answer = self.client.post(f"{self.base}{pk}/publish/", {"version": survey.version})
        survey.refresh_from_db()
        if survey.current_version is None:
            # A form of hidden data and notes alone asks nothing, and is told so.
            if answer.status_code != 422 or not blocking:
                yield f"not published: {answer.status_code} {'; '.join(blocking)[:300]}"
            self.unpublished += 1
            return
        yield from self.answer(survey)

    def answer(self, survey: Any) -> Iterator[str]:
        """Robots answer by an open link; each leaves one complete answer."""
        from surveys.models import Response
        from tests.surveys.answering import open_link
        from tests.surveys.robot import Robot

        link = open_link(survey)
        for seed in range(ROBOTS):
            robot = Robot(link, seed).run()
            self.pages += robot.pages
            if robot.trouble:
                yield f"robot {seed}, page {robot.pages}: {robot.trouble}"
            self.answered += not robot.trouble
        ended = Response.unscoped.filter(survey=survey).exclude(status="partial").count()
        if ended < ROBOTS:
            yield f"{ended} of {ROBOTS} answers arrived"


def _refusal(body: Any) -> str:
    return str(body.get("detail") or body.get("title") or "") if isinstance(body, dict) else ""


def _counted(report: dict[str, Any]) -> Iterator[str]:
    for name, row in {"all": report, **report["kinds"]}.items():
        if row["found"] != row["taken"] + row["changed"] + row["refused"]:
            yield f"{name}: {row['found']} found"
    if len(report["elements"]) != report["found"]:
        yield "elements missing"
