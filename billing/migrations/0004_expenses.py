from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_fixed_fees"),
    ]

    operations = [
        migrations.AlterField(
            model_name="adjustment",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("expense", "Expense"),
                    ("adjustment", "Adjustment"),
                ],
                default="time",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="component",
            field=models.CharField(
                choices=[
                    ("base", "Base"),
                    ("markup", "Markup"),
                    ("over_ceiling", "Over Ceiling"),
                    ("discount", "Discount"),
                    ("effort", "Effort"),
                    ("write_down", "Write Down"),
                    ("write_up", "Write Up"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="not_billable_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("non_billable", "Non Billable"),
                    ("fixed_fee", "Fixed Fee"),
                    ("below_required", "Below Required"),
                    ("over_ceiling", "Over Ceiling"),
                    ("written_off", "Written Off"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("expense", "Expense"),
                    ("adjustment", "Adjustment"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="historicaladjustment",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("expense", "Expense"),
                    ("adjustment", "Adjustment"),
                ],
                default="time",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="historicalcharge",
            name="component",
            field=models.CharField(
                choices=[
                    ("base", "Base"),
                    ("markup", "Markup"),
                    ("over_ceiling", "Over Ceiling"),
                    ("discount", "Discount"),
                    ("effort", "Effort"),
                    ("write_down", "Write Down"),
                    ("write_up", "Write Up"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="historicalcharge",
            name="not_billable_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("non_billable", "Non Billable"),
                    ("fixed_fee", "Fixed Fee"),
                    ("below_required", "Below Required"),
                    ("over_ceiling", "Over Ceiling"),
                    ("written_off", "Written Off"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="historicalcharge",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("expense", "Expense"),
                    ("adjustment", "Adjustment"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="historicalhold",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("expense", "Expense"),
                    ("adjustment", "Adjustment"),
                ],
                default="time",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="historicalwaiver",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("expense", "Expense"),
                    ("adjustment", "Adjustment"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("expense", "Expense"),
                    ("adjustment", "Adjustment"),
                ],
                default="time",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="waiver",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("expense", "Expense"),
                    ("adjustment", "Adjustment"),
                ],
                max_length=12,
            ),
        ),
    ]
