"""What the ground floor itself offers in its registries, once, at start-up."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import Note, Segment
from cxportal.core.outbox_folder import mails_forget
from cxportal.core.queries.customers import customer_hits
from cxportal.core.queries.named_search import named_hits
from cxportal.core.queries.timeline import consent_entries, event_entries
from cxportal.core.registry import (
    Named,
    NavigationItem,
    audit_words,
    import_targets,
    job_runners,
    job_titles,
    mark_sweepers,
    moved_words,
    named_records,
    navigation,
    notification_sentences,
    object_pages,
    outbox_consumers,
    retention_subjects,
    search,
    timeline,
    webhook_events,
    written_places,
)
from cxportal.core.services import event_listening
from cxportal.core.services.customer_imports import CUSTOMERS
from cxportal.core.services.duplicates import DUPLICATES_JOB, duplicates_find_run
from cxportal.core.services.retention_subjects import SUBJECTS as RETENTION_SUBJECTS
from cxportal.core.services.table_imports import IMPORT_JOB, imports_forget, table_import_run
from cxportal.core.services.webhooks import events_fan_out

navigation += [
    NavigationItem("home", _("Home"), "home:home", "house", "core.view_program", 10, True),
    NavigationItem(
        "customers", _("Customers"), "core:customer-list", "people", "core.view_customers", 70, True
    ),
    NavigationItem("settings", _("Settings"), "core:settings", "gear", "core.view_program", 90),
]
outbox_consumers["events"] = events_fan_out
outbox_consumers[event_listening.TOPIC] = event_listening.events_consume
import_targets["customers"] = CUSTOMERS
retention_subjects.update(RETENTION_SUBJECTS)
written_places.append((Note, "text"))
mark_sweepers += [imports_forget, lambda _actor, marks: mails_forget(marks)]
job_runners[IMPORT_JOB] = table_import_run
job_titles[IMPORT_JOB] = _("Import of a file")
job_runners[DUPLICATES_JOB] = duplicates_find_run
job_titles[DUPLICATES_JOB] = _("Search for duplicates")
moved_words |= {
    "core.customerevent.customer": _("Events"),
    "core.consent.customer": _("Consents"),
    "core.segmentmember.customer": _("Places in segments"),
}
timeline += [event_entries, consent_entries]
search += [customer_hits, named_hits]
named_records.append(
    Named(_("Segment"), Segment, "core:segment-detail", "core.view_segments"),
)
object_pages |= {"core.customer": "core:customer-detail", "core.segment": "core:segment-detail"}
webhook_events |= {
    "customer.created": _("A customer was added"),
    "customer.updated": _("A customer was changed"),
    "customer.erased": _("A customer was erased"),
    "customer.merged": _("Two records of one person were merged"),
    "customer.unmerged": _("A merge was taken apart"),
    "customers.synced": _("Customers came in a batch"),
    "segment.created": _("A segment was made"),
    "segment.updated": _("A segment was changed"),
    "consent.recorded": _("A consent was given or refused"),
    "suppression.added": _("An address must not be written to any more"),
    "events.recorded": _("Customer events came in"),
}
notification_sentences |= {
    "webhook_disabled": _("The webhook to %(url)s was switched off: its receiver is gone."),
    "job_done": _("%(job)s is done."),
    "job_failed": _("%(job)s failed."),
    "note_mention": _("%(who)s mentioned you on “%(title)s”: %(text)s"),
    "note_added": _("%(who)s commented on “%(title)s”: %(text)s"),
}
# A word for the part behind the dot stands for every subject; a whole action may have its own.
audit_words |= {
    "create": pgettext_lazy("audit", "created"),
    "update": pgettext_lazy("audit", "changed"),
    "delete": pgettext_lazy("audit", "deleted"),
    "restore": pgettext_lazy("audit", "restored"),
    "erase": pgettext_lazy("audit", "erased"),
    "merge": pgettext_lazy("audit", "merged two records"),
    "unmerge": pgettext_lazy("audit", "took a merge apart"),
    "privacy_link": pgettext_lazy("audit", "made a link to the person's own page"),
    "find": pgettext_lazy("audit", "looked for duplicates"),
    "dismiss": pgettext_lazy("audit", "said that these are different people"),
    "look": pgettext_lazy("audit", "looked at personal data"),
    "consent": pgettext_lazy("audit", "recorded a consent"),
    "add": pgettext_lazy("audit", "added"),
    "remove": pgettext_lazy("audit", "removed"),
    "revoke": pgettext_lazy("audit", "revoked"),
    "invite": pgettext_lazy("audit", "invited"),
    "uninvite": pgettext_lazy("audit", "took the invitation back"),
    "join": pgettext_lazy("audit", "joined"),
    "deactivate": pgettext_lazy("audit", "ended the access"),
    "reactivate": pgettext_lazy("audit", "gave the access back"),
    "test": pgettext_lazy("audit", "tested"),
    "retry": pgettext_lazy("audit", "sent again"),
    "disable": pgettext_lazy("audit", "switched off"),
    "renew_secret": pgettext_lazy("audit", "made a new secret"),
    "store": pgettext_lazy("audit", "stored"),
    "download": pgettext_lazy("audit", "downloaded"),
    "export": pgettext_lazy("audit", "exported"),
    "import": pgettext_lazy("audit", "imported"),
    "retention.apply": pgettext_lazy("audit", "took away what had had its time"),
    "sync": pgettext_lazy("audit", "synchronised"),
    "publish": pgettext_lazy("audit", "published"),
    "close": pgettext_lazy("audit", "closed"),
    "reopen": pgettext_lazy("audit", "opened again"),
    "duplicate": pgettext_lazy("audit", "duplicated"),
    "start": pgettext_lazy("audit", "started"),
    "pause": pgettext_lazy("audit", "paused"),
    "resume": pgettext_lazy("audit", "resumed"),
    "stop": pgettext_lazy("audit", "stopped"),
    "move": pgettext_lazy("audit", "moved"),
    "comment": pgettext_lazy("audit", "commented"),
    "attach": pgettext_lazy("audit", "attached"),
    "send": pgettext_lazy("audit", "sent at once"),
    "sharelink.create": pgettext_lazy("audit", "shared by link"),
    "sharelink.revoke": pgettext_lazy("audit", "took the link back"),
    "scheduledreport.create": pgettext_lazy("audit", "set up a report by mail"),
    "detach": pgettext_lazy("audit", "detached"),
}
