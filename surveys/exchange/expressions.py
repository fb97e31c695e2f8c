"""Conditions written as infix expressions (ExpressionScript, XPath) read into ours.

Only what our logic says in the same way is translated; everything else raises
`Untranslatable`, and the expression is kept as a note.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from surveys.exchange.draft import Condition, Group, Test

MAX_LENGTH = 4000
_MAX_DEPTH = 40
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<number>\d+(?:\.\d+)?)(?![\w])
  | (?P<reference>\$\{\s*[^{}\s]+\s*\})
  | (?P<operator><=|>=|==|!=|<>|&&|\|\||[=<>!(),+*/-])
  | (?P<dot>\.(?![\w.]))
  | (?P<name>[A-Za-z0-9_\u0080-\uffff][\w.:\u0080-\uffff]*(?:-[A-Za-z][\w:]*)*)
    )""",
    re.VERBOSE,
)
_WORDS = {
    "and": "&&",
    "or": "||",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "=": "==",
    "<>": "!=",
}
_LEVELS = (("||",), ("&&",), ("==", "!=", "<", ">", "<=", ">="), ("+", "-"), ("*", "/", "div"))
OPPOSITES = {
    "equals": "not_equals",
    "not_equals": "equals",
    "less": "at_least",
    "at_least": "less",
    "greater": "at_most",
    "at_most": "greater",
    "includes": "excludes",
    "excludes": "includes",
    "answered": "unanswered",
    "unanswered": "answered",
    "contains": "not_contains",
    "not_contains": "contains",
}
_COMPARISONS = {
    "==": "equals",
    "!=": "not_equals",
    "<": "less",
    ">": "greater",
    "<=": "at_most",
    ">=": "at_least",
}
_TURNED = {"less": "greater", "greater": "less", "at_most": "at_least", "at_least": "at_most"}


class Untranslatable(ValueError):
    """Our logic cannot say this in the same way; the message names the part."""


@dataclass(frozen=True)
class Name:
    """A variable: `${age}`, `age.NAOK`; "." is the answer at hand."""

    text: str


@dataclass(frozen=True)
class Literal:
    value: str | int | float | bool


@dataclass(frozen=True)
class Call:
    function: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True)
class Operation:
    operator: str
    left: "Node"
    right: "Node"


Node = Name | Literal | Call | Operation


@dataclass(frozen=True)
class Reference:
    """What a variable stands for: a question, one of its rows, or one choice of it."""

    source: str
    row: str = ""
    choice: str = ""
    column: str = ""


Resolver = Callable[[str], Reference | None]


def parsed(expression: str) -> Node:
    """The expression as a tree. Raises Untranslatable."""
    if len(expression) > MAX_LENGTH:
        raise Untranslatable("too long")
    parser = _Parser(_tokens(expression))
    tree = parser.level(0, 0)
    if parser.peek() != ("", ""):
        raise Untranslatable(parser.peek()[1])
    return tree


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    while expression[at:].strip():
        found = _TOKEN.match(expression, at)
        if not found or found.end() == at:
            raise Untranslatable(expression[at : at + 20].strip())
        kind, text = str(found.lastgroup), found[str(found.lastgroup)]
        if text.lower() in _WORDS and kind in ("name", "operator"):
            kind, text = "operator", _WORDS[text.lower()]
        tokens.append((kind, text))
        at = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at = tokens, 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def next(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def level(self, number: int, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise Untranslatable("too deep")
        if number == len(_LEVELS):
            return self.unary(depth)
        left = self.level(number + 1, depth)
        while self.peek()[1] in _LEVELS[number] and self.peek()[0] in ("operator", "name"):
            operator = self.next()[1]
            left = Operation(operator, left, self.level(number + 1, depth + 1))
        return left

    def unary(self, depth: int) -> Node:
        kind, text = self.next()
        if (kind, text) == ("operator", "!"):
            if depth > _MAX_DEPTH:
                raise Untranslatable("too deep")
            return Call("not", (self.unary(depth + 1),))
        if (kind, text) == ("operator", "-"):
            inner = self.unary(depth + 1)
            if isinstance(inner, Literal) and isinstance(inner.value, int | float):
                return Literal(-inner.value)
            raise Untranslatable("-")
        if (kind, text) == ("operator", "("):
            inner = self.level(0, depth + 1)
            self.expect(")")
            return inner
        return self.leaf(kind, text, depth)

    def leaf(self, kind: str, text: str, depth: int) -> Node:
        if kind == "string":
            return Literal(re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind == "number":
            return Literal(float(text) if "." in text else int(text))
        if kind == "reference":
            return Name(text[2:-1].strip().rpartition("/")[2])
        if kind == "dot":
            return Name(".")
        if kind == "name":
            return self.call(text, depth) if self.peek()[1] == "(" else Name(text)
        raise Untranslatable(text or "…")

    def call(self, name: str, depth: int) -> Node:
        self.expect("(")
        arguments: list[Node] = []
        while self.peek()[1] != ")":
            arguments.append(self.level(0, depth + 1))
            if self.peek()[1] == ",":
                self.next()
            elif self.peek()[1] != ")":
                raise Untranslatable(self.peek()[1] or "(")
        self.expect(")")
        return Call(name, tuple(arguments))

    def expect(self, text: str) -> None:
        if self.next()[1] != text:
            raise Untranslatable(text)


def condition_of(expression: str, resolve: Resolver) -> Condition | bool:
    """Our condition for an expression; True or False where it is always so.

    `resolve` says what a variable stands for, None for an unknown one. Raises Untranslatable.
    """
    return _condition(parsed(expression), resolve)


def negated(condition: Condition) -> Condition:
    """The opposite, pushed down to the single tests. Raises Untranslatable."""
    if isinstance(condition, Group):
        return Group(not condition.every, tuple(negated(part) for part in condition.parts))
    if condition.operator not in OPPOSITES:
        raise Untranslatable(condition.operator)
    return replace(condition, operator=OPPOSITES[condition.operator])


def joined(every: bool, parts: "list[Condition | bool]") -> Condition | bool:
    """All or any of the parts, constants worked out, groups of one kind flattened."""
    flat: list[Condition] = []
    for part in parts:
        if isinstance(part, bool):
            if part != every:
                return part
        elif isinstance(part, Group) and part.every == every:
            flat.extend(part.parts)
        elif part not in flat:
            flat.append(part)
    if not flat:
        return every
    return flat[0] if len(flat) == 1 else Group(every, tuple(flat))


def _condition(node: Node, resolve: Resolver) -> Condition | bool:
    if isinstance(node, Literal):
        return bool(node.value) and node.value not in ("0", "false")
    if isinstance(node, Name):
        return _of_name(node, resolve)
    if isinstance(node, Call):
        return _of_call(node, resolve)
    if node.operator in ("&&", "||"):
        sides = [_condition(side, resolve) for side in (node.left, node.right)]
        return joined(node.operator == "&&", sides)
    if node.operator not in _COMPARISONS:
        raise Untranslatable(node.operator)
    return _comparison(node, resolve)


def _of_name(node: Name, resolve: Resolver) -> Condition | bool:
    if node.text.lower() in ("true", "false"):
        return node.text.lower() == "true"
    found = _resolved(node, resolve)
    if found.choice:
        return Test(found.source, "includes", found.choice)
    return Test(found.source, "answered", None, found.row, found.column)


def _resolved(node: Name, resolve: Resolver) -> Reference:
    found = resolve(node.text)
    if found is None:
        raise Untranslatable(node.text)
    return found


def _of_call(node: Call, resolve: Resolver) -> Condition | bool:
    name, arguments = node.function.lower(), node.arguments
    if name in ("true", "false") and not arguments:
        return name == "true"
    if name in ("not", "boolean", "is_empty", "empty") and len(arguments) == 1:
        if name in ("is_empty", "empty"):
            return _negative(_filled(arguments[0], resolve))
        inner = _condition(arguments[0], resolve)
        return _negative(inner) if name == "not" else inner
    if name == "selected" and len(arguments) == 2:
        return _selected(*arguments, resolve)
    if name == "if" and len(arguments) == 3 and arguments[1:] == (Literal(1), Literal(0)):
        return _condition(arguments[0], resolve)
    raise Untranslatable(f"{node.function}()")


def _negative(inner: Condition | bool) -> Condition | bool:
    return (not inner) if isinstance(inner, bool) else negated(inner)


def _filled(node: Node, resolve: Resolver) -> Condition:
    if not isinstance(node, Name):
        raise Untranslatable("is_empty()")
    found = _resolved(node, resolve)
    if found.choice:
        return Test(found.source, "includes", found.choice)
    return Test(found.source, "answered", None, found.row, found.column)


def _selected(subject: Node, wanted: Node, resolve: Resolver) -> Condition:
    if not isinstance(subject, Name) or not isinstance(wanted, Literal):
        raise Untranslatable("selected()")
    found = _resolved(subject, resolve)
    return Test(found.source, "includes", str(wanted.value), found.row, found.column)


def _comparison(node: Operation, resolve: Resolver) -> Condition | bool:
    operator, left, right = _COMPARISONS[node.operator], node.left, node.right
    if isinstance(left, Literal) and isinstance(right, Literal):
        return _of_literals(operator, left.value, right.value)
    if isinstance(left, Literal):
        left, right, operator = right, left, _TURNED.get(operator, operator)
    if isinstance(left, Call) and isinstance(right, Literal):
        return _call_compared(operator, left, right, resolve)
    if not isinstance(left, Name) or not isinstance(right, Literal):
        raise Untranslatable(node.operator)
    found = _resolved(left, resolve)
    if found.choice:
        return _choice_compared(found, operator, right)
    if right.value == "":
        empty = {"equals": "unanswered", "not_equals": "answered"}.get(operator)
        if empty is None:
            raise Untranslatable(node.operator)
        return Test(found.source, empty, None, found.row, found.column)
    return Test(found.source, operator, right.value, found.row, found.column)


def _of_literals(operator: str, left: Any, right: Any) -> bool:
    if operator == "equals":
        return str(left) == str(right)
    if operator == "not_equals":
        return str(left) != str(right)
    raise Untranslatable(operator)


def _choice_compared(found: Reference, operator: str, right: Literal) -> Condition:
    chosen = str(right.value) in ("Y", "1")
    if operator not in ("equals", "not_equals") or (not chosen and right.value != ""):
        raise Untranslatable(found.choice)
    wanted = "includes" if (operator == "equals") == chosen else "excludes"
    return Test(found.source, wanted, found.choice)


def _call_compared(
    operator: str, left: Call, right: Literal, resolve: Resolver
) -> Condition | bool:
    """strlen(x) > 0, string-length(x) = 0, int(x) < 3, selected(x, 'a') = true()."""
    name, arguments = left.function.lower(), left.arguments
    if name in ("int", "number", "floatval", "intval", "string") and len(arguments) == 1:
        inner = Operation(_sign(operator), arguments[0], right)
        return _comparison(inner, resolve)
    if name in ("strlen", "string-length", "count-selected") and len(arguments) == 1:
        if (operator, right.value) in (("greater", 0), ("not_equals", 0), ("at_least", 1)):
            return _filled(arguments[0], resolve)
        if (operator, right.value) in (("equals", 0), ("less", 1)):
            return negated(_filled(arguments[0], resolve))
    raise Untranslatable(f"{left.function}()")


def _sign(operator: str) -> str:
    return next(sign for sign, word in _COMPARISONS.items() if word == operator)
