from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0011_draft_steps_library'),
    ]

    operations = [
        migrations.AlterField(
            model_name='metricsource',
            name='question_code',
            field=models.CharField(max_length=90),
        ),
    ]
