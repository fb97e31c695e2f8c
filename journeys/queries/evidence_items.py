"""Evidence as pages show it, and what may be chosen as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import StoredFile, text_in
from cxportal.core.policies import may
from journeys.models import Card, EvidenceItem, Insight
from journeys.services.pictures import PERMISSION, is_picture
from surveys.models import Comment, Response
from surveys.queries.comments import comments_holding, comments_real, without_few_anonymous

FOUND = 12
TITLE = 240
Kind = EvidenceItem.Kind


@dataclass(frozen=True)
class ShownEvidence:
    """A piece of evidence as this reader may see it: `text` is empty where they may not."""

    item: EvidenceItem
    text: str
    reads_answer: bool
    reads_comment: bool
    is_picture: bool


@dataclass(frozen=True)
class Found:
    """Something that may be chosen as evidence."""

    pk: int
    title: str
    detail: str
    language: str = ""


def evidence_of(actor: Actor, owner: Any) -> list[ShownEvidence]:
    """Evidence of a card, an insight or an opportunity, oldest first; one query."""
    rows: QuerySet[Any] = EvidenceItem.objects.for_actor(actor)
    name = _owner_name(owner)
    listed = rows.filter(**{name: owner}).select_related("response", "file", "comment")
    answers = may(actor, "surveys.view_responses")
    comments = may(actor, "surveys.view_comments")
    return [
        ShownEvidence(
            item=item,
            text=(item.comment.text if comments else "") if item.comment else item.text,
            reads_answer=answers and item.response_id is not None,
            reads_comment=comments and item.comment_id is not None,
            is_picture=item.file is not None and is_picture(item.file),
        )
        for item in listed.order_by("pk")
    ]


def _owner_name(owner: Any) -> str:
    if isinstance(owner, Card):
        return "card"
    return "insight" if isinstance(owner, Insight) else "opportunity"


def kinds_to_choose(actor: Actor) -> list[tuple[str, str]]:
    """What this actor may look through."""
    found: list[tuple[str, str]] = []
    if may(actor, "surveys.view_comments"):
        found.append((Kind.COMMENT, _("Comments")))
    if may(actor, "surveys.view_responses"):
        found.append((Kind.ANSWER, _("Answers")))
    return [*found, (Kind.FILE, _("Files and pictures"))]


def evidence_found(actor: Actor, kind: str, text: str) -> Sequence[Found]:
    """The newest that hold the words, of a kind the actor may look through; one or two queries."""
    if kind == Kind.COMMENT:
        rows = without_few_anonymous(actor, comments_holding(comments_real(actor), text))
        listed = rows.defer("bigrams").select_related("survey").order_by("-at", "-pk")[:FOUND]
        return [_comment(actor, comment) for comment in listed]
    if kind == Kind.ANSWER:
        return [_answer(actor, response) for response in _answers(actor, text)[:FOUND]]
    files: QuerySet[Any] = StoredFile.objects.for_actor(actor).filter(permission=PERMISSION)
    named = files.filter(name__icontains=text.replace("\x00", "")).order_by("-pk")[:FOUND]
    return [Found(file.pk, file.name, _day(actor, file.created_at)) for file in named]


def _comment(actor: Actor, comment: Comment) -> Found:
    survey = text_in(comment.survey.title) if comment.survey else ""
    detail = " · ".join(filter(None, (_day(actor, comment.at), survey)))
    return Found(comment.pk, comment.text[:TITLE], detail, comment.language)


def _answers(actor: Actor, text: str) -> QuerySet[Any]:
    """Whole answers, newest first; none of anonymous surveys, where a single one says too much."""
    rows: QuerySet[Any] = Response.objects.for_actor(actor)
    rows = rows.filter(status=Response.Status.COMPLETE, is_test=False, survey__anonymous=False)
    said = comments_real(actor)
    if text.strip():
        rows = rows.filter(Exists(comments_holding(said.filter(response=OuterRef("pk")), text)))
    told = Prefetch("comments", said.defer("bigrams").order_by("pk"), to_attr="told")
    return rows.select_related("survey").prefetch_related(told).order_by("-completed_at", "-pk")


def _answer(actor: Actor, response: Any) -> Found:
    words = response.told[0].text[:TITLE] if response.told else _("an answer without words")
    detail = " · ".join((_day(actor, response.completed_at), text_in(response.survey.title)))
    return Found(response.pk, words, detail, response.language)


def _day(actor: Actor, moment: Any) -> str:
    return moment.astimezone(actor.program.zone).date().isoformat() if moment else ""
