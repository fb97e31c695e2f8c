"""A person without JavaScript, played by a machine: reads each page, answers it, to the end."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from random import Random
from urllib.parse import urljoin
from uuid import uuid4

from django.test import Client

MOST_PAGES = 400
_TRIES = 6  # of one page, mending what it says
_YEAR_OF_WONDERS = 2030  # a date after it is tried far back next
_FIGURES = re.compile(r"-?\d+(?:[.,]\d+)?")
_VALUES = {
    "date": "2026-05-06", "time": "10:30", "email": "kim@example.com", "tel": "010-1234-5678",
    "text": "3", "number": "3", "textarea": "Because of the staff.",
}  # fmt: skip


@dataclass
class Field:
    """A field of the form: what it is, what it offers and what stands in it."""

    name: str
    kind: str
    offers: list[str] = field(default_factory=list)
    value: str = ""
    limits: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The question's code."""
        return self.name.removeprefix("q_").partition(".")[0]


class Form(HTMLParser):
    """The form of a page of a survey, and what the page says is wrong."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self.hidden: dict[str, str] = {}
        self.faults: dict[str, str] = {}
        self.is_over = True
        self.heading = ""
        self._select: Field | None = None
        self._fault = self._open = ""
        self._valued = False  # the option at hand has a value apart from its words
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._open = tag
        if tag == "form":
            self.is_over = self.is_over and given.get("id") != "survey"
        elif tag == "p" and given.get("class") == "error":
            self._fault = given.get("id", "").removeprefix("f-").removesuffix("-error")
        elif tag == "option" and self._select is not None:
            self._valued = bool(given.get("value"))
            if self._valued:
                self._select.offers.append(given["value"])
            elif "value" in given:
                self._open = ""  # "please choose"
        elif given.get("name"):
            self._field(tag, given)

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        name, kind = given["name"], given.get("type", "") if tag == "input" else tag
        if kind == "hidden":
            self.hidden[name] = given.get("value", "")
        elif tag in ("input", "select", "textarea"):
            made = self.fields.setdefault(name, Field(name, kind or "text"))
            made.limits |= {n: given[n] for n in ("min", "max", "step") if n in given}
            if kind in ("radio", "checkbox"):
                made.offers.append(given.get("value", "on"))
            self._select = made if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        self._open = ""
        if tag == "p":
            self._fault = ""

    def handle_data(self, data: str) -> None:
        if self._fault:
            self.faults[self._fault] = self.faults.get(self._fault, "") + data
        if self._open == "option" and self._select is not None and not self._valued:
            self._select.offers.append(data.strip())
        if self._open == "h1":
            self.heading += data.strip()


@dataclass
class Robot:
    """Answers one survey; `trouble` says where it got stuck, "" at the end."""

    address: str
    seed: int = 0
    trouble: str = ""
    pages: int = 0
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def run(self) -> "Robot":
        """Go through to the end."""
        self.random = Random(self.seed)
        form, address = self._read(self.address)
        while not form.is_over and not self.trouble:
            self.pages += 1
            form, address = self._page(form, address)
            if self.pages > MOST_PAGES:
                self.trouble = "goes round in circles"
        return self

    def _read(self, address: str) -> tuple[Form, str]:
        answer = self.client.get(address)
        if answer.status_code != 200:
            self.trouble = f"GET {answer.status_code}"
        return Form(answer.content.decode()), address

    def _page(self, form: Form, address: str) -> tuple[Form, str]:
        wanted = {name: self._value(f) for name, f in form.fields.items()}
        for _turn in range(_TRIES):
            sent: dict[str, object] = {"submission_id": str(uuid4())}
            sent |= {n: v for n, v in form.hidden.items() if v or n != "submission_id"}
            sent |= {name: value for name, value in wanted.items() if value}
            answer = self.client.post(urljoin(address, "./"), {**sent, "go": "next"})
            if answer.status_code in (302, 303):
                return self._read(urljoin(address, answer["Location"]))
            page = Form(answer.content.decode())
            if answer.status_code != 422:
                if answer.status_code != 200:
                    self.trouble = f"POST {answer.status_code}"
                elif not page.is_over:
                    self.trouble = "the same page again without a word"
                return page, address
            self._mend(page, wanted)
            form = page
        self.trouble = "; ".join(f"{code}: {said}" for code, said in form.faults.items())[:400]
        self.trouble = self.trouble or "422 without a reason"
        return form, address

    def _value(self, asked: Field) -> list[str]:
        if asked.kind in ("radio", "select"):
            return [self.random.choice(asked.offers)] if asked.offers else []
        if asked.kind == "checkbox":
            return [self.random.choice(asked.offers)]
        if asked.kind == "file":
            return []
        if asked.kind == "number" and asked.limits.get("min"):
            return [asked.limits["min"]]
        return [_VALUES.get(asked.kind, "")]

    def _mend(self, page: Form, wanted: dict[str, list[str]]) -> None:
        """Do what the page asks, as a person would who reads it."""
        for code, said in page.faults.items():
            mine = [f for f in page.fields.values() if f.code == code]
            figures = [f.replace(",", ".") for f in _FIGURES.findall(said)]
            _mend_question(said, figures, mine, wanted)


Wanted = dict[str, list[str]]


def _mend_question(said: str, figures: list[str], mine: list[Field], wanted: Wanted) -> None:
    mend = next((mend for words, mend in _MENDS if any(w in said for w in words)), None)
    if mend is not None:
        mend(figures, mine, wanted)


def _each_once(_figures: list[str], mine: list[Field], wanted: Wanted) -> None:
    for place, one in enumerate(mine):
        wanted[one.name] = [one.offers[place % len(one.offers)]] if one.offers else []


def _share_out(figures: list[str], mine: list[Field], wanted: Wanted) -> None:
    for place, one in enumerate(mine):
        wanted[one.name] = ["0"] if place else figures[:1]


def _more(figures: list[str], mine: list[Field], wanted: Wanted) -> None:
    least = int(float(figures[0])) if figures else 1
    for place, one in enumerate(mine):
        wanted[one.name] = one.offers[:least] if one.kind == "checkbox" else [str(place + 1)]


def _fewer(figures: list[str], mine: list[Field], wanted: Wanted) -> None:
    most = int(float(figures[0])) if figures else 1
    for place, one in enumerate(mine):
        wanted[one.name] = wanted.get(one.name, [])[:1] if place < most else []


def _figure(figures: list[str], mine: list[Field], wanted: Wanted) -> None:
    for one in mine:
        wanted[one.name] = figures[:1] or ["1"]


def _day(_figures: list[str], mine: list[Field], wanted: Wanted) -> None:
    for one in mine:
        now = date.fromisoformat(wanted.get(one.name, [""])[0] or "2026-05-06")
        turned = now.replace(year=now.year + (10 if now.year < _YEAR_OF_WONDERS else -60))
        wanted[one.name] = [turned.isoformat()]


def _shorter(_figures: list[str], mine: list[Field], wanted: Wanted) -> None:
    for one in mine:
        wanted[one.name] = [word[:1] for word in wanted.get(one.name, [])]


_Mend = Callable[[list[str], list[Field], Wanted], None]
_MENDS: tuple[tuple[tuple[str, ...], _Mend], ...] = (
    (("each rank", "two different"), _each_once),
    (("share out",), _share_out),
    (("give a date",), _day),
    (("number", "digits"), _figure),
    (("at least",), _more),
    (("stands alone", "at most"), _fewer),
    (("shorten",), _shorter),
)
