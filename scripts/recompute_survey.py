"""Recomputes the report of a survey from its exported answers, with numpy alone.

    python scripts/recompute_survey.py responses.csv survey.json 2026-09-01 2026-11-29 Asia/Seoul \\
        links-1.csv links-2.csv

It reads the CSV of “Export…” with unfinished answers, the survey as JSON and the personal links of
each of its campaigns (CSV, English), and imports nothing of the portal. Printed as JSON: how many
were asked, reached, began and finished, with AAPOR's RR1 and RR2; complete and unfinished answers
and completion, how many came to each page and left there, how long answers took (middle and middle
half), how often each choice was made and its share, and how often each value of a scale was given.
"""

import csv
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

SCALES = ("nps", "csat", "ces", "rating")
CHOICES = ("single", "dropdown", "multiple", "image_choice")
Row = dict[str, str]


def day_of(moment: str, zone: ZoneInfo) -> date:
    """The day of a moment in the program's time zone."""
    return datetime.fromisoformat(moment).astimezone(zone).date()


def read(path: str) -> list[Row]:
    """Rows of the export."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def columns_of(code: str, header: list[str]) -> list[str]:
    """A question's own column, else those of its parts."""
    return [code] if code in header else [c for c in header if c.startswith(f"{code}_")]


def answered(row: Row, columns: list[str]) -> bool:
    return any(row[column] != "" for column in columns)


def choices(question: Any, rows: list[Row], header: list[str]) -> dict[str, Any]:
    """Count and share of each choice, of those who answered."""
    code, columns = question["code"], columns_of(question["code"], header)
    mine = [row for row in rows if answered(row, columns)]
    found = {}
    for choice in question["choices"]:
        key = str(choice["code"])
        if code in header:
            count = int(np.sum([row[code] == key for row in mine]))
        else:
            count = int(np.sum([row[f"{code}_{key}"] == "1" for row in mine]))
        found[key] = [count, count / len(mine) if mine else None]
    return {"n": len(mine), "options": found}


def values(question: Any, rows: list[Row]) -> list[int]:
    """How often each value 0 to 10 was given."""
    given = [int(float(row[question["code"]])) for row in rows if row[question["code"]] != ""]
    return [int(count) for count in np.bincount(np.array(given, dtype=int), minlength=11)]


def left(pages: list[list[str]], complete: int, partial: list[Row]) -> list[list[int]]:
    """(came, left) for each page; who began leaves on the page after the last one answered."""
    last = np.full(len(partial), -1)
    for number, columns in enumerate(pages):
        last[[answered(row, columns) for row in partial]] = number
    ends = np.bincount(np.minimum(last + 1, len(pages) - 1), minlength=len(pages))
    came = complete + len(partial) - np.concatenate([[0], np.cumsum(ends)[:-1]])
    return [[int(a), int(b)] for a, b in zip(came, ends, strict=True)]


def funnel(files: list[str], first: date, last: date, zone: ZoneInfo) -> dict[str, Any]:
    """Whom the campaigns asked in the period, how far they came, and AAPOR's response rates."""
    people = [row for path in files for row in read(path) if row["asked_at"] != ""]
    asked = [
        row
        for row in people
        if row["test"] == "no" and first <= day_of(row["asked_at"], zone) <= last
    ]
    reached, begun, answered = (
        int(np.sum([row[step] == "yes" for row in asked]))
        for step in ("reached", "begun", "answered")
    )
    # RR1 = I / ((I + P) + (R + NC + O) + (UH + UO)): everybody asked is one of these.
    rates = [done / len(asked) if asked else None for done in (answered, begun)]
    return {
        "asked": len(asked),
        "delivered": reached,
        "started": begun,
        "completed": answered,
        "rr1": rates[0],
        "rr2": rates[1],
    }


def report(path: str, survey: str, first: date, last: date, zone: ZoneInfo) -> dict[str, Any]:
    """Every number of the report."""
    rows = read(path)
    header = list(rows[0]) if rows else []
    document = json.loads(Path(survey).read_text(encoding="utf-8"))
    sections = document.get("survey", document)["sections"]
    done = [
        r
        for r in rows
        if r["status"] == "complete" and first <= day_of(r["completed_at"], zone) <= last
    ]
    begun = [
        r
        for r in rows
        if r["status"] == "partial" and first <= day_of(r["started_at"], zone) <= last
    ]
    asked = [q for section in sections for q in section["questions"] if q["kind"] != "statement"]
    pages = [
        [c for q in section["questions"] for c in columns_of(q["code"], header)]
        for section in sections
    ]
    seconds = np.array([float(r["seconds"]) for r in done if float(r["seconds"] or 0) > 0])
    return {
        "complete": len(done),
        "partial": len(begun),
        "completion": len(done) / (len(done) + len(begun)) if done or begun else None,
        "pages": left(pages, len(done), begun),
        "seconds": [float(s) for s in np.percentile(seconds, [25, 50, 75])] if len(seconds) else [],
        "choices": {q["code"]: choices(q, done, header) for q in asked if q["kind"] in CHOICES},
        "values": {q["code"]: values(q, done) for q in asked if q["kind"] in SCALES},
    }


if __name__ == "__main__":
    source, shape, start, end, place, *links = sys.argv[1:]
    days = date.fromisoformat(start), date.fromisoformat(end)
    made = report(source, shape, *days, ZoneInfo(place))
    made["funnel"] = funnel(links, *days, ZoneInfo(place))
    sys.stdout.write(json.dumps(made, indent=1))
