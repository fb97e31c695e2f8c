"""Evidence of cards, insights and opportunities: written, brought as a file, or chosen."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError
from cxportal.core.models import StoredFile
from cxportal.core.policies import may
from cxportal.core.views.base import PortalView, get_or_404
from journeys.forms.maps import EvidenceForm
from journeys.models import Card, EvidenceItem
from journeys.queries.evidence_items import (
    evidence_found,
    evidence_of,
    kinds_to_choose,
)
from journeys.services.evidence_items import evidence_add, evidence_remove
from journeys.services.pictures import map_file_store
from journeys.views.maps import MapCommand
from surveys.models import Comment, Response

Kind = EvidenceItem.Kind
#: Kind → (field of the evidence, table it is chosen from).
CHOSEN: dict[str, tuple[str, Any]] = {
    Kind.COMMENT: ("comment", Comment),
    Kind.ANSWER: ("response", Response),
    Kind.FILE: ("file", StoredFile),
}
PAGES = {
    "card": "journeys:card-detail",
    "insight": "journeys:insight-detail",
    "opportunity": "journeys:opportunity-detail",
}
ADDS = {
    "card": "journeys:evidence-add",
    "insight": "journeys:insight-evidence",
    "opportunity": "journeys:opportunity-evidence",
}


def evidence_context(view: PortalView, owner_name: str, owner: Any, form: Any = None) -> Any:
    """What the section “Evidence” of an owner shows."""
    change = "change_journeys" if owner_name == "card" else "change_insights"
    add = ADDS[owner_name]
    return {
        "evidence": evidence_of(view.actor, owner),
        "evidence_form": form or EvidenceForm(actor=view.actor, auto_id="evidence-%s"),
        "evidence_add_url": view.actor.url(add, owner.pk),
        "evidence_choose_url": view.actor.url(f"{add.removesuffix('-add')}-choose", owner.pk),
        "may_add_evidence": may(view.actor, f"journeys.{change}", owner),
    }


class EvidenceOwnerView(MapCommand):
    """A command about the evidence of one kind of owner."""

    owner_name = "card"

    def found(self, pk: int) -> Any:
        """The owner, else 404."""
        from journeys.views.cards import card_found
        from journeys.views.insights import insight_found, opportunity_found

        finders: dict[str, Any] = {
            "card": card_found,
            "insight": insight_found,
            "opportunity": opportunity_found,
        }
        return finders[self.owner_name](self, pk)

    def add(self, owner: Any, **values: Any) -> HttpResponse:
        """Keep the evidence and go back to its owner."""
        evidence_add(actor=self.actor, **{self.owner_name: owner}, **values)
        self.say(_("The evidence is attached."))
        return owner_answer(self, owner)


def owner_answer(view: PortalView, owner: Any) -> HttpResponse:
    """The owner's page, or for a card in the panel its panel."""
    from journeys.views.cards import card_answer, card_found

    if isinstance(owner, Card) and getattr(view.request, "htmx", None):
        return card_answer(view, card_found(view, owner.pk))
    return view.redirect(PAGES[owner._meta.model_name], owner.pk)


class EvidenceAddView(EvidenceOwnerView):
    """Add an interview, an observation, a file or a link."""

    def command(self, pk: int) -> HttpResponse:
        owner = self.found(pk)
        form = EvidenceForm(self.request.POST, self.request.FILES, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("Some fields need mending."), details=form.errors)
        values = dict(form.cleaned_data)
        upload = values.pop("upload")
        if upload is not None:
            values["file"] = map_file_store(actor=self.actor, name=upload.name, content=upload)
        return self.add(owner, **values)


class EvidenceChooseView(EvidenceOwnerView):
    """Look through comments, answers and files, and attach one."""

    http_method_names = ["get", "post", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        owner = self.found(pk)
        kinds = kinds_to_choose(self.actor)
        kind = request.GET.get("kind", "") or kinds[0][0]
        if kind not in dict(kinds):
            raise Http404
        text = request.GET.get("q", "")[:100]
        add = ADDS[self.owner_name].removesuffix("-add")
        context = {
            "owner": owner,
            "owner_url": self.actor.url(PAGES[self.owner_name], owner.pk),
            "in_panel": self.owner_name == "card",
            "kinds": kinds,
            "kind": kind,
            "text": text,
            "rows": evidence_found(self.actor, kind, text),
            "choose_url": self.actor.url(f"{add}-choose", owner.pk),
        }
        template = "_evidence_choose.html" if self.request.htmx else "evidence_choose.html"
        return self.render(f"journeys/{template}", context)

    def command(self, pk: int) -> HttpResponse:
        owner = self.found(pk)
        kind, chosen = self.request.POST.get("kind", ""), self.request.POST.get("id", "")
        if kind not in dict(kinds_to_choose(self.actor)) or not chosen.isascii():
            raise Http404
        if not chosen.isdigit() or len(chosen) > 18:
            raise Http404
        field, model = CHOSEN[kind]
        row = get_or_404(model.objects.for_actor(self.actor), pk=chosen)
        return self.add(owner, kind=kind, **{field: row})


class InsightEvidenceView(EvidenceAddView):
    """The same for an insight."""

    permission = "journeys.change_insights"
    owner_name = "insight"


class InsightEvidenceChooseView(EvidenceChooseView):
    """The same for an insight."""

    permission = "journeys.change_insights"
    owner_name = "insight"


class OpportunityEvidenceView(EvidenceAddView):
    """The same for an opportunity."""

    permission = "journeys.change_insights"
    owner_name = "opportunity"


class OpportunityEvidenceChooseView(EvidenceChooseView):
    """The same for an opportunity."""

    permission = "journeys.change_insights"
    owner_name = "opportunity"


class EvidenceRemoveView(MapCommand):
    """Take a piece of evidence off; whose it is decides who may."""

    permission = "journeys.view_journeys"

    def command(self, pk: int) -> HttpResponse:
        rows: Any = EvidenceItem.objects.for_actor(self.actor)
        item = get_or_404(
            rows.select_related("card__lane__journey", "insight", "opportunity"), pk=pk
        )
        owner = item.owner
        evidence_remove(actor=self.actor, item=item)
        self.say(_("The evidence is taken off."))
        return owner_answer(self, owner)
