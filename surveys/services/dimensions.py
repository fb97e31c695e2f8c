"""The groups a program reports by, as numbers: channel, language, segment, store …"""

from collections.abc import Iterable

from django.db import connection, transaction

from cxportal.core.models import Segment
from surveys.models import Dimension

Pair = tuple[str, str]
#: Kinds the portal fills by itself; a client adds its own, such as "store" or "product".
#: A metric may count several surveys: "survey" tells their parts from each other.
CHANNEL, LANGUAGE, SEGMENT, SURVEY = "channel", "language", "segment", "survey"
OWN_KINDS = frozenset({CHANNEL, LANGUAGE, SEGMENT, SURVEY})
MAX_KEY = Dimension._meta.get_field("key").max_length or 120
MAX_KIND = Dimension._meta.get_field("kind").max_length or 20
_MOST_KEPT = 20_000
_known: dict[tuple[int, str, str], int] = {}


def dimension_ids(program_id: int, pairs: Iterable[Pair]) -> dict[Pair, int]:
    """Numbers of (kind, key) pairs; new ones are made. Keeps what it has seen in memory.

    A number is remembered only once its row is committed, so that a rolled-back import leaves
    nothing behind that points nowhere.
    """
    wanted = sorted({(kind[:MAX_KIND], key[:MAX_KEY]) for kind, key in pairs})
    found = {p: _known[program_id, *p] for p in wanted if (program_id, *p) in _known}
    missing = [p for p in wanted if p not in found]
    if missing:
        made = _fetch_or_make(program_id, missing)
        found |= made
        transaction.on_commit(lambda: _remember(program_id, made))
    return found


def _fetch_or_make(program_id: int, pairs: list[Pair]) -> dict[Pair, int]:
    arrays = ([kind for kind, _ in pairs], [key for _, key in pairs])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO surveys_dimension (program_id, kind, key)"
            " SELECT %s, w.kind, w.key FROM unnest(%s::text[], %s::text[]) AS w(kind, key)"
            " ON CONFLICT (program_id, kind, key) DO NOTHING",
            [program_id, *arrays],
        )
        cursor.execute(
            "SELECT d.kind, d.key, d.id FROM surveys_dimension d"
            " JOIN unnest(%s::text[], %s::text[]) AS w(kind, key) USING (kind, key)"
            " WHERE d.program_id = %s",
            [*arrays, program_id],
        )
        return {(kind, key): pk for kind, key, pk in cursor.fetchall()}


def _remember(program_id: int, made: dict[Pair, int]) -> None:
    if len(_known) > _MOST_KEPT:
        _known.clear()
    _known.update({(program_id, *pair): pk for pair, pk in made.items()})


def forget_dimensions() -> None:
    """Empty this process's memory."""
    _known.clear()


def segment_saved(sender: object, instance: Segment, **_kwargs: object) -> None:
    """A segment that scores are shown by has its number before the first answer arrives."""
    if instance.is_reported:
        segment_dimensions_ensure(instance.program_id)


def segment_dimensions_ensure(program_id: int) -> None:
    """Give every segment the program reports by its dimension."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO surveys_dimension (program_id, kind, key)"
            " SELECT s.program_id, %s, s.code FROM core_segment s"
            " WHERE s.program_id = %s AND s.is_reported"
            " ON CONFLICT (program_id, kind, key) DO NOTHING",
            [SEGMENT, program_id],
        )
