"""What answers and metrics add to the ground floor's registries, once, at start-up."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.registry import (
    Named,
    NavigationItem,
    audit_fields,
    audit_words,
    erasers,
    figure_feeds,
    job_runners,
    job_titles,
    mark_sweepers,
    moved_words,
    named_records,
    navigation,
    object_pages,
    outbox_batches,
    outbox_consumers,
    outbox_urgent,
    own_words,
    personal_exports,
    retention_subjects,
    shareables,
    signs_of_life,
    timeline,
    webhook_events,
    written_places,
)
from surveys.models import Campaign, Delivery, Metric, OperationalMetric
from surveys.queries.figure_feeds import SCORE, SENTIMENT
from surveys.queries.responses import answers_of_person, response_entries
from surveys.services.announcements import EVENT
from surveys.services.arrivals import BATCH as ARRIVALS_BATCH
from surveys.services.arrivals import TOPIC as ARRIVALS
from surveys.services.arrivals import arrivals_consume
from surveys.services.comments import EVENT as COMMENT_EVENT
from surveys.services.exports import (
    RESPONSES,
    SCORES,
    responses_export_run,
    scores_export_run,
)
from surveys.services.forgetting import (
    RETENTION,
    answered_since,
    comments_forget_customer,
    exports_forget,
    responses_forget_customer,
    words_of,
)
from surveys.services.response_imports import IMPORT_JOB, responses_import_run
from surveys.services.tallies import scores_consume
from surveys.views.shared_reports import DASHBOARD, METRIC, PROGRAM, SURVEY_REPORT


def _forget(actor: Actor, customer: Customer) -> None:
    comments_forget_customer(actor=actor, customer_id=customer.pk)
    responses_forget_customer(actor=actor, customer_id=customer.pk)


navigation.append(
    NavigationItem(
        "reports", _("Reports"), "surveys:report-program", "bar-chart", "surveys.view_reports", 44
    )
)
navigation.append(
    NavigationItem(
        "metrics", _("Metrics"), "surveys:metric-list", "speedometer2", "surveys.view_metrics", 45
    )
)
figure_feeds |= {"sentiment": SENTIMENT, "score": SCORE}
outbox_consumers["scores"] = scores_consume
outbox_urgent.append("scores")
outbox_consumers[ARRIVALS] = arrivals_consume
outbox_batches[ARRIVALS] = ARRIVALS_BATCH
erasers.append(_forget)
retention_subjects.update(RETENTION)
signs_of_life.append(answered_since)
own_words.append(words_of)
mark_sweepers.append(exports_forget)
written_places.append((Delivery, "reason"))
personal_exports["answers"] = answers_of_person
moved_words |= {
    "surveys.response.customer": _("Answers"),
    "surveys.score.customer": _("Scores"),
    "surveys.comment.customer": _("Comments"),
    "surveys.invitation.customer": _("Invitations"),
}
job_runners |= {
    RESPONSES: responses_export_run,
    SCORES: scores_export_run,
    IMPORT_JOB: responses_import_run,
}
job_titles |= {
    RESPONSES: _("Export of answers"),
    SCORES: _("Export of scores"),
    IMPORT_JOB: _("Import of answers"),
}
timeline.append(response_entries)
shareables |= {
    "survey-report": SURVEY_REPORT,
    "metric": METRIC,
    "program-report": PROGRAM,
    "dashboard": DASHBOARD,
}
object_pages |= {
    "surveys.response": "surveys:response-detail",
    "surveys.metric": "surveys:metric-detail",
    "surveys.operationalmetric": "surveys:operational-detail",
    "surveys.dashboard": "surveys:dashboard",
}
named_records += [
    Named(_("Metric"), Metric, "surveys:metric-detail", "surveys.view_metrics"),
    Named(
        _("Counted metric"),
        OperationalMetric,
        "surveys:operational-detail",
        "surveys.view_metrics",
    ),
    Named(_("Campaign"), Campaign, "surveys:campaign-detail", "surveys.view_campaigns"),
]
webhook_events["metric.values"] = _("Values of a counted metric came in")
webhook_events[EVENT] = _("An answer is complete")
webhook_events[COMMENT_EVENT] = _("A comment was recorded")
audit_fields |= {
    "surveys.metric.source": _("Question"),
    "surveys.metric.answers": _("Answers"),
}
audit_words |= {
    "response.change": pgettext_lazy("audit", "corrected the answers"),
    "response.mark_test": pgettext_lazy("audit", "marked as test or took the mark off"),
    "response.record": pgettext_lazy("audit", "recorded answers"),
    "comment.record": pgettext_lazy("audit", "recorded a comment"),
    "comment.update": pgettext_lazy("audit", "sorted a comment"),
    "comment.delete": pgettext_lazy("audit", "deleted a comment"),
    "topic.merge": pgettext_lazy("audit", "merged another topic into it"),
    "topic.split": pgettext_lazy("audit", "split a topic off"),
    "operationalmetric.values": pgettext_lazy("audit", "brought values"),
    "operationalmetric.count": pgettext_lazy("audit", "counted it anew"),
    "metric.add_source": pgettext_lazy("audit", "added a question"),
    "metric.remove_source": pgettext_lazy("audit", "removed a question"),
}
