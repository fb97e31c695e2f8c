"""Search over records of every floor by their names, in every language, in one query."""

import json
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import IntegerField, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from cxportal.core.actors import Actor
from cxportal.core.models import I18nTextField, text_in
from cxportal.core.policies import may
from cxportal.core.registry import Named, SearchHit, named_records


def named_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """At most `limit` records of each kind the actor may open, the newest first. One query."""
    allowed = [named for named in named_records if may(actor, named.permission)]
    if not allowed:
        return
    parts = [_matching(actor, at, named, text)[:limit] for at, named in enumerate(allowed)]
    rows = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    for at, pk, label in sorted(rows, key=lambda row: row[0]):
        named = allowed[at]
        name = text_in(json.loads(label)) if _is_i18n(named, named.fields[0]) else label
        yield SearchHit(str(named.kind), name, actor.url(named.page, pk))


def _matching(actor: Actor, at: int, named: Named, text: str) -> QuerySet[Any, Any]:
    """(place of the kind, id, name as text) of the records whose text holds the words."""
    rows = named.model.objects.for_actor(actor)
    holds: list[Q] = []
    for field in named.fields:
        if not _is_i18n(named, field):
            holds.append(Q(**{f"{field}__icontains": text}))
            continue
        for code, _name in settings.LANGUAGES:
            rows = rows.alias(**{f"{field}_{code}": KeyTextTransform(code, field)})
            holds.append(Q(**{f"{field}_{code}__icontains": text}))
    found: QuerySet[Any, Any] = (
        rows.filter(reduce(or_, holds))
        .order_by("-pk")
        .annotate(
            kind_at=Value(at, output_field=IntegerField()),
            said=Cast(named.fields[0], TextField()),
        )
        .values_list("kind_at", "pk", "said")
    )
    return found


def _is_i18n(named: Named, field: str) -> bool:
    return isinstance(named.model._meta.get_field(field), I18nTextField)
