"""Maps as flat tables: ours, which comes back exactly, and the usual summary with a row a stage.

Ours has one record a row: stage, step, lane, card, feeling, touchpoint or persona. The summary has
the columns Stage, Stakeholder, Goal, Motivation, Barriers, Opportunities, KPI, Emotions, Quotes,
Evidence, StageOrder, with ";" between the items of a list.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from journeys.calc.map_files import (
    HIGHEST,
    LOWEST,
    TITLE,
    FileProblem,
    Note,
    ParsedMap,
    a_text,
    key_of,
)
from journeys.calc.map_own import own_map

PLAIN = (
    "record", "key", "parent", "step", "kind", "touchpoint", "persona", "value", "severity",
    "moment_of_truth", "tags", "more",
)  # fmt: skip
#: Columns of the summary → kinds of our lanes.
SUMMARY = {
    "goal": "goal", "motivation": "thinking", "barriers": "pain", "opportunities": "opportunity",
    "quotes": "quote", "evidence": "evidence",
}  # fmt: skip
SUMMARY_COLUMNS = (
    "Stage", "Stakeholder", "Goal", "Motivation", "Barriers", "Opportunities", "KPI", "Emotions",
    "Quotes", "Evidence", "StageOrder",
)  # fmt: skip
_TARGET = re.compile(r"≥ (\d{1,3}(?:\.\d+)?)")
_FLAGS = ("is_active_contact", "is_manageable", "is_moment_of_truth")


def columns(languages: Sequence[str]) -> list[str]:
    """The head of our table."""
    return [*PLAIN, *(f"title_{x}" for x in languages), *(f"text_{x}" for x in languages)]


def languages_of(own: Mapping[str, Any]) -> list[str]:
    """Every language any text of the map is in."""
    texts = [own["journey"]["name"], own["journey"]["description"]]
    for name, fields in (
        ("stages", ("name", "description")),
        ("lanes", ("name",)),
        ("cards", ("title", "text")),
        ("touchpoints", ("name", "description")),
        ("personas", ("name",)),
    ):
        texts += [row[field] for row in own[name] for field in fields]
    texts += [step["name"] for stage in own["stages"] for step in stage["steps"]]
    return sorted({code for text in texts for code in text}) or ["en"]


def rows(own: Mapping[str, Any], languages: Sequence[str]) -> Iterator[list[Any]]:
    """Our table, row by row."""

    def row(record: str, title: Any = None, text: Any = None, **cells: Any) -> list[Any]:
        plain = [record, *(cells.get(name, "") for name in PLAIN[1:])]
        titles = [_kept((title or {}).get(code, "")) for code in languages]
        return [*plain, *titles, *(_kept((text or {}).get(code, "")) for code in languages)]

    journey = own["journey"]
    yield row("journey", journey["name"], journey["description"], kind=journey["kind"])
    for persona in own["personas"]:
        yield row("persona", persona["name"], key=persona["key"])
    for place in own["touchpoints"]:
        flags = ";".join(flag for flag in _FLAGS if place[flag])
        more = json.dumps({"channel": place["channel"]}, ensure_ascii=False)
        yield row(
            "touchpoint", place["name"], place["description"], key=place["code"],
            kind=place["area"], value=place["importance"], tags=flags, more=more,
        )  # fmt: skip
    for lane in own["lanes"]:
        yield row("lane", lane["name"], key=lane["key"], kind=lane["kind"])
    for stage in own["stages"]:
        target = "" if stage["target"] is None else stage["target"]
        yield row("stage", stage["name"], stage["description"], key=stage["code"], value=target)
        for step in stage["steps"]:
            yield row(
                "step", step["name"], key=step["key"], parent=stage["code"],
                touchpoint=step["touchpoint"] or "",
            )  # fmt: skip
            for who, value in step["emotions"].items():
                yield row("feeling", parent=step["key"], persona=who, value=value)
    for card in own["cards"]:
        yield row(
            "card", card["title"], card["text"],
            key=card["key"], parent=card["lane"], step=card["step"],
            persona=card["persona"] or "",
            value="" if card["emotion"] is None else card["emotion"],
            severity=card["severity"],
            moment_of_truth="true" if card["is_moment_of_truth"] else "",
            tags=json.dumps(card["tags"], ensure_ascii=False) if card["tags"] else "",
            more=json.dumps(card["details"], ensure_ascii=False) if card["details"] else "",
        )  # fmt: skip


def _kept(text: str) -> str:
    """A text that begins with ' gets another one: the guard against formulas adds one as well."""
    return f"'{text}" if text.startswith("'") else text


def _bare(text: str) -> str:
    return text.removeprefix("'")


def is_own(head: Iterable[str]) -> bool:
    """Whether a head line is of our table."""
    return {"record", "key", "parent"} <= set(head)


def read(
    head: Sequence[str],
    table: Sequence[tuple[int, Mapping[str, str]]],
    *,
    language: str = "en",
    name: str = "",
) -> ParsedMap:
    """Read either table, given as (line, {column in small letters: text}).

    Raises FileProblem with the line.
    """
    if is_own(head):
        return _own(table)
    if "stage" in head:
        return _summary(table, language, name)
    raise FileProblem("1", "no_map_columns")


def _own(table: Sequence[tuple[int, Mapping[str, str]]]) -> ParsedMap:
    own: dict[str, Any] = {
        "journey": {"name": {}, "description": {}, "kind": "as_is"},
        "personas": [], "touchpoints": [], "lanes": [], "stages": [], "cards": [],
    }  # fmt: skip
    stages: dict[str, Any] = {}
    steps: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for line, cells in table:
        record = cells.get("record", "").strip()
        reader = _RECORDS.get(record)
        if reader is None:
            raise FileProblem(str(line), "unknown_record", name=record[:60])
        reader(own, stages, steps, cells, str(line))
        lines[record] = lines.get(record, 0) + 1
    try:
        return own_map(own, "")
    except FileProblem as problem:
        raise FileProblem(_line_of(problem.place, table), problem.reason, **problem.params) from (
            problem
        )


def _line_of(place: str, table: Sequence[tuple[int, Mapping[str, str]]]) -> str:
    """The line of “.cards[3].lane”, with what is wrong there."""
    kind, bracket, rest = place.lstrip(".").partition("[")
    if not bracket:
        return place.lstrip(".")
    number = int(rest.split("]")[0])
    record = kind.split(".")[-1].removesuffix("s")
    own = [line for line, cells in table if cells.get("record", "").strip() == record]
    return f"{own[number]} ({rest.partition(']')[2].lstrip('.')})" if number < len(own) else place


def _texts(cells: Mapping[str, str], start: str) -> dict[str, str]:
    names = [name for name in cells if name.startswith(start)]
    return {name.removeprefix(start): _bare(cells[name]) for name in names if cells[name]}


def _whole(text: str, line: str) -> int | None:
    text = _bare(text.strip()).replace("−", "-")
    if not text:
        return None
    try:
        return int(text)
    except ValueError as error:
        raise FileProblem(line, "not_number", name=text[:60]) from error


def _real(text: str, line: str) -> float | int | None:
    text = _bare(text.strip())
    if not text:
        return None
    try:
        number = float(text)
    except ValueError as error:
        raise FileProblem(line, "not_number", name=text[:60]) from error
    return int(number) if number.is_integer() and abs(number) < 1e9 else number


def _json(text: str, line: str, empty: Any) -> Any:
    if not text:
        return empty
    try:
        return json.loads(_bare(text))
    except ValueError as error:
        raise FileProblem(line, "not_json") from error


def _journey(own: Any, stages: Any, steps: Any, cells: Mapping[str, str], line: str) -> None:
    own["journey"] = {
        "name": _texts(cells, "title_"),
        "description": _texts(cells, "text_"),
        "kind": cells.get("kind", ""),
    }


def _persona(own: Any, stages: Any, steps: Any, cells: Mapping[str, str], line: str) -> None:
    own["personas"].append({"key": cells.get("key", ""), "name": _texts(cells, "title_")})


def _touchpoint(own: Any, stages: Any, steps: Any, cells: Mapping[str, str], line: str) -> None:
    flags = cells.get("tags", "").split(";")
    own["touchpoints"].append(
        {
            "code": cells.get("key", ""),
            "name": _texts(cells, "title_"),
            "description": _texts(cells, "text_"),
            "area": cells.get("kind") or "people",
            "importance": _real(cells.get("value", ""), line) or 0,
            "channel": _json(cells.get("more", ""), line, {}).get("channel", ""),
            **{flag: flag in flags for flag in _FLAGS},
        }
    )


def _lane(own: Any, stages: Any, steps: Any, cells: Mapping[str, str], line: str) -> None:
    name = _texts(cells, "title_")
    own["lanes"].append({"key": cells.get("key"), "kind": cells.get("kind"), "name": name})


def _stage(own: Any, stages: Any, steps: Any, cells: Mapping[str, str], line: str) -> None:
    stage: dict[str, Any] = {
        "code": cells.get("key", ""),
        "name": _texts(cells, "title_"),
        "description": _texts(cells, "text_"),
        "target": _real(cells.get("value", ""), line),
        "steps": [],
    }
    stages[stage["code"]] = stage
    own["stages"].append(stage)


def _step(own: Any, stages: Any, steps: Any, cells: Mapping[str, str], line: str) -> None:
    stage = stages.get(cells.get("parent", ""))
    if stage is None:
        raise FileProblem(line, "unknown", name=cells.get("parent", "")[:60])
    steps[cells.get("key", "")] = step = {
        "key": cells.get("key", ""),
        "name": _texts(cells, "title_"),
        "touchpoint": cells.get("touchpoint") or None,
        "emotions": {},
    }
    stage["steps"].append(step)


def _feeling(own: Any, stages: Any, steps: Any, cells: Mapping[str, str], line: str) -> None:
    step = steps.get(cells.get("parent", ""))
    if step is None:
        raise FileProblem(line, "unknown", name=cells.get("parent", "")[:60])
    step["emotions"][cells.get("persona", "")] = _whole(cells.get("value", ""), line)


def _card(own: Any, stages: Any, steps: Any, cells: Mapping[str, str], line: str) -> None:
    own["cards"].append(
        {
            "key": cells.get("key"),
            "lane": cells.get("parent"),
            "step": cells.get("step"),
            "title": _texts(cells, "title_"),
            "text": _texts(cells, "text_"),
            "emotion": _whole(cells.get("value", ""), line),
            "severity": cells.get("severity", ""),
            "is_moment_of_truth": cells.get("moment_of_truth", "").strip().lower() == "true",
            "tags": _json(cells.get("tags", ""), line, []),
            "details": _json(cells.get("more", ""), line, {}),
            "persona": cells.get("persona") or None,
        }
    )


_RECORDS = {
    "journey": _journey, "persona": _persona, "touchpoint": _touchpoint, "lane": _lane,
    "stage": _stage, "step": _step, "feeling": _feeling, "card": _card,
}  # fmt: skip


def _summary(table: Sequence[tuple[int, Mapping[str, str]]], language: str, name: str) -> ParsedMap:
    """One row a stage; lists with “;” between their items become cards."""
    ordered = sorted(table, key=lambda row: (_order(row[1]), row[0]))
    lanes: dict[str, dict[str, Any]] = {
        column: {"key": key_of("csv", column), "kind": kind, "name": {}}
        for column, kind in SUMMARY.items()
        if any(cells.get(column, "").strip() for _line, cells in table)
    }
    for column, text in (("emotions", "Emotions"), ("kpi", "KPI")):
        key = key_of("csv", "lane", column)
        lanes[column] = {"key": key, "kind": "custom", "name": {language: text}}
    stages: list[dict[str, Any]] = []
    cards: list[dict[str, Any]] = []
    people: list[str] = []
    used: set[str] = set()
    notes = _unread(table)
    for number, (line, given) in enumerate(ordered):
        title = a_text(_bare(given.get("stage", "")), str(line), TITLE, needed=True)
        step = key_of("csv", "step", str(number))
        feeling, words = _summary_feeling(given.get("emotions", ""))
        target, measures = _summary_target(given.get("kpi", ""))
        cells = {**given, "emotions": ";".join(words), "kpi": ";".join(measures)}
        stages.append(
            {
                "code": f"stage-{number + 1}",
                "name": {language: title},
                "description": {},
                "target": target,
                "steps": [
                    {
                        "key": step,
                        "name": {language: title},
                        "touchpoint": None,
                        "emotions": {} if feeling is None else {"": feeling},
                    }
                ],
            }
        )
        people += [who.strip() for who in cells.get("stakeholder", "").split(";") if who.strip()]
        for column, lane in lanes.items():
            items = [_bare(item.strip()) for item in cells.get(column, "").split(";")]
            used |= {column} if any(items) else set()
            cards += _summary_cards(column, lane["key"], (number, step), items, language)
            notes += [
                Note(f"{line} ({column})", "shortened", item[:60], str(TITLE))
                for item in items
                if len(item) > TITLE
            ]
    personas = {f"p{n}": {language: who[:TITLE]} for n, who in enumerate(dict.fromkeys(people), 1)}
    rows = [lane for column, lane in lanes.items() if column in used]
    rows.append({"key": key_of("csv", "emotions"), "kind": "emotion", "name": {}})
    document = {"stages": stages, "lanes": rows, "cards": cards}
    return ParsedMap({language: name or "CSV"}, document, personas=personas, notes=notes)


def _summary_cards(
    column: str, lane: str, place: tuple[int, str], items: Sequence[str], language: str
) -> list[dict[str, Any]]:
    number, step = place
    return [
        {
            "key": key_of("csv", column, str(number), str(at)),
            "lane": lane,
            "step": step,
            "title": {language: item[:TITLE]},
        }
        for at, item in enumerate(items)
        if item
    ]


def _unread(table: Sequence[tuple[int, Mapping[str, str]]]) -> list[Note]:
    """Columns with something in them that a summary does not have."""
    known = {column.casefold() for column in SUMMARY_COLUMNS}
    found: dict[str, str] = {}
    for _line, cells in table:
        for column, text in cells.items():
            if column not in known and text.strip():
                found.setdefault(column, text)
    return [
        Note(f"1 ({column})"[:200], "unread", text[:60], "left out")
        for column, text in found.items()
    ]


def _order(cells: Mapping[str, str]) -> float:
    try:
        return float(cells.get("stageorder", "") or 0)
    except ValueError:
        return 0.0


def _summary_feeling(text: str) -> tuple[int | None, list[str]]:
    """The first whole number from -5 to 5 among the items, and the items that are none."""
    feeling, words = None, []
    for item in (_bare(part.strip()) for part in text.split(";")):
        try:
            value = int(item.replace("−", "-"))
        except ValueError:
            words += [item] if item else []
            continue
        if feeling is None and LOWEST <= value <= HIGHEST:
            feeling = value
        elif not LOWEST <= value <= HIGHEST:
            words.append(item)
    return feeling, words


def _summary_target(text: str) -> tuple[float | None, list[str]]:
    """A target of 0 to 100 written as “≥ 75”, and what else is measured."""
    target, words = None, []
    for item in (_bare(part.strip()) for part in text.split(";")):
        if target is None and (found := _TARGET.fullmatch(item)) and float(found[1]) <= 100:
            target = float(found[1])
        else:
            words += [item] if item else []
    return target, words


def summary_rows(own: Mapping[str, Any], *, language: str) -> Iterator[list[Any]]:
    """The summary: one row a stage."""

    def say(value: Any) -> str:
        texts = value or {}
        return texts.get(language) or next((text for text in texts.values() if text), "")

    kinds = {lane["key"]: lane["kind"] for lane in own["lanes"]}
    people = ";".join(say(row["name"]) for row in own["personas"])
    for number, stage in enumerate(own["stages"], start=1):
        steps = {step["key"] for step in stage["steps"]}
        said: dict[str, list[str]] = {kind: [] for kind in SUMMARY.values()}
        for card in own["cards"]:
            if card["step"] in steps and kinds[card["lane"]] in said:
                said[kinds[card["lane"]]].append(say(card["title"]).replace(";", ","))
        feelings = [str(value) for step in stage["steps"] for value in step["emotions"].values()]
        lists = [";".join(said[kind]) for kind in SUMMARY.values()]
        goal, motivation, barriers, opportunities, quotes, evidence = lists
        kpi = "" if stage["target"] is None else f"≥ {stage['target']:g}"
        yield [
            say(stage["name"]), people, goal, motivation, barriers, opportunities, kpi,
            ";".join(feelings), quotes, evidence, number,
        ]  # fmt: skip
