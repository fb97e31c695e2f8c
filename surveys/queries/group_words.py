"""The groups a program reports by, in words: a segment's name, a channel, a language."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import Segment, text_in
from surveys.models import Campaign
from surveys.services.dimensions import CHANNEL, LANGUAGE, SEGMENT


def group_words(actor: Actor, kinds: Iterable[str]) -> dict[str, dict[str, str]]:
    """Words of the groups of some kinds, by kind and key; what has none stands as it is.

    One query where segments are among them.
    """
    return {kind: dict(_words(actor, kind)) for kind in kinds}


def _words(actor: Actor, kind: str) -> Mapping[str, str]:
    if kind == SEGMENT:
        names = Segment.objects.for_actor(actor).values_list("code", "name")
        return {code: text_in(name) or code for code, name in names}
    if kind == CHANNEL:
        told = {code: str(words) for code, words in Campaign.Channel.choices}
        return {**told, "api": _("API"), "phone": _("Phone"), "visit": _("Mystery visit")}
    if kind == LANGUAGE:
        return {"en": _("English"), "ko": _("Korean")}
    return {}
