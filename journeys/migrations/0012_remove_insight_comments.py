from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("journeys", "0011_insight_comments")]

    operations = [migrations.RemoveField(model_name="insight", name="comments")]
