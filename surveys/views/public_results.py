"""The scores of all, for whoever has answered, where the survey shows them."""

from django.http import HttpResponse
from django.template.loader import render_to_string

from cxportal.core.models import Program
from surveys.queries.respondent_figures import figures_shown
from surveys.rendering import frame_context
from surveys.views.visits import Visit, said_in


def results_wanted(visit: Visit) -> HttpResponse | None:
    """The page of results; None where it was not asked for or is not for this person."""
    if not visit.given.get("results") or not visit.results_url or not visit.target.is_answered:
        return None
    target = visit.target

    def page() -> str:
        context = {
            **frame_context(visit.form, visit.language, target.program_name),
            "scores": figures_shown(visit.form, visit.language, target.program_id),
            "fewest": Program.objects.get(pk=target.program_id).anonymity_n,
            "submission": visit.link_submission,
        }
        return render_to_string("surveys/public/results.html", context)

    return HttpResponse(said_in(visit, page))
