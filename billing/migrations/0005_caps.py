import django.db.models.deletion
from django.db import migrations, models

import core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_expenses"),
        ("contracts", "0006_caps"),
    ]

    operations = [
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
                    ("over_cap", "Over Cap"),
                    ("over_order", "Over Order"),
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
                    ("over_cap", "Over Cap"),
                    ("over_order", "Over Order"),
                ],
                default="",
                max_length=16,
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
                    ("over_cap", "Over Cap"),
                    ("over_order", "Over Order"),
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
                    ("over_cap", "Over Cap"),
                    ("over_order", "Over Order"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="CeilingUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "hours of the line"),
                            (2, "line"),
                            (3, "hours of the contract"),
                            (4, "contract"),
                            (5, "purchase order"),
                        ]
                    ),
                ),
                ("line_key", models.CharField(blank=True, max_length=40)),
                ("ceiling", models.DecimalField(decimal_places=4, max_digits=18)),
                ("used", models.DecimalField(decimal_places=4, max_digits=18)),
                ("over_amount", models.DecimalField(decimal_places=4, max_digits=18)),
                ("over_hours", models.DecimalField(decimal_places=4, max_digits=18)),
                (
                    "told_percent",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Highest threshold that was announced for this ceiling."
                    ),
                ),
                (
                    "billing_account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.billingaccount",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ceilings",
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "ordering": ("contract", "level", "line_key", "billing_account"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "level", "line_key", "billing_account"),
                        name="one_use_per_ceiling",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
