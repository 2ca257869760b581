from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_expense_rules"),
        ("core", "0005_event_traceparent"),
        ("projects", "0004_sign_offs_stay"),
        ("timesheets", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Expense",
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
                ("spent_on", models.DateField()),
                ("net", models.DecimalField(decimal_places=4, max_digits=18)),
                (
                    "tax",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0"),
                        help_text="Input tax that is recovered.",
                        max_digits=18,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=4, default=Decimal("1"), max_digits=12)),
                ("vendor", models.CharField(blank=True, max_length=120)),
                (
                    "pass_through",
                    models.BooleanField(
                        default=False, help_text="The vendor billed the firm, not the worker."
                    ),
                ),
                (
                    "reimbursable",
                    models.BooleanField(default=True, help_text="The worker gets the money back."),
                ),
                ("billable", models.BooleanField(default=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "policy_result",
                    models.CharField(
                        choices=[("ok", "Ok"), ("justify", "Justify"), ("blocked", "Blocked")],
                        default="ok",
                        max_length=8,
                    ),
                ),
                ("policy_sentence", models.CharField(blank=True, max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("corrected", "Corrected"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("expense", "Expense"),
                            ("reversal", "Reversal"),
                            ("replacement", "Replacement"),
                        ],
                        default="expense",
                        max_length=12,
                    ),
                ),
                (
                    "root_id",
                    models.UUIDField(
                        help_text="First expense of the chain; an uncorrected one names itself."
                    ),
                ),
                ("source_system", models.CharField(default="tieout", max_length=30)),
                ("source_key", models.CharField(max_length=80)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("rejection_reason", models.CharField(blank=True, max_length=500)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.expensecategory",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="timesheets.expense",
                    ),
                ),
                (
                    "currency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.currency",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.attachment",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.task",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.worker"
                    ),
                ),
            ],
            options={
                "ordering": ("spent_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="HistoricalExpense",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("spent_on", models.DateField()),
                ("net", models.DecimalField(decimal_places=4, max_digits=18)),
                (
                    "tax",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0"),
                        help_text="Input tax that is recovered.",
                        max_digits=18,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=4, default=Decimal("1"), max_digits=12)),
                ("vendor", models.CharField(blank=True, max_length=120)),
                (
                    "pass_through",
                    models.BooleanField(
                        default=False, help_text="The vendor billed the firm, not the worker."
                    ),
                ),
                (
                    "reimbursable",
                    models.BooleanField(default=True, help_text="The worker gets the money back."),
                ),
                ("billable", models.BooleanField(default=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "policy_result",
                    models.CharField(
                        choices=[("ok", "Ok"), ("justify", "Justify"), ("blocked", "Blocked")],
                        default="ok",
                        max_length=8,
                    ),
                ),
                ("policy_sentence", models.CharField(blank=True, max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("corrected", "Corrected"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("expense", "Expense"),
                            ("reversal", "Reversal"),
                            ("replacement", "Replacement"),
                        ],
                        default="expense",
                        max_length=12,
                    ),
                ),
                (
                    "root_id",
                    models.UUIDField(
                        help_text="First expense of the chain; an uncorrected one names itself."
                    ),
                ),
                ("source_system", models.CharField(default="tieout", max_length=30)),
                ("source_key", models.CharField(max_length=80)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("rejection_reason", models.CharField(blank=True, max_length=500)),
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
                    "approved_by",
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
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.expensecategory",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="timesheets.expense",
                    ),
                ),
                (
                    "currency",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="core.currency",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="core.attachment",
                    ),
                ),
                (
                    "submitted_by",
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
                    "task",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.task",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.worker",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical expense",
                "verbose_name_plural": "historical expenses",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddIndex(
            model_name="expense",
            index=models.Index(fields=["project", "status", "spent_on"], name="expense_by_project"),
        ),
        migrations.AddIndex(
            model_name="expense",
            index=models.Index(fields=["worker", "spent_on"], name="expense_by_worker_day"),
        ),
        migrations.AddIndex(
            model_name="expense",
            index=models.Index(fields=["root_id"], name="expense_by_root"),
        ),
        migrations.AddConstraint(
            model_name="expense",
            constraint=models.UniqueConstraint(
                fields=("source_system", "source_key"), name="expense_once_per_source"
            ),
        ),
        migrations.AddConstraint(
            model_name="expense",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "reversal"), ("net__lt", 0), ("quantity__lt", 0), ("tax__lte", 0)),
                    models.Q(
                        models.Q(("kind", "reversal"), _negated=True),
                        ("net__gt", 0),
                        ("quantity__gt", 0),
                        ("tax__gte", 0),
                    ),
                    _connector="OR",
                ),
                name="expense_amounts_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="expense",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects__isnull", True), ("kind", "expense")),
                    models.Q(models.Q(("kind", "expense"), _negated=True), ("corrects__isnull", False)),
                    _connector="OR",
                ),
                name="expense_correction_names_its_expense",
            ),
        ),
        migrations.AddConstraint(
            model_name="expense",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        ("status__in", ["approved", "corrected"]),
                    ),
                    models.Q(
                        ("approved_at__isnull", True),
                        ("approved_by__isnull", True),
                        ("status__in", ["draft", "submitted", "rejected"]),
                    ),
                    _connector="OR",
                ),
                name="expense_approval_facts_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="expense",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                    _connector="OR",
                ),
                name="expense_approver_is_not_submitter",
            ),
        ),
        migrations.AddConstraint(
            model_name="expense",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("policy_result", "blocked"), _negated=True),
                    ("status__in", ["draft", "rejected"]),
                    ("kind", "reversal"),
                    _connector="OR",
                ),
                name="expense_blocked_is_not_submitted",
            ),
        ),
        migrations.AddConstraint(
            model_name="expense",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "rejected"), _negated=True),
                fields=("corrects", "kind"),
                name="expense_corrected_once",
            ),
        ),
    ]
