"""Formulas of computed metrics: sums, differences, products and quotients of other metrics.

`{repeat-orders} / {orders} * 100`. A small parser of our own: nothing else can be said in it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|\{([a-z0-9][a-z0-9_.-]{0,59})\}|([-+*/()]))")
MAX_LENGTH, MAX_DEPTH = 500, 20
Value = float | None


class FormulaError(ValueError):
    """The formula cannot be read; the text says where."""


@dataclass(frozen=True)
class Formula:
    """A formula that was read: `codes` are the metrics in it."""

    codes: frozenset[str]
    run: Callable[[Mapping[str, Value]], Value]


def read_formula(text: str) -> Formula:
    """Read a formula. Raises FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError("too long")
    parser = _Parser(text)
    run = parser.sum(0)
    if parser.kind is not None:
        raise FormulaError(f"at “{parser.word}”")
    return Formula(frozenset(parser.codes), run)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.place = text.rstrip(), 0
        self.codes: set[str] = set()
        self.kind: str | None = None
        self.word = ""
        self.next()

    def next(self) -> None:
        if self.place >= len(self.text):
            self.kind, self.word = None, ""
            return
        found = _TOKEN.match(self.text, self.place)
        if found is None:
            raise FormulaError(f"at “{self.text[self.place : self.place + 10].strip()}”")
        self.place = found.end()
        number, code, sign = found.groups()
        self.kind = "number" if number else "code" if code else "sign"
        self.word = number or code or sign

    def take(self, signs: str) -> str:
        word = self.word
        if self.kind == "sign" and word in signs:
            self.next()
            return word
        return ""

    def sum(self, depth: int) -> Callable[[Mapping[str, Value]], Value]:
        left = self.product(depth)
        while sign := self.take("+-"):
            left = _both(left, self.product(depth), sign)
        return left

    def product(self, depth: int) -> Callable[[Mapping[str, Value]], Value]:
        left = self.part(depth)
        while sign := self.take("*/"):
            left = _both(left, self.part(depth), sign)
        return left

    def part(self, depth: int) -> Callable[[Mapping[str, Value]], Value]:
        if depth > MAX_DEPTH:
            raise FormulaError("too deep")
        if self.take("-"):
            inner = self.part(depth + 1)
            return _both(lambda _values: 0.0, inner, "-")
        if self.take("("):
            whole = self.sum(depth + 1)
            if not self.take(")"):
                raise FormulaError("a bracket is missing")
            return whole
        kind, word = self.kind, self.word
        if kind not in ("number", "code"):
            raise FormulaError(f"at “{word}”" if word else "at the end")
        self.next()
        if kind == "number":
            number = float(word)
            return lambda _values: number
        self.codes.add(word)
        return lambda values: values.get(word)


def _both(
    left: Callable[[Mapping[str, Value]], Value],
    right: Callable[[Mapping[str, Value]], Value],
    sign: str,
) -> Callable[[Mapping[str, Value]], Value]:
    """Nothing known on either side, or a division by nothing, gives nothing."""

    def run(values: Mapping[str, Value]) -> Value:
        a, b = left(values), right(values)
        if a is None or b is None:
            return None
        if sign == "/":
            return a / b if b else None
        return {"+": a + b, "-": a - b, "*": a * b}[sign]

    return run
