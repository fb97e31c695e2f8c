"""Blocks and the flow: in which order, under which condition, mixed or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from surveys.exchange.draft import Condition, Item, Page, Skip
from surveys.exchange.ledger import Entry
from surveys.exchange.qsf.elements import Json, is_empty, keyed, listed, said
from surveys.exchange.qsf.logic import EMBEDDED, group_of
from surveys.exchange.texts import plain_text

if TYPE_CHECKING:
    from surveys.exchange.qsf.reading import Survey

_MAX_DEPTH = 30
_REFUSED = {
    "WebService": "web_service", "Authenticator": "authenticator", "Quota": "quota_other",
    "TableOfContents": "no_counterpart", "ReferenceSurvey": "other_survey",
    "Supplemental": "other_survey", "Conjoint": "no_counterpart",
}  # fmt: skip


class _Flow:
    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.blocks: dict[str, tuple[Json, Entry]] = {}
        self.placed: set[str] = set()
        self.asked: set[str] = set()

    def node(self, node: Any, depth: int, conditions: list[Condition], random: str) -> None:
        """One element of the flow with what is below it."""
        if not isinstance(node, Mapping):
            return
        type_ = str(node.get("Type", ""))
        place = str(node.get("FlowID") or f"flow {depth}")
        name = node.get("Description") or node.get("ID") or type_
        entry = self.survey.ledger.found("flow", f"FL, {place}", f"{type_} {name}")
        if depth > _MAX_DEPTH:
            entry.refuse("too_deep")
            return
        if type_ in ("Block", "Standard"):
            self.block(str(node.get("ID")), entry, conditions, random)
        elif type_ == "Branch":
            self.branch(node, depth, entry, conditions)
            return
        elif type_ == "BlockRandomizer":
            self.randomizer(node, depth, entry, conditions)
            return
        elif type_ == "EmbeddedData":
            self.embedded(node, entry)
        elif type_ == "EndSurvey":
            self.ending(entry, conditions, depth)
        elif type_ in ("Root", "Group"):
            entry.take()
        else:
            entry.refuse(_REFUSED.get(type_, "no_counterpart"))
        self.below(node, depth, conditions, random)

    def below(self, node: Json, depth: int, conditions: list[Condition], random: str) -> None:
        for child in listed(node.get("Flow")):
            self.node(child, depth + 1, conditions, random)

    def block(self, key: str, entry: Entry, conditions: list[Condition], random: str) -> None:
        found = self.blocks.get(key)
        if found is None:
            entry.refuse("orphan")
            return
        if key in self.placed:
            entry.change("block_twice")
            return
        self.placed.add(key)
        entry.take("page")
        for page in lay_block(self.survey, *found, self.asked):
            page.shown_if, page.random_group = group_of(conditions), random
            page.shown_entry = entry
            self.survey.draft.pages.append(page)

    def branch(self, node: Json, depth: int, entry: Entry, conditions: list[Condition]) -> None:
        from surveys.exchange.qsf.reading import said_in_words, translated

        notes: list[str] = []
        logic = node.get("BranchLogic")
        found = translated(self.survey, logic, entry, notes) if not is_empty(logic) else True
        first = len(self.survey.draft.pages)
        if isinstance(found, bool) and any(
            isinstance(c, Mapping) and c.get("Type") == "EndSurvey"
            for c in listed(node.get("Flow"))
        ):
            # Without its condition this end would end every survey here.
            for child in listed(node.get("Flow")):
                self.left_out(child, depth + 1)
        else:
            more = conditions if isinstance(found, bool) else [*conditions, found]
            self.below(node, depth, more, "")
        for page in self.survey.draft.pages[first:]:
            page.notes += notes
        if notes and len(self.survey.draft.pages) == first:
            entry.refuse("branch", part=said_in_words(logic))

    def left_out(self, node: Any, depth: int) -> None:
        if isinstance(node, Mapping) and depth <= _MAX_DEPTH:
            place = str(node.get("FlowID") or f"flow {depth}")
            self.survey.ledger.found("flow", f"FL, {place}", node.get("Type")).refuse("branch")
            for child in listed(node.get("Flow")):
                self.left_out(child, depth + 1)

    def randomizer(self, node: Json, depth: int, entry: Entry, conditions: list[Condition]) -> None:
        children = listed(node.get("Flow"))
        subset = str(node.get("SubSet", ""))
        some = subset.isdigit() and int(subset) < len(children)
        entry.change("random_all", "random") if some else entry.take("random")
        group = str(node.get("FlowID") or "mixed").lower()
        for child in children:
            self.node(child, depth + 1, conditions, group)

    def embedded(self, node: Json, entry: Entry) -> None:
        entry.take("hidden")
        page = Page()
        for number, data in enumerate(listed(node.get("EmbeddedData")), 1):
            name = str(keyed(data).get("Field") or "")
            place = f"FL, {node.get('FlowID')}, {number}"
            mine = self.survey.ledger.found("embedded_data", place, name)
            if not name:
                mine.refuse("unreadable")
                continue
            if EMBEDDED + name in self.survey.hidden:
                mine.change("field_twice")
                continue
            self.survey.hidden[EMBEDDED + name] = item = _hidden(name, data, mine, self.survey.main)
            page.items.append(item)
        if page.items:
            self.survey.draft.pages.append(page)

    def ending(self, entry: Entry, conditions: list[Condition], depth: int) -> None:
        when, pages = group_of(conditions), self.survey.draft.pages
        if when is None or not pages:
            entry.take() if when is None else entry.refuse("branch")
            return
        pages[-1].skips.append(Skip(when, "end", entry))
        entry.take("end")


def _hidden(name: str, data: Any, entry: Entry, main: str) -> Item:
    item = Item(EMBEDDED + name, "hidden", entry, {main: name})
    item.aliases = [name]
    value = keyed(data).get("Value")
    item.settings = {"origin": "link", "name": name}
    if not is_empty(value) and "${" not in str(value):
        item.settings["default"] = str(value)[:200]
    entry.take("hidden")
    return item


def lay_flow(survey: Survey) -> None:
    """Put the questions on pages, as blocks and flow say; without a flow in the blocks' order."""
    flow = _Flow(survey)
    for payload, entry in survey.file.payloads("BL"):
        entry.take()
        for number, block in enumerate(listed(payload), 1):
            if isinstance(block, Mapping):
                name = block.get("Description") or block.get("ID")
                mine = survey.ledger.found("blocks", f"BL, {number}", name)
                flow.blocks[str(block.get("ID"))] = (block, mine)
    roots = list(survey.file.payloads("FL"))
    for payload, entry in roots:
        entry.take()
        flow.node({"Type": "Root", **keyed(payload)}, 0, [], "")
    for key, (block, entry) in flow.blocks.items():
        if block.get("Type") == "Trash":
            _leave_out(survey, block, entry, "trash")
        elif key not in flow.placed and roots:
            _leave_out(survey, block, entry, "not_in_flow")
        elif key not in flow.placed:
            survey.draft.pages += lay_block(survey, block, entry, flow.asked)
    _unasked(survey, flow.asked, has_blocks=bool(flow.blocks))


def _unasked(survey: Survey, asked: set[str], *, has_blocks: bool) -> None:
    """Questions that no block holds."""
    left = [qid for qid in survey.questions if qid not in asked]
    if not has_blocks:
        survey.draft.pages.append(
            Page(items=[item for qid in left for item in survey.questions[qid].items])
        )
        return
    for qid in left:
        read = survey.questions.pop(qid)
        if read.entry.reason not in ("trash", "not_in_flow"):
            _refuse_question(read, "not_in_flow")


def _refuse_question(read: Any, reason: str) -> None:
    read.entry.refuse(reason)
    for part in [read.item, *read.item.parts, *read.extra]:
        part.entry.refuse(reason)
        for option in [*part.choices, *part.rows, *part.columns]:
            option.entry.refuse(reason)
    for entry in (read.logic, read.dynamic, *(o.shown_entry for o, _logic in read.logics)):
        if entry:
            entry.refuse(reason)


def _leave_out(survey: Survey, block: Json, entry: Entry, reason: str) -> None:
    entry.refuse(reason)
    for number, element in enumerate(listed(block.get("BlockElements")), 1):
        place, name = f"{entry.place}, element {number}", keyed(element).get("QuestionID")
        survey.ledger.found("block_elements", place, name).refuse(reason)
        read = survey.questions.get(str(name))
        if read:
            _refuse_question(read, reason)


def lay_block(survey: Survey, block: Json, entry: Entry, asked: set[str]) -> list[Page]:
    """The pages of a block: a page break begins the next one."""
    entry.take("page")
    title = plain_text(block.get("Description"))[0]
    pages = [Page(title=_title(survey, title), entry=entry)]
    _block_settings(survey, block, entry, pages[0])
    for number, element in enumerate(listed(block.get("BlockElements")), 1):
        mine = keyed(element)
        place = f"{entry.place}, element {number}"
        found = survey.ledger.found(
            "block_elements", place, mine.get("QuestionID") or mine.get("Type")
        )
        if mine.get("Type") == "Page Break":
            pages.append(Page(entry=entry))
            found.take("page")
            continue
        _place_question(survey, mine, found, pages[-1], asked)
    return [page for page in pages if page.items]


def _title(survey: Survey, text: str) -> dict[str, str]:
    """Qualtrics' usual names of blocks say nothing to respondents."""
    usual = not text or text.lower().startswith(("default question block", "block ", "new block"))
    return {} if usual else {survey.main: text}


def _block_settings(survey: Survey, block: Json, entry: Entry, page: Page) -> None:
    for name, value in {**block, **keyed(block.get("Options"))}.items():
        quiet = ("Type", "ID", "Description", "BlockElements", "Options", "SubType")
        if name in quiet or is_empty(value):
            continue
        place = f"{entry.place}, {name}"
        mine = survey.ledger.found("block_settings", place, f"{name}: {said(value)}")
        if value in ("false", False, "Collapsed", "Expanded", "No", "None"):
            mine.take()
        elif name == "RandomizeQuestions":
            page.notes.append("mixed")
            mine.take("random")
        else:
            mine.refuse("loop" if name.startswith("Loop") else "setting")


def _place_question(
    survey: Survey, element: Json, found: Entry, page: Page, asked: set[str]
) -> None:
    qid = str(element.get("QuestionID", ""))
    read = survey.questions.get(qid)
    skips = [s for s in listed(element.get("SkipLogic")) if isinstance(s, Mapping)]
    if read is None:
        found.refuse("question_refused" if qid in survey.refused else "orphan")
    elif qid in asked:
        found.change("block_twice")
    else:
        asked.add(qid)
        page.items += read.items
        found.take("question")
    for number, skip in enumerate(skips, 1):
        words = plain_text(skip.get("Description"))[0]
        entry = survey.ledger.found("skip_logic", f"{found.place}, skip {number}", words)
        if read is None:
            entry.refuse("question_refused")
        else:
            _skip(survey, read.items[-1], read.item, skip, entry)


def _skip(survey: Survey, last: Item, item: Item, skip: Json, entry: Entry) -> None:
    from surveys.exchange.expressions import Untranslatable
    from surveys.exchange.qsf.logic import condition_of

    test = {
        "LogicType": "Question",
        "LeftOperand": skip.get("Locator") or skip.get("ChoiceLocator"),
        "Operator": skip.get("Condition"),
        "RightOperand": skip.get("RightOperand") or skip.get("TextEntry") or "",
    }
    target = str(skip.get("SkipToDestination", ""))
    target = {"ENDOFBLOCK": "end_of_page", "ENDOFSURVEY": "end"}.get(target, target)
    try:
        when = condition_of({"0": {"0": test, "Type": "If"}}, survey.find)
    except Untranslatable as error:
        entry.change("kept_as_note", "note", part=str(error))
        item.notes.append(entry.name)
        return
    last.skips.append(Skip(None if isinstance(when, bool) else when, target, entry))
