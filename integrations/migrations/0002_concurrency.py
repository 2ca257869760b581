import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalsystem",
            name="concurrency",
            field=models.PositiveSmallIntegerField(
                default=8,
                help_text="How many documents each worker sends it at once; 1 means one after another.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(32),
                ],
            ),
        ),
        migrations.AddField(
            model_name="system",
            name="concurrency",
            field=models.PositiveSmallIntegerField(
                default=8,
                help_text="How many documents each worker sends it at once; 1 means one after another.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(32),
                ],
            ),
        ),
    ]
