"""Files with something wrong in them: real ones of which a few values are lost or strange."""

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

STRANGE: tuple[Any, ...] = (
    None, "", [], {}, 0, -1, 7, True, False, "x", "é 한 \u202e", "<script>x</script>", "1e999",
    "${q://QID1/ChoiceGroup/SelectedChoices}", "{{answer.x}}", [1, "2", None], {"1": "x"},
    {"a": {"b": []}}, "9" * 30, "x" * 3000,
)  # fmt: skip
_CELL = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_WORDS = ("", "0", "-1", "Y", "N", "abc", "1e999", "{Q1.NAOK}", "((", "1==1 and", "9" * 30, "<b>é")


def json_mutants(content: bytes, count: int, seed: int) -> Iterator[bytes]:
    """The file with one to six values replaced, dropped, or lists written as objects."""
    random = Random(seed)
    for _number in range(count):
        data = json.loads(content)
        for _turn in range(random.randint(1, 6)):
            _mutate(data["SurveyElements"], random)
        yield json.dumps(data).encode()


def _mutate(data: Any, random: Random) -> None:
    holder, key = data, random.randrange(len(data))
    for _depth in range(random.randint(0, 9)):
        inside = holder[key]
        if isinstance(inside, dict) and inside:
            holder, key = inside, random.choice(list(inside))
        elif isinstance(inside, list) and inside:
            holder, key = inside, random.randrange(len(inside))
        else:
            break
    fate = random.random()
    value = holder[key]
    if fate < 0.25 and isinstance(holder, dict):
        del holder[key]
    elif fate < 0.45 and isinstance(value, list):
        holder[key] = {str(number): part for number, part in enumerate(value)}
    elif fate < 0.55 and isinstance(value, dict):
        holder[key] = list(value.values())
    else:
        holder[key] = random.choice(STRANGE)


def xml_mutants(content: bytes, count: int, seed: int) -> Iterator[bytes]:
    """The file with some cells replaced, or columns or whole tables gone."""
    random, text = Random(seed), content.decode("utf-8", "replace")
    cells = [match.span(1) for match in _CELL.finditer(text)]
    tables = sorted(set(re.findall(r"<(\w+)>\s*<fields>", text)))
    columns = sorted(set(re.findall(r"<fieldname>(\w+)</fieldname>", text)))
    for _number in range(count):
        made = text
        for start, end in sorted(random.sample(cells, min(8, len(cells))), reverse=True):
            made = made[:start] + random.choice(_WORDS) + made[end:]
        if random.random() < 0.3 and tables:
            made = _without(made, random.choice(tables))
        if random.random() < 0.5 and columns:
            made = _without(made, random.choice(columns))
        yield made.encode()


def _without(text: str, tag: str) -> str:
    return re.sub(rf"<{tag}>.*?</{tag}>", "", text, flags=re.DOTALL)


def table_mutants(content: bytes, count: int, seed: int) -> Iterator[bytes]:
    """A Markdown form with cells replaced or exchanged."""
    random = Random(seed)
    for _number in range(count):
        lines = content.decode().splitlines()
        for _turn in range(random.randint(1, 4)):
            at = random.randrange(len(lines))
            cells = lines[at].split("|")
            cells[random.randrange(len(cells))] = f" {random.choice(_TABLE)} "
            lines[at] = "|".join(cells)
        yield "\n".join(lines).encode()


_TABLE = (
    "", "select_one nowhere", "begin group", "end group", "begin repeat", "rank yn", "range",
    "${gone} > 3", "selected(${came}, 'y'", ". > 3 and", "true()", "é 한", "name", "type", "label",
    "select_multiple yn or_other", "calculate", "note", "1e999", "start=a end=b", "99", "hidden",
)  # fmt: skip
Mutants = Callable[[bytes, int, int], Iterator[bytes]]
