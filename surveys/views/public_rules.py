"""Surveys with rules: each page is the next one of this person's own way."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from surveys.calc.answers import UNSEEN, AnswerError
from surveys.calc.hidden import hidden_values
from surveys.calc.logic import Facts
from surveys.calc.logic_document import codes_asked
from surveys.calc.logic_flow import Page, Walk, ending_of
from surveys.queries.links import Closed
from surveys.queries.ways import events_behind, facts_for, full_quotas
from surveys.rendering import page_address
from surveys.rendering_flow import ending_page, pipes_for
from surveys.services.responses import response_change_own, response_save
from surveys.services.ways import Finish, is_screened, walk_for, way_finish
from surveys.views.public_closed import closed_page
from surveys.views.public_pages import not_arrived, prefilled, texts_beside
from surveys.views.visits import Visit, see


class _Journey:
    """One request of a person on the way: what is known, and the way it makes."""

    def __init__(self, visit: Visit, more: Mapping[str, Any] | None = None) -> None:
        self.visit = visit
        self.asked = codes_asked(visit.form.document)
        self.facts = facts_for(visit.target, visit.form, visit.language, {})
        self.hidden = self._hidden()
        self.answers = {**visit.target.response_answers, **self.hidden, **(more or {})}
        quotas = visit.form.document.get("quotas") or ()
        self.full = full_quotas(visit.target.survey_id, quotas)
        self.way = self.walk(self.answers)

    def walk(self, answers: Mapping[str, Any]) -> Walk:
        facts = self.facts.knowing(answers=answers)
        return walk_for(self.visit.form, facts, self.visit.submission_id, self.full)

    def _hidden(self) -> dict[str, str]:
        """Values nobody types. An anonymous answer takes none that could lead to a person."""
        visit = self.visit
        invitation, named = visit.target.invitation_id, not visit.anonymous
        events = events_behind([invitation] if invitation else [], visit.form.sources)
        return hidden_values(
            self.asked,
            customer=self.facts.customer if named else {},
            event=events.get(invitation or 0, {}) if named else {},
            brought=self._brought,
        )

    def _brought(self, code: str, name: str) -> Any:
        """From what was kept, the form, or the link."""
        sent = self.visit.fields.get(code, {}).get("", [])
        kept = self.visit.target.response_answers.get(code)
        return kept or (sent and sent[0]) or self.visit.given.get(name)

    @property
    def unseen(self) -> set[str]:
        """Codes of the questions whose values nobody may send as an answer."""
        return {code for code, question in self.asked.items() if question["kind"] in UNSEEN}

    def show(self, page: Page, way: Walk, status: int = 200, **values: Any) -> HttpResponse:
        answers = values.pop("answers", self.answers)
        here = {q["code"] for q in page.questions}
        carried = {f"q_{c}": v for c, v in self.hidden.items() if c not in here}
        if self.visit.key:
            carried["key"] = self.visit.key
        return self.visit.show(
            status,
            page=page,
            steps=way.steps,
            answers=answers,
            pipes=pipes_for(self.visit.form, way, self.facts, self.visit.language, page),
            carried=carried,
            **values,
        )


def rules_shown(visit: Visit) -> HttpResponse:
    """The page asked for while the way comes by it, else the first one not begun."""
    journey = _Journey(visit, prefilled(visit))
    way = journey.way
    if not way.pages:
        return _finish(visit, journey)
    if visit.changes:
        return journey.show(_whole_way(way), way)
    asked = way.page(visit.given.get("page", ""))
    page = way.pages[asked] if asked is not None else _first_open(journey)
    return journey.show(page, way)


def _whole_way(way: Walk) -> Page:
    """All that was asked on one page: a given answer is changed as a whole."""
    questions = tuple(way.questions.values())
    return Page(key="", step=1, section={}, questions=questions, is_first=True)


def _first_open(journey: _Journey) -> Page:
    stored = journey.visit.target.response_answers
    pages = journey.way.pages
    for page in pages:
        if page.codes and not any(code in stored for code in page.codes):
            return page
    return pages[-1]


def rules_answered(visit: Visit) -> HttpResponse:
    """Keep the page that was sent and go where the rules lead."""
    journey = _Journey(visit)
    way, key = journey.way, visit.given.get("page", "")
    place = way.page(key)
    questions = way.questions if place is not None else journey.asked
    if visit.given.get("switch") and place is not None:
        answers = {**journey.answers, **visit.typed(questions)}
        return journey.show(way.pages[place], way, answers=answers)
    if visit.wants_submission and way.pages:
        page = way.pages[place or 0]
        typed = visit.typed(questions)
        return journey.show(page, way, 422, answers=typed, notice=not_arrived(visit))
    if place is None:
        return _whole(visit, journey)
    return _turn(visit, journey, place)


def _turn(visit: Visit, journey: _Journey, place: int) -> HttpResponse:
    way, page = journey.way, journey.way.pages[place]
    back = visit.given.get("go") == "back"
    answers, errors = visit.checked(
        way.questions, page.codes, partial=back, ignoring=journey.unseen
    )
    if errors:
        typed = {**journey.answers, **visit.typed(way.questions)}
        return journey.show(page, way, 422, answers=typed, errors=errors)
    kept = {c: v for c, v in journey.answers.items() if c.partition(".")[0] not in page.codes}
    known = {**kept, **answers}
    following = _beside(journey.walk(known), page.key, back)
    if following is None and not back:
        return _finish(visit, journey, known, page)
    if not _save(visit, page.codes, {**journey.hidden, **answers}):
        return visit.thanks()
    key = (following or page).key
    return see(page_address(key, visit.language, visit.shown_submission, visit.key))


def _beside(way: Walk, key: str, back: bool) -> Page | None:
    """The page before or after the one that was sent, on the way as it now is."""
    place = way.page(key)
    if place is None:
        return None
    if back:
        return way.pages[max(place - 1, 0)]
    return way.pages[place + 1] if place + 1 < len(way.pages) else None


def _save(visit: Visit, codes: list[str], answers: Mapping[str, Any]) -> bool:
    saved = response_save(
        target=visit.target,
        version=visit.form,
        submission_id=visit.submission_id,
        language=visit.language,
        answers=answers,
        codes=[*codes, *texts_beside(visit, codes)],
    )
    return saved is not None


def _whole(visit: Visit, journey: _Journey) -> HttpResponse:
    """All answers in one request; what the way does not come by is left out."""
    unseen = journey.unseen
    plain = [code for code in journey.asked if code in visit.fields and code not in unseen]
    looped = [code for code in visit.fields if "@" in code]
    answers, errors = visit.checked(
        journey.asked, plain, partial=True, ignoring=unseen | set(looped)
    )
    known = {**journey.answers, **answers}
    questions = journey.walk(known).questions
    inside = [code for code in looped if code in questions]
    more, faults = visit.checked(questions, inside, partial=True, ignoring=unseen | set(plain))
    known |= more
    way = journey.walk(known)
    on_way = {c: e for c, e in errors.items() if c in way.questions or c not in journey.asked}
    wrong = {**on_way, **faults}
    if wrong and way.pages:
        return _faulty(journey, way, wrong, {**known, **visit.typed(way.questions)})
    return _finish(visit, journey, known)


def _faulty(
    journey: _Journey, way: Walk, errors: Mapping[str, AnswerError], answers: Mapping[str, Any]
) -> HttpResponse:
    page = next((p for p in way.pages if set(errors) & set(p.codes)), way.pages[0])
    return journey.show(page, way, 422, answers=answers, errors=errors)


def _finish(
    visit: Visit,
    journey: _Journey,
    answers: Mapping[str, Any] | None = None,
    page: Page | None = None,
) -> HttpResponse:
    facts = journey.facts.knowing(answers=journey.answers if answers is None else answers)
    if visit.changes:
        return _changed(visit, journey, facts)
    result = way_finish(
        target=visit.target,
        version=visit.form,
        submission_id=visit.submission_id,
        language=visit.language,
        facts=facts,
    )
    if result.closed:
        return closed_page(visit, Closed.FULL)
    if result.errors:
        if page is not None:
            mine = {c: v for c, v in facts.answers.items() if c.partition(".")[0] in page.codes}
            _save(visit, page.codes, {**journey.hidden, **mine})
        return _faulty(journey, result.way, result.errors, facts.answers)
    return _ended(visit, result, facts)


def _changed(visit: Visit, journey: _Journey, facts: Facts) -> HttpResponse:
    """Put other answers in the place of those given before; scores and comments follow."""
    errors = response_change_own(target=visit.target, answers=facts.answers)
    if errors:
        page = _whole_way(journey.walk(facts.answers))
        return journey.show(page, journey.way, 422, answers=facts.answers, errors=errors)
    return visit.thanks()


def _ended(visit: Visit, result: Finish, facts: Facts) -> HttpResponse:
    known = facts.knowing(answers=result.way.answers, score=result.way.score)
    ending = ending_of(visit.form.document, known) if not is_screened(result.way) else None
    page = ending_page(
        visit.form,
        visit.language,
        visit.target.program_name,
        way=result.way,
        ending=ending,
        pipes=pipes_for(visit.form, result.way, known, visit.language),
        submission=visit.shown_submission,
        kiosk=visit.kiosk,
        reachable=visit.target.customer_id is not None and not visit.anonymous,
        results_url=visit.results_url,
    )
    return HttpResponse(page)
