"""Doors through which upper floors add to the ground floor, filled at start-up.

Each registry is a plain list or dict; a floor's `registrations.py` fills it once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet
    from django.utils.functional import _StrPromise

    from cxportal.core.actors import Actor
    from cxportal.core.bulk import BulkResult
    from cxportal.core.models import Customer, CustomerEvent, Job, Membership, OutboxEvent, Shared
    from cxportal.core.pdf import Document
    from cxportal.core.queries.operation import Check


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the left navigation. `order` sorts; `on_phone` puts it into the bottom bar."""

    key: str
    label: "str | _StrPromise"
    url_name: str
    icon: str
    permission: str
    order: int
    on_phone: bool = False


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a customer's timeline. `kind` picks the icon; `text` is already translated."""

    at: datetime
    kind: str
    text: str
    url: str = ""
    detail: str = ""


@dataclass(frozen=True)
class SearchHit:
    """One result of the search over everything."""

    kind: str
    label: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Named:
    """Records the search over everything finds by the text of `fields`; the first is their name.

    `page` takes the record's id; `permission` is the one that opens it.
    """

    kind: "str | _StrPromise"
    model: type[Any]
    page: str
    permission: str
    fields: tuple[str, ...] = ("name",)


@dataclass(frozen=True)
class Condition:
    """A field a segment rule may ask about; `to_q` turns (operator, value) into a filter.

    `choices` are the values one picks from, with their words; without any one types.
    """

    field: str
    label: "str | _StrPromise"
    operators: tuple[str, ...]
    to_q: "Callable[[str, Any], Q]"
    choices: "tuple[tuple[str, str | _StrPromise], ...]" = ()


@dataclass(frozen=True)
class SharedPage:
    """What a shared page shows: a template that extends components/frame/shared.html."""

    template: str
    context: "dict[str, Any]"


@dataclass(frozen=True)
class Shareable:
    """Something a link can show to anybody, and a schedule can mail as PDF.

    `permission` is asked of whoever shares it, together with core.change_shares. `check` raises
    DomainError for an object_id that is not the actor's. `page` gets the shared record and the
    query of the address; the actor it gets may see no personal data. `document` writes the PDF.
    `content` are optional parts one may choose: (key, label).
    """

    label: "str | _StrPromise"
    permission: str
    check: "Callable[[Actor, int | None], None]"
    page: "Callable[[Actor, Shared, Any], SharedPage] | None" = None
    document: "Callable[[Actor, Shared], Document] | None" = None
    content: "tuple[tuple[str, str | _StrPromise], ...]" = ()


@dataclass(frozen=True)
class PatternHit:
    """A customer whose purchases or value show a pattern; the key says once what for."""

    customer_id: int
    key: str
    at: datetime
    facts: "dict[str, Any]" = field(default_factory=dict)


@dataclass(frozen=True)
class CustomerPattern:
    """A pattern that automations may wait for, found by an upper floor.

    `find(actor, value, since, until)` gives hits of those days. `value` is what `unit` says
    (an amount, days, a count), or one of `choices`. A lasting pattern is a state: whoever is in
    it when the automation is switched on does not count.
    """

    label: "str | _StrPromise"
    unit: "str | _StrPromise"
    find: "Callable[[Actor, Any, date, date], Iterable[PatternHit]]"
    choices: "tuple[tuple[str, str | _StrPromise], ...]" = ()
    lasting: bool = False


@dataclass(frozen=True)
class FedFigure:
    """What a feed counted on a day, or in the month that ends with it; `n` stands behind it."""

    day: date
    value: float
    n: int


@dataclass(frozen=True)
class FigureFeed:
    """A figure the portal has the data for, which a counted metric can be fed by.

    `count(actor, setting, first, last)` gives its values between two days of the program's time
    zone, from the records themselves. `settings(actor)` are (value, words) of which one is
    chosen. `subject`, `unit` and `high_is_good` are what a metric fed by it is;
    `how` says in a sentence what is counted, and `n` of what.
    """

    label: "str | _StrPromise"
    how: "str | _StrPromise"
    subject: str
    count: "Callable[[Actor, str, date, date], Iterable[FedFigure]]"
    settings: "Callable[[Actor], Sequence[tuple[str, str]]] | None" = None
    unit: str = "percent"
    high_is_good: bool = True


@dataclass(frozen=True)
class NoteSubject:
    """What may be talked about in notes: `rows(actor)` are the objects the actor may see.

    `read` and `write` are permissions; `told(obj)` are the members a new note concerns (its
    owner, those who watch it). Its page stands in `object_pages`.
    """

    rows: "Callable[[Actor], QuerySet[Any]]"
    read: str
    write: str
    told: "Callable[[Any], Iterable[Membership]]"


@dataclass(frozen=True)
class OutsideValue:
    """What somebody else reaches at a place of ours, on 0–100, high is good.

    `place` is "t12" (a touchpoint) or "s3" (a stage). Of too few answers `value` is None. `n`
    and the standard error `se` are None where the source tells none; `is_bound` says that `se` is
    the largest that n allows. `metric`
    is the metric of ours that measures the same; `ours` is (value, se, n) of us in the source's
    own measure where only that compares.
    """

    place: str
    value: "float | None"
    n: "int | None"
    se: "float | None"
    source: str
    measured_on: "date | None" = None
    is_bound: bool = False
    metric: "int | None" = None
    ours: "tuple[float, float, int] | None" = None


@dataclass(frozen=True)
class OutsideSource:
    """Where values of others come from.

    `parties(actor)` are the names one may compare with; `values(actor, party, places, first,
    last)` what that party reaches, best evidence first; `places` is {place: touchpoint ids}.
    """

    parties: "Callable[[Actor], Iterable[str]]"
    values: (
        "Callable[[Actor, str, Mapping[str, Sequence[int]], date, date], Iterable[OutsideValue]]"
    )


@dataclass(frozen=True)
class ImportColumn:
    """A field that a file's column may fill; `words` are heads it is known by, in any language."""

    name: str
    label: "str | _StrPromise"
    words: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class ImportTarget:
    """What rows of a file become. `row` turns {field: text} into what `write` takes.

    `write(actor, rows)` answers per row and takes the same rows twice without doubling them;
    `key` names the field that says which rows are the same. With `free`, columns of any name
    may be kept as “<free><name>”. `list_url` names the page where the rows are seen.
    """

    label: "str | _StrPromise"
    permission: str
    key: str
    columns: tuple[ImportColumn, ...]
    row: "Callable[[Mapping[str, str]], dict[str, Any]]"
    write: "Callable[[Actor, Sequence[Any]], BulkResult]"
    start_url: str
    list_url: str
    free: str = ""


@dataclass(frozen=True)
class RetentionSubject:
    """Something kept for a time. `days` is how long where no rule says otherwise; None: kept.

    `due(actor, before)` are the rows older than that moment which the rule has not reached yet.
    `deeds` are what may be done, the first one usually: (actor, rows) takes away a batch of them,
    in its caller's transaction.
    """

    label: "str | _StrPromise"
    what: "str | _StrPromise"
    due: "Callable[[Actor, datetime], QuerySet[Any]]"
    deeds: "Mapping[str, Callable[[Actor, Sequence[Any]], None]]"
    days: int | None = None


navigation: list[NavigationItem] = []
# (actor, customer, limit) → newest first.
timeline: "list[Callable[[Actor, Customer, int], Iterable[TimelineEntry]]]" = []
# (actor, customer) → (label, value in words) for the facts on a customer's page.
customer_facts: "list[Callable[[Actor, Customer], Iterable[tuple[str, str]]]]" = []
# (actor, customer) → (template, context) of a part of a customer's page; None shows nothing.
customer_panels: "list[Callable[[Actor, Customer], tuple[str, dict[str, Any]] | None]]" = []
# (actor, text, limit) → hits the actor may see.
search: "list[Callable[[Actor, str, int], Iterable[SearchHit]]]" = []
# What the search finds by its name, all of it in one query.
named_records: list[Named] = []
# Called inside the erasing transaction: take the person out of the floor's own tables.
erasers: "list[Callable[[Actor, Customer], None]]" = []
# (actor) → {code of a value segment: what the program calls it}.
value_segment_names: "list[Callable[[Actor], Mapping[str, str]]]" = []
# Texts that people write, in which a person may be named: (model, field), of text or JSON. An
# erased person's marks are taken out of them.
written_places: "list[tuple[type[Any], str]]" = []
# (actor, customer) → what the person said in their own words, which others may have quoted.
own_words: "list[Callable[[Actor, Customer], Iterable[str]]]" = []
# (actor, marks) → drop files and mails that hold one of the marks. After everything else.
mark_sweepers: "list[Callable[[Actor, Sequence[str]], None]]" = []
# (words, (actor, customer) → path or "") of further public pages of a person, linked on their own.
person_pages: "list[tuple[str | _StrPromise, Callable[[Actor, Customer], str]]]" = []
# subject → everything a floor knows of a person, in plain values, for the person to take along.
personal_exports: "dict[str, Callable[[Actor, Customer], Any]]" = {}
# (actor, {place: touchpoint ids}) → {place: what the stage review says of it beside its score}.
place_notes: "list[Callable[[Actor, Mapping[str, Sequence[int]]], dict[str, str]]]" = []
# Values of competitors and others for the stage review, best evidence first.
outside_sources: "list[OutsideSource]" = []
# (actor, kept, merged, undone) after a merge or its undoing, in the same transaction: bring
# along what is computed per customer.
merge_followers: "list[Callable[[Actor, Customer, Customer, bool], None]]" = []
# "app.model.field" of rows that move with a merge → what they are called.
moved_words: "dict[str, str | _StrPromise]" = {}
segment_conditions: dict[str, Condition] = {}
# job kind → what runs it; it reports through `job_progress` and returns the result.
job_runners: "dict[str, Callable[[Actor, Job], dict[str, Any]]]" = {}
# What empties a memory that a process keeps of rows by their numbers; see core/memory.py.
memories: "list[Callable[[], None]]" = []
# (actor) → lines of the health page about an upper floor's own work.
operation_lines: "list[Callable[[Actor], Iterable[Check]]]" = []
# job kind → what the jobs page and notices call it.
job_titles: "dict[str, str | _StrPromise]" = {}
# kind → what rows of a file become; see services/table_imports.py.
import_targets: dict[str, ImportTarget] = {}
# outbox topic → consumer of a batch of claimed rows of one program, inside one transaction.
outbox_consumers: "dict[str, Callable[[int, list[OutboxEvent]], None]]" = {}
# Topics somebody watches while they wait: they are drained between any two batches of others.
outbox_urgent: list[str] = []
# topic → rows in a batch, for rows that each bring much work; any other takes outbox.BATCH.
outbox_batches: dict[str, int] = {}
# (program id, events as they were recorded) → what an upper floor does about them. Run by the
# worker, once per event and listener, inside one transaction; see services/event_listening.py.
event_listeners: "list[Callable[[int, list[CustomerEvent]], None]]" = []

# (program id, kind) → whether a floor waits for events of that kind; see event_is_awaited.
event_waiters: "list[Callable[[int, str], bool]]" = []

# (actor, responses) → called once with each batch of new complete responses, in the transaction
# that counts them: keep it short, put real work into the outbox.
response_listeners: "list[Callable[[Actor, Sequence[Any]], None]]" = []

# (actor) → names of touchpoints the actor may choose from, in the actor's language.
touchpoint_names: "list[Callable[[Actor], Iterable[str]]]" = []

# kind of notice → its sentence, with %(name)s places for the notice's params.
notification_sentences: "dict[str, str | _StrPromise]" = {}
# action of the audit trail ("survey.publish") → how a history says it ("published").
audit_words: "dict[str, str | _StrPromise]" = {}
# "surveys.metric.source" → what a history calls a change that is no field of the record.
audit_fields: "dict[str, str | _StrPromise]" = {}
# object type of the audit trail ("core.customer") → URL name of its page, which takes the id.
object_pages: "dict[str, str]" = {}
# "portfolio" … → URL name of an upper floor's page that a lower one may point to.
pages: dict[str, str] = {}
# kind of a ShareLink or ScheduledReport → what it shows.
shareables: "dict[str, Shareable]" = {}
# code → a pattern of purchases or value that automations may wait for.
customer_patterns: "dict[str, CustomerPattern]" = {}
# code → a figure counted from the portal's own records, for counted metrics.
figure_feeds: "dict[str, FigureFeed]" = {}
# object type of the audit trail → how it is talked about in notes.
note_subjects: "dict[str, NoteSubject]" = {}
# subject → what a program's owner may have taken away after a time; see services/retention.py.
retention_subjects: dict[str, RetentionSubject] = {}
# (moment) → which customers have given a sign of life since then, as a filter on customers.
signs_of_life: "list[Callable[[datetime], Q]]" = []
# Called daily inside the worker: drop what is kept no longer than agreed.
retention: "list[Callable[[], None]]" = []
# What a webhook may subscribe to: event name → what it means.
# What a chat message says of an event, by the part before its dot: (lines, path of the page).
event_words: "dict[str, Callable[[Actor, Mapping[str, Any]], tuple[list[str], str]]]" = {}
webhook_events: "dict[str, str | _StrPromise]" = {}


def navigation_for(actor: "Actor") -> list[NavigationItem]:
    """The entries this actor may open, in order."""
    from cxportal.core.policies import may

    allowed = [item for item in navigation if may(actor, item.permission)]
    return sorted(allowed, key=lambda item: item.order)
