"""Segments: list, the rule builder with its preview, and who is in."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxportal.core.errors import DomainError
from cxportal.core.forms.segments import (
    SegmentForm,
    SegmentPeopleForm,
    field_choices,
    rule_posted,
    rule_rows,
)
from cxportal.core.models import Customer, Segment
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.queries.customers import shown_name
from cxportal.core.queries.paging import keyset_page
from cxportal.core.queries.segment_rules import rule_read
from cxportal.core.queries.segments import Preview, segment_customers, segment_preview
from cxportal.core.services.segments import (
    segment_add_customers,
    segment_create,
    segment_delete,
    segment_refresh,
    segment_remove_customers,
    segment_update,
)
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404

MEMBERS_SHOWN = 30


class SegmentListView(ListPage):
    permission = "core.view_segments"
    template = "core/segment_list.html"
    orderings = {"people": "member_count", "updated": "updated_at"}

    def queryset(self) -> QuerySet[Segment]:
        return Segment.objects.for_actor(self.actor).select_related("program")

    def extra(self) -> dict[str, Any]:
        return {"may_change": may(self.actor, "core.change_segments")}


class SegmentView(PortalView):
    """Base of pages about one segment."""

    def segment(self, pk: int) -> Segment:
        return get_or_404(Segment.objects.for_actor(self.actor).select_related("program"), pk=pk)


class SegmentDetailView(SegmentView):
    permission = "core.view_segments"

    def get(self, request: Any, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        by_rule = segment.kind == Segment.Kind.RULE
        page = keyset_page(
            segment_customers(self.actor, segment),
            ordering="-id",
            cursor=request.GET.get("cursor", ""),
            size=MEMBERS_SHOWN,
        )
        context = {
            "segment": segment,
            "page": page,
            "people": [(c, shown_name(self.actor, c)) for c in page.rows],
            "why": _why(self, segment) if by_rule else [],
            "match": segment.rule.get("match", "all"),
            "by_rule": by_rule,
            "by_hand": segment.kind == Segment.Kind.MANUAL,
            "form": SegmentPeopleForm(actor=self.actor),
            "may_change": may(self.actor, "core.change_segments"),
            "history": history_of(self.actor, segment),
        }
        return self.render("core/segment_detail.html", context)


def _why(view: PortalView, segment: Segment) -> list[str]:
    """The rule in sentences; one that no longer makes sense says so."""
    try:
        return [one.sentence() for one in rule_read(segment.rule, view.actor)[1]]
    except DomainError as error:
        return [error.message]


class SegmentFormPage(FormPage):
    """The builder: pressing add, remove or preview shows the page again, saving ends it."""

    permission = "core.change_segments"
    template = "core/segment_form.html"
    form_class = SegmentForm
    segment_now: Segment | None = None

    def rule(self) -> dict[str, Any]:
        """The rule as posted, else as stored."""
        if self.request.method == "POST":
            return rule_posted(self.request.POST)
        return dict(self.segment_now.rule) if self.segment_now else {}

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "")
        if not act:
            return super().post(request, *args, **kwargs)
        request.POST = _rows_changed(request.POST, act)
        htmx = getattr(request, "htmx", None)
        if htmx and not htmx.boosted:
            return self.render("core/_segment_rule.html", self._builder())
        form = self.form(initial=self._typed(request.POST))
        return self.show(form)

    def form(self, data: Any = None, files: Any = None, initial: Any = None) -> SegmentForm:
        return SegmentForm(
            data=data, actor=self.actor, segment=self.segment_now, initial=initial or self.stored()
        )

    def _typed(self, posted: QueryDict) -> dict[str, Any]:
        plain = {
            name: posted.get(name, "")
            for name in ("code", "description", "kind", "owner", "version")
        }
        name = {code: posted.get(f"name_{code}", "") for code in ("en", "ko")}
        return {**plain, "name": name, "is_reported": bool(posted.get("is_reported"))}

    def stored(self) -> dict[str, Any]:
        """What the form begins with."""
        segment = self.segment_now
        if segment is None:
            return {"kind": Segment.Kind.RULE}
        names = ("name", "code", "description", "is_reported", "owner", "version")
        return {name: getattr(segment, name) for name in names}

    def extra(self) -> dict[str, Any]:
        by_rule = self.segment_now is None or self.segment_now.kind == Segment.Kind.RULE
        builder = self._builder() if by_rule else {}
        return {**builder, "segment": self.segment_now, "by_rule": by_rule}

    def _builder(self) -> dict[str, Any]:
        rule = self.rule()
        rows = rule_rows(rule)
        if self.request.POST.get("act") == "add" and rule.get("conditions"):
            rows = rule_rows({"conditions": [*rule["conditions"], {}]})
        preview, problem = self._preview(rule)
        return {
            "rows": rows,
            "match": rule.get("match", "all"),
            "fields": field_choices(self.actor, rule),
            "preview": preview,
            "sample": [(r, shown_name(self.actor, r.customer)) for r in preview.sample]
            if preview
            else [],
            "problem": problem,
        }

    def _preview(self, rule: dict[str, Any]) -> tuple[Preview | None, str]:
        try:
            return segment_preview(self.actor, rule), ""
        except DomainError as error:
            return None, error.message


def _rows_changed(posted: QueryDict, act: str) -> QueryDict:
    """The posted rows after “remove-2”; other presses leave them as they are."""
    changed = posted.copy()
    number = act.removeprefix("remove-")
    if number != act and number.isdigit():
        changed.pop(f"field-{number}", None)
    return changed


class SegmentCreateView(SegmentFormPage):
    title = gettext_lazy("New segment")

    def save(self, form: SegmentForm) -> HttpResponse:
        values = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        by_rule = values["kind"] == Segment.Kind.RULE
        segment = segment_create(actor=self.actor, rule=self.rule() if by_rule else None, **values)
        self.say(_("The segment was made."))
        return self.redirect("core:segment-detail", segment.pk)


class SegmentEditView(SegmentFormPage, SegmentView):
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None, initial: Any = None) -> SegmentForm:
        self._fetch()
        return super().form(data, files, initial)

    def rule(self) -> dict[str, Any]:
        self._fetch()
        return super().rule()

    def _fetch(self) -> None:
        if self.segment_now is None:
            self.segment_now = self.segment(self.pk)
            self.title = str(self.segment_now)

    def save(self, form: SegmentForm) -> HttpResponse:
        assert self.segment_now is not None
        values = dict(form.cleaned_data)
        version = values.pop("version")
        if self.segment_now.kind == Segment.Kind.RULE:
            values["rule"] = self.rule()
        segment_update(actor=self.actor, segment=self.segment_now, version=version, **values)
        self.say(_("Saved."))
        return self.redirect("core:segment-detail", self.pk)


class SegmentDeleteView(CommandView, SegmentView):
    permission = "core.change_segments"

    def command(self, pk: int) -> HttpResponse:
        segment_delete(actor=self.actor, segment=self.segment(pk))
        self.say(_("The segment was deleted."))
        return self.redirect("core:segment-list")


class SegmentRefreshView(CommandView, SegmentView):
    permission = "core.change_segments"

    def command(self, pk: int) -> HttpResponse:
        segment_refresh(self.segment(pk))
        self.say(_("Counted again."))
        return self.redirect("core:segment-detail", pk)


class SegmentPeopleView(CommandView, SegmentView):
    """Put customers in by their external ids."""

    permission = "core.change_segments"

    def command(self, pk: int) -> HttpResponse:
        segment = self.segment(pk)
        form = SegmentPeopleForm(data=self.request.POST, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("Write at least one external id."))
        wanted = form.cleaned_data["external_ids"]
        found = Customer.objects.for_actor(self.actor).filter(external_id__in=wanted)
        if not found.exists():
            raise DomainError("unknown_customer", _("No customer has one of these external ids."))
        added = segment_add_customers(actor=self.actor, segment=segment, customers=found)
        sentence = ngettext("%(n)s customer was put in.", "%(n)s customers were put in.", added)
        self.say(sentence % {"n": added})
        return self.redirect("core:segment-detail", pk)


class SegmentRemoveView(CommandView, SegmentView):
    permission = "core.change_segments"

    def command(self, pk: int, customer: int) -> HttpResponse:
        segment = self.segment(pk)
        person = get_or_404(Customer.objects.for_actor(self.actor), pk=customer)
        segment_remove_customers(actor=self.actor, segment=segment, customers=[person])
        self.say(_("The customer was taken out."))
        return self.redirect("core:segment-detail", pk)
