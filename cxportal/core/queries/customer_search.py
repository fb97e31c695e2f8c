"""Search over names, addresses, phones and ids by pairs of letters.

A trigram index finds nothing for the two syllables of most Korean given names; pairs do. The index
is on core_search_pairs(…), made by a migration; the text itself is compared once more, since pairs
may stand apart.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, TextField

from cxportal.core.models import Customer

MAX_WORDS = 5
_SEARCHED = ("name", "email", "phone", "external_id")


def _function(name: str, output: Any) -> Func:
    return Func(*(F(field) for field in _SEARCHED), function=name, output_field=output)


def customers_holding(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Those whose name, e-mail, phone or id holds every word of the text."""
    found = customers.alias(
        search_text=_function("core_search_text", TextField()),
        search_pairs=_function("core_search_pairs", ArrayField(TextField())),
    )
    for word in words_of(text):
        pairs = sorted({word[i : i + 2] for i in range(len(word) - 1)})
        if pairs:
            found = found.filter(**{"search_pairs__contains": pairs})
        found = found.filter(search_text__contains=word)
    return found


def words_of(text: str) -> list[str]:
    """The words as the index holds them: upper case, phone numbers as digits."""
    bare = text.strip().lstrip("+")
    if sum(c.isdigit() for c in bare) >= 4 and not any(c.isalpha() for c in bare):
        return ["".join(c for c in bare if c.isdigit())]
    return text.upper().split()[:MAX_WORDS]
