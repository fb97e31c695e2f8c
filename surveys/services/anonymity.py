"""No way back from an anonymous answer to a person, for whoever reads the database either.

An answer and the mark on its invitation are written by one statement, so that nobody answers twice
and no answer is lost. The database keeps with each row which transaction wrote it (xmin), and so
would know which mark came with which answer. This rewrites marks, answers and their scores of a
survey together: all of them then carry the same number, and the order of the rows is by chance.
"""

from django.db import connection, transaction

_DISTINCT = """
    SELECT count(DISTINCT r.xmin::text) FROM surveys_response r
    WHERE r.survey_id = %s AND r.customer_id IS NULL AND r.invitation_id IS NULL
"""
_MARKS = """
    UPDATE surveys_invitation SET answered_at = answered_at WHERE id IN (
      SELECT i.id FROM surveys_invitation i JOIN surveys_campaign c ON c.id = i.campaign_id
      WHERE c.survey_id = %s AND i.answered_at IS NOT NULL)
"""
_ANSWERS = "UPDATE surveys_response SET status = status WHERE survey_id = %s"
_SCORES = """
    UPDATE surveys_score SET response_id = response_id WHERE response_id IN (
      SELECT id FROM surveys_response WHERE survey_id = %s)
"""


def anonymous_blur() -> int:
    """Rewrite what came in since the last time, survey by survey; returns how many surveys."""
    from surveys.models import Survey

    surveys = Survey.unscoped.filter(anonymous=True)  # unscoped: the worker serves all programs
    return sum(survey_blur(pk) for pk in surveys.values_list("pk", flat=True))


@transaction.atomic
def survey_blur(survey_id: int) -> bool:
    """Rewrite one survey's rows when they differ; False when there is nothing to hide."""
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT, [survey_id])
        (written,) = cursor.fetchone()
        if written <= 1:
            return False
        for statement in (_MARKS, _ANSWERS, _SCORES):
            cursor.execute(statement, [survey_id])
    return True
