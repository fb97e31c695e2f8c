"""Journeys: made empty or from a template, changed, deleted; and what all named rows share."""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import I18nTextField, Membership, TenantModel, User, as_texts
from cxportal.core.policies import authorise
from journeys.models import Journey, Persona
from journeys.services.codes import code_from
from journeys.templates_library import TEMPLATES
from journeys.templates_library.shape import document_of, touchpoints_of

EDITABLE = (
    "name",
    "description",
    "kind",
    "state",
    "persona",
    "owner",
    "parent",
    "counterpart",
    "review_due",
)


@transaction.atomic
def journey_create(
    *,
    actor: Actor,
    name: Mapping[str, str] | str,
    code: str = "",
    template: str = "empty",
    description: Mapping[str, str] | str | None = None,
    kind: str = Journey.Kind.AS_IS,
    persona: Persona | None = None,
    owner: User | None = None,
) -> Journey:
    """Make a journey, with the template's stages and touchpoints if one is named.

    Raises DomainError: "unknown_template", "invalid" (no name), "code_taken" (409).
    """
    authorise(actor, "journeys.change_journeys")
    if template not in TEMPLATES:
        raise DomainError("unknown_template", _("There is no such template."))
    language = actor.program.default_language
    texts = as_texts(name, language)
    refuse_unnamed(texts)
    refuse_foreign(actor, {"persona": persona, "owner": owner})
    journey = Journey(
        program=actor.program,
        code=code or code_from(texts, "journey", Journey.objects.for_actor(actor)),
        name=texts,
        description=as_texts(description, language),
        kind=kind,
        persona=persona,
        owner=owner or actor.user,
    )
    save_unique(journey)
    audit(actor=actor, action="journey.create", obj=journey, changes={"template": template})
    _fill(actor, journey, template)
    return journey


def _fill(actor: Actor, journey: Journey, template: str) -> None:
    from journeys.services.map_documents import map_fill
    from journeys.services.touchpoints import touchpoint_ensure

    spec = TEMPLATES[template]
    for touchpoint in touchpoints_of(spec):
        touchpoint_ensure(actor=actor, **touchpoint)
    map_fill(actor, journey, document_of(spec, f"{journey.program_id}/{journey.code}"))


def refuse_unnamed(name: Mapping[str, str], field: str = "name") -> None:
    """Raise DomainError "invalid" when no language has a name."""
    if not any(text.strip() for text in name.values()):
        message = _("Give it a name.")
        raise DomainError("invalid", message, details={field: message})


def refuse_invalid(row: Any, names: Iterable[str]) -> None:
    """Raise DomainError "invalid" where a value does not fit its field."""
    wanted = set(names)
    try:
        row.clean_fields(exclude={f.name for f in row._meta.fields if f.name not in wanted})
    except ValidationError as error:
        details = {name: " ".join(sentences) for name, sentences in error.message_dict.items()}
        raise DomainError("invalid", " ".join(details.values()), details=details) from error


def refuse_foreign(actor: Actor, values: Mapping[str, Any]) -> None:
    """Raise DomainError "not_found" (404) for what is not of the program, or no member of it."""
    for name, value in values.items():
        is_foreign = isinstance(value, TenantModel) and value.program_id != actor.program_id
        if isinstance(value, User):
            members: Any = Membership.objects.for_actor(actor)
            is_foreign = not members.filter(user=value, is_active=True).exists()
        if is_foreign:
            message = _("This is not there, or not of this program.")
            raise DomainError("not_found", message, status=404, details={name: message})


def save_unique(row: Any) -> None:
    """Save a new row with a code. Raises DomainError "invalid", "code_taken" (409)."""
    refuse_invalid(row, [f.name for f in row._meta.concrete_fields if not f.is_relation])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        message = _("This code is taken already.")
        details = {"code": message}
        raise DomainError("code_taken", message, status=409, details=details) from taken


@transaction.atomic
def journey_update(
    *, actor: Actor, journey: Journey, version: int | None = None, **values: Any
) -> Journey:
    """Change a journey's own fields. Raises DomainError "invalid", StaleEdit."""
    authorise(actor, "journeys.change_journeys", journey)
    personas = values.pop("personas", None)
    _refuse_circle(actor, journey, values.get("parent"))
    changed: Journey = update_named(actor, journey, version, values, EDITABLE, "journey.update")
    if personas is not None:
        _draw_personas(actor, changed, personas)
    return changed


def _refuse_circle(actor: Actor, journey: Journey, parent: Journey | None) -> None:
    if parent is None:
        return
    above = dict(Journey.objects.for_actor(actor).values_list("pk", "parent_id"))
    at: int | None = parent.pk
    while at is not None:
        if at == journey.pk:
            message = _("A journey cannot be a part of itself.")
            raise DomainError("circle", message, status=409, details={"parent": message})
        at = above.pop(at, None)


def _draw_personas(actor: Actor, journey: Journey, personas: Iterable[Persona]) -> None:
    """Give these personas a line of their own on the emotion curve."""
    wanted = list(personas)
    for persona in wanted:
        refuse_foreign(actor, {"personas": persona})
    before = sorted(journey.personas.values_list("pk", flat=True))
    after = sorted(persona.pk for persona in wanted)
    if before != after:
        journey.personas.set(wanted)
        changes = {"personas": [before, after]}
        audit(actor=actor, action="journey.personas", obj=journey, changes=changes)


def update_named(  # noqa: PLR0917
    actor: Actor,
    row: Any,
    version: int | None,
    values: dict[str, Any],
    editable: tuple[str, ...],
    action: str,
    *,
    may_be_unnamed: bool = False,
) -> Any:
    """The common way of changing a named, versioned row."""
    unknown = set(values) - set(editable)
    if unknown:
        raise LookupError(f"not editable: {sorted(unknown)}")
    stored = lock(row)
    plain = [name for name in editable if not stored._meta.get_field(name).is_relation]
    expect_version(stored, version, plain)
    for name, value in values.items():
        if isinstance(stored._meta.get_field(name), I18nTextField):
            values[name] = as_texts(value, actor.program.default_language)
    title = "title" if "title" in editable else "name"
    if not may_be_unnamed:
        refuse_unnamed(values.get(title, getattr(stored, title)), title)
    refuse_foreign(actor, values)
    trial = copy(stored)
    for name, value in values.items():
        setattr(trial, name, value)
    refuse_invalid(trial, [name for name in values if not trial._meta.get_field(name).is_relation])
    changes = save_version(stored, values)
    if changes:
        audit(actor=actor, action=action, obj=stored, changes=changes)
    return stored


@transaction.atomic
def journey_reviewed(*, actor: Actor, journey: Journey) -> Journey:
    """Note that the map was looked over now."""
    authorise(actor, "journeys.change_journeys", journey)
    stored = lock(journey)
    stored.reviewed_at = timezone.now()
    stored.save(update_fields=["reviewed_at"])
    audit(actor=actor, action="journey.reviewed", obj=stored)
    return stored


@transaction.atomic
def journey_delete(*, actor: Actor, journey: Journey) -> None:
    """Delete a journey with its stages; touchpoints stay in the library, actions stay."""
    authorise(actor, "journeys.change_journeys", journey)
    audit(actor=actor, action="journey.delete", obj=journey)
    journey.delete()
