"""The respondent's page: served before sessions and sign-in, without cookies or scripts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _

from surveys.calc.answers import AnswerError, Value, validate, validate_all
from surveys.models import Invitation
from surveys.queries.links import Closed, LinkTarget, target_of
from surveys.rendering import (
    FIELD,
    CompiledVersion,
    PageState,
    compiled_version,
    frame_context,
    interface_language,
    is_colour,
    message_page,
    page_address,
    respondent_page,
    thanks_page,
)
from surveys.services.links import unsubscribe_url
from surveys.services.responses import response_complete, response_save

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")
_GONE = {Closed.EXPIRED, Closed.SURVEY, Closed.CAMPAIGN}
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def respond(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything below /s/: `rest` is "<token>/" and what follows it."""
    if rest.startswith("theme/"):
        return _theme(rest.removeprefix("theme/").removesuffix(".css"))
    try:
        response = _answer(request, rest)
    except (OperationalError, InterfaceError):
        response = _unavailable(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _answer(request: HttpRequest, rest: str) -> HttpResponse:
    token, slash, more = rest.partition("/")
    if more or not _TOKEN.fullmatch(token):
        return _unknown(request)
    if not slash:
        return HttpResponseRedirect(f"/s/{token}/" + _query(request))
    handler = _METHODS.get(request.method or "")
    if handler is None:
        allowed = HttpResponse(status=405)
        allowed.headers["Allow"] = ", ".join(_METHODS)
        return allowed
    given = request.POST if request.method == "POST" else request.GET
    submission = _uuid(given.get("submission_id") or given.get("s") or "")
    target = target_of(token, submission)
    if target is None:
        return _unknown(request)
    return handler(_Visit.of(request, target, given, submission))


def _query(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"?{query}" if query else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class _Visit:
    """One request for one form."""

    request: HttpRequest
    target: LinkTarget
    version: CompiledVersion | None
    language: str
    given: Any
    submission: UUID | None

    @classmethod
    def of(
        cls, request: HttpRequest, target: LinkTarget, given: Any, submission: UUID | None
    ) -> "_Visit":
        version = _version(target, given.get("version", ""))
        language = _language(request, target, version, given)
        return cls(request, target, version, language, given, submission)

    @property
    def form(self) -> CompiledVersion:
        assert self.version is not None  # closed() has seen to it
        return self.version

    @property
    def anonymous(self) -> bool:
        return self.target.survey_anonymous or self.form.anonymous

    @property
    def names_submission(self) -> bool:
        """True where the form itself must carry its id: nobody is known by the link alone."""
        return self.anonymous or not self.target.is_personal

    @property
    def fields(self) -> dict[str, list[str]]:
        """What was answered, by question code."""
        return {
            name.removeprefix(FIELD): values
            for name, values in self.given.lists()
            if name.startswith(FIELD)
        }

    @property
    def page(self) -> int | None:
        """Index of the page that was sent, None for all answers at once."""
        text = self.given.get("page", "")
        if not text.isascii() or not text.isdigit():
            return None
        return min(max(int(text[:6]), 1), len(self.form.sections)) - 1

    @property
    def submission_id(self) -> UUID:
        """The id the answers are kept under."""
        if self.names_submission:
            return self.submission or uuid4()
        return self.target.submission_id

    def state(self, **values: Any) -> PageState:
        shown = str(self.submission_id) if self.names_submission else ""
        return PageState(
            language=self.language,
            submission_id=shown,
            stop_url=_stop_url(self.target),
            brand=self.target.program_name,
            **values,
        )

    def show(self, status: int = 200, **values: Any) -> HttpResponse:
        return HttpResponse(respondent_page(self.form, self.state(**values)), status=status)


def _stop_url(target: LinkTarget) -> str:
    """Where a person asked by name ends such questions; "" for an open link."""
    if target.nonce is None:
        return ""
    return unsubscribe_url(Invitation(pk=target.invitation_id, nonce=target.nonce))


def _version(target: LinkTarget, asked: str) -> CompiledVersion | None:
    """The version a form was begun with, else the current one."""
    pk = target.response_version_id or (int(asked) if asked.isdigit() and len(asked) < 19 else None)
    if pk is not None and pk != target.version_id:
        try:
            version = compiled_version(pk)
        except LookupError:
            version = None
        if version is not None and version.survey_id == target.survey_id:
            return version
    return compiled_version(target.version_id) if target.version_id else None


def _language(
    request: HttpRequest, target: LinkTarget, version: CompiledVersion | None, given: Any
) -> str:
    """Chosen here, else begun with, else the customer's, else the browser's, else the survey's."""
    spoken = version.languages if version else [code for code, _name in settings.LANGUAGES]
    for code in (given.get("switch"), given.get("lang"), target.response_language):
        if code in spoken:
            return str(code)
    if target.customer_language in spoken:
        return str(target.customer_language)
    for code in _accepted(request):
        if code in spoken:
            return code
    return version.default_language if version else "en"


def _accepted(request: HttpRequest) -> list[str]:
    """Languages of the browser, its favourite first, without their regions."""
    header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200]
    return [part.split(";")[0].strip().split("-")[0].lower() for part in header.split(",")]


def _get(visit: _Visit) -> HttpResponse:
    refused = _closed_or_answered(visit)
    if refused is not None:
        return refused
    stored = dict(visit.target.response_answers)
    index = visit.page
    if index is None:
        index = _first_open(visit.form, stored)
    answers = {**stored, **_prefilled(visit)}
    return visit.show(section_index=index, answers=answers)


def _first_open(version: CompiledVersion, stored: Mapping[str, Any]) -> int:
    """The first page of which nothing is answered yet; the last when all are begun."""
    for index in range(len(version.sections)):
        codes = version.codes(index)
        if codes and not any(code in stored for code in codes):
            return index
    return max(len(version.sections) - 1, 0)


def _prefilled(visit: _Visit) -> dict[str, Value]:
    """Answers brought along in the address, from the first question inside a mail."""
    questions, found = visit.form.questions, {}
    for code, raw in visit.fields.items():
        result = validate(questions[code], raw, partial=True) if code in questions else None
        if result is not None and not isinstance(result, AnswerError):
            found[code] = result
    return found


def _post(visit: _Visit) -> HttpResponse:
    refused = _closed_or_answered(visit)
    if refused is not None:
        return refused
    index = visit.page
    if visit.given.get("switch"):
        return visit.show(section_index=index, answers=_typed(visit))
    if visit.names_submission and not visit.target.is_personal and visit.submission is None:
        return visit.show(
            422,
            section_index=index,
            answers=_typed(visit),
            notice=_in(
                visit, lambda: _("Your answers did not arrive yet. Please send them again.")
            ),
        )
    return _finish(visit) if index is None else _turn(visit, index)


def _in(visit: _Visit, say: Callable[[], str]) -> str:
    with translation.override(interface_language(visit.language)):
        return say()


def _typed(visit: _Visit) -> dict[str, Any]:
    """What was typed, as it was typed, over what was stored before."""
    questions = visit.form.questions
    typed: dict[str, Any] = dict(visit.target.response_answers)
    for code, raw in visit.fields.items():
        multiple = code in questions and questions[code]["kind"] == "multiple"
        typed[code] = raw if multiple else raw[0]
    return typed


def _check(
    visit: _Visit, codes: list[str], *, partial: bool
) -> tuple[dict[str, Value], dict[str, AnswerError]]:
    """Clean answers and faults of the named questions; other fields are faults as well."""
    answers: dict[str, Value] = {}
    errors = {c: AnswerError("unknown_question") for c in visit.fields if c not in codes}
    for code in codes:
        result = validate(visit.form.questions[code], visit.fields.get(code, []), partial=partial)
        if isinstance(result, AnswerError):
            errors[code] = result
        elif result is not None:
            answers[code] = result
    return answers, errors


def _finish(visit: _Visit) -> HttpResponse:
    """All answers in one request."""
    answers, errors = _check(visit, list(visit.form.questions), partial=False)
    if errors:
        return visit.show(422, section_index=None, answers=_typed(visit), errors=errors)
    return _complete(visit, answers)


def _turn(visit: _Visit, index: int) -> HttpResponse:
    """One page: keep it, then go on, back, or finish."""
    back, last = visit.given.get("go") == "back", index == len(visit.form.sections) - 1
    answers, errors = _check(visit, visit.form.codes(index), partial=back)
    if errors:
        return visit.show(422, section_index=index, answers=_typed(visit), errors=errors)
    if last and not back:
        return _finish_pages(visit, index, answers)
    if not _save(visit, index, answers):
        return _thanks(visit)
    step = max(index - 1, 0) if back else index + 1
    shown = str(visit.submission_id) if visit.names_submission else ""
    return _see(page_address(step + 1, visit.language, shown))


def _see(address: str) -> HttpResponse:
    answer = HttpResponse(status=303)
    answer.headers["Location"] = address
    return answer


def _save(visit: _Visit, index: int, answers: Mapping[str, Value]) -> bool:
    saved = response_save(
        target=visit.target,
        version=visit.form,
        submission_id=visit.submission_id,
        language=visit.language,
        answers=answers,
        codes=visit.form.codes(index),
    )
    return saved is not None


def _finish_pages(visit: _Visit, index: int, answers: dict[str, Value]) -> HttpResponse:
    """The last page: what was kept before is checked again as a whole."""
    here = set(visit.form.codes(index))
    kept = {c: v for c, v in visit.target.response_answers.items() if c not in here}
    whole, errors = validate_all(visit.form.questions.values(), {**kept, **answers})
    if not errors:
        return _complete(visit, whole)
    _save(visit, index, answers)
    faulty = _page_of(visit.form, set(errors))
    return visit.show(422, section_index=faulty, answers={**kept, **answers}, errors=errors)


def _page_of(version: CompiledVersion, codes: set[str]) -> int:
    return next(
        (i for i in range(len(version.sections)) if codes.intersection(version.codes(i))), 0
    )


def _complete(visit: _Visit, answers: Mapping[str, Value]) -> HttpResponse:
    response_complete(
        target=visit.target,
        version=visit.form,
        submission_id=visit.submission_id,
        language=visit.language,
        answers=answers,
    )
    return _thanks(visit)


def _closed_or_answered(visit: _Visit) -> HttpResponse | None:
    if visit.target.is_answered and visit.version is not None:
        return _thanks(visit, again=visit.request.method == "GET")
    closed = visit.target.closed()
    if closed is None:
        return None
    return _closed(visit, closed)


def _thanks(visit: _Visit, *, again: bool = False) -> HttpResponse:
    brand = visit.target.program_name
    return HttpResponse(thanks_page(visit.form, visit.language, brand, again=again))


def _closed_words(reason: Closed, name: str) -> tuple[str, str]:
    """Heading and sentence, in the active language."""
    if reason is Closed.EXPIRED:
        text = _(
            "It was valid for a limited time. If you still want to say something, write to %s."
        )
        return _("This link has expired"), text % name
    if reason is Closed.PAUSED:
        text = _("%s has paused it. Please try the same link again later.")
        return _("This survey is paused"), text % name
    text = _("It takes no more answers. Thank you for wanting to take part.")
    return _("This survey is closed"), text


def _closed(visit: _Visit, reason: Closed) -> HttpResponse:
    def page() -> str:
        name = visit.target.program_name
        frame = (
            frame_context(visit.version, visit.language, name)
            if visit.version
            else {"LANGUAGE_CODE": visit.language, "brand_name": name}
        )
        heading, text = _closed_words(reason, name)
        return message_page(heading, [text], **frame)

    answer = HttpResponse(_in(visit, page), status=410 if reason in _GONE else 503)
    if reason not in _GONE:
        answer.headers["Retry-After"] = "3600"
    return answer


def _unknown(request: HttpRequest) -> HttpResponse:
    return _plain(
        request,
        404,
        lambda: _("This link does not open a survey"),
        lambda: _(
            "Perhaps a part of the address is missing. Open the link in your message once"
            " more, or copy it whole."
        ),
    )


def _unavailable(request: HttpRequest) -> HttpResponse:
    answer = _plain(
        request,
        503,
        lambda: _("The survey cannot be reached right now"),
        lambda: _(
            "Nothing was saved just now. Go back in your browser, where your answers still"
            " are, and send them again in a minute."
        ),
    )
    answer.headers["Retry-After"] = "60"
    return answer


def _plain(
    request: HttpRequest, status: int, heading: Callable[[], str], text: Callable[[], str]
) -> HttpResponse:
    language = get_language_from_request(request)
    with translation.override(language):
        page = message_page(heading(), [text()], LANGUAGE_CODE=language)
    return HttpResponse(page, status=status)


def _theme(colour: str) -> HttpResponse:
    """The stylesheet of a survey's own colour, with black or white letters on it."""
    if not is_colour(colour):
        return HttpResponse(status=404)
    red, green, blue = (int(colour[i : i + 2], 16) for i in (0, 2, 4))
    bright = (299 * red + 587 * green + 114 * blue) / 1000 > 140
    css = f":root{{--brand:#{colour};--on-brand:{'#000' if bright else '#fff'}}}"
    answer = HttpResponse(css, content_type="text/css; charset=utf-8")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


_METHODS: dict[str, Callable[[_Visit], HttpResponse]] = {"GET": _get, "HEAD": _get, "POST": _post}
