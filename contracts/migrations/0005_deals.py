import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.db import migrations, models

import core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_expense_rules"),
        ("core", "0005_event_traceparent"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deal",
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
                ("code", models.CharField(max_length=20, unique=True)),
                ("source", models.CharField(max_length=30)),
                ("source_id", models.CharField(max_length=80)),
                ("source_version", models.PositiveBigIntegerField(default=0)),
                ("name", models.CharField(max_length=160)),
                ("customer_name", models.CharField(blank=True, max_length=160)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("amount", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("incomplete", "Incomplete"),
                            ("ready", "Ready"),
                            ("converted", "Converted"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="incomplete",
                        max_length=12,
                    ),
                ),
                ("given", models.JSONField(default=dict)),
                ("completed", models.JSONField(default=dict)),
                ("agreed", models.JSONField(default=dict)),
                ("missing", models.JSONField(default=list)),
                (
                    "contract",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deal",
                        to="contracts.contract",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.legalentity",
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="FieldConflict",
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
                ("field", models.CharField(max_length=120)),
                ("ours", models.CharField(blank=True, max_length=240)),
                ("theirs", models.CharField(blank=True, max_length=240)),
                (
                    "kept",
                    models.CharField(
                        blank=True, choices=[("ours", "Ours"), ("theirs", "Theirs")], max_length=6
                    ),
                ),
                ("settled_by", models.CharField(blank=True, max_length=80)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="contracts.deal",
                    ),
                ),
            ],
            options={
                "ordering": ("deal", "field", "created_at"),
            },
        ),
        migrations.CreateModel(
            name="HistoricalDeal",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("code", models.CharField(max_length=20)),
                ("source", models.CharField(max_length=30)),
                ("source_id", models.CharField(max_length=80)),
                ("source_version", models.PositiveBigIntegerField(default=0)),
                ("name", models.CharField(max_length=160)),
                ("customer_name", models.CharField(blank=True, max_length=160)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("amount", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("incomplete", "Incomplete"),
                            ("ready", "Ready"),
                            ("converted", "Converted"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="incomplete",
                        max_length=12,
                    ),
                ),
                ("given", models.JSONField(default=dict)),
                ("completed", models.JSONField(default=dict)),
                ("agreed", models.JSONField(default=dict)),
                ("missing", models.JSONField(default=list)),
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
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.contract",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="core.legalentity",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical deal",
                "verbose_name_plural": "historical deals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalFieldConflict",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("field", models.CharField(max_length=120)),
                ("ours", models.CharField(blank=True, max_length=240)),
                ("theirs", models.CharField(blank=True, max_length=240)),
                (
                    "kept",
                    models.CharField(
                        blank=True, choices=[("ours", "Ours"), ("theirs", "Theirs")], max_length=6
                    ),
                ),
                ("settled_by", models.CharField(blank=True, max_length=80)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
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
                    "deal",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.deal",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical field conflict",
                "verbose_name_plural": "historical field conflicts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.UniqueConstraint(
                fields=("source", "source_id"), name="one_deal_per_opportunity"
            ),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contract__isnull", False), ("state", "converted")),
                    models.Q(models.Q(("state", "converted"), _negated=True), ("contract__isnull", True)),
                    _connector="OR",
                ),
                name="converted_deal_has_its_contract",
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldconflict",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kept", "")), fields=("deal", "field"), name="one_open_conflict_per_field"
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldconflict",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kept", ""), ("settled_at__isnull", True), ("settled_by", "")),
                    models.Q(
                        models.Q(("kept", ""), _negated=True),
                        ("settled_at__isnull", False),
                        models.Q(("settled_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="conflict_settled_by_somebody",
            ),
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE contracts_deal_number START 1001", "DROP SEQUENCE contracts_deal_number"
        ),
    ]
