"""Search over everything: pages by their names, records of every floor, words in comments."""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from cxportal.core.queries.pages import may_open
from cxportal.core.registry import SearchHit, navigation, search
from cxportal.core.views.settings import CARDS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

HITS = 8
MAX_TEXT = 100
#: Pages behind tabs, which neither the navigation nor the settings name.
PAGES: "tuple[tuple[str | _StrPromise, str], ...]" = (
    (_("Goals"), "steering:goal-tree"),
    (_("Assessments"), "steering:assessment-list"),
    (_("Roadmap"), "steering:roadmap"),
    (_("Responsibilities"), "steering:responsibilities"),
    (_("Processes"), "steering:process-list"),
    (_("Technology"), "steering:technology-list"),
    (_("Metric catalogue"), "steering:metric-catalogue"),
    (_("Contact policy"), "surveys:contact-policy"),
    (_("Notices of consent"), "surveys:consent-notices"),
    (_("Senders"), "surveys:sender-list"),
    (_("Dashboards"), "surveys:dashboard-list"),
    (_("Metrics"), "surveys:metric-list"),
    (_("Counted metrics"), "surveys:operational-list"),
    (_("Stage review"), "journeys:review"),
    (_("Personas"), "journeys:persona-list"),
    (_("Touchpoints"), "journeys:touchpoint-list"),
    (_("Insights"), "journeys:insight-list"),
    (_("Topics"), "journeys:topic-list"),
    (_("Ideas"), "journeys:idea-list"),
    (_("Committee"), "journeys:meeting-list"),
    (_("Cases"), "journeys:case-list"),
    (_("Automations"), "journeys:automation-list"),
    (_("Coaching"), "journeys:coaching"),
    (_("Value propositions"), "loyalty:proposition-list"),
    (_("Drivers"), "loyalty:driver-list"),
    (_("Competitors"), "loyalty:competitor-list"),
    (_("Customer equity"), "loyalty:equity"),
    (_("Points"), "loyalty:points"),
    (_("Transactions"), "loyalty:transaction-list"),
    (_("Your week"), "home:digest"),
)


@dataclass(frozen=True)
class HitGroup:
    """Hits of one kind."""

    kind: str
    hits: list[SearchHit]


def search_everything(actor: Actor, text: str) -> list[HitGroup]:
    """What matches by kind, pages first; each floor shows only what the actor may see."""
    wanted = text.replace("\x00", "").strip()[:MAX_TEXT]
    if not wanted:
        return []
    hits = [*_pages(actor, wanted), *(hit for find in search for hit in find(actor, wanted, HITS))]
    return [HitGroup(kind, list(found)) for kind, found in groupby(hits, key=lambda hit: hit.kind)]


def further_search(actor: Actor, text: str) -> list[tuple[str, str]]:
    """(words, address) of lists that search the words people wrote."""
    found = []
    if may(actor, "surveys.view_comments"):
        url = f"{actor.url('journeys:voice')}?search={quote(text)}"
        found.append((gettext("In comments"), url))
    return found


def _pages(actor: Actor, text: str) -> list[SearchHit]:
    """Pages whose name, or what the settings say of it, holds the text."""
    named: list[tuple[Any, str, Any]]
    named = [(item.label, item.url_name, "") for item in navigation]
    named += [(title, name, about) for _perm, name, _icon, title, about in CARDS]
    named += [(label, name, "") for label, name in PAGES]
    wanted, found = text.casefold(), {}
    for label, name, about in named:
        if wanted in f"{label} {about}".casefold() and name not in found:
            url = actor.url(name)
            if may_open(actor, url):
                found[name] = SearchHit(gettext("Page"), str(label), url, str(about))
    return list(found.values())[:HITS]
