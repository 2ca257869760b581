import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0002_concurrency"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Credential",
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
                    "purpose",
                    models.CharField(
                        choices=[
                            ("webhook_secret", "signs webhooks that come in"),
                            ("api_token", "calls the system's interface"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key_id", models.CharField(max_length=40)),
                ("box", models.BinaryField()),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("created_by", models.CharField(max_length=80)),
                ("retires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="integrations.system",
                    ),
                ),
            ],
            options={
                "ordering": ("system", "purpose", "-created_at"),
            },
        ),
        migrations.CreateModel(
            name="HistoricalMappingVersion",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("object_type", models.CharField(default="deal", max_length=40)),
                ("number", models.PositiveIntegerField()),
                (
                    "rules",
                    models.JSONField(
                        default=dict, help_text="Tables by field: what they say to what we say."
                    ),
                ),
                ("samples", models.JSONField(default=list, help_text="Objects with `given` and `expected`.")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("activated_at", models.DateTimeField(blank=True, null=True)),
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
                    "activated_by",
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
            ],
            options={
                "verbose_name": "historical mapping version",
                "verbose_name_plural": "historical mapping versions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="InboxMessage",
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
                ("event_id", models.CharField(max_length=120)),
                ("body", models.BinaryField()),
                ("body_sha256", models.CharField(max_length=64)),
                ("headers", models.JSONField(default=dict)),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text="Whom it is about, once it was read.", max_length=80
                    ),
                ),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("processed", "Processed"),
                            ("superseded", "Superseded"),
                            ("rejected", "Rejected"),
                            ("conflict", "Conflict"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("available_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("processed_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=400)),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="integrations.system",
                    ),
                ),
            ],
            options={
                "ordering": ("-received_at",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["available_at"],
                        name="inbox_waiting",
                    ),
                    models.Index(fields=["system", "subject"], name="inbox_subject"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "conflict"), _negated=True),
                        fields=("system", "event_id"),
                        name="one_message_per_event",
                    ),
                    models.UniqueConstraint(
                        fields=("system", "event_id", "body_sha256"), name="one_message_per_event_and_body"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MappingVersion",
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
                ("object_type", models.CharField(default="deal", max_length=40)),
                ("number", models.PositiveIntegerField()),
                (
                    "rules",
                    models.JSONField(
                        default=dict, help_text="Tables by field: what they say to what we say."
                    ),
                ),
                ("samples", models.JSONField(default=list, help_text="Objects with `given` and `expected`.")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("activated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "activated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="integrations.system",
                    ),
                ),
            ],
            options={
                "ordering": ("system", "object_type", "-number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system", "object_type", "number"), name="one_mapping_per_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")),
                        fields=("system", "object_type"),
                        name="one_active_mapping",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MirroredDeal",
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
                ("external_id", models.CharField(max_length=80)),
                ("theirs_version", models.PositiveBigIntegerField()),
                ("stage", models.CharField(max_length=30)),
                ("body", models.JSONField()),
                ("read_at", models.DateTimeField()),
                ("deal_id", models.UUIDField(blank=True, db_index=True, null=True)),
                ("told", models.JSONField(default=dict)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("tell_failures", models.PositiveIntegerField(default=0)),
                ("tell_again_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=400)),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="integrations.system",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("system", "external_id"), name="one_mirror_per_deal")
                ],
            },
        ),
    ]
