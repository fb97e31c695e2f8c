"""Links of campaigns to take away: as QR codes, and one per person as a table."""

import io
from collections.abc import Iterator
from datetime import date

import segno
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.exports import CONTENT_TYPES, write_rows
from surveys.models import Campaign
from surveys.services.links import invitations_links, open_link_url
from surveys.views.campaigns import CampaignPage

_PNG_SCALE = 16


class CampaignQrView(CampaignPage):
    """The open link as a QR code: SVG, or PNG for print with ?format=png."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = self.campaign(pk)
        link = open_link_url(campaign)
        if not link:
            return HttpResponse(status=404)
        kind = "png" if request.GET.get("format") == "png" else "svg"
        response = _png(link) if kind == "png" else _svg(link)
        if "download" in request.GET:
            name = f'attachment; filename="survey-{campaign.pk}.{kind}"'
            response["Content-Disposition"] = name
        return response


def _svg(link: str) -> HttpResponse:
    drawing = segno.make(link, error="m").svg_inline(scale=8, border=4, light="#fff")
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    svg = drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return HttpResponse(head + svg, content_type="image/svg+xml")


def _png(link: str) -> HttpResponse:
    drawn = io.BytesIO()
    segno.make(link, error="m").save(drawn, kind="png", scale=_PNG_SCALE, border=4)
    return HttpResponse(drawn.getvalue(), content_type="image/png")


LINK_COLUMNS = (
    "external_id", "name", "email", "phone", "language", "test", "link", "asked_at", "reached",
    "begun", "answered",
)  # fmt: skip


class CampaignLinksView(CampaignPage):
    """One personal link per invited person and how far each came, as CSV or XLSX.

    For a mailing of one's own, and for counting the funnel anew (scripts/recompute_survey.py).
    """

    permission = "surveys.view_links"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        campaign = self.campaign(pk)
        kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
        file = io.BytesIO()
        write_rows(file, LINK_COLUMNS, link_rows(self.actor, campaign), kind=kind)
        audit(actor=self.actor, action="campaign.export", obj=campaign, changes={"format": kind})
        name = f"links-{campaign.pk}-{date.today():%Y%m%d}.{kind}"  # noqa: DTZ011
        file.seek(0)
        return FileResponse(
            file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[kind]
        )


def link_rows(actor: Actor, campaign: Campaign) -> Iterator[tuple[str, ...]]:
    """LINK_COLUMNS of everybody a campaign invited."""
    for invitation, link in invitations_links(actor=actor, campaign=campaign):
        person = invitation.customer
        asked = invitation.asked_at.isoformat() if invitation.asked_at else ""
        told = (person.external_id, person.name, person.email, person.phone, person.language)
        came = [invitation.has_begun, invitation.answered_at is not None]
        steps = [_yes_no(step) for step in (not invitation.is_bounced, *came)]
        if campaign.survey.anonymous or not asked:
            # Of an anonymous survey nothing: with few answers it would name their authors.
            steps = ["", "", "" if campaign.survey.anonymous else steps[2]]
        yield (*told, _yes_no(person.is_test), link, asked, *steps)


def _yes_no(value: object) -> str:
    return _("yes") if value else _("no")
