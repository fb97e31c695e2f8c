"""A path through the draft, tried with its rules: the same pages and walk, nothing is stored."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import translation
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.queries.customers import sees_person
from cxportal.core.services.personal_data import personal_data_looked
from surveys.calc.answers import AnswerError, typed_with_texts, validate_with_texts
from surveys.calc.hidden import hidden_values
from surveys.calc.kinds import UNSEEN
from surveys.calc.logic import Facts
from surveys.calc.logic_answers import checked_along
from surveys.calc.logic_document import codes_asked, sources_of
from surveys.calc.logic_flow import Page, Walk, ending_of, walk
from surveys.forms.surveys import language_choices
from surveys.models import Survey
from surveys.queries.ways import Person, people_facts
from surveys.rendering import FIELD, CompiledVersion, PageState, interface_language, page_of
from surveys.rendering_flow import ending_page, pipes_for
from surveys.services.ways import is_screened
from surveys.views.preview import PreviewPart

#: Names of the fields that bring hidden data along: this and the question's code.
HIDDEN = "h_"
_SIGNER = Signer(salt="survey-try")


class SurveyTryView(PreviewPart):
    """The draft inside a frame, answered page by page as a respondent would."""

    permission = "surveys.change_surveys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey, given = self.survey(pk), request.GET
        document = self.document(survey)
        asked = given.get("customer", "").strip()
        customer = tried_as(self.actor, asked)
        if customer is not None and not customer.is_test:
            personal_data_looked(actor=self.actor, customer=customer)
        query = {"language": self.language(document)}
        if customer is not None:
            query["customer"] = customer.external_id or ""
        hidden = {HIDDEN + c: q for c, q in codes_asked(document).items() if _is_open(q)}
        fields = [(name, _named(q), given.get(name, "")) for name, q in hidden.items()]
        query |= {name: value for name, _label, value in fields if value}
        sources = sources_of(document)
        context = {
            "survey": survey,
            "languages": language_choices(document["languages"]),
            "language": query["language"],
            "query": urlencode(query),
            "asks_customer": bool(sources & {"customer", "segment"}),
            "customer": asked,
            "missing": bool(asked) and customer is None,
            "fields": fields,
        }
        return self.render("surveys/survey_try.html", context)


def tried_as(actor: Actor, external_id: str) -> Customer | None:
    """The customer a path is tried as: one whose data the actor may see, or a test customer."""
    if not external_id:
        return None
    rows = Customer.objects.for_actor(actor).filter(external_id=external_id, erased_at=None)
    customer = rows.first()
    if customer is None or not (customer.is_test or sees_person(actor, customer)):
        return None
    return customer


def _is_open(question: Mapping[str, Any]) -> bool:
    """Hidden data that a link or an event brings."""
    origin = (question.get("settings") or {}).get("origin", "link")
    return question["kind"] in UNSEEN and origin in ("link", "event")


def _named(question: Mapping[str, Any]) -> str:
    return str((question.get("settings") or {}).get("name") or question["code"])


class SurveyTryFrameView(PreviewPart):
    """One page of the way; the answers so far travel signed in the form."""

    permission = "surveys.change_surveys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _Try(self, self.survey(pk)).show(0)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _Try(self, self.survey(pk)).turn()


class _Try:
    """One request of a try: what was answered so far, and the way it makes."""

    def __init__(self, view: PreviewPart, survey: Survey) -> None:
        self.request, self.survey = view.request, survey
        document = view.document(survey)
        self.version = CompiledVersion.of(document)
        given = view.request.POST
        self.language = given.get("switch") or given.get("lang") or view.language(document)
        self.kept = self._kept(given.get("kept", "")) or self._begun(view)
        self.facts = self._facts(view.actor)
        asked = codes_asked(document)
        self.hidden: dict[str, Any] = hidden_values(
            asked,
            customer=self.facts.customer,
            event={_named(asked[code]): value for code, value in self.kept["hidden"].items()},
            brought=lambda code, _name: self.kept["hidden"].get(code),
        )
        self.answers: dict[str, Any] = {**self.hidden, **self.kept["answers"]}
        self.way = self._walk(self.answers)

    def _kept(self, text: str) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = _SIGNER.unsign_object(text)
        except BadSignature:
            return {}
        return kept

    def _begun(self, view: PreviewPart) -> dict[str, Any]:
        """As whom, with which hidden data: chosen on the page around the frame."""
        given = self.request.GET
        codes = codes_asked(self.version.document)
        hidden = {c: given[HIDDEN + c] for c in codes if given.get(HIDDEN + c)}
        customer = tried_as(view.actor, given.get("customer", ""))
        return {"answers": {}, "hidden": hidden, "customer": customer.pk if customer else 0}

    def _facts(self, actor: Actor) -> Facts:
        pk = self.kept["customer"]
        person = people_facts([pk] if pk else [], self.version.sources).get(pk, Person())
        return Facts(
            customer=person.customer,
            segments=person.segments,
            language=self.language,
            channel="try",
        )

    def _walk(self, answers: Mapping[str, Any]) -> Walk:
        facts = self.facts.knowing(answers=answers)
        return walk(self.version.document, facts, seed=str(self.survey.pk))

    def show(
        self,
        place: int,
        *,
        status: int = 200,
        typed: Mapping[str, Any] | None = None,
        errors: Mapping[str, AnswerError] | None = None,
    ) -> HttpResponse:
        if not self.way.pages:
            return self.end()
        page = self.way.pages[place]
        state = PageState(
            language=self.language,
            answers=typed if typed is not None else self.answers,
            errors=errors or {},
            brand=str(self.survey.program),
            page=page,
            steps=self.way.steps,
            pipes=pipes_for(self.version, self.way, self.facts, self.language, page),
            carried={
                "csrfmiddlewaretoken": get_token(self.request),
                "kept": _SIGNER.sign_object({**self.kept, "answers": self.answers}),
            },
        )
        return HttpResponse(page_of(self.version, state), status=status)

    def turn(self) -> HttpResponse:
        """Check the page that was sent and go where the rules lead."""
        place = self.way.page(self.request.POST.get("page", "")) or 0
        page = self.way.pages[place]
        sent = self._sent(page)
        if self.request.POST.get("switch"):
            return self.show(place, typed={**self.answers, **self._typed(page, sent)})
        back = self.request.POST.get("go") == "back"
        found, errors = self._check(page, sent, back)
        if errors:
            typed = {**self.answers, **self._typed(page, sent)}
            return self.show(place, status=422, typed=typed, errors=errors)
        kept = {c: v for c, v in self.answers.items() if c.partition(".")[0] not in page.codes}
        self.answers = {**kept, **found}
        self.way = self._walk(self.answers)
        after = self.way.page(page.key)
        here = after if after is not None else place
        if back:
            return self.show(max(here - 1, 0))
        return self.show(here + 1) if here + 1 < len(self.way.pages) else self.end()

    def _sent(self, page: Page) -> dict[str, dict[str, list[str]]]:
        sent: dict[str, dict[str, list[str]]] = {code: {} for code in page.codes}
        for name, values in self.request.POST.lists():
            code, _dot, part = name.removeprefix(FIELD).partition(".")
            if name.startswith(FIELD) and code in sent:
                sent[code][part] = list(map(str, values))
        return sent

    def _typed(self, page: Page, sent: Mapping[str, Any]) -> dict[str, Any]:
        typed: dict[str, Any] = {}
        for question in page.questions:
            if sent.get(question["code"]) and question["kind"] != "file":
                typed |= typed_with_texts(question, sent[question["code"]])
        return typed

    def _check(
        self, page: Page, sent: Mapping[str, Any], back: bool
    ) -> tuple[dict[str, Any], dict[str, AnswerError]]:
        answers: dict[str, Any] = {}
        errors: dict[str, AnswerError] = {}
        for code in page.codes:
            question = self.way.questions[code]
            # A file is not stored while trying, so none is missed.
            if question["kind"] == "file":
                continue
            found, error = validate_with_texts(question, sent[code], partial=back)
            answers |= found
            if error is not None:
                errors[code] = error
        return answers, errors

    def end(self) -> HttpResponse:
        """The page of thanks this way comes to, and what a stored answer would hold."""
        seed = str(self.survey.pk)
        answers, _errors, way = checked_along(self.version.document, self.answers, self.facts, seed)
        known = self.facts.knowing(answers=answers, score=way.score)
        ending = ending_of(self.version.document, known) if not is_screened(way) else None
        with translation.override(interface_language(self.language)):
            notes = [_("Tried only: nothing was stored.")]
            if way.score:
                notes.append(_("Score: %(score)s") % {"score": f"{way.score:g}"})
        page = ending_page(
            self.version,
            self.language,
            str(self.survey.program),
            way=way,
            ending=ending,
            pipes=pipes_for(self.version, way, known, self.language),
            notes=notes,
        )
        return HttpResponse(page)
