"""What surveys add to the ground floor's registries, once, at start-up."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.models import Membership
from cxportal.core.registry import (
    NoteSubject,
    SearchHit,
    audit_words,
    event_listeners,
    event_waiters,
    note_subjects,
    object_pages,
    person_pages,
    retention,
    search,
    timeline,
    webhook_events,
    written_places,
)
from surveys.models import ConsentNotice, Survey
from surveys.queries.consent_notices import notice_entries
from surveys.queries.library import surveys_titled
from surveys.queries.surveys import surveys_visible
from surveys.services.draft_steps import steps_drop_old
from surveys.services.preference_links import person_preferences_path
from surveys.services.presence import presences_drop_old
from surveys.services.survey_pictures import pictures_drop_unused
from surveys.services.triggers import campaigns_hear, campaigns_wait_for

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
    "survey.translate": pgettext_lazy("audit", "brought translations"),
    "survey.comment": pgettext_lazy("audit", "commented"),
    "survey.undo": pgettext_lazy("audit", "undid a change"),
    "survey.redo": pgettext_lazy("audit", "did a change again"),
    "question.add": pgettext_lazy("audit", "added a question"),
    "question.update": pgettext_lazy("audit", "changed a question"),
    "question.move": pgettext_lazy("audit", "moved a question"),
    "question.delete": pgettext_lazy("audit", "deleted a question"),
    "library.save": pgettext_lazy("audit", "kept it in the library"),
    "library.rename": pgettext_lazy("audit", "renamed it in the library"),
    "library.delete": pgettext_lazy("audit", "took it out of the library"),
    "library.insert": pgettext_lazy("audit", "inserted from the library or another survey"),
    "delivery.return": pgettext_lazy("audit", "heard that a message came back"),
    "consent_notice.return": pgettext_lazy("audit", "heard that a notice of consent came back"),
    "contact_policy.update": pgettext_lazy("audit", "changed the contact policy"),
    "consent_notices.update": pgettext_lazy("audit", "changed the notices of consent"),
}
webhook_events["survey.published"] = gettext_lazy("A survey was published")


def survey_hits(actor: Actor, text: str, limit: int) -> Iterable[SearchHit]:
    """Surveys whose title holds the text in some language."""
    for survey in surveys_titled(actor, text)[:limit]:
        url = actor.url("surveys:survey-detail", survey.pk)
        yield SearchHit(kind=_("Survey"), label=str(survey), url=url)


def _concerned(survey: Survey) -> Iterable[Membership]:
    """Whoever made the survey is told of a comment on it."""
    rows = Membership.unscoped.filter(program=survey.program_id)  # unscoped: the survey was found
    return rows.filter(user=survey.owner_id, is_active=True) if survey.owner_id else ()


note_subjects["surveys.survey"] = NoteSubject(
    rows=surveys_visible,
    read="surveys.view_surveys",
    write="surveys.comment_surveys",
    told=_concerned,
)
search.append(survey_hits)
event_listeners.append(campaigns_hear)
event_waiters.append(campaigns_wait_for)
retention += [steps_drop_old, presences_drop_old, pictures_drop_unused]
timeline.append(notice_entries)
written_places.append((ConsentNotice, "reason"))
person_pages.append((gettext_lazy("What may we write to you about?"), person_preferences_path))
