"""Files of customers, transactions …: bring one, tell its columns apart, look, take."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from cxportal.core.exports import CONTENT_TYPES, write_rows
from cxportal.core.forms.customers import TableFileForm
from cxportal.core.models import ImportFault, Job, TableImport
from cxportal.core.queries.table_imports import faults_of, field_words, own_imports
from cxportal.core.registry import import_targets
from cxportal.core.services.table_imports import (
    LOOKED_AT,
    Preview,
    table_import_begin,
    table_import_map,
    table_import_preview,
    table_import_resume,
    table_import_start,
    target_of,
)
from cxportal.core.views.base import FormPage, PortalView, get_or_404

SHOWN_ROWS, SHOWN_FAULTS = 10, 30
# What would become of a row: word, tone, icon.
STATUSES = {
    "created": (gettext_lazy("added"), "good", "plus-lg"),
    "updated": (gettext_lazy("changed"), "accent", "pencil"),
    "unchanged": (gettext_lazy("unchanged"), "neutral", "check2"),
    "failed": (gettext_lazy("refused"), "bad", "exclamation-triangle"),
}


class TableImportStartView(FormPage):
    """Bring a file; its columns are told apart on the next page. Declare `kind`."""

    kind = ""
    template = "core/table_import_start.html"
    form_class = TableFileForm
    submit_label = gettext_lazy("Next: the columns")

    def extra(self) -> dict[str, Any]:
        target = import_targets[self.kind]
        return {
            "target": target,
            "cancel_url": self.actor.url(target.list_url),
            "imports": own_imports(self.actor).filter(kind=self.kind)[:5],
        }

    def save(self, form: TableFileForm) -> HttpResponse:
        upload = form.cleaned_data["file"]
        started = table_import_start(
            actor=self.actor, kind=self.kind, name=upload.name, content=upload.read()
        )
        return self.redirect("core:table-import", started.pk)


class TableImportView(PortalView):
    """One file: its columns and first rows, then its progress, then what became of it."""

    permission = "core.view_program"

    def get(self, request: Any, pk: int) -> HttpResponse:
        found = self._found(pk)
        if found.is_draft:
            preview = table_import_preview(actor=self.actor, table_import=found)
            return self._draft(found, preview, found.mapping)
        partial = request.htmx and not request.htmx.boosted
        template = "core/_table_import.html" if partial else "core/table_import.html"
        return self.render(template, self._progress(found))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self._found(pk)
        wish = request.POST.get("wish", "look")
        if wish == "again":
            table_import_resume(actor=self.actor, table_import=found)
            return self.redirect("core:table-import", pk)
        mapping = {
            name: request.POST.get(f"column_{number}", "")
            for number, name in enumerate(found.columns)
        }
        try:
            mapped = table_import_map(actor=self.actor, table_import=found, mapping=mapping)
            if wish == "take":
                table_import_begin(actor=self.actor, table_import=mapped)
        except DomainError as error:
            if error.code != "invalid":
                raise
            found.mapping = mapping
            preview = table_import_preview(actor=self.actor, table_import=found)
            return self._draft(found, preview, mapping, error.details)
        return self.redirect("core:table-import", pk)

    def _found(self, pk: int) -> TableImport:
        found: TableImport = get_or_404(own_imports(self.actor), pk=pk)
        return found

    def _draft(
        self,
        found: TableImport,
        preview: Preview,
        mapping: dict[str, str],
        errors: dict[str, Any] | None = None,
    ) -> HttpResponse:
        target, words = target_of(found), field_words(found)
        errors = errors or {}
        columns = [
            {
                "key": f"column_{number}",
                "name": name,
                "examples": preview.examples.get(name, []),
                "value": mapping.get(name, ""),
                "error": errors.get(name, ""),
                **_free(target.free, name, mapping.get(name, "")),
            }
            for number, name in enumerate(found.columns)
        ]
        failed = [row for row in preview.rows if row["status"] == "failed"]
        context = {
            "found": found,
            "target": target,
            "columns": columns,
            "preview": preview,
            "looked_at": min(LOOKED_AT, found.total),
            "fields": [words[name] for name in _taken(found)],
            "rows": _shown(preview.rows[:SHOWN_ROWS], words, _taken(found)),
            "faults": _shown(failed[:SHOWN_FAULTS], words),
        }
        return self.render("core/table_import_draft.html", context, status=422 if errors else 200)

    def _progress(self, found: TableImport) -> dict[str, Any]:
        words, job = field_words(found), found.job
        faults = list(faults_of(found)[:SHOWN_FAULTS])
        return {
            "found": found,
            "target": target_of(found),
            "stopped": job if job is not None and job.state == Job.State.FAILED else None,
            "faults": [{"line": f.line, "errors": _in_words(f.errors, words)} for f in faults],
            "more": found.failed - len(faults),
            "has_file": faults_of(found).exists(),
        }


def _free(prefix: str, column: str, value: str) -> dict[str, Any]:
    """The choice to keep a column under its own name, where the rows may have such."""
    chosen = bool(prefix) and value.startswith(prefix)
    plain = column if not column.lower().startswith(prefix) else column[len(prefix) :]
    return {"free": (value if chosen else prefix + plain) if prefix else "", "is_free": chosen}


def _taken(found: TableImport) -> list[str]:
    """Our fields in the order of the file's columns."""
    return [found.mapping[name] for name in found.columns if found.mapping.get(name)]


def _shown(
    rows: list[dict[str, Any]], words: dict[str, Any], fields: Sequence[str] = ()
) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "errors": _in_words(row["errors"], words),
            "look": STATUSES[row["status"]],
            "texts": [row["cells"].get(name, "") for name in fields],
        }
        for row in rows
    ]


def _in_words(errors: dict[str, str], words: dict[str, Any]) -> list[tuple[Any, str]]:
    return [(words.get(name, name), sentence) for name, sentence in errors.items()]


class RefusedRowsView(PortalView):
    """The refused rows as they stood in the file, with the reasons: to mend and bring again."""

    permission = "core.view_program"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = get_or_404(own_imports(self.actor), pk=pk)
        words = field_words(found)
        head = [*found.columns, _("Line"), _("What is wrong")]
        response = HttpResponse(content_type=CONTENT_TYPES["csv"])
        response["Content-Disposition"] = f'attachment; filename="refused-{found.pk}.csv"'
        response["Cache-Control"] = "private, no-store"
        rows = (_line(fault, found, words) for fault in faults_of(found).iterator())
        write_rows(response, head, rows)  # type: ignore[arg-type]  # a response is written to
        return response


def _line(fault: ImportFault, found: TableImport, words: dict[str, Any]) -> list[Any]:
    wrong = "; ".join(
        f"{name}: {sentence}" if name else sentence
        for name, sentence in _in_words(fault.errors, words)
    )
    return [*(fault.cells.get(name, "") for name in found.columns), fault.line, wrong]
