"""Reads docs/api.md: its curl examples, the answers they promise, and the table of addresses."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ANY = "…"
# Numbers of these names are ids: another database gives others.
IDS = {
    *("id", "survey", "section", "version", "response", "campaign", "segment", "metric", "kpi"),
    *("journey", "stage", "touchpoint", "touchpoints", "board", "column", "action", "actions"),
    *("framework", "driver", "competitor", "part_of"),
}
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)
_HEREDOC = re.compile(r"^(curl .*?) <<END\n(.*)^END$", re.M | re.S)
_ROW = re.compile(r"^\| `(/[^`]+)` \| ([A-Z ]+) \|", re.M)


@dataclass
class Example:
    """One curl call and what the document says comes back."""

    command: str
    body: str
    status: int
    kind: str
    wanted: Any = None
    kept: dict[str, str] = field(default_factory=dict)

    def words(self, names: Mapping[str, str]) -> list[str]:
        """The command's words with the variables put in."""
        return shlex.split(filled(self.command, names))[1:]


def filled(text: str, names: Mapping[str, str]) -> str:
    """The text with $NAMES replaced as a shell does."""
    return re.sub(r"\$([A-Z]+)", lambda found: names[found[1]], text)


def examples(text: str) -> Iterator[Example]:
    """Each `sh` block that calls curl, with the block of its answer."""
    blocks = [(m[1], m[2].strip(), m[3]) for m in _BLOCK.finditer(text)]
    for (kind, _info, source), following in zip(blocks, [*blocks[1:], None], strict=True):
        if kind != "sh" or not source.startswith("curl"):
            continue
        assert following is not None and following[0] in {"json", "html"}, source
        yield _example(source, *following)


def _example(source: str, kind: str, info: str, answer: str) -> Example:
    here = _HEREDOC.match(source)
    command, body = (here[1], here[2]) if here else (source.strip(), "")
    status, *kept = info.split()
    return Example(
        command=command,
        body=body,
        status=int(status),
        kind=kind,
        wanted=json.loads(answer) if answer.strip() else None,
        kept=dict(item.split("=") for item in kept),
    )


def addresses(text: str) -> set[tuple[str, str]]:
    """(method, address) of the table at the end."""
    return {(method, m[1]) for m in _ROW.finditer(text) for method in m[2].split()}


def differences(wanted: Any, got: Any, at: str = "", name: str = "") -> Iterator[str]:
    """What an answer has otherwise than the document says."""
    if wanted == ANY:
        return
    if isinstance(wanted, dict) and isinstance(got, dict):
        open_ended = ANY in wanted
        missing = set(wanted) - set(got) - {ANY}
        more = set() if open_ended else set(got) - set(wanted)
        if missing or more:
            yield f"{at}: missing {sorted(missing)}, not documented {sorted(more)}"
        for key in set(wanted) & set(got):
            yield from differences(wanted[key], got[key], f"{at}.{key}", key)
    elif isinstance(wanted, list) and isinstance(got, list):
        if len(wanted) != len(got) and wanted != [ANY]:
            yield f"{at}: {len(wanted)} documented, {len(got)} answered"
        for number, (one, other) in enumerate(zip(wanted, got, strict=False)):
            yield from differences(one, other, f"{at}.{number}", name)
    elif not _same(wanted, got, name):
        yield f"{at}: documented {wanted!r}, answered {got!r}"


def _same(wanted: Any, got: Any, name: str) -> bool:
    if name in IDS and isinstance(wanted, int) and not isinstance(wanted, bool):
        return isinstance(got, int)
    if isinstance(wanted, str) and ANY in wanted:
        pattern = ".+".join(re.escape(part) for part in wanted.split(ANY))
        return isinstance(got, str) and bool(re.fullmatch(pattern, got))
    return bool(wanted == got)


def found(body: Any, path: str) -> str:
    """The value at "results.0.id"."""
    for part in path.split("."):
        body = body[int(part)] if part.isdigit() else body[part]
    return str(body)
