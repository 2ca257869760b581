import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.db import migrations, models

import core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_attachment"),
        ("integrations", "0003_inbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalProcess",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("kind", models.CharField(choices=[("contract_activation", "activation")], max_length=30)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.UUIDField()),
                ("subject_label", models.CharField(max_length=60)),
                ("party", models.CharField(blank=True, help_text="Customer or other party.", max_length=160)),
                ("contract_id", models.UUIDField(null=True)),
                (
                    "money_at_risk",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True),
                ),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                (
                    "correlation",
                    models.CharField(
                        help_text="Correlation id of the decision that began it.", max_length=64
                    ),
                ),
                ("causation_id", models.UUIDField(null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "historical process",
                "verbose_name_plural": "historical processes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Process",
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
                ("kind", models.CharField(choices=[("contract_activation", "activation")], max_length=30)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.UUIDField()),
                ("subject_label", models.CharField(max_length=60)),
                ("party", models.CharField(blank=True, help_text="Customer or other party.", max_length=160)),
                ("contract_id", models.UUIDField(null=True)),
                (
                    "money_at_risk",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True),
                ),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                (
                    "correlation",
                    models.CharField(
                        help_text="Correlation id of the decision that began it.", max_length=64
                    ),
                ),
                ("causation_id", models.UUIDField(null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.legalentity"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "processes",
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="ProcessStep",
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
                ("position", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=80)),
                ("work", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=200)),
                (
                    "depends_on",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), default=list, size=None
                    ),
                ),
                ("about_type", models.CharField(blank=True, max_length=60)),
                ("about_id", models.UUIDField(null=True)),
                ("operation_id", models.UUIDField(unique=True)),
                ("compensation", models.CharField(blank=True, max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("waiting", "Waiting"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("available_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("lease_owner", models.CharField(blank=True, max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("epoch", models.PositiveIntegerField(default=0)),
                (
                    "called",
                    models.BooleanField(
                        default=False, help_text="The system may have acted on an earlier try."
                    ),
                ),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                ("finds", models.PositiveSmallIntegerField(default=0)),
                ("retry_seconds", models.PositiveIntegerField(default=0)),
                ("error_class", models.CharField(blank=True, max_length=40)),
                ("error", models.TextField(blank=True)),
                ("result", models.JSONField(default=dict)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="integrations.process",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="process_steps",
                        to="integrations.system",
                    ),
                ),
            ],
            options={
                "ordering": ("process", "position"),
            },
        ),
        migrations.CreateModel(
            name="StepAttempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("epoch", models.PositiveIntegerField()),
                ("action", models.CharField(max_length=10)),
                ("started_at", models.DateTimeField()),
                ("milliseconds", models.PositiveIntegerField(null=True)),
                ("outcome", models.CharField(max_length=40)),
                ("detail", models.TextField(blank=True)),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="integrations.processstep",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.AddConstraint(
            model_name="process",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("kind", "subject_id"),
                name="one_live_process_per_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="process",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("state__in", ["running", "waiting"])),
                    models.Q(("finished_at__isnull", False), ("state__in", ["done", "cancelled"])),
                    _connector="OR",
                ),
                name="process_ends_with_its_state",
            ),
        ),
        migrations.AddIndex(
            model_name="processstep",
            index=models.Index(
                condition=models.Q(("state__in", ["pending", "running"])),
                fields=["available_at"],
                name="step_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="processstep",
            constraint=models.UniqueConstraint(fields=("process", "key"), name="one_step_per_key"),
        ),
        migrations.AddConstraint(
            model_name="processstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lease_until__isnull", False), ("state", "running")),
                    models.Q(models.Q(("state", "running"), _negated=True), ("lease_until__isnull", True)),
                    _connector="OR",
                ),
                name="held_step_has_a_lease",
            ),
        ),
    ]
