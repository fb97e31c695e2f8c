"""Maps into and out of files: .ojf and CSV in; the whole of a map as our own document out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.imports import read_csv
from cxportal.core.models import text_in
from cxportal.core.policies import authorise
from journeys.calc import map_csv, ojf
from journeys.calc.map_files import FileProblem, Note, ParsedMap
from journeys.models import Journey, Lane, Persona, Touchpoint
from journeys.services.journeys import journey_create
from journeys.services.map_beside import beside_take
from journeys.services.map_documents import map_document, map_fill
from journeys.services.personas import persona_create
from journeys.services.touchpoints import touchpoint_ensure

MAX_BYTES = 5 * 1024 * 1024
NAME = 200


@dataclass(frozen=True)
class Imported:
    """The journey a file became, and what did not come over as it was."""

    journey: Journey
    notes: tuple[Note, ...]
    taken: dict[str, int]


@transaction.atomic
def map_import(*, actor: Actor, content: bytes, filename: str) -> Imported:
    """Make a journey from an .ojf (JSON) or CSV file; nothing is kept of a file with an error.

    Raises DomainError "too_large" (413), "not_a_map" with the place in the file, "not_csv" ….
    """
    authorise(actor, "journeys.change_journeys")
    if len(content) > MAX_BYTES:
        raise DomainError("too_large", _("The file is larger than 5 MB."), status=413)
    try:
        parsed = _parsed(actor, content, filename)
    except FileProblem as problem:
        raise refusal(problem) from problem
    journey = _made(actor, parsed)
    document = parsed.document
    taken = {name: len(document[name]) for name in ("stages", "lanes", "cards")}
    changes = {"file": filename[:200], **taken, "notes": len(parsed.notes)}
    audit(actor=actor, action="journey.import", obj=journey, changes=changes)
    return Imported(journey, tuple(parsed.notes), taken)


def _parsed(actor: Actor, content: bytes, filename: str) -> ParsedMap:
    language, name = actor.program.default_language, PurePath(filename).stem[:NAME]
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        try:
            value = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            place = f"{error.lineno}:{error.colno}"
            raise FileProblem(place, "not_json") from error
        return ojf.read(value, language=language, name=name)
    table = read_csv(content)
    return map_csv.read(table.columns, table.rows, language=language, name=name)


def _made(actor: Actor, parsed: ParsedMap) -> Journey:
    for touchpoint in parsed.touchpoints:
        touchpoint_ensure(actor=actor, **touchpoint)
    personas = _personas(actor, parsed.personas)
    journey = journey_create(
        actor=actor,
        name={code: text[:NAME] for code, text in parsed.name.items()},
        description=parsed.description,
        kind=parsed.journey.get("kind", Journey.Kind.AS_IS),
        persona=next(iter(personas.values()), None),
    )
    journey.personas.set(personas.values())
    map_fill(actor, journey, _bound(parsed.document, personas))
    beside_take(actor, journey, parsed)
    return journey


def _personas(actor: Actor, wanted: Mapping[str, dict[str, str]]) -> dict[str, Persona]:
    """Personas of the program by the file's keys: those of the same name, else new ones."""
    known = {text_in(row.name): row for row in Persona.objects.for_actor(actor)}
    return {
        key: known.get(text_in(name)) or persona_create(actor=actor, name=name)
        for key, name in wanted.items()
    }


def _bound(document: Mapping[str, Any], personas: Mapping[str, Persona]) -> dict[str, Any]:
    """The document with the program's ids of personas."""

    def pk(key: str | None) -> int | None:
        return personas[key].pk if key else None

    return {
        **document,
        "stages": [
            {
                **stage,
                "steps": [
                    {
                        **step,
                        "emotions": {str(pk(who) or ""): v for who, v in step["emotions"].items()},
                    }
                    for step in stage["steps"]
                ],
            }
            for stage in document["stages"]
        ],
        "cards": [{**card, "persona": pk(card.get("persona"))} for card in document["cards"]],
    }


def own_document(actor: Actor, journey: Journey) -> dict[str, Any]:
    """The whole map by itself: touchpoints and personas described, not only named."""
    document = map_document(actor, journey)
    steps = [step for stage in document["stages"] for step in stage["steps"]]
    codes = {step["touchpoint"] for step in steps if step["touchpoint"]}
    people = list(journey.personas.all())
    if journey.persona is not None and journey.persona not in people:
        people.insert(0, journey.persona)
    used = {who for step in steps for who in step["emotions"] if who}
    used |= {str(card["persona"]) for card in document["cards"] if card["persona"]}
    known = {person.pk for person in people}
    rows = Persona.objects.for_actor(actor).filter(pk__in=[int(who) for who in used])
    people += [row for row in rows.order_by("pk") if row.pk not in known]
    keys = {str(person.pk): f"p{number}" for number, person in enumerate(people, start=1)}
    labels: dict[str, Any] = dict(Lane.Kind.choices)
    return {
        "format": 1,
        "journey": {
            "name": journey.name, "description": journey.description, "kind": journey.kind,
        },
        "personas": [{"key": keys[str(row.pk)], "name": row.name} for row in people],
        "touchpoints": [_touchpoint(row) for row in _places(actor, codes)],
        "lanes": [{**row, "label": str(labels[row["kind"]])} for row in document["lanes"]],
        "stages": [
            {
                **stage,
                "steps": [
                    {**s, "emotions": {keys.get(w, ""): v for w, v in s["emotions"].items()}}
                    for s in stage["steps"]
                ],
            }
            for stage in document["stages"]
        ],
        "cards": [
            {
                **{name: value for name, value in card.items() if name != "image"},
                "persona": keys.get(str(card["persona"])),
            }
            for card in document["cards"]
        ],
    }  # fmt: skip


def _places(actor: Actor, codes: set[str]) -> Any:
    return Touchpoint.objects.for_actor(actor).filter(code__in=codes).order_by("pk")


def _touchpoint(row: Any) -> dict[str, Any]:
    flags = ("is_active_contact", "is_manageable", "is_moment_of_truth")
    return {
        "code": row.code,
        "name": row.name,
        "description": row.description,
        "area": row.area,
        "channel": row.channel,
        "importance": float(row.importance),
        **{flag: getattr(row, flag) for flag in flags},
    }


def reasons() -> dict[str, str]:
    """What may be wrong in a file, in words with the places of their figures."""
    return {
        "not_object": _("an object is expected here"),
        "not_list": _("a list is expected here"),
        "not_text": _("a text is expected here"),
        "not_texts": _("a text per language is expected here, for example {“en”: “Pay”}"),
        "not_feeling": _("a whole number from −5 to 5 is expected here"),
        "not_number": _("“%(name)s” is not a number"),
        "not_target": _("a target lies between 0 and 100"),
        "not_key": _("a key (UUID) is expected here"),
        "not_json": _("this is not JSON"),
        "missing": _("this must not be empty"),
        "too_long": _("at most %(most)d letters"),
        "too_many": _("at most %(most)d rows"),
        "twice": _("“%(name)s” stands twice"),
        "unknown": _("“%(name)s” is not known"),
        "unknown_record": _("there is no record “%(name)s”"),
        "no_map": _("neither stages nor nodes are in the file"),
        "no_map_columns": _("the columns are neither those of a map nor of a summary (Stage …)"),
        "unknown_stage": _("the stage is not in the file"),
        "unknown_lane": _("the lane is not in the file"),
        "untitled": _("the card had no title"),
        "shortened": _("longer than we keep"),
        "scale_ten": _("scores run from 0 to 10"),
        "rounded": _("rounded to a whole number from −5 to 5"),
        "unknown_severity": _("no such severity"),
        "unread": _("we have no field for it"),
        "unknown_metric": _("there is no metric of this code"),
        "actions_stay": _("actions stay on the board they come from"),
        "no_picture": _("this is no picture that browsers show"),
    }


def refusal(problem: FileProblem) -> DomainError:
    """A file's problem as people read it: where, and what is wrong."""
    reason = reasons().get(problem.reason, problem.reason)
    words = reason % {"name": "", "most": 0, **problem.params}
    message = _("The file cannot be read at %(place)s: %(reason)s.") % {
        "place": problem.place or "$",
        "reason": words,
    }
    details = {"file": message, "place": problem.place, "reason": problem.reason}
    return DomainError("not_a_map", message, details=details)
