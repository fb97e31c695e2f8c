"""Cross-tables of a survey: answers by answers or by groups, with what stands out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models.fields import text_in
from surveys.calc.crosstabs import Crosstab, crosstab
from surveys.models import Dimension
from surveys.queries.breakdowns import pair_counts
from surveys.queries.selections import HIDDEN_KINDS, Selection
from surveys.rendering import CompiledVersion

_SCALES = ("nps", "csat", "ces", "rating")
_CHOICES = ("single", "dropdown", "multiple", "image_choice")
_LOOSE = ("multiple", "image_choice")
MOST_ROWS = 30
_MOST_KEYS = 200


@dataclass(frozen=True)
class Axis:
    """What stands down or across: an answer to a question, or a kind of group.

    `values` are all answers in order; `words` are what groups are called, where they have a name.
    """

    kind: str
    name: str
    label: str
    values: tuple[tuple[str, str], ...] = ()
    many: bool = False
    words: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """As it stands in the address: "answer.used", "group.segment"."""
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True)
class CrossTable:
    """A table of `rows` by `columns`; `hidden` columns had too few people."""

    rows: Axis
    columns: Axis
    row_labels: list[str]
    column_labels: list[str]
    bases: list[int]
    table: Crosstab
    overlapping: bool
    hidden: int


def axes(
    selection: Selection,
    version: CompiledVersion,
    kinds: Mapping[str, str],
    named: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Axis]:
    """Everything a table can be made of.

    `kinds` are kinds of groups with their labels, `named` the words of their groups; without
    them groups stand as they are stored.
    """
    words = {kind: tuple(known.items()) for kind, known in (named or {}).items()}
    found = [_question_axis(q, version) for q in version.questions.values()]
    groups = [
        Axis("group", kind, label, many=kind == "segment", words=words.get(kind, ()))
        for kind, label in kinds.items()
        if kind not in HIDDEN_KINDS
    ]
    return [axis for axis in found if axis is not None] + groups


def _question_axis(question: Mapping[str, Any], version: CompiledVersion) -> Axis | None:
    label = text_in(question.get("text"), fallback=version.default_language) or question["code"]
    kind = question["kind"]
    if kind in _SCALES:
        settings = question.get("settings") or {}
        low, high = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}.get(kind, (1, 5))
        low, high = int(settings.get("min", low)), int(settings.get("max", high))
        values = tuple((str(v), str(v)) for v in range(low, high + 1))
        return Axis("answer", question["code"], label, values)
    if kind not in _CHOICES:
        return None
    values = tuple(
        (str(c["code"]), text_in(c.get("text"), fallback=version.default_language) or c["code"])
        for c in question.get("choices") or ()
    )
    return Axis("answer", question["code"], label, values, many=kind in _LOOSE)


def cross_table(selection: Selection, rows: Axis, columns: Axis, minimum: int) -> CrossTable | None:
    """Counts and shares of each column; columns with fewer than `minimum` people are left out.

    None where people only count in cells: free tables would tell of single ones.
    """
    if selection.protected:
        return None
    counts = pair_counts(selection, (rows.kind, rows.name), (columns.kind, columns.name))
    down, across = _values(rows, counts, 0), _values(columns, counts, 1)
    bases = {key: sum(counts.get((row, key), 0) for row, _l in down) for key, _l in across}
    kept = [(key, label) for key, label in across if bases[key] >= minimum]
    overlapping = rows.many or columns.many
    grid = [[counts.get((row, key), 0) for key, _l in kept] for row, _l2 in down]
    table = crosstab(grid, test=not overlapping)
    return CrossTable(
        rows=rows,
        columns=columns,
        row_labels=[label for _key, label in down],
        column_labels=[label for _key, label in kept],
        bases=[bases[key] for key, _label in kept],
        table=table,
        overlapping=overlapping,
        hidden=sum(0 < bases[key] < minimum for key, _label in across),
    )


def _values(axis: Axis, counts: Mapping[tuple[str, str], int], place: int) -> list[tuple[str, str]]:
    """Values in the order of the question; groups in theirs, those met."""
    met = sorted({pair[place] for pair in counts})
    if axis.values:
        return [(key, label) for key, label in axis.values if key in met][:MOST_ROWS]
    words = dict(axis.words)
    return [(key, words.get(key, key)) for key in met][:MOST_ROWS]


def axis_in(found: list[Axis], key: str) -> Axis | None:
    """The axis an address names."""
    return next((axis for axis in found if axis.key == key), None)


def kind_words() -> dict[str, str]:
    """Kinds of groups the portal fills by itself, in words."""
    return {
        "segment": _("Segment"),
        "channel": _("Channel"),
        "language": _("Language"),
        "store": _("Store"),
        "product": _("Product"),
    }


def group_kinds(actor: Actor) -> dict[str, str]:
    """Kinds of groups the program reports by, in words. One query."""
    return group_labels(group_choices(actor))


def group_labels(kinds: Iterable[str]) -> dict[str, str]:
    """Kinds of groups in words; a program's own kind by its name."""
    return {kind: kind_words().get(kind, kind.capitalize()) for kind in kinds}


def group_choices(actor: Actor) -> dict[str, list[str]]:
    """Groups by kind, the portal's own kinds first."""
    rows = Dimension.objects.for_actor(actor).exclude(kind__in=HIDDEN_KINDS)
    found: dict[str, list[str]] = {}
    for kind, key in rows.order_by("kind", "key").values_list("kind", "key"):
        known = found.setdefault(kind, [])
        if len(known) < _MOST_KEYS:
            known.append(key)
    order = list(kind_words())
    return dict(sorted(found.items(), key=lambda i: order.index(i[0]) if i[0] in order else 99))
