"""What surveys add to the ground floor's registries, once, at start-up."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.registry import (
    SearchHit,
    audit_words,
    event_listeners,
    object_pages,
    search,
    webhook_events,
)
from surveys.queries.surveys import surveys_visible
from surveys.services.triggers import campaigns_hear

object_pages["surveys.survey"] = "surveys:survey-detail"
audit_words |= {
    "survey.create": pgettext_lazy("audit", "made the survey"),
    "survey.update": pgettext_lazy("audit", "changed the survey"),
    "survey.publish": pgettext_lazy("audit", "published"),
    "survey.close": pgettext_lazy("audit", "closed the survey"),
    "survey.reopen": pgettext_lazy("audit", "reopened the survey"),
    "survey.duplicate": pgettext_lazy("audit", "made it as a copy"),
    "survey.delete": pgettext_lazy("audit", "deleted the survey"),
    "checklist.set": pgettext_lazy("audit", "changed the checklist"),
    "response.import": pgettext_lazy("audit", "imported answers"),
    "survey.import": pgettext_lazy("audit", "took it over from a file"),
    "section.add": pgettext_lazy("audit", "added a page"),
    "section.update": pgettext_lazy("audit", "named a page"),
    "section.move": pgettext_lazy("audit", "moved a page"),
    "section.delete": pgettext_lazy("audit", "deleted a page"),
    "question.add": pgettext_lazy("audit", "added a question"),
    "question.update": pgettext_lazy("audit", "changed a question"),
    "question.move": pgettext_lazy("audit", "moved a question"),
    "question.delete": pgettext_lazy("audit", "deleted a question"),
    "delivery.return": pgettext_lazy("audit", "heard that a message came back"),
    "contact_policy.update": pgettext_lazy("audit", "changed the contact policy"),
}
webhook_events["survey.published"] = gettext_lazy("A survey was published")


def survey_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """Surveys whose title holds the text in some language."""
    holds = Q(sort_title__icontains=text)
    for code in actor.program.languages:
        holds |= Q(**{f"title__{code}__icontains": text})
    for survey in surveys_visible(actor).filter(holds).order_by("-updated_at")[:limit]:
        url = actor.url("surveys:survey-detail", survey.pk)
        yield SearchHit(kind=_("Survey"), label=str(survey), url=url)


search.append(survey_hits)
event_listeners.append(campaigns_hear)
