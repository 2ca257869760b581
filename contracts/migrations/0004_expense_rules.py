from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.db import migrations, models

import core.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_fixed_fees"),
        ("core", "0004_attachment"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpenseCategory",
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
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        help_text="Unit with a fixed price, such as km; empty: what was paid.",
                        max_length=10,
                    ),
                ),
                (
                    "unit_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                (
                    "ceiling",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Net above which a justification is needed.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                (
                    "ceiling_per",
                    models.CharField(
                        choices=[("item", "Item"), ("day", "Day")], default="item", max_length=4
                    ),
                ),
                (
                    "receipt_above",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Amount paid above which a receipt is needed; empty: never.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                ("active", models.BooleanField(default=True, help_text="Whether new expenses may take it.")),
                (
                    "currency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.currency"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "expense categories",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="ExpenseRule",
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
                    "line_key",
                    models.SlugField(
                        blank=True, db_index=False, help_text="Empty: every line.", max_length=40
                    ),
                ),
                ("billed", models.BooleanField(default=True)),
                (
                    "markup_percent",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0"),
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                    ),
                ),
                (
                    "ceiling",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Most of one expense that is billable.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                (
                    "unit_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Fixed price of one unit, whatever it cost.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: every category.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.expensecategory",
                    ),
                ),
                (
                    "contract_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="expense_rules",
                        to="contracts.contractversion",
                    ),
                ),
            ],
            options={
                "ordering": (
                    "contract_version",
                    "line_key",
                    models.OrderBy(models.F("category__code"), nulls_first=True),
                ),
            },
        ),
        migrations.CreateModel(
            name="HistoricalExpenseCategory",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        help_text="Unit with a fixed price, such as km; empty: what was paid.",
                        max_length=10,
                    ),
                ),
                (
                    "unit_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                (
                    "ceiling",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Net above which a justification is needed.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                (
                    "ceiling_per",
                    models.CharField(
                        choices=[("item", "Item"), ("day", "Day")], default="item", max_length=4
                    ),
                ),
                (
                    "receipt_above",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Amount paid above which a receipt is needed; empty: never.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                ("active", models.BooleanField(default=True, help_text="Whether new expenses may take it.")),
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
            ],
            options={
                "verbose_name": "historical expense category",
                "verbose_name_plural": "historical expense categories",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalExpenseRule",
            fields=[
                ("correlation_id", models.CharField(max_length=64)),
                ("id", models.UUIDField(db_index=True, default=core.identifiers.uuid7, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_user_id", models.CharField(max_length=80, null=True)),
                (
                    "line_key",
                    models.SlugField(
                        blank=True, db_index=False, help_text="Empty: every line.", max_length=40
                    ),
                ),
                ("billed", models.BooleanField(default=True)),
                (
                    "markup_percent",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0"),
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                    ),
                ),
                (
                    "ceiling",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Most of one expense that is billable.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                    ),
                ),
                (
                    "unit_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Fixed price of one unit, whatever it cost.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
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
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        help_text="Empty: every category.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.expensecategory",
                    ),
                ),
                (
                    "contract_version",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.contractversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical expense rule",
                "verbose_name_plural": "historical expense rules",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddConstraint(
            model_name="expensecategory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("unit", ""), ("unit_price__isnull", True)),
                    models.Q(models.Q(("unit", ""), _negated=True), ("unit_price__gt", 0)),
                    _connector="OR",
                ),
                name="category_unit_has_a_price",
                violation_error_message="Give both a unit and its price, or neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="expensecategory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ceiling__isnull", True), ("ceiling__gte", 0), _connector="OR"),
                    models.Q(("receipt_above__isnull", True), ("receipt_above__gte", 0), _connector="OR"),
                ),
                name="category_limits_not_negative",
                violation_error_message="Prices, ceilings and limits must not be less than 0.",
            ),
        ),
        migrations.AddConstraint(
            model_name="expenserule",
            constraint=models.UniqueConstraint(
                fields=("contract_version", "line_key", "category"),
                name="one_expense_rule_each",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="expenserule",
            constraint=models.CheckConstraint(
                condition=models.Q(("markup_percent__gte", 0), ("markup_percent__lte", 100)),
                name="expense_markup_is_a_percentage",
            ),
        ),
        migrations.AddConstraint(
            model_name="expenserule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ceiling__isnull", True), ("ceiling__gte", 0), _connector="OR"),
                    models.Q(("unit_price__isnull", True), ("unit_price__gte", 0), _connector="OR"),
                ),
                name="expense_rule_amounts_not_negative",
            ),
        ),
    ]
