"""Pictures of surveys: logos, and those of choices; which are a program's own, which unused."""

from collections.abc import Iterable

from django.db import connection

from cxportal.core.models import StoredFile

#: Asked at each download by members; what respondents may see by a survey's page.
PERMISSION = "surveys.view_surveys"
TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
PREFIX = "file:"


def own_pictures(program_id: int, names: Iterable[str]) -> set[str]:
    """Those of the names ("file:12") that are pictures brought to this program's surveys."""
    numbers = [int(name.removeprefix(PREFIX)) for name in set(names) if name]
    if not numbers:
        return set()
    rows = StoredFile.unscoped.filter(  # unscoped: narrowed to the program of the draft at hand
        program_id=program_id,
        pk__in=numbers,
        permission=PERMISSION,
        content_type__in=TYPES.values(),
    )
    return {f"{PREFIX}{pk}" for pk in rows.values_list("pk", flat=True)}


def unused_pictures(hours: int) -> list[int]:
    """Ids of pictures older than that which no draft, version, library item or step names."""
    with connection.cursor() as cursor:
        cursor.execute(_UNUSED, [PERMISSION, list(TYPES.values()), hours])
        return [row[0] for row in cursor.fetchall()]


_UNUSED = """
    SELECT f.id FROM core_storedfile f
    WHERE f.permission = %s AND f.content_type = ANY(%s)
      AND f.created_at < now() - make_interval(hours => %s)
      AND NOT EXISTS (SELECT 1 FROM surveys_choice c WHERE c.program_id = f.program_id
                      AND c.settings ->> 'image' = 'file:' || f.id)
      AND NOT EXISTS (SELECT 1 FROM surveys_survey s WHERE s.program_id = f.program_id
                      AND s.theme ->> 'logo' = 'file:' || f.id)
      AND NOT EXISTS (SELECT 1 FROM surveys_surveyversion v WHERE v.program_id = f.program_id
                      AND v.document::text LIKE '%%"file:' || f.id || '"%%')
      AND NOT EXISTS (SELECT 1 FROM surveys_libraryitem l WHERE l.program_id = f.program_id
                      AND l.document::text LIKE '%%"file:' || f.id || '"%%')
      AND NOT EXISTS (SELECT 1 FROM surveys_draftstep d WHERE d.program_id = f.program_id
                      AND d.changes::text LIKE '%%"file:' || f.id || '"%%')
"""
