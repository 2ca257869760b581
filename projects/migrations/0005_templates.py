import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.db import migrations, models

import core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_fixed_fees"),
        ("core", "0004_attachment"),
        ("projects", "0004_sign_offs_stay"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalproject",
            name="waits_for",
            field=models.CharField(
                blank=True, help_text="What is still missing before delivery opens, in words.", max_length=400
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="waits_for",
            field=models.CharField(
                blank=True, help_text="What is still missing before delivery opens, in words.", max_length=400
            ),
        ),
        migrations.CreateModel(
            name="HistoricalProjectTemplate",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                ("active", models.BooleanField(default=True)),
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
                    "delivering_entity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        help_text="Who delivers; empty: the entity that sells.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="core.legalentity",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        help_text="Whose contracts; empty: any entity's.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="core.legalentity",
                        verbose_name="selling entity",
                    ),
                ),
                (
                    "manager",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        help_text="Empty: the contract's owner, where that is a worker.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.worker",
                    ),
                ),
                (
                    "service_line",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        help_text="Empty: any service line.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.serviceline",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical project template",
                "verbose_name_plural": "historical project templates",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ProjectTemplate",
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
                ("active", models.BooleanField(default=True)),
                (
                    "delivering_entity",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who delivers; empty: the entity that sells.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.legalentity",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose contracts; empty: any entity's.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.legalentity",
                        verbose_name="selling entity",
                    ),
                ),
                (
                    "manager",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the contract's owner, where that is a worker.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.worker",
                    ),
                ),
                (
                    "service_line",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: any service line.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.serviceline",
                    ),
                ),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="HistoricalTemplateTask",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=80)),
                ("billable", models.BooleanField(default=True)),
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
                    "template",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.projecttemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical template task",
                "verbose_name_plural": "historical template tasks",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="TemplateTask",
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
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=80)),
                ("billable", models.BooleanField(default=True)),
                ("position", models.PositiveSmallIntegerField(default=1)),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="projects.projecttemplate",
                    ),
                ),
            ],
            options={
                "ordering": ("template", "position", "code"),
            },
        ),
        migrations.AddConstraint(
            model_name="projecttemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("active", True)),
                fields=("service_line", "legal_entity"),
                name="one_active_template_per_workstream",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="templatetask",
            constraint=models.UniqueConstraint(fields=("template", "code"), name="template_task_code_once"),
        ),
    ]
