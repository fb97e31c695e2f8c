"""One request of a respondent: which form, which version, in which language, what was sent."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from surveys.calc.answers import AnswerError, Question, Value, typed_with_texts, validate_with_texts
from surveys.models import Campaign, Invitation
from surveys.queries.links import LinkTarget
from surveys.rendering import (
    FIELD,
    CompiledVersion,
    PageState,
    compiled_version,
    interface_language,
    respondent_page,
    results_address,
    thanks_page,
)
from surveys.services.links import unsubscribe_url
from surveys.views.visit_files import answer_files

Checked = tuple[dict[str, Value], dict[str, AnswerError]]


@dataclass
class Visit:
    """One request for one form."""

    request: HttpRequest
    target: LinkTarget
    version: CompiledVersion | None
    language: str
    given: Any
    submission: UUID | None
    # What opens the pages behind a password; goes on in every form.
    key: str = ""

    @classmethod
    def of(
        cls, request: HttpRequest, target: LinkTarget, given: Any, submission: UUID | None
    ) -> "Visit":
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

    @cached_property
    def fields(self) -> dict[str, dict[str, list[str]]]:
        """What was answered: the strings of each part, by question code."""
        found: dict[str, dict[str, list[str]]] = {}
        for name, values in self.given.lists():
            if name.startswith(FIELD):
                code, _dot, part = name.removeprefix(FIELD).partition(".")
                found.setdefault(code, {})[part] = values
        return found

    @property
    def page(self) -> int | None:
        """Index of the page that was sent, None for all answers at once."""
        text = str(self.given.get("page", ""))
        if not text.isascii() or not text.isdigit():
            return None
        return min(max(int(text[:6]), 1), len(self.form.sections)) - 1

    @cached_property
    def submission_id(self) -> UUID:
        """The id the answers are kept under."""
        if self.names_submission:
            return self.submission or uuid4()
        return self.target.submission_id

    def state(self, **values: Any) -> PageState:
        if self.target.is_trial and not values.get("notice"):
            values["notice"] = said_in(self, lambda: _("A test: these answers count nowhere."))
        return PageState(
            language=self.language,
            submission_id=self.shown_submission,
            stop_url=_stop_url(self.target),
            brand=self.target.program_name,
            kiosk=self.kiosk,
            **values,
        )

    def show(self, status: int = 200, **values: Any) -> HttpResponse:
        return HttpResponse(respondent_page(self.form, self.state(**values)), status=status)

    def thanks(self, *, again: bool = False) -> HttpResponse:
        """The page of thanks; `again`: the answers had arrived before."""
        brand = self.target.program_name
        return HttpResponse(
            thanks_page(
                self.form,
                self.language,
                brand,
                again=again,
                kiosk=self.kiosk,
                results_url=self.results_url,
            )
        )

    @cached_property
    def stored_files(self) -> dict[str, list[str]]:
        """Files of this request that were stored, by question code, so that each is once."""
        return {}

    @property
    def wants_submission(self) -> bool:
        """True where the id is missing under which an open link's answers are kept."""
        return self.names_submission and not self.target.is_personal and self.submission is None

    def parts(self, question: Question) -> Mapping[str, Sequence[str]]:
        """The strings sent for a question; files brought along are stored first."""
        parts = self.fields.get(question["code"], {})
        return answer_files(self, question, parts) if question["kind"] == "file" else parts

    def checked(
        self,
        questions: Mapping[str, Question],
        codes: Sequence[str],
        *,
        partial: bool = False,
        ignoring: Collection[str] = (),
    ) -> Checked:
        """Clean answers and faults of the named questions; other fields are faults as well."""
        answers: dict[str, Value] = {}
        other = [code for code in self.fields if code not in codes and code not in ignoring]
        errors = {code: AnswerError("unknown_question") for code in other}
        for code in codes:
            question = questions[code]
            found, error = validate_with_texts(question, self.parts(question), partial=partial)
            answers |= found
            if error is not None:
                errors[code] = error
        return answers, errors

    def typed(self, questions: Mapping[str, Question]) -> dict[str, Any]:
        """What was typed, as it was typed, over what was stored before."""
        typed: dict[str, Any] = dict(self.target.response_answers)
        for code in self.fields:
            question = questions.get(code)
            if question is not None:
                typed |= typed_with_texts(question, self.parts(question))
        return typed

    @property
    def kiosk(self) -> int:
        """Seconds after which a kiosk begins anew; 0 for no kiosk."""
        return int(self.target.access.get("kiosk_seconds") or 0)

    @property
    def changes(self) -> bool:
        """True when a complete answer is being changed."""
        return self.target.is_answered and self.target.may_change()

    @property
    def link_submission(self) -> str:
        """What an open link needs to find its answers again; a personal one knows them."""
        return "" if self.target.is_personal else str(self.submission or "")

    @cached_property
    def results_url(self) -> str:
        """Where the scores of all are shown after answering; "" where they are not."""
        target = self.target
        if not target.version_id or target.response_status == "screened" or self._at_kiosk:
            return ""
        settings = compiled_version(target.version_id).document.get("settings") or {}
        if not settings.get("show_results"):
            return ""
        return results_address(self.language, self.link_submission)

    @property
    def _at_kiosk(self) -> bool:
        return bool(self.kiosk) or self.target.campaign_channel == Campaign.Channel.KIOSK

    @property
    def shown_submission(self) -> str:
        return str(self.submission_id) if self.names_submission else ""


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


def said_in(visit: Visit, say: Callable[[], str]) -> str:
    """A sentence of ours in the visit's language."""
    with translation.override(interface_language(visit.language)):
        return say()


def see(address: str) -> HttpResponse:
    """Go on to an address, by a reading request."""
    answer = HttpResponse(status=303)
    answer.headers["Location"] = address
    return answer
