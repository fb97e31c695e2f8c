"""The few generic pages every floor declares its own from.

A view says which permission opens it; without one it answers 403 and the tests fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.policies import authorise

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

M = TypeVar("M", bound=models.Model)


class PortalRequest(HttpRequest):
    """A request behind ProgramMiddleware: it carries the actor. For type checking only."""

    actor: Actor
    htmx: Any


def get_or_404(queryset: QuerySet[M], **lookup: Any) -> M:
    """Fetch and authorise in one call: a foreign and a missing object both get 404."""
    try:
        return queryset.get(**lookup)
    except (ObjectDoesNotExist, ValueError, OverflowError) as missing:
        raise Http404 from missing


class PortalView(View):
    """Base of every page inside a program.

    `permission` is asked before the handler runs; object rules are asked by the services.
    A DomainError that reaches it becomes a page (or part) with the right status.
    """

    permission: str = ""
    request: PortalRequest

    @property
    def actor(self) -> Actor:
        return self.request.actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("program", None)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            if not self.permission:
                raise Denied("undeclared")
            authorise(cast(PortalRequest, request).actor, self.permission)
            return super().dispatch(request, *args, **kwargs)
        except DomainError as error:
            return self.refused(error)

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """405 with the frame: signing in anew after a button was pressed leads here."""
        refused = super().http_method_not_allowed(request, *args, **kwargs)
        refused.content = render(request, "errors/405.html").content
        return refused

    def refused(self, error: DomainError) -> HttpResponse:
        """The page that says what went wrong and the way out."""
        template = {403: "errors/403.html", 409: "errors/409.html"}.get(error.status)
        return render(
            self.request,
            template or "errors/refused.html",
            {"error": error, "back": self.request.headers.get("Referer", "")},
            status=error.status,
        )

    def render(
        self, template: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        """Render a template with the view at hand."""
        return render(self.request, template, {"view": self, **(context or {})}, status=status)

    def redirect(self, name: str, *args: Any) -> HttpResponseRedirect:
        """Go on to a page of the same program."""
        return HttpResponseRedirect(self.actor.url(name, *args))

    def say(self, text: str, *, undo: str = "") -> None:
        """Confirm in a message; `undo` is the address a POST to which takes it back."""
        messages.success(self.request, text, extra_tags=f"undo:{undo}" if undo else "")


class ListPage(PortalView):
    """A list with filters, sorting and pages by key, never by offset, never counted.

    Declare `template`, `filterset_class` and `queryset()`. `orderings` maps the names allowed
    in ?sort= to fields; the primary key always breaks ties. HTMX asks for `part` only.
    """

    template: str = ""
    part: str = ""
    filterset_class: Any = None
    page_size = 30
    orderings: dict[str, str] = {}
    default_ordering = "-id"

    def queryset(self) -> QuerySet[Any]:
        raise LookupError("declare queryset()")

    def narrowed(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is left out after filtering, for example to protect anonymity."""
        return queryset

    def extra(self) -> dict[str, Any]:
        """More context for the page."""
        return {}

    def of_rows(self, rows: list[Any]) -> dict[str, Any]:
        """What the page says of the rows it shows, where that takes more than the rows."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from cxportal.core.queries.paging import keyset_page

        queryset = self.queryset()
        filterset = None
        if self.filterset_class is not None:
            filterset = self.filterset_class(request.GET, queryset, request=request)
            queryset = filterset.qs
        page = keyset_page(
            self.narrowed(queryset),
            ordering=self._ordering(),
            cursor=request.GET.get("cursor", ""),
            size=self.page_size,
        )
        context = {"page": page, "filterset": filterset, "sort": request.GET.get("sort", "")}
        htmx = getattr(request, "htmx", None)
        partial = bool(self.part and htmx and not htmx.boosted)
        context |= {**self.of_rows(page.rows), **self.extra()}
        return self.render(self.part if partial else self.template, context)

    def _ordering(self) -> str:
        asked = self.request.GET.get("sort", "")
        field = self.orderings.get(asked.lstrip("-"))
        if field is None:
            return self.default_ordering
        return f"-{field}" if asked.startswith("-") else field


class FormPage(PortalView):
    """A form that ends in one service call: declare `template`, `form_class`, `save(form)`.

    `save` returns the response to go on with. A DomainError is shown in the form, nothing
    typed is lost; a StaleEdit shows what is stored now (status 409).
    """

    template = "components/form_page.html"
    form_class: type[forms.BaseForm]
    title: str | _StrPromise = ""
    submit_label: str | _StrPromise = ""

    def form_kwargs(self) -> dict[str, Any]:
        """Arguments of the form; forms of ours take `actor`."""
        return {"actor": self.actor}

    def save(self, form: Any) -> HttpResponse:
        raise LookupError("declare save()")

    def extra(self) -> dict[str, Any]:
        return {}

    def form(self, data: Any = None, files: Any = None) -> Any:
        return self.form_class(data=data, files=files, **self.form_kwargs())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            return self.save(form)
        except Denied:
            raise
        except StaleEdit as stale:
            form.add_error(None, stale.message)
            return self.show(form, status=409, stale=stored_now(form, stale))
        except DomainError as error:
            add_domain_error(form, error)
            return self.show(form, status=error.status)

    def show(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        title, submit = str(self.title), str(self.submit_label or _("Save"))
        context = {"form": form, "title": title, "submit_label": submit, **self.extra(), **more}
        return self.render(self.template, context, status=status)


def stored_now(form: Any, stale: StaleEdit) -> dict[str, Any]:
    """What is stored, by the fields' labels; the form takes over the newest version.

    Whoever has seen it may save again, which then replaces what somebody else stored.
    """
    current: dict[str, Any] = dict(stale.details["current"])
    newest = current.pop("version", None)
    if newest is not None and "version" in form.fields:
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = str(newest)
    labels: dict[str, str] = {n: str(field.label or n) for n, field in form.fields.items()}
    return {labels.get(name, name): text_in_parts(value) for name, value in current.items()}


def text_in_parts(value: Any) -> Any:
    """A text in several languages as one line; anything else as it is."""
    if isinstance(value, dict) and all(isinstance(part, str) for part in value.values()):
        return " / ".join(part for part in value.values() if part)
    return value


def add_domain_error(form: forms.BaseForm, error: DomainError) -> None:
    """Put a refusal beside the fields it names, else above the form."""
    placed = False
    for name, sentence in error.details.items():
        if name in form.fields and isinstance(sentence, str):
            form.add_error(name, sentence)
            placed = True
    if not placed:
        form.add_error(None, error.message)


class CommandView(PortalView):
    """A button: POST calls one service and goes back with a message."""

    http_method_names = ["post", "options"]

    def command(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise LookupError("declare command()")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.command(*args, **kwargs)
