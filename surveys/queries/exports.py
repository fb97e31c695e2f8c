"""The table of a survey's answers as one statement: one row per response, one column per part.

The same statement feeds every format, so they hold the same table. Groups are looked up once per
combination, not per response.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from cxportal.core.actors import Actor
from cxportal.core.exports import FORMULA_LETTERS, FORMULA_PATTERN
from surveys.calc.columns import Column, Measure, Texts, Type, Way, columns_of
from surveys.models import Dimension, Survey
from surveys.queries.selections import HIDDEN_KINDS, Selection

#: Columns before the answers: name, English and Korean label, type, measure.
_ABOUT = (
    ("response", "Response", "응답", Type.NUMBER),
    ("version", "Version of the survey", "설문 버전", Type.NUMBER),
    ("status", "State", "상태", Type.TEXT),
    ("channel", "Channel", "채널", Type.TEXT),
    ("language", "Language", "언어", Type.TEXT),
    ("campaign", "Campaign", "배포", Type.TEXT),
    ("customer", "Customer (external id)", "고객(외부 ID)", Type.TEXT),
    ("started_at", "Started at", "시작 시각", Type.TEXT),
    ("completed_at", "Completed at", "완료 시각", Type.TEXT),
    ("seconds", "Seconds it took", "소요 시간(초)", Type.NUMBER),
)
_GROUP_NAME = "group_{kind}"


@dataclass(frozen=True)
class ExportTable:
    """What is exported: the columns in order, and where each comes from."""

    columns: list[Column]
    expressions: list[sql.Composable]
    kinds: list[str]
    survey: Survey


def export_table(actor: Actor, survey: Survey) -> ExportTable:
    """Columns over all versions of a survey. Answers that name a person need a right of its own."""
    versions = survey.versions.order_by("number").values_list("document", flat=True)
    answers = columns_of(versions)
    told = [*HIDDEN_KINDS, "channel", "language"]  # columns of their own
    rows = Dimension.objects.for_actor(actor).exclude(kind__in=told)
    kinds = sorted(set(rows.values_list("kind", flat=True)))
    allowed = actor.exports_personal_data and not survey.anonymous
    about = [_about(*spec) for spec in _ABOUT]
    groups = [_group(kind) for kind in kinds]
    columns = [*about, *groups, *answers, _MORE]
    known = sorted({column.path[0] for column in answers})
    expressions = [
        *(_about_sql(column.name, survey, allowed) for column in about),
        *(sql.SQL("g.{}").format(sql.Identifier(_GROUP_NAME.format(kind=k))) for k in kinds),
        *(_answer_sql(column, allowed) for column in answers),
        sql.SQL("NULLIF(r.answers - {}::text[], '{{}}'::jsonb)::text").format(sql.Literal(known)),
    ]
    return ExportTable(columns, expressions, kinds, survey)


_MORE = Column(
    name="other_answers",
    question="",
    kind="",
    path=(),
    way=Way.JSON,
    label={"en": "Answers of repeated pages", "ko": "반복 페이지의 답변"},
)


def _about(name: str, english: str, korean: str, kind: Type) -> Column:
    return Column(
        name=name,
        question="",
        kind="",
        path=(),
        type=kind,
        label={"en": english, "ko": korean},
        measure=Measure.SCALE if name == "seconds" else Measure.NOMINAL,
    )


def _group(kind: str) -> Column:
    label = {"en": f"Groups: {kind}", "ko": f"그룹: {kind}"}
    return Column(name=_GROUP_NAME.format(kind=kind), question="", kind="", path=(), label=label)


def _about_sql(name: str, survey: Survey, personal: bool) -> sql.Composable:
    """Where a response's own columns come from; an anonymous one's number and hour are left out."""
    # Cut out of the text of it: to_char takes a third of an export's time.
    moment = "replace(left((r.{} AT TIME ZONE 'UTC')::text, 19), ' ', 'T') || '+00'"
    number = "r.id"
    if survey.anonymous:
        moment = "(r.{} AT TIME ZONE {{zone}})::date::text"
        number = f"row_number() OVER (ORDER BY {_SHUFFLED})"
    expressions = {
        "response": number,
        "version": "v.number",
        "status": "r.status",
        "channel": "r.channel",
        "language": "r.language",
        "campaign": "c.name",
        "customer": "p.external_id" if personal else "NULL::text",
        "started_at": moment.format("started_at"),
        "completed_at": moment.format("completed_at"),
        "seconds": "floor(date_part('epoch', r.completed_at - r.started_at) + 0.5)::int",
    }
    return sql.SQL(expressions[name]).format(zone=sql.Literal(survey.program.timezone))


def _answer_sql(column: Column, personal: bool) -> sql.Composable:
    """The value of a column; nothing where the answer has another shape than its kind's."""
    if column.personal and not personal:
        return sql.SQL("NULL::text")
    way = _WAYS[column.way] if column.way is not Way.VALUE else _VALUES[column.type]
    path = sql.SQL("{}::text[]").format(sql.Literal(list(column.path)))
    return sql.SQL(way).format(
        p=sql.SQL("r.answers #> {}").format(path), path=path, i=sql.Literal(column.item)
    )


_WAYS = {
    Way.MEMBER: "CASE jsonb_typeof({p}) WHEN 'array' THEN (({p}) ? {i})::int END",
    Way.PLACE: "CASE jsonb_typeof({p}) WHEN 'array' THEN"
    " array_position(ARRAY(SELECT jsonb_array_elements_text({p})), {i}) END",
    Way.JSON: "({p})::text",
}
_VALUES = {
    Type.NUMBER: "CASE jsonb_typeof({p}) WHEN 'number' THEN ({p})::numeric END",
    Type.FLAG: "CASE WHEN ({p}) = 'true'::jsonb THEN 1 WHEN ({p}) IS NOT NULL THEN 0 END",
    Type.TEXT: "r.answers #>> {path}",
}
# An order that says nothing of when people answered.
_SHUFFLED = "md5(r.id::text || r.submission_id::text)"
_FROM = """
FROM surveys_response r
JOIN surveys_surveyversion v ON v.id = r.version_id
LEFT JOIN surveys_campaign c ON c.id = r.campaign_id
LEFT JOIN core_customer p ON p.id = r.customer_id
"""


def export_statement(
    table: ExportTable, selection: Selection, *, partial: bool, guarded: bool
) -> sql.Composed:
    """The SELECT of a table. `guarded` puts a ' before texts a spreadsheet would run."""
    where, params = selection.where
    if partial:
        where = where.replace("r.status = 'complete'", "r.status <> 'none'").replace(
            "r.completed_at", "COALESCE(r.completed_at, r.started_at)"
        )
    condition = _literal(where, params)
    cells = [
        _guarded(expression)
        if guarded and column.type is Type.TEXT and column.name not in _OURS
        else expression
        for column, expression in zip(table.columns, table.expressions, strict=True)
    ]
    named = [
        sql.SQL("{} AS {}").format(cell, sql.Identifier(column.name))
        for column, cell in zip(table.columns, cells, strict=True)
    ]
    join = "LEFT JOIN g ON g.dimensions = r.dimensions" if table.kinds else ""
    whole = sql.SQL("{groups} SELECT {cells} {source} {join} WHERE {condition} ORDER BY {order}")
    return whole.format(
        groups=_groups_sql(table, condition),
        cells=sql.SQL(", ").join(named),
        source=sql.SQL(_FROM),
        join=sql.SQL(join),
        condition=condition,
        order=sql.SQL(_SHUFFLED if table.survey.anonymous else "r.id"),
    )


def _literal(where: str, params: Mapping[str, Any]) -> sql.Composed:
    """The condition with its values quoted in: COPY takes no parameters."""
    parts: list[sql.Composable] = []
    rest = where
    while True:
        before, mark, after = rest.partition("%(")
        parts.append(sql.SQL(before.replace("{", "{{").replace("}", "}}")).format())
        if not mark:
            return sql.Composed(parts)
        name, _close, rest = after.partition(")s")
        parts.append(sql.Literal(params[name]))


def _groups_sql(table: ExportTable, condition: sql.Composable) -> sql.Composable:
    if not table.kinds:
        return sql.SQL("")
    sums = [
        sql.SQL("string_agg(d.key, ';' ORDER BY d.id) FILTER (WHERE d.kind = {}) AS {}").format(
            sql.Literal(kind), sql.Identifier(_GROUP_NAME.format(kind=kind))
        )
        for kind in table.kinds
    ]
    return sql.SQL(
        "WITH k AS (SELECT DISTINCT r.dimensions FROM surveys_response r WHERE {condition}),"
        " g AS (SELECT k.dimensions, {sums} FROM k"
        " LEFT JOIN LATERAL unnest(k.dimensions) AS u(id) ON TRUE"
        " LEFT JOIN surveys_dimension d ON d.id = u.id GROUP BY k.dimensions)"
    ).format(condition=condition, sums=sql.SQL(", ").join(sums))


#: Columns whose texts are ours: no formula among them, and no time lost looking for one.
_OURS = frozenset({"status", "channel", "started_at", "completed_at", _MORE.name})


def _guarded(expression: sql.Composable) -> sql.Composable:
    """The first letter is looked at first: few texts come as far as the pattern."""
    text = (
        "CASE WHEN ascii({e}) = ANY ({first}::int[]) AND ({e}) ~ {pattern}"
        " THEN '''' || ({e}) ELSE ({e}) END"
    )
    first = sorted({ord(letter) for letter in FORMULA_LETTERS})
    return sql.SQL(text).format(
        e=expression, first=sql.Literal(first), pattern=sql.Literal(FORMULA_PATTERN)
    )


@dataclass(frozen=True)
class CodebookLine:
    """One column in words: its name, question, kind, measure and wording per language."""

    name: str
    question: str
    kind: str
    type: str
    measure: str
    label: Texts
    values: Mapping[str, Texts]


def codebook(table: ExportTable) -> list[CodebookLine]:
    """Every column of the table in order."""
    return [
        CodebookLine(
            name=column.name,
            question=column.question,
            kind=column.kind,
            type=column.type.value,
            measure=column.measure.value,
            label=column.label,
            values=column.values,
        )
        for column in table.columns
    ]


CODEBOOK_HEAD = ("column", "question", "kind", "type", "measure", "code")


def codebook_rows(table: ExportTable, languages: Sequence[str]) -> list[list[Any]]:
    """The codebook as a table: a row per column, then one per code, wording per language."""
    rows: list[list[Any]] = []
    for line in codebook(table):
        about = [line.name, line.question, line.kind, line.type, line.measure]
        rows.append([*about, "", *(line.label.get(code, "") for code in languages)])
        for value, texts in line.values.items():
            rows.append([*about, value, *(texts.get(code, "") for code in languages)])
    return rows
