from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.db import migrations, models

import core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0002_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="contractline",
            name="amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Fixed fee in the contract's currency: the sum of its milestones or instalments.",
                max_digits=18,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="historicalcontractline",
            name="amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Fixed fee in the contract's currency: the sum of its milestones or instalments.",
                max_digits=18,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="contractline",
            name="billing_method",
            field=models.CharField(
                choices=[
                    ("time_and_materials", "Time And Materials"),
                    ("milestones", "Milestones"),
                    ("instalments", "Instalments"),
                ],
                default="time_and_materials",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="historicalcontractline",
            name="billing_method",
            field=models.CharField(
                choices=[
                    ("time_and_materials", "Time And Materials"),
                    ("milestones", "Milestones"),
                    ("instalments", "Instalments"),
                ],
                default="time_and_materials",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="HistoricalInstalmentTerm",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("key", models.SlugField(db_index=False, max_length=40)),
                ("due_on", models.DateField()),
                ("amount", models.DecimalField(decimal_places=4, max_digits=18)),
                ("position", models.PositiveSmallIntegerField(default=1)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.contractline",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical instalment term",
                "verbose_name_plural": "historical instalment terms",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalMilestoneTerm",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("key", models.SlugField(db_index=False, max_length=40)),
                ("name", models.CharField(max_length=160)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=18)),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "required_percent",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("100"),
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                    ),
                ),
                ("deemed_after_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("position", models.PositiveSmallIntegerField(default=1)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.contractline",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical milestone term",
                "verbose_name_plural": "historical milestone terms",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="InstalmentTerm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=core.identifiers.UUIDv7(),
                        default=core.identifiers.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ("key", models.SlugField(max_length=40)),
                ("due_on", models.DateField()),
                ("amount", models.DecimalField(decimal_places=4, max_digits=18)),
                ("position", models.PositiveSmallIntegerField(default=1)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="instalments",
                        to="contracts.contractline",
                    ),
                ),
            ],
            options={
                "ordering": ("line", "position", "key"),
                "constraints": [
                    models.UniqueConstraint(fields=("line", "key"), name="one_instalment_per_key"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="instalment_amount_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MilestoneTerm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=core.identifiers.UUIDv7(),
                        default=core.identifiers.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ("key", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=160)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=18)),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "required_percent",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("100"),
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                    ),
                ),
                ("deemed_after_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("position", models.PositiveSmallIntegerField(default=1)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="contracts.contractline",
                    ),
                ),
            ],
            options={
                "ordering": ("line", "position", "key"),
                "constraints": [
                    models.UniqueConstraint(fields=("line", "key"), name="one_milestone_per_key"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="milestone_amount_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("required_percent__gte", 0), ("required_percent__lte", 100)),
                        name="milestone_required_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deemed_after_days__isnull", True), ("deemed_after_days__gt", 0), _connector="OR"
                        ),
                        name="milestone_deemed_after_a_day",
                    ),
                ],
            },
        ),
    ]
