"""A survey as any tool may describe it, before it is fitted to our kinds of question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias, Union

from surveys.exchange.ledger import Entry

Texts: TypeAlias = dict[str, str]


@dataclass(frozen=True)
class Test:
    """A comparison with one answer.

    `source` is the name the file gives the question (`row` and `column` parts of it, by their
    names in the file); `operator` one of equals, not_equals, less,
    at_most, greater, at_least, includes, excludes, answered,
    unanswered, contains (text).
    """

    source: str
    operator: str
    value: Any = None
    row: str = ""
    column: str = ""


@dataclass(frozen=True)
class Group:
    """Tests of which all (`every`) or any must hold."""

    every: bool
    parts: tuple[Test | Group, ...]


Condition: TypeAlias = Union[Test, Group]  # noqa: UP007  # read at run time


@dataclass
class Option:
    """A choice, a row or a column; `source` is the code in the file, `preferred` another one
    that its data carry.
    """

    source: str
    text: Texts
    entry: Entry
    is_other: bool = False
    is_exclusive: bool = False
    is_anchored: bool = False
    score: float | None = None
    shown_if: Condition | None = None
    shown_entry: Entry | None = None
    code: str = ""
    preferred: str = ""
    filters: dict[str, str] = field(default_factory=dict)


@dataclass
class Item:
    """A question. `source` is its name in the file, `aliases` other names logic uses for it.

    `kind` is one of the product's kinds and `settings` are those of the kind; `parts` are the
    columns of a side-by-side question; `defaults` are answers that stand there beforehand, each
    with its entry.
    """

    source: str
    kind: str
    entry: Entry
    text: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    required: bool = False
    choices: list[Option] = field(default_factory=list)
    rows: list[Option] = field(default_factory=list)
    columns: list[Option] = field(default_factory=list)
    parts: list[Item] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    shown_if: Condition | None = None
    shown_entry: Entry | None = None
    skips: list[Skip] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    defaults: list[tuple[str, Entry]] = field(default_factory=list)
    code: str = ""


@dataclass
class Skip:
    """Go on elsewhere after a question when a condition holds.

    `target` is a question's name in the file, "end" or "end_of_page".
    """

    when: Condition | None
    target: str
    entry: Entry


@dataclass
class Page:
    """Questions shown together."""

    title: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    entry: Entry | None = None
    items: list[Item] = field(default_factory=list)
    shown_if: Condition | None = None
    shown_entry: Entry | None = None
    random_group: str = ""
    skips: list[Skip] = field(default_factory=list)
    code: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class Quota:
    """At most `limit` answers for which the condition holds."""

    name: str
    limit: int
    when: Condition | None
    entry: Entry
    message: Texts = field(default_factory=dict)
    members: list[Entry] = field(default_factory=list)


@dataclass
class Draft:
    """A whole survey; languages as they will be stored, the main one first."""

    format: str
    title: Texts = field(default_factory=dict)
    welcome: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    anonymous: bool = False
    # Words of the buttons next, back and send.
    buttons: dict[str, Texts] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    quotas: list[Quota] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def items(self) -> list[Item]:
        """All questions, in order."""
        return [item for page in self.pages for item in page.items]
