from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_numbers"),
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
                    ("adjustment", "Adjustment"),
                ],
                default="time",
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
                    ("written_off", "Written Off"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="role",
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AlterField(
            model_name="charge",
            name="source_id",
            field=models.UUIDField(help_text="Root of the time entry's chain, the sign-off or adjustment."),
        ),
        migrations.AlterField(
            model_name="charge",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("adjustment", "Adjustment"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="task_id",
            field=models.UUIDField(help_text="Empty for parts of fixed fees, as worker and role.", null=True),
        ),
        migrations.AlterField(
            model_name="charge",
            name="unit",
            field=models.CharField(
                choices=[("hour", "Hour"), ("day", "Day"), ("item", "Item")], max_length=4
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="worker_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="historicaladjustment",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("adjustment", "Adjustment"),
                ],
                default="time",
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
                    ("written_off", "Written Off"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="historicalcharge",
            name="role",
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AlterField(
            model_name="historicalcharge",
            name="source_id",
            field=models.UUIDField(help_text="Root of the time entry's chain, the sign-off or adjustment."),
        ),
        migrations.AlterField(
            model_name="historicalcharge",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("adjustment", "Adjustment"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="historicalcharge",
            name="task_id",
            field=models.UUIDField(help_text="Empty for parts of fixed fees, as worker and role.", null=True),
        ),
        migrations.AlterField(
            model_name="historicalcharge",
            name="unit",
            field=models.CharField(
                choices=[("hour", "Hour"), ("day", "Day"), ("item", "Item")], max_length=4
            ),
        ),
        migrations.AlterField(
            model_name="historicalcharge",
            name="worker_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="historicalhold",
            name="source_type",
            field=models.CharField(
                choices=[
                    ("time", "Time"),
                    ("milestone", "Milestone"),
                    ("instalment", "Instalment"),
                    ("adjustment", "Adjustment"),
                ],
                default="time",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="historicalproposalline",
            name="unit",
            field=models.CharField(
                choices=[("hour", "Hour"), ("day", "Day"), ("item", "Item")], max_length=4
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
                    ("adjustment", "Adjustment"),
                ],
                default="time",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="proposalline",
            name="unit",
            field=models.CharField(
                choices=[("hour", "Hour"), ("day", "Day"), ("item", "Item")], max_length=4
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
                    ("adjustment", "Adjustment"),
                ],
                max_length=12,
            ),
        ),
    ]
