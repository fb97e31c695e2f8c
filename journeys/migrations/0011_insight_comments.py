"""What insights linked as comments becomes evidence like everything else that shows them."""

from typing import Any

from django.db import migrations

BATCH = 2000


def keep_comments(apps: Any, schema_editor: Any) -> None:
    """One piece of evidence for each link."""
    links = apps.get_model("journeys", "Insight").comments.through
    items = apps.get_model("journeys", "EvidenceItem")
    rows = links.objects.order_by("pk").values_list("insight__program", "insight", "comment")
    made = [
        items(program_id=program, insight_id=insight, comment_id=comment, kind="comment")
        for program, insight, comment in rows.iterator(BATCH)
    ]
    items._base_manager.bulk_create(made, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("journeys", "0010_evidence_and_competitors")]

    operations = [migrations.RunPython(keep_comments, migrations.RunPython.noop)]
