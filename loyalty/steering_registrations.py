"""What steering the program adds to the ground floor's registries, once, at start-up."""

from django.utils.translation import gettext_lazy as _

from cxportal.core.registry import (
    Named,
    NavigationItem,
    audit_words,
    named_records,
    navigation,
    object_pages,
    shareables,
)
from loyalty.models import Assessment, Goal, Kpi, Process, Technology
from loyalty.views.scorecard_document import KIND, SCORECARD

navigation.append(
    NavigationItem(
        "scorecard",
        _("Scorecard"),
        "steering:scorecard",
        "clipboard-data",
        "loyalty.view_scorecard",
        85,
    )
)
audit_words.update(
    {
        "kpi.create": _("put on the scorecard"),
        "kpi.update": _("changed"),
        "kpi.delete": _("taken off the scorecard"),
        "kpi.value": _("wrote about a month"),
        "kpi.link": _("linked to another KPI"),
        "kpi.unlink": _("link removed"),
        "goal.create": _("put into the goal tree"),
        "goal.update": _("changed"),
        "goal.delete": _("taken out of the goal tree"),
        "scorecard.close": _("month closed"),
        "framework.create": _("taken over"),
        "framework.import": _("replaced by a file"),
        "assessment.begin": _("round opened"),
        "assessment.close": _("round closed"),
        "assessment.answer": _("answers brought in"),
        "technology.create": _("added"),
        "technology.update": _("changed"),
        "technology.delete": _("deleted"),
        "process.create": _("added"),
        "process.update": _("changed"),
        "process.delete": _("deleted"),
    }
)
object_pages["loyalty.kpi"] = "steering:kpi-detail"
object_pages["loyalty.goal"] = "steering:goal-edit"
object_pages["loyalty.scorecardsnapshot"] = "steering:snapshot-detail"
object_pages["loyalty.assessment"] = "steering:assessment-detail"
object_pages["loyalty.technology"] = "steering:technology-detail"
object_pages["loyalty.process"] = "steering:process-edit"
named_records += [
    Named(_("KPI"), Kpi, "steering:kpi-detail", "loyalty.view_scorecard"),
    Named(_("Goal"), Goal, "steering:goal-edit", "loyalty.change_scorecard"),
    Named(_("Assessment"), Assessment, "steering:assessment-detail", "loyalty.view_assessments"),
    Named(_("Technology"), Technology, "steering:technology-detail", "loyalty.view_steering"),
    Named(_("Process"), Process, "steering:process-edit", "loyalty.change_steering"),
]
shareables[KIND] = SCORECARD
