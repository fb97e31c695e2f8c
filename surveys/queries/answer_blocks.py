"""Tables of questions answered in parts: matrices, rankings, points, best and worst, numbers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.models.fields import text_in
from surveys.calc.answers import Question
from surveys.queries.selections import SAMPLE, Selection
from surveys.rendering import CompiledVersion

MATRICES = ("matrix_single", "matrix_multiple")
KINDS = (
    *MATRICES, "side_by_side", "best_worst", "constant_sum", "ranking", "slider", "number",
)  # fmt: skip
# Part and value of each answer: cells of objects (two deep), places of a list, numbers; and one
# row without a part for everybody who answered.
_PARTS = """
SELECT c.code, p.part, p.value, count(*)
FROM (SELECT r.answers FROM surveys_response r WHERE {where}
      ORDER BY r.completed_at DESC, r.id DESC LIMIT %(sample)s) r
CROSS JOIN unnest(%(codes)s::text[]) AS c(code)
CROSS JOIN LATERAL (
  SELECT e.key || COALESCE('.' || n.key, '') AS part, COALESCE(n.value, v.value) #>> '{{}}' AS value
  FROM jsonb_each(CASE WHEN jsonb_typeof(r.answers -> c.code) = 'object'
                       THEN r.answers -> c.code ELSE '{{}}' END) AS e(key, value)
  LEFT JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(e.value) = 'object'
                                    THEN e.value ELSE '{{}}' END) AS n(key, value) ON TRUE
  LEFT JOIN LATERAL jsonb_array_elements(
    CASE jsonb_typeof(e.value) WHEN 'array' THEN e.value WHEN 'object' THEN '[]'
         ELSE jsonb_build_array(e.value) END) AS v(value) ON TRUE
  UNION ALL
  SELECT l.value, l.place::text FROM jsonb_array_elements_text(
    CASE WHEN jsonb_typeof(r.answers -> c.code) = 'array'
         THEN r.answers -> c.code ELSE '[]' END) WITH ORDINALITY AS l(value, place)
  UNION ALL
  SELECT '', r.answers ->> c.code WHERE jsonb_typeof(r.answers -> c.code) = 'number'
  UNION ALL SELECT NULL, NULL WHERE r.answers ? c.code
) AS p
GROUP BY c.code, p.part, p.value
"""
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class PartLine:
    """One row: its words, its figures under the heads, and how long its bar is ("" for none)."""

    text: str
    figures: list[str]
    width: str = ""


@dataclass(frozen=True)
class PartBlock:
    """One table; `lines` is empty when fewer than `minimum` answered it."""

    question: str
    n: int
    minimum: int
    heads: list[str]
    lines: list[PartLine]


def part_blocks(selection: Selection, version: CompiledVersion, minimum: int) -> list[PartBlock]:
    """A table (or one per column) for each such question: one query."""
    asked = [q for q in version.questions.values() if q["kind"] in KINDS]
    people, counted = _counted(selection, [q["code"] for q in asked])
    blocks: list[PartBlock] = []
    for question in asked:
        reader = _Reader(version, question, people.get(question["code"], 0), minimum)
        blocks += reader.blocks(counted[question["code"]])
    return blocks


def _counted(
    selection: Selection, codes: Sequence[str]
) -> tuple[dict[str, int], dict[str, Counts]]:
    people: dict[str, int] = {}
    counted: dict[str, Counts] = defaultdict(lambda: defaultdict(dict))
    if not codes:
        return people, counted
    where, params = selection.where
    with connection.cursor() as cursor:
        values = {**params, "codes": list(codes), "sample": SAMPLE}
        cursor.execute(_PARTS.format(where=where), values)
        for code, part, value, count in cursor.fetchall():
            if part is None:
                people[code] = count
            elif value is not None:
                counted[code][part][value] = count
    return people, counted


class _Reader:
    """One question and how many answered it."""

    def __init__(self, version: CompiledVersion, question: Question, n: int, minimum: int) -> None:
        self.version, self.question, self.n, self.minimum = version, question, n, minimum
        self.name = self._text(question) or question["code"]
        self.choices = self._named(question.get("choices"))
        self.rows = self._named(question.get("rows"))

    def _text(self, part: Mapping[str, Any]) -> str:
        return text_in(part.get("text"), fallback=self.version.default_language)

    def _named(self, parts: Any) -> dict[str, str]:
        return {str(p["code"]): self._text(p) or str(p["code"]) for p in parts or ()}

    def blocks(self, counts: Counts) -> Iterator[PartBlock]:
        kind = self.question["kind"]
        if self.n < self.minimum:
            yield self._block(self.name, [], [])
        elif kind == "side_by_side":
            yield from self._sides(counts)
        else:
            build = {
                "best_worst": self._best_worst,
                "constant_sum": self._points,
                "ranking": self._ranks,
                "slider": self._numbers,
                "number": self._numbers,
            }.get(kind, self._matrix)
            yield build(counts)

    def _block(self, name: str, heads: list[str], lines: list[PartLine]) -> PartBlock:
        return PartBlock(name, self.n, self.minimum, heads, lines)

    def _matrix(self, counts: Counts) -> PartBlock:
        return self._block(self.name, *self._shares(counts, self.rows, self.choices))

    def _shares(
        self, counts: Counts, rows: Mapping[str, str], choices: Mapping[str, str], end: str = ""
    ) -> tuple[list[str], list[PartLine]]:
        """Per row the share of each choice, of those who answered the row."""
        lines = []
        for code, text in rows.items():
            found = counts.get(code + end, {})
            n = sum(found.values())
            shares = [found.get(choice, 0) / n if n else 0 for choice in choices]
            lines.append(PartLine(text, [*map(_share, shares), str(n)]))
        return [*choices.values(), "n"], lines

    def _sides(self, counts: Counts) -> Iterator[PartBlock]:
        for column in (self.question.get("settings") or {}).get("columns") or ():
            end, kind = f".{column['code']}", column.get("kind", "single")
            name = f"{self.name} · {self._text(column) or column['code']}"
            if kind == "single":
                choices = self._named(column.get("choices"))
                yield self._block(name, *self._shares(counts, self.rows, choices, end))
            elif kind == "number":
                lines = [
                    PartLine(text, _figures(_values(counts.get(code + end, {}))))
                    for code, text in self.rows.items()
                ]
                yield self._block(name, _number_heads(), lines)

    def _best_worst(self, counts: Counts) -> PartBlock:
        best, worst = counts.get("best", {}), counts.get("worst", {})
        lines = []
        for code, text in self.choices.items():
            up, down = best.get(code, 0), worst.get(code, 0)
            figures = [str(up), str(down), _decimal((up - down) / self.n, 2)]
            lines.append(PartLine(text, figures, charts.percent(up / self.n)))
        return self._block(self.name, [_("Best"), _("Worst"), _("Best less worst")], lines)

    def _points(self, counts: Counts) -> PartBlock:
        total = int((self.question.get("settings") or {}).get("total") or 100)
        lines = []
        for code, text in self.choices.items():
            mean = sum(_values(counts.get(code, {}))) / self.n
            figures = [_decimal(mean), _share(mean / total)]
            lines.append(PartLine(text, figures, charts.percent(mean / total)))
        return self._block(self.name, [_("Mean points"), _("Share")], lines)

    def _ranks(self, counts: Counts) -> PartBlock:
        lines, most = [], max(len(self.choices), 1)
        for code, text in self.choices.items():
            places = _values(counts.get(code, {}))
            mean = sum(places) / len(places) if places else None
            first = sum(place == 1 for place in places)
            figures = ["–" if mean is None else _decimal(mean), str(first), str(len(places))]
            reach = 0 if mean is None else (most + 1 - mean) / most
            lines.append(PartLine(text, figures, charts.percent(reach)))
        return self._block(self.name, [_("Mean rank"), _("First"), "n"], lines)

    def _numbers(self, counts: Counts) -> PartBlock:
        figures = _figures(_values(counts.get("", {})))
        return self._block(self.name, _number_heads(), [PartLine(_("All"), figures)])


def _values(found: Mapping[str, int]) -> list[float]:
    """Each number as often as it was given."""
    return [float(value) for value, count in found.items() for _time in range(count)]


def _number_heads() -> list[str]:
    return [_("Mean"), _("Median"), _("Least"), _("Greatest"), "n"]


def _figures(values: Sequence[float]) -> list[str]:
    if not values:
        return ["–"] * 4 + ["0"]
    mean = sum(values) / len(values)
    spread = [mean, median(values), min(values), max(values)]
    return [*map(_decimal, spread), str(len(values))]


def _share(value: float) -> str:
    return f"{value:.0%}"


def _decimal(value: float, digits: int = 1) -> str:
    whole = float(value).is_integer() and digits == 1
    return str(number_format(value, 0 if whole else digits, force_grouping=True))
