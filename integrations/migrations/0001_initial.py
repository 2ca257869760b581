import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import core.identifiers
from core.first_tables import FirstTables


class Migration(FirstTables):
    dependencies = [
        ("billing", "0002_numbers"),
        ("core", "0002_reference"),
    ]

    operations = [
        migrations.CreateModel(
            name="System",
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
                ("code", models.CharField(max_length=30, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("vendor", models.CharField(max_length=30)),
                ("purpose", models.CharField(default="erp", max_length=20)),
                (
                    "base_url",
                    models.CharField(
                        blank=True, help_text="Empty: the address of the environment.", max_length=200
                    ),
                ),
                (
                    "adapter_class",
                    models.CharField(
                        choices=[
                            ("A", "honours our key"),
                            ("B", "keeps our reference unique"),
                            ("C", "finds our reference"),
                            ("D", "knows no reference"),
                        ],
                        default="C",
                        max_length=1,
                    ),
                ),
                (
                    "commit_delay_seconds",
                    models.PositiveIntegerField(
                        default=60,
                        help_text="Longest time until a document that was sent can be found there.",
                    ),
                ),
                (
                    "tolerance",
                    models.DecimalField(
                        decimal_places=4,
                        default=0,
                        help_text="Differences up to this amount are accepted by rule.",
                        max_digits=18,
                    ),
                ),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                ("paused_by", models.CharField(blank=True, max_length=80)),
                ("pause_reason", models.CharField(blank=True, max_length=240)),
                ("consecutive_failures", models.PositiveIntegerField(default=0)),
                ("cursor", models.CharField(blank=True, max_length=80)),
                ("cursor_read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="HistoricalSystem",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                ("vendor", models.CharField(max_length=30)),
                ("purpose", models.CharField(default="erp", max_length=20)),
                (
                    "base_url",
                    models.CharField(
                        blank=True, help_text="Empty: the address of the environment.", max_length=200
                    ),
                ),
                (
                    "adapter_class",
                    models.CharField(
                        choices=[
                            ("A", "honours our key"),
                            ("B", "keeps our reference unique"),
                            ("C", "finds our reference"),
                            ("D", "knows no reference"),
                        ],
                        default="C",
                        max_length=1,
                    ),
                ),
                (
                    "commit_delay_seconds",
                    models.PositiveIntegerField(
                        default=60,
                        help_text="Longest time until a document that was sent can be found there.",
                    ),
                ),
                (
                    "tolerance",
                    models.DecimalField(
                        decimal_places=4,
                        default=0,
                        help_text="Differences up to this amount are accepted by rule.",
                        max_digits=18,
                    ),
                ),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                ("paused_by", models.CharField(blank=True, max_length=80)),
                ("pause_reason", models.CharField(blank=True, max_length=240)),
                ("consecutive_failures", models.PositiveIntegerField(default=0)),
                ("cursor", models.CharField(blank=True, max_length=80)),
                ("cursor_read_at", models.DateTimeField(blank=True, null=True)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical system",
                "verbose_name_plural": "historical systems",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Route",
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
                ("object_type", models.CharField(default="invoice", max_length=40)),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.legalentity"
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routes",
                        to="integrations.system",
                    ),
                ),
                (
                    "company_code",
                    models.CharField(help_text="What the system calls the legal entity.", max_length=20),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("object_type", "legal_entity"), name="one_route_per_object_and_entity"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalRoute",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("object_type", models.CharField(default="invoice", max_length=40)),
                (
                    "company_code",
                    models.CharField(help_text="What the system calls the legal entity.", max_length=20),
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
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="integrations.system",
                    ),
                ),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical route",
                "verbose_name_plural": "historical routes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ExternalReference",
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
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="references",
                        to="integrations.system",
                    ),
                ),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.UUIDField()),
                ("external_id", models.CharField(max_length=80)),
                ("url", models.CharField(blank=True, max_length=240)),
                ("synced_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system", "object_type", "object_id"), name="one_reference_per_object"
                    ),
                    models.UniqueConstraint(
                        fields=("system", "object_type", "external_id"), name="one_object_per_reference"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalExternalReference",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.UUIDField()),
                ("external_id", models.CharField(max_length=80)),
                ("url", models.CharField(blank=True, max_length=240)),
                ("synced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="integrations.system",
                    ),
                ),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical external reference",
                "verbose_name_plural": "historical external references",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Delivery",
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
                    "system",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="integrations.system",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.legalentity",
                    ),
                ),
                ("aggregate_type", models.CharField(max_length=60)),
                ("aggregate_id", models.UUIDField()),
                ("aggregate_label", models.CharField(blank=True, max_length=60)),
                ("delivery_seq", models.PositiveIntegerField()),
                ("operation", models.CharField(max_length=40)),
                ("operation_id", models.UUIDField()),
                ("payload", models.JSONField()),
                ("payload_sha256", models.CharField(max_length=64)),
                ("schema_version", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("leased", "Leased"),
                            ("delivered", "Delivered"),
                            ("retry", "Retry"),
                            ("rejected", "Rejected"),
                            ("unknown", "Unknown"),
                            ("dead", "Dead"),
                            ("superseded", "Superseded"),
                            ("waived", "Waived"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("finds", models.PositiveSmallIntegerField(default=0)),
                ("available_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("lease_owner", models.CharField(blank=True, max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("epoch", models.PositiveIntegerField(default=0)),
                (
                    "sent",
                    models.BooleanField(default=False, help_text="The document may have reached the system."),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("unknown_since", models.DateTimeField(blank=True, null=True)),
                ("retry_seconds", models.PositiveIntegerField(default=0)),
                ("error_class", models.CharField(blank=True, max_length=40)),
                ("error", models.TextField(blank=True)),
                ("result", models.JSONField(default=dict)),
                ("traceparent", models.CharField(blank=True, max_length=60)),
                ("correlation_id", models.CharField(max_length=64)),
                ("causation_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ("created_at",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "retry", "unknown", "leased"])),
                        fields=["system", "available_at"],
                        name="delivery_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system", "aggregate_type", "aggregate_id", "delivery_seq"),
                        name="delivery_order_in_aggregate",
                    ),
                    models.UniqueConstraint(
                        fields=("system", "operation_id"), name="one_delivery_per_operation"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryAttempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="integrations.delivery",
                    ),
                ),
                ("epoch", models.PositiveIntegerField()),
                ("action", models.CharField(max_length=10)),
                ("started_at", models.DateTimeField()),
                ("milliseconds", models.PositiveIntegerField(null=True)),
                ("outcome", models.CharField(max_length=20)),
                ("detail", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ReconciliationRun",
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
                ("kind", models.CharField(default="invoices", max_length=20)),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="integrations.system",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.legalentity"
                    ),
                ),
                ("month", models.DateField()),
                ("started_at", models.DateTimeField()),
                (
                    "read_at",
                    models.DateTimeField(blank=True, help_text="When the other side was read.", null=True),
                ),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=400)),
                ("totals", models.JSONField(default=dict, help_text="Per currency: ours, theirs, counts.")),
                ("matched", models.PositiveIntegerField(default=0)),
                ("breaks", models.PositiveIntegerField(default=0)),
                (
                    "signed_off_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("signed_off_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-started_at",),
            },
        ),
        migrations.CreateModel(
            name="HistoricalReconciliationRun",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("kind", models.CharField(default="invoices", max_length=20)),
                ("month", models.DateField()),
                ("started_at", models.DateTimeField()),
                (
                    "read_at",
                    models.DateTimeField(blank=True, help_text="When the other side was read.", null=True),
                ),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=400)),
                ("totals", models.JSONField(default=dict, help_text="Per currency: ours, theirs, counts.")),
                ("matched", models.PositiveIntegerField(default=0)),
                ("breaks", models.PositiveIntegerField(default=0)),
                ("signed_off_at", models.DateTimeField(blank=True, null=True)),
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="integrations.system",
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
                (
                    "signed_off_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical reconciliation run",
                "verbose_name_plural": "historical reconciliation runs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Break",
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
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="breaks",
                        to="integrations.system",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.legalentity"
                    ),
                ),
                ("month", models.DateField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="found_breaks",
                        to="integrations.reconciliationrun",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing_here", "Missing Here"),
                            ("missing_there", "Missing There"),
                            ("amount", "Amount"),
                            ("currency", "Currency"),
                            ("date", "Date"),
                            ("party", "Party"),
                            ("duplicate", "Duplicate"),
                            ("status", "Status"),
                        ],
                        max_length=14,
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                (
                    "proposal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="breaks",
                        to="billing.proposal",
                    ),
                ),
                (
                    "erp_document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="breaks",
                        to="billing.erpdocument",
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("ours", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("theirs", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("difference", models.DecimalField(decimal_places=4, max_digits=18)),
                ("tax_difference", models.DecimalField(decimal_places=4, default=0, max_digits=18)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("proposed", "Proposed"),
                            ("explained", "Explained"),
                            ("matched", "Matched"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "exception",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.exceptionitem",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("explanation", models.CharField(blank=True, max_length=400)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-difference",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "matched"), _negated=True),
                        fields=("system", "legal_entity", "month", "key"),
                        name="one_live_break_per_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_by__isnull", True),
                            models.Q(("accepted_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="break_accepted_by_a_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalBreak",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("month", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing_here", "Missing Here"),
                            ("missing_there", "Missing There"),
                            ("amount", "Amount"),
                            ("currency", "Currency"),
                            ("date", "Date"),
                            ("party", "Party"),
                            ("duplicate", "Duplicate"),
                            ("status", "Status"),
                        ],
                        max_length=14,
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("ours", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("theirs", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("difference", models.DecimalField(decimal_places=4, max_digits=18)),
                ("tax_difference", models.DecimalField(decimal_places=4, default=0, max_digits=18)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("proposed", "Proposed"),
                            ("explained", "Explained"),
                            ("matched", "Matched"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("explanation", models.CharField(blank=True, max_length=400)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="integrations.system",
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
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="integrations.reconciliationrun",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="billing.proposal",
                    ),
                ),
                (
                    "erp_document",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="billing.erpdocument",
                    ),
                ),
                (
                    "exception",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="core.exceptionitem",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField()),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical break",
                "verbose_name_plural": "historical breaks",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
