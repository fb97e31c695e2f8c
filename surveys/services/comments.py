"""Open texts of answers, kept as comments: language by script, sentiment by plain rules."""

from collections.abc import Iterable, Iterator, Sequence

from surveys.calc.answers import TEXT_LENGTHS
from surveys.calc.text import guess_language, sentiment
from surveys.models import Comment, Response
from surveys.rendering import compiled_version

_FIELDS = ["text", "language", "sentiment", "customer", "is_test", "at"]
_BATCH = 2000


def comments_write(program_id: int, response_ids: Sequence[int]) -> int:
    """Write the comments of complete responses; returns how many. Doing it twice changes nothing.

    Each open text becomes one comment; a text that was taken back leaves none.
    """
    responses = Response.unscoped.filter(  # unscoped: rows of the program the worker works for
        program_id=program_id, pk__in=response_ids, status=Response.Status.COMPLETE
    )
    comments = [c for r in responses.order_by("pk") for c in _comments_of(r)]
    _drop_taken_back(program_id, response_ids, comments)
    Comment.unscoped.bulk_create(  # unscoped: of those responses
        comments,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["response", "question_code"],
        update_fields=_FIELDS,
    )
    return len(comments)


def text_codes(version_id: int) -> list[str]:
    """Codes of a version's questions that are answered with an open text."""
    questions = compiled_version(version_id).questions
    return [code for code, question in questions.items() if question["kind"] in TEXT_LENGTHS]


def _comments_of(response: Response) -> Iterator[Comment]:
    for code in text_codes(response.version_id):
        text = response.answers.get(code)
        if isinstance(text, str) and text.strip():
            language = guess_language(text) or response.language
            yield Comment(
                program_id=response.program_id,
                response=response,
                survey_id=response.survey_id,
                customer_id=response.customer_id,
                question_code=code,
                text=text,
                language=language,
                sentiment=sentiment(text, language),
                is_test=response.is_test,
                at=response.completed_at or response.started_at,
            )


def _drop_taken_back(
    program_id: int, response_ids: Iterable[int], comments: Iterable[Comment]
) -> None:
    kept = {(c.response_id, c.question_code) for c in comments}
    stored = Comment.unscoped.filter(  # unscoped: of those responses
        program_id=program_id, response__in=list(response_ids)
    ).values_list("pk", "response_id", "question_code")
    gone = [pk for pk, response_id, code in stored if (response_id, code) not in kept]
    if gone:
        Comment.unscoped.filter(pk__in=gone).delete()  # unscoped: of those responses
